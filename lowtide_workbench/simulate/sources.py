"""Reads the calls from a file: a trace of calls, or what CloudWatch says of TotalStreams."""

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from lowtide_workbench.simulate.model.traffic import Traffic, from_seconds
from lowtide_workbench.traces.files import Session, TraceError

BIAS = (  # measured against real calls, in the study of floors
    "Bias: with points of 60 s, 1.5 to 2.2 times as many calls find no room as in truth; with "
    "300 s, 0.7 to 0.9 times. A --mean-call twice too short makes it 2 to 4 times."
)
_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)  # second 0 of a trace
_METRIC = "TotalStreams"
_FINEST, _COARSEST = 60, 300


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Calls made from a gauge of streams, and the period of its points in seconds."""

    traffic: Traffic
    period_s: int


def of_sessions(sessions: Sequence[Session]) -> Traffic:
    table = np.array(sessions, dtype=np.int64)
    return from_seconds(_MONDAY, table[:, 0], table[:, 1])


def of_export(path: Path, mean_call: timedelta) -> Rebuilt:
    """The answer of `aws cloudwatch get-metric-data`, of one metric, at 60 or 300 seconds."""
    return of_points(str(path), _points(path), mean_call)


def of_points(
    source: str, points: Mapping[datetime, float], mean_call: timedelta, seed: int = 1
) -> Rebuilt:
    """`points` are means of TotalStreams by the start of their period. `source` is for errors."""
    points = dict(sorted(points.items()))
    gaps = [(after - before).total_seconds() for before, after in pairwise(points)]
    period_s = int(min(gaps, default=0))
    if period_s not in (_FINEST, _COARSEST):
        raise TraceError(f"{source}: points {period_s} s apart, expected {_FINEST} or {_COARSEST}")
    calls = _rebuilt(points, period_s, mean_call.total_seconds(), Random(seed))
    return Rebuilt(replace(calls, readings=_five_minutes(points)), period_s)


def _points(path: Path) -> Mapping[datetime, float]:
    try:
        results = json.loads(path.read_text(encoding="utf-8"))["MetricDataResults"]
        (result,) = [each for each in results if _is_of_streams(each, len(results))]
        pairs = zip(result["Timestamps"], result["Values"], strict=True)
        points = {datetime.fromisoformat(at).astimezone(UTC): float(value) for at, value in pairs}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TraceError(
            f"{path}: expected the answer of `aws cloudwatch get-metric-data` with one result of "
            f"{_METRIC}: {error}"
        ) from error
    return points


def _is_of_streams(result: Mapping[str, Any], results: int) -> bool:
    return results == 1 or _METRIC in str(result["Label"])


def _five_minutes(points: Mapping[datetime, float]) -> Mapping[datetime, float]:
    """A bin without a point is not zero: it stays without a reading."""
    by_bin = defaultdict(list)
    for at, value in points.items():
        by_bin[at - timedelta(seconds=at.timestamp() % _COARSEST)].append(value)
    return {at: sum(values) / len(values) for at, values in by_bin.items()}


def _rebuilt(
    points: Mapping[datetime, float], period_s: int, mean_s: float, chance: Random
) -> Traffic:
    """In each minute a share of the live calls ends, and arrivals make up the difference.

    Where the gauge has no point, no call arrives.
    """
    first = next(iter(points))
    start = first.replace(hour=0, minute=0, second=0, microsecond=0)
    stay = math.exp(-60 / mean_s)
    live: list[int] = []  # the arrivals of those in flight
    arrivals: list[int] = []
    durations: list[int] = []
    for minute in range(0, int((max(points) - start).total_seconds()) + period_s, 60):
        at = start + timedelta(seconds=minute)
        point = at - timedelta(seconds=(at - start).total_seconds() % period_s)
        ending = [arrival for arrival in live if chance.random() >= stay]
        for arrival in ending:
            live.remove(arrival)
            arrivals.append(arrival)
            durations.append(minute + chance.randrange(60) - arrival)
        missing = round(points.get(point, 0.0)) - len(live)
        live += [minute + chance.randrange(60) for _ in range(max(0, missing))]
    arrivals += live
    durations += [60] * len(live)
    return from_seconds(start, np.array(arrivals), np.maximum(0, np.array(durations)))
