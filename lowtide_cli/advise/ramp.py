"""A measured ramp: the latency at rising numbers of streams on one instance, by instance type."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import pairwise
from statistics import fmean

FEWEST_COUNTS = 5
LOWEST_SHARE, HIGHEST_SHARE = 0.7, 0.8  # of the capacity; Deepgram's advice
_SLOWEST_S = 20.0  # no latency above it in milliseconds: they are seconds
_FASTEST_US = 20_000.0  # every latency above it: they are microseconds, as CloudWatch's
_FALLS_BELOW = 0.9  # of the limit, at more streams than failed before: something else happened
_COARSE = 1.25  # the step between the two counts that enclose the limit


class RampError(ValueError):
    """The measurement does not say how much an instance holds; says what to do."""


@dataclass(frozen=True, slots=True)
class Point:
    """`latency` is in milliseconds, the mean of all lines with this number of streams."""

    streams: int
    latency: float


@dataclass(frozen=True, slots=True)
class Ramp:
    """`held` is the last point whose latency is below the limit, `failed` the first above it."""

    instance_type: str
    points: Sequence[Point]
    limit: float
    held: Point
    failed: Point

    @property
    def capacity(self) -> int:
        return self.held.streams

    @property
    def coarse(self) -> bool:
        return self.failed.streams > max(self.held.streams * _COARSE, self.held.streams + 1)


def read_ramps(text: str, limit: float, instance_type: str | None) -> Sequence[Ramp]:
    """Returns a ramp for each type; `instance_type` is that of lines which name none."""
    measured: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for name, streams, latency in _lines(text, instance_type):
        measured[name][streams].append(latency)
    if not measured:
        msg = "the file has no measurements"
        raise RampError(msg)
    return [_ramp(name, by_streams, limit) for name, by_streams in measured.items()]


def _lines(text: str, instance_type: str | None) -> Iterator[tuple[str, int, float]]:
    rows = csv.DictReader(StringIO(text))
    if missing := {"streams", "latency_ms"} - set(rows.fieldnames or ()):
        msg = (
            f"no column {' and '.join(sorted(missing))}; expected instance_type,streams,latency_ms"
        )
        raise RampError(msg)
    for row in rows:
        name = row.get("instance_type") or instance_type
        if not name:
            msg = f"line {rows.line_num}: no instance type; name it by --type or in a column"
            raise RampError(msg)
        yield name, _streams(row["streams"], rows.line_num), _latency(row, rows.line_num)


def _streams(text: str | None, line: int) -> int:
    if text is None or not text.strip().isdecimal() or int(text) < 1:
        msg = f"line {line}: streams: {text!r}; expected a whole number, 1 or more"
        raise RampError(msg)
    return int(text)


def _latency(row: Mapping[str, str | None], line: int) -> float:
    text = row["latency_ms"]
    try:
        latency = float(text or "")
    except ValueError:
        latency = -1
    if not 0 < latency < float("inf"):
        msg = f"line {line}: latency_ms: {text!r}; expected a number above 0"
        raise RampError(msg)
    return latency


def _ramp(name: str, by_streams: Mapping[int, Sequence[float]], limit: float) -> Ramp:
    points = [Point(streams, fmean(by_streams[streams])) for streams in sorted(by_streams)]
    _refuse_other_units(name, [point.latency for point in points])
    if len(points) < FEWEST_COUNTS:
        counts = ", ".join(str(point.streams) for point in points)
        msg = f"{name}: measured at {counts} streams; {FEWEST_COUNTS} different numbers are needed"
        raise RampError(msg)
    if points[0].latency >= limit:
        msg = (
            f"{name}: {points[0].streams} streams, the fewest measured, already have "
            f"{points[0].latency:.0f} ms; begin with fewer, or measure nearer to the endpoint"
        )
        raise RampError(msg)
    for held, failed in pairwise(points):
        if failed.latency >= limit:
            _refuse_a_fall(name, points, failed, limit)
            return Ramp(name, points, limit, held, failed)
    msg = (
        f"{name}: no knee: at {points[-1].streams} streams, the most measured, the latency is "
        f"{points[-1].latency:.0f} ms; go on until it is above {limit:g} ms"
    )
    raise RampError(msg)


def _refuse_other_units(name: str, latencies: Sequence[float]) -> None:
    least, most = min(latencies), max(latencies)
    if most < _SLOWEST_S or least > _FASTEST_US:
        unit = "seconds" if most < _SLOWEST_S else "microseconds"
        msg = (
            f"{name}: latencies from {least:g} to {most:g} are not milliseconds: "
            f"they look like {unit}; convert them"
        )
        raise RampError(msg)


def _refuse_a_fall(name: str, points: Sequence[Point], failed: Point, limit: float) -> None:
    for point in points:
        if point.streams > failed.streams and point.latency < limit * _FALLS_BELOW:
            msg = (
                f"{name}: {failed.streams} streams have {failed.latency:.0f} ms, but "
                f"{point.streams} only {point.latency:.0f} ms; something else disturbed one of "
                "them: measure again"
            )
            raise RampError(msg)
