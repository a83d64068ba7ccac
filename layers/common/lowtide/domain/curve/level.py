"""Today's level: how today's streams compare with the forecast, as far as their number tells.

It is a gamma-Poisson mean of what came lately and of 1. A clearly busier last hour counts at once.
"""

from collections.abc import Sequence
from math import sqrt

from lowtide.domain.curve.forecast import Forecast

_UNCOUNTED = 3  # bins after the opening, while streams build up
_HOUR, _LONGEST = 12, 48  # bins
_ENOUGH = 300.0  # stream-bins to look back on, where the hour expects fewer
_BELIEF_BINS, _BELIEF = 3, 100.0  # weight of the forecast: bins of its mean, or 100 stream-bins
_SURE = 2.0  # standard errors
_HIGHEST = 4.0


def level_today(
    forecast: Forecast, streams: Sequence[float | None], now_bin: int, lowest: float = 0.7
) -> float:
    """Returns the ratio to correct the forecast by; `streams` are read before `now_bin` only."""
    first = forecast.opens + _UNCOUNTED
    start = _start(forecast.means, first, now_bin)
    if now_bin - start < _UNCOUNTED:
        return 1.0
    belief = max(_BELIEF_BINS * forecast.mean_while_open, _BELIEF)
    seen, expected = _compared(forecast, streams, start, now_bin)
    level = (seen + belief) / (expected + belief)
    seen, expected = _compared(forecast, streams, max(first, now_bin - _HOUR), now_bin)
    if expected > 0 and now_bin - first >= _UNCOUNTED:
        level = max(level, (seen - _SURE * sqrt(seen)) / expected)
    return min(_HIGHEST, max(lowest, level))


def _start(means: Sequence[float], first: int, now_bin: int) -> int:
    start = max(first, now_bin - _HOUR)
    while start > max(first, now_bin - _LONGEST) and sum(means[start:now_bin]) < _ENOUGH:
        start -= 1
    return start


def _compared(
    forecast: Forecast, streams: Sequence[float | None], start: int, stop: int
) -> tuple[float, float]:
    """What was seen and what was expected in the open bins that have a reading."""
    known = [
        (reading, forecast.means[b])
        for b in range(start, stop)
        if forecast.is_open[b] and (reading := streams[b]) is not None
    ]
    return sum(reading for reading, _ in known), sum(mean for _, mean in known)
