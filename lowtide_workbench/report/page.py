"""Writes a story as one HTML file that needs nothing but itself."""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]

from lowtide_workbench.report.charts import Chart, charts
from lowtide_workbench.report.figure_parts import instant
from lowtide_workbench.report.model import Happening, Story
from lowtide_workbench.report.summary import (
    alarm,
    headline,
    key_figures,
    local,
    percent,
    played,
    verdict,
)

HERE = Path(__file__).parent


def write(story: Story, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_render(story), encoding="utf-8")


def _render(story: Story) -> str:
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    drawn = charts(story)
    return environment.get_template("page.html").render(
        story=story,
        headline=headline(story),
        alarm=alarm(story),
        period=_period(story),
        key_figures=key_figures(story),
        charts=drawn,
        days=list(_days(story)),
        verdicts=[(comparison, verdict(comparison, story)) for comparison in story.comparisons],
        capacities=", ".join(f"{name} {streams}" for name, streams in story.capacity.items()),
        one_type_full=percent(1 / len(story.capacity)),
        figures=_figures(drawn, story),
        css=_part("page.css"),
        script=_part("page.js"),
        plotly=Markup(get_plotlyjs()),  # noqa: S704, the library's own text
    )


def _part(name: str) -> Markup:
    return Markup((HERE / name).read_text(encoding="utf-8"))  # noqa: S704, our own file


def _figures(drawn: tuple[Chart, ...], story: Story) -> dict[str, Any]:
    return {
        "minutes": [instant(minute.at, story) for minute in story.minutes],
        "charts": [asdict(chart) for chart in drawn],
    }


def _period(story: Story) -> str:
    whole = played(story)
    first, last = local(whole.start, story), local(whole.end, story)
    return f"{first:%a %d %b %Y %H:%M} to {last:%a %d %b %Y %H:%M}"


def _days(story: Story) -> Iterator[tuple[str, list[tuple[str, Happening]]]]:
    in_order = sorted(story.happenings, key=lambda happening: happening.at)
    for day, group in groupby(in_order, key=lambda happening: local(happening.at, story).date()):
        rows = [(f"{local(happening.at, story):%H:%M}", happening) for happening in group]
        yield f"{day:%A %d %B %Y}", rows
