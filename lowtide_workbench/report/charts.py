"""The four charts of the page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from lowtide_workbench.report.figure_parts import bar, drought_labels, layout, shade, steps
from lowtide_workbench.report.model import Span, Story
from lowtide_workbench.report.summary import MINUTE, played

POOL_COLOURS = 6  # page.css names @pool-0 to @pool-5
STATES = ("Absent", "Creating", "InService", "Updating", "Deleting", "Failed")


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend: `look` is line, dash, halo, area or block."""

    name: str
    colour: str
    look: str


@dataclass(frozen=True, slots=True)
class Chart:
    name: str
    title: str
    what: str
    keys: tuple[Key, ...]
    data: list[dict[str, Any]]
    layout: dict[str, Any]


def charts(story: Story) -> tuple[Chart, ...]:
    return (_load(story), _utilization(story), _instances(story), _state(story))


def _load(story: Story) -> Chart:
    capacity = [minute.capacity for minute in story.minutes]
    streams = [minute.streams for minute in story.minutes]
    return Chart(
        name="load",
        title="Streams and capacity",
        what="Streams in flight, and how many the live instances hold at acceptable latency.",
        keys=(
            Key("streams", "streams", "line"),
            Key("capacity", "capacity-fill", "area"),
            *_shade_keys(story),
        ),
        data=[
            steps("capacity", capacity, "capacity", 1, fill="tozeroy", fillcolor="@capacity-fill"),
            steps("streams", streams, "streams", 1.6),
        ],
        layout=layout(story, 300, drought_labels(story)) | {"shapes": _shades(story)},
    )


def _utilization(story: Story) -> Chart:
    truth = _percents([minute.utilization for minute in story.minutes])
    lowtide = _percents([minute.lowtide for minute in story.minutes])
    published = _percents([minute.published_formula for minute in story.minutes])
    whole = layout(story, 300)
    whole["shapes"] = [*_shades(story), _full_line()]
    whole["yaxis"] |= {"ticksuffix": " %"}
    as_percent = {"hovertemplate": "%{y:.0f} %"}
    return Chart(
        name="utilization",
        title="Utilization",
        what="Share of the fleet's capacity in use; 100 % is full.",
        keys=(
            Key("as it is", "truth", "halo"),
            Key("as Lowtide reads it", "lowtide", "line"),
            Key("as AWS's published formula reads it", "published", "dash"),
        ),
        data=[
            steps("as it is", truth, "truth", 7, **as_percent),
            steps("Lowtide", lowtide, "lowtide", 1.6, **as_percent),
            steps("published formula", published, "published", 1.6, dash="4px,2px", **as_percent),
        ],
        layout=whole,
    )


def _instances(story: Story) -> Chart:
    types = _types(story)
    return Chart(
        name="instances",
        title="Instances by type",
        what="Live instances, stacked in the order of the pools.",
        keys=tuple(
            Key(_with_capacity(name, story), colour, "area") for name, colour in types.items()
        ),
        data=[
            steps(
                name,
                [minute.instances.get(name, 0) for minute in story.minutes],
                colour,
                0,
                stackgroup="pools",
                fillcolor=f"@{colour}",
            )
            for name, colour in types.items()
        ],
        layout=layout(story, 240) | {"shapes": _shades(story)},
    )


def _state(story: Story) -> Chart:
    whole = layout(story, 150) | {"barmode": "overlay", "bargap": 0.25, "hovermode": "closest"}
    whole["uniformtext"] = {"mode": "hide", "minsize": 11}
    whole["yaxis"] = {"range": [-0.5, 1.5], "fixedrange": True, "showgrid": False}
    states = dict.fromkeys(minute.status for minute in story.minutes)
    return Chart(
        name="state",
        title="The endpoint's state",
        what="What the schedule wants, and SageMaker's status of the endpoint.",
        keys=tuple(Key(_in_words(status), _state_colour(status), "block") for status in states),
        data=[
            *(
                bar("State", _in_words(status), _state_colour(status), span, story)
                for status, span in _runs(story)
            ),
            *(bar("Wanted", "awake", "awake", window, story) for window in _windows(story)),
        ],
        layout=whole,
    )


def _runs(story: Story) -> Iterator[tuple[str, Span]]:
    for status, run in groupby(story.minutes, key=lambda minute: minute.status):
        minutes = list(run)
        yield status, Span(minutes[0].at, minutes[-1].at + MINUTE)


def _windows(story: Story) -> Iterator[Span]:
    """The parts of the windows that were played."""
    whole = played(story)
    for window in story.windows:
        start, end = max(window.start, whole.start), min(window.end, whole.end)
        if start < end:
            yield Span(start, end)


def _shades(story: Story) -> list[dict[str, Any]]:
    return [
        *(shade(window, "window", story) for window in _windows(story)),
        *(shade(drought, "drought-shade", story) for drought in story.droughts.values()),
    ]


def _shade_keys(story: Story) -> tuple[Key, ...]:
    windows = (Key("wanted awake", "window", "area"),) if story.windows else ()
    droughts = (Key("no capacity to be had", "drought-shade", "area"),) if story.droughts else ()
    return windows + droughts


def _full_line() -> dict[str, Any]:
    line = {"color": "@soft", "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 100, "y1": 100, "line": line}


def _types(story: Story) -> dict[str, str]:
    """The colour of each instance type, in pool order."""
    seen = dict.fromkeys(story.capacity)
    for minute in story.minutes:
        seen |= dict.fromkeys(minute.instances)
    return {name: f"pool-{index % POOL_COLOURS}" for index, name in enumerate(seen)}


def _with_capacity(name: str, story: Story) -> str:
    return f"{name}, {story.capacity[name]} streams each" if name in story.capacity else name


def _in_words(status: str) -> str:
    return "asleep" if status == "Absent" else status


def _state_colour(status: str) -> str:
    return f"state-{status.lower()}" if status in STATES else "state-other"


def _percents(shares: Sequence[float | None]) -> list[float | None]:
    return [None if share is None else round(share * 100, 1) for share in shares]
