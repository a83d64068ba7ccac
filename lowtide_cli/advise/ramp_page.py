"""Ramps as one HTML file that needs nothing but itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lowtide_cli.advise.ramp import Ramp
from lowtide_cli.advise.ramp_output import target_streams
from lowtide_cli.templates import template

_WIDTH, _HEIGHT = 720, 320  # of the drawing, without its axes
_ABOVE = 1.6  # the highest latency drawn, in limits
_TICKS = 6


@dataclass(frozen=True, slots=True)
class Mark:
    x: float
    y: float
    text: str
    held: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """`limit` and `capacity` are where their lines are, `band` from 70 to 80 % of the capacity."""

    title: str
    target: str
    path: str
    marks: Sequence[Mark]
    limit: Mark
    capacity: float
    band: tuple[float, float]
    streams: Sequence[Mark]
    latencies: Sequence[Mark]


def write(ramps: Sequence[Ramp], path: Path) -> None:
    page = template(Path(__file__).with_name("ramp.html")).render(
        charts=[_chart(ramp) for ramp in ramps], width=_WIDTH, height=_HEIGHT
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")


def _chart(ramp: Ramp) -> Chart:
    most = ramp.points[-1].streams
    highest = min(max(point.latency for point in ramp.points), ramp.limit * _ABOVE)

    def x(streams: float) -> float:
        return round(streams / most * _WIDTH, 1)

    def y(latency: float) -> float:
        return round(_HEIGHT * (1 - min(latency, highest) / highest), 1)

    marks = [
        Mark(x(p.streams), y(p.latency), f"{p.streams} streams: {p.latency:.0f} ms", p == ramp.held)
        for p in ramp.points
    ]
    low, high = target_streams(ramp)
    return Chart(
        title=f"{ramp.instance_type} holds {ramp.capacity} streams below {ramp.limit:g} ms",
        target=f"70 to 80 % of it: {low} to {high} streams",
        path=" ".join(f"{mark.x},{mark.y}" for mark in marks),
        marks=marks,
        limit=Mark(0, y(ramp.limit), f"{ramp.limit:g} ms"),
        capacity=x(ramp.capacity),
        band=(x(low), x(high)),
        streams=[Mark(x(each), _HEIGHT, f"{each}") for each in _round_numbers(most)],
        latencies=[Mark(0, y(each), f"{each} ms") for each in _round_numbers(int(highest))],
    )


def _round_numbers(most: int) -> Sequence[int]:
    """Returns some round numbers from 0 to `most`."""
    magnitude = 10 ** (len(str(max(most // _TICKS, 1))) - 1)
    step = next(step for n in (1, 2, 5, 10) if (step := n * magnitude) * _TICKS >= most)
    return range(0, most + 1, step)
