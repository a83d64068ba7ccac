"""The floor: the fewest instances for a time of day, in place before the streams come."""

from collections.abc import Iterable, Sequence
from math import ceil, sqrt

from lowtide.domain.curve.day import BINS
from lowtide.domain.curve.forecast import Forecast
from lowtide.domain.curve.settings import CurveSettings

_SLOT = 3  # bins that share a floor
_SLOTS = BINS // _SLOT
_DIP = 4  # slots: an instance given back for less is started again for nothing
_ROUNDING = 1e-9
CHANGE_BACK_EVERY, _CHANGE_BACK_FOR = 24, 3  # bins
_SMALL_FLEET = 60.0  # streams
_TARGET, _TARGET_OF_SMALL_FLEETS = 0.95, 0.9


def floor_at(
    forecast: Forecast,
    level: float,
    now_bin: int,
    capacity: float,
    settings: CurveSettings,
) -> int:
    """Returns the instances wanted from `now_bin` until the provisioning time after it.

    `capacity`: the streams that each of them holds, see `capacity_to_count_with`.
    """
    first, last = now_bin // _SLOT, min(_SLOTS - 1, (now_bin + settings.lead_bins) // _SLOT)
    plan = _plan(forecast.means, level, capacity, settings.margin, first, last)
    return max(settings.least, *plan)


def is_raised_to_change_back(bins_since: int, *, fallback_serves: bool) -> bool:
    """Whether the floor is one higher, to replace an instance of a fallback pool by the first's.

    If the instance that this starts comes from the first pool, the next scale-in takes the
    fallback. `bins_since`: since the last time that it was raised began.
    """
    due = fallback_serves and bins_since >= CHANGE_BACK_EVERY
    return due or bins_since < _CHANGE_BACK_FOR


def capacity_to_count_with(in_service: Iterable[float], first: float) -> float:
    """Returns the smallest capacity in service, smaller or larger than the first pool's.

    Least outstanding requests fills all instances alike, so the smallest is full first.
    """
    return min(in_service, default=first)


def target_above_floors(forecast: Forecast) -> float:
    """Returns the share of the capacity for target tracking while floors hold the reserve."""
    small = max(forecast.means) < _SMALL_FLEET
    return _TARGET_OF_SMALL_FLEETS if small else _TARGET


def _plan(
    means: Sequence[float], level: float, capacity: float, margin: float, first: int, last: int
) -> Sequence[int]:
    """Instances for the slots `first` to `last`, with the dips of the day filled."""
    begin, end = max(0, first - _DIP), min(_SLOTS, last + _DIP + 1)
    needed = [_needed(means, level, capacity, margin, slot) for slot in range(begin, end)]
    ahead = [max(needed[i : i + _DIP + 1]) for i in range(last + 1 - begin)]
    return [
        min(ahead[max(0, slot - _DIP) - begin : slot + 1 - begin])
        for slot in range(first, last + 1)
    ]


def _needed(means: Sequence[float], level: float, capacity: float, margin: float, slot: int) -> int:
    streams = level * max(means[slot * _SLOT : (slot + 1) * _SLOT])
    return ceil((streams + margin * sqrt(streams)) / capacity - _ROUNDING)
