"""The report on a terminal: the summary, then a line an event with its reason beneath."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from textwrap import wrap

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lowtide_workbench.report.model import Event, Report
from lowtide_workbench.report.summary import alarm, headline, key_figures, local, verdict
from lowtide_workbench.report.week import Week
from lowtide_workbench.report.week import headline as week_headline

_INDENT = len("Mon 06:30  ")


def show(report: Report, console: Console, *, verbose: bool = False) -> None:
    """`verbose` lists routine events, too."""
    if report.week:
        _print_week(report.week, console)
    _print(headline(report), "bold", console)
    _print(f"Played: {report.traffic}.", "", console)
    console.print("", _key_figures(report), "", sep="\n")
    for comparison in report.comparisons:
        style = "red" if comparison.differences else "green"
        for line in (verdict(comparison, report), *comparison.differences):
            _print(line, style, console, indent=2)
    if alarm(report):
        _print(f"NOT RESTORED: {alarm(report)}", "bold red", console)
    _print_events(report, console, verbose=verbose)


def _print_week(week: Week, console: Console) -> None:
    _print(week_headline(week), "bold", console)
    table = Table(box=None, padding=(0, 0, 0, 1), pad_edge=False, header_style="dim")
    for n, head in enumerate(week.heads):
        table.add_column(head, justify="right" if n else "left", no_wrap=True)
    for row in week.rows:
        table.add_row(*row.cells, style="bold" if row.is_lowtide else "")
    console.print("", table, "", sep="\n")
    for assumption in week.assumptions:
        _print(f"- {assumption}.", "dim", console, indent=2)
    console.print()


def _key_figures(report: Report) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(style="dim")
    for figure in key_figures(report):
        style = "bold red" if figure.alarming else "bold"
        table.add_row(figure.label, Text(figure.value, style), figure.note)
    return table


def _print_events(report: Report, console: Console, *, verbose: bool) -> None:
    console.print()
    _print(f"What happened, in local time ({report.timezone})", "bold", console)
    events = sorted(report.events, key=lambda event: event.at)
    day = None
    for event in events if verbose else _folded(events, report):
        clock = local(event.at, report)
        if clock.date() != day:
            console.print()
        day = clock.date()
        _print(f"{clock:%a %H:%M}  {event.who}: {event.what}", "", console, _INDENT)
        for text in (event.detail if verbose else "", event.why):
            _print(" " * _INDENT + text, "dim", console, _INDENT)


def _folded(events: list[Event], report: Report) -> Iterator[Event]:
    """The events, where a run of routine ones has become its first."""
    for routine, run in groupby(events, key=lambda event: event.routine):
        first, *others = run
        if not routine:
            yield from (first, *others)
        elif others:
            until = f"{local(others[-1].at, report):%a %H:%M}"
            more = f"{first.why}; {len(others)} more until {until}, the last: {others[-1].what}"
            yield replace(first, why=more)
        else:
            yield first


def _print(text: str, style: str, console: Console, indent: int = 0) -> None:
    for line in hanging(text, console.width, indent=indent):
        console.print(Text(line, style), soft_wrap=True)


def hanging(text: str, width: int, *, indent: int) -> list[str]:
    """The lines of `text`, of which all but the first are indented.

    A name of 63 characters, the longest that SageMaker takes, is kept whole at 80 columns.
    """
    return wrap(
        text,
        width,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
