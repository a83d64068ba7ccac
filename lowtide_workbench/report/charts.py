"""The four charts of the page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from lowtide_workbench.report.figure_parts import bar, drought_labels, layout, shade, steps
from lowtide_workbench.report.model import Report, Span
from lowtide_workbench.report.summary import MINUTE, played

POOL_COLOURS = 6  # page.css names @pool-0 to @pool-5
STATES = ("Absent", "Creating", "InService", "Updating", "Deleting", "Failed")


@dataclass(frozen=True, slots=True)
class LegendEntry:
    name: str
    colour: str
    style: str  # a class of page.css: line, dash, halo, area or block


@dataclass(frozen=True, slots=True)
class Chart:
    name: str
    title: str
    description: str
    legend: tuple[LegendEntry, ...]
    data: list[dict[str, Any]]
    layout: dict[str, Any]


def charts(report: Report) -> tuple[Chart, ...]:
    return (_load(report), _utilization(report), _instances(report), _state(report))


def _load(report: Report) -> Chart:
    capacity = [minute.capacity for minute in report.minutes]
    streams = [minute.streams for minute in report.minutes]
    return Chart(
        name="load",
        title="Streams and capacity",
        description="Streams in flight, and how many the instances hold at acceptable latency.",
        legend=(
            LegendEntry("streams", "streams", "line"),
            LegendEntry("capacity", "capacity-fill", "area"),
            *_shade_legend(report),
        ),
        data=[
            steps("capacity", capacity, "capacity", 1, fill="tozeroy", fillcolor="@capacity-fill"),
            steps("streams", streams, "streams", 1.6),
        ],
        layout=layout(report, 300, drought_labels(report)) | {"shapes": _shades(report)},
    )


def _utilization(report: Report) -> Chart:
    actual = _percents([minute.utilization for minute in report.minutes])
    lowtide = _percents([minute.lowtide for minute in report.minutes])
    published = _percents([minute.published_formula for minute in report.minutes])
    percent_layout = layout(report, 300)
    percent_layout["shapes"] = [*_shades(report), _full_line()]
    percent_layout["yaxis"] |= {"ticksuffix": " %"}
    as_percent = {"hovertemplate": "%{y:.0f} %"}
    return Chart(
        name="utilization",
        title="Utilization",
        description="Share of the fleet's capacity in use; 100 % is full.",
        legend=(
            LegendEntry("actual", "truth", "halo"),
            LegendEntry("Lowtide's metric", "lowtide", "line"),
            LegendEntry("AWS's published formula", "published", "dash"),
        ),
        data=[
            steps("actual", actual, "truth", 7, **as_percent),
            steps("Lowtide", lowtide, "lowtide", 1.6, **as_percent),
            steps("published formula", published, "published", 1.6, dash="4px,2px", **as_percent),
        ],
        layout=percent_layout,
    )


def _instances(report: Report) -> Chart:
    types = _types(report)
    return Chart(
        name="instances",
        title="Instances by type",
        description="Live instances, stacked in the order of the pools.",
        legend=tuple(
            LegendEntry(_with_capacity(name, report), colour, "area")
            for name, colour in types.items()
        ),
        data=[
            steps(
                name,
                [minute.instances.get(name, 0) for minute in report.minutes],
                colour,
                0,
                stackgroup="pools",
                fillcolor=f"@{colour}",
            )
            for name, colour in types.items()
        ],
        layout=layout(report, 240) | {"shapes": _shades(report)},
    )


def _state(report: Report) -> Chart:
    bars = {"barmode": "overlay", "bargap": 0.25, "hovermode": "closest"}
    band_layout = layout(report, 150) | bars
    band_layout["uniformtext"] = {"mode": "hide", "minsize": 11}
    band_layout["yaxis"] = {"range": [-0.5, 1.5], "fixedrange": True, "showgrid": False}
    states = dict.fromkeys(minute.status for minute in report.minutes)
    return Chart(
        name="state",
        title="The endpoint's state",
        description="The desired state by the schedule, and the actual one: SageMaker's status.",
        legend=tuple(
            LegendEntry(_in_words(status), _state_colour(status), "block") for status in states
        ),
        data=[
            *(
                bar("Actual", _in_words(status), _state_colour(status), span, report)
                for status, span in _runs(report)
            ),
            *(bar("Desired", "awake", "awake", window, report) for window in _windows(report)),
        ],
        layout=band_layout,
    )


def _runs(report: Report) -> Iterator[tuple[str, Span]]:
    for status, run in groupby(report.minutes, key=lambda minute: minute.status):
        minutes = list(run)
        yield status, Span(minutes[0].at, minutes[-1].at + MINUTE)


def _windows(report: Report) -> Iterator[Span]:
    """The parts of the windows that were played."""
    span = played(report)
    for window in report.windows:
        start, end = max(window.start, span.start), min(window.end, span.end)
        if start < end:
            yield Span(start, end)


def _shades(report: Report) -> list[dict[str, Any]]:
    return [
        *(shade(window, "window", report) for window in _windows(report)),
        *(shade(drought, "drought-shade", report) for drought in report.droughts.values()),
    ]


def _shade_legend(report: Report) -> Iterator[LegendEntry]:
    if report.windows:
        yield LegendEntry("desired awake", "window", "area")
    if report.droughts:
        yield LegendEntry("EC2 has no capacity", "drought-shade", "area")


def _full_line() -> dict[str, Any]:
    line = {"color": "@soft", "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 100, "y1": 100, "line": line}


def _types(report: Report) -> dict[str, str]:
    """The colour of each instance type, in pool order."""
    types = dict.fromkeys(report.capacity)
    for minute in report.minutes:
        types |= dict.fromkeys(minute.instances)
    return {name: f"pool-{index % POOL_COLOURS}" for index, name in enumerate(types)}


def _with_capacity(name: str, report: Report) -> str:
    return f"{name}, {report.capacity[name]} streams each" if name in report.capacity else name


def _in_words(status: str) -> str:
    return "asleep" if status == "Absent" else status


def _state_colour(status: str) -> str:
    return f"state-{status.lower()}" if status in STATES else "state-other"


def _percents(shares: Sequence[float | None]) -> list[float | None]:
    return [None if share is None else round(share * 100, 1) for share in shares]
