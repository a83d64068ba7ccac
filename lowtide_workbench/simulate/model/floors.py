"""Floors of every bin, made from earlier data only, by the functions that run in Lambda."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from lowtide.domain.curve import (
    BINS,
    Basis,
    CurveSettings,
    Day,
    Forecast,
    capacity_to_count_with,
    floor_at,
    forecast,
    level_today,
    target_above_floors,
    weeks_to_average,
)
from lowtide_workbench.simulate.model.script import PlayedBin
from lowtide_workbench.simulate.model.traffic import Ints


@dataclass(frozen=True)
class Floors:
    """Floors by capacity and bin; `targets` by bin, NaN where the file's own target holds."""

    by_capacity: Mapping[int, Ints]
    targets: NDArray[np.float64]

    def by_pools(self, capacities: Sequence[int]) -> Ints:
        """Returns floors by bin and by which pools are live: pool 0 is bit 0 of the column."""
        columns = [
            capacity_to_count_with(
                [c for bit, c in enumerate(capacities) if column >> bit & 1], capacities[0]
            )
            for column in range(1 << len(capacities))
        ]
        return np.stack([self.by_capacity[int(capacity)] for capacity in columns], axis=1)


def learn(
    days: Mapping[date, Day],
    bins: Sequence[PlayedBin],
    settings: CurveSettings,
    capacities: Iterable[int],
    *,
    knows_rate: bool = False,
) -> Floors:
    forecasts = _rates(days, bins) if knows_rate else forecasts_of(days, bins, settings)
    known = [(forecasts[played.day], played) for played in bins]
    levels = [1.0 if knows_rate else _level(made, days[b.day], b, settings) for made, b in known]
    pairs = list(zip(known, levels, strict=True))
    return Floors(
        {
            capacity: np.array([_floor(m, level, b, capacity, settings) for (m, b), level in pairs])
            for capacity in set(capacities)
        },
        np.array([_target(made) for made, _ in known]),
    )


def forecasts_of(
    days: Mapping[date, Day], bins: Sequence[PlayedBin], settings: CurveSettings
) -> Mapping[date, Forecast | None]:
    """By day, each from the days before it."""
    made = {}
    for on in dict.fromkeys(played.day for played in bins):
        weeks = weeks_to_average(days, on, settings.weeks)
        made[on] = forecast(days, days[on], replace(settings, weeks=weeks))
    return made


def _rates(days: Mapping[date, Day], bins: Sequence[PlayedBin]) -> Mapping[date, Forecast | None]:
    """The mean of 35 minutes around each bin of the very day."""
    made: dict[date, Forecast | None] = {}
    for on in dict.fromkeys(played.day for played in bins):
        day, means = days[on], [0.0] * BINS
        for b in range(BINS):
            if day.is_open[b]:
                around = [x for x in day.streams[max(0, b - 3) : b + 4] if x is not None]
                means[b] = sum(around) / max(1, len(around))
        made[on] = Forecast(on, tuple(means), day.is_open, Basis.SAME_WEEKDAYS)
    return made


def _level(made: Forecast | None, day: Day, played: PlayedBin, settings: CurveSettings) -> float:
    if made is None or not played.is_open:
        return 1.0
    seen = day.streams[: played.of_day]
    return level_today(made, seen, played.of_day, settings.lowest_level)


def _floor(
    made: Forecast | None, level: float, played: PlayedBin, capacity: int, settings: CurveSettings
) -> int:
    if made is None or not played.is_open:
        return settings.least
    return floor_at(made, level, played.of_day, capacity, settings)


def _target(made: Forecast | None) -> float:
    if made is None or made.basis is Basis.LAST_DAYS:
        return np.nan
    return target_above_floors(made)
