"""The profile of a call centre's traffic, and a generator of calls that follow it.

Calls arrive as a Poisson process whose rate is the mean of that half hour and weekday; durations
are drawn by inverse sampling, straight between neighbouring quantiles.
"""

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from random import Random

from lowtide_workbench.traces.days import DAY_S, HALF_HOUR_S
from lowtide_workbench.traces.files import Session

OWN = Path(__file__).with_name("profile.json")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Closer together towards the end: the longest calls carry much of the load.
LEVELS = (*(percent / 100 for percent in range(100)), 0.995, 0.998, 0.999, 0.9995, 1.0)


@dataclass(frozen=True, slots=True)
class Profile:
    """Mean arrivals in each of the 48 half hours by weekday, and (level, seconds) of durations."""

    arrivals: Mapping[str, Sequence[float]]
    durations: Sequence[tuple[float, float]]


def load(path: Path = OWN) -> Profile:
    document = json.loads(path.read_text())
    return Profile(
        arrivals=document["arrivals_per_half_hour"],
        durations=[(level, seconds) for level, seconds in document["duration_quantiles_s"]],
    )


def compute(sessions: Sequence[Session]) -> Profile:
    """The profile of a trace, without the days that have no call: the centre was closed then."""
    durations = sorted(session.duration_s for session in sessions)
    quantiles = [(level, round(_quantile(durations, level), 1)) for level in LEVELS]
    return Profile(_mean_arrivals(sessions), quantiles)


def generate(profile: Profile, *, days: Sequence[int], seed: int) -> list[Session]:
    """The sessions of these days by arrival; day 0 is a Monday, day 7 the next."""
    random = Random(seed)
    arrivals = chain.from_iterable(_arrivals(profile, day, random) for day in sorted(days))
    return [Session(arrival, _duration(profile.durations, random.random())) for arrival in arrivals]


def _mean_arrivals(sessions: Sequence[Session]) -> dict[str, list[float]]:
    counts: dict[int, list[int]] = {}
    for session in sessions:
        day, time_s = divmod(session.arrival_s, DAY_S)
        counts.setdefault(day, [0] * 48)[time_s // HALF_HOUR_S] += 1
    means = {}
    for weekday, name in enumerate(WEEKDAYS):
        days = [count for day, count in counts.items() if day % 7 == weekday]
        if days:
            means[name] = [round(sum(column) / len(days), 2) for column in zip(*days, strict=True)]
    return means


def _quantile(ordered: Sequence[int], level: float) -> float:
    position = level * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])


def _arrivals(profile: Profile, day: int, random: Random) -> Iterator[int]:
    weekday = WEEKDAYS[day % 7]
    if weekday not in profile.arrivals:
        known = ", ".join(profile.arrivals)
        raise ValueError(f"the profile has no {weekday}: expected one of {known}")
    for half_hour, mean in enumerate(profile.arrivals[weekday]):
        start = day * DAY_S + half_hour * HALF_HOUR_S
        elapsed = random.expovariate(mean) if mean else 1.0  # in half hours
        while elapsed < 1.0:
            yield start + int(elapsed * HALF_HOUR_S)
            elapsed += random.expovariate(mean)


def _duration(quantiles: Sequence[tuple[float, float]], level: float) -> int:
    above = bisect_right(quantiles, level, key=lambda quantile: quantile[0])
    (low, shorter), (high, longer) = quantiles[above - 1], quantiles[above]
    return round(shorter + (level - low) / (high - low) * (longer - shorter))
