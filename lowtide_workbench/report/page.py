"""Writes a report as one HTML file that loads nothing else."""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

from markupsafe import Markup
from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]

from lowtide_workbench.report.charts import charts
from lowtide_workbench.report.figure_parts import instant
from lowtide_workbench.report.model import Event, Report
from lowtide_workbench.report.summary import (
    alarm,
    headline,
    key_figures,
    local,
    moment,
    percent,
    played,
    verdict,
)
from lowtide_workbench.report.templates import template
from lowtide_workbench.report.week import headline as week_headline
from lowtide_workbench.report.week_picture import picture

_HERE = Path(__file__).parent


def write(report: Report, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_render(report), encoding="utf-8")


def stylesheet() -> Markup:
    return _markup("page.css")


def _render(report: Report) -> str:
    run, figures = played(report), charts(report)
    return template(_HERE / "page.html").render(
        css=stylesheet(),
        report=report,
        headline=headline(report),
        alarm=alarm(report),
        week_headline=week_headline(report.week) if report.week else "",
        week_picture=_week_picture(report),
        period=f"{moment(run.start, report)} to {moment(run.end, report)}",
        key_figures=key_figures(report),
        charts=figures,
        days=list(_days(report)),
        verdicts=[(comparison, verdict(comparison, report)) for comparison in report.comparisons],
        capacities=", ".join(f"{name} {streams}" for name, streams in report.capacity.items()),
        one_type_full=percent(1 / len(report.capacity)),
        figures={
            "minutes": [instant(minute.at, report) for minute in report.minutes],
            "charts": [asdict(figure) for figure in figures],
        },
        script=_markup("page.js"),
        plotly=Markup(get_plotlyjs()),  # noqa: S704, the library's own text
    )


def _markup(name: str) -> Markup:
    """A file of this folder as markup that is not escaped."""
    return Markup((_HERE / name).read_text(encoding="utf-8"))  # noqa: S704, our own file


def _week_picture(report: Report) -> Markup:
    return Markup(picture(report.week) if report.week else "")  # noqa: S704, escaped there


def _days(report: Report) -> Iterator[tuple[str, list[tuple[str, Event]]]]:
    in_order = sorted(report.events, key=lambda event: event.at)
    for day, events in groupby(in_order, key=lambda event: local(event.at, report).date()):
        yield (
            f"{day:%A %d %B %Y}",
            [(f"{local(event.at, report):%H:%M}", event) for event in events],
        )
