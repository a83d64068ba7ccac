from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from lowtide_workbench.report.model import Report
from lowtide_workbench.report.summary import headline, key_figures
from lowtide_workbench.report.terminal import hanging, show

LONGEST_NAME = "a" * 63  # that SageMaker takes


def shown(report: Report, width: int, *, verbose: bool = False) -> str:
    console = Console(file=StringIO(), width=width)
    show(report, console, verbose=verbose)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_every_event_is_a_line_with_its_reason_beneath(report: Report) -> None:
    lines = shown(report, 400, verbose=True).splitlines()
    assert "Mon 06:30  Lowtide: creates the endpoint" in lines  # local time
    for event in report.events:
        title = f"{event.who}: {event.what}"
        line = next(n for n, text in enumerate(lines) if text.endswith(title))
        indented = [text.strip() for text in lines[line + 1 : line + 3]]
        assert event.why in indented
        assert not event.detail or indented == [event.detail, event.why]


def test_routine_events_in_a_row_are_one_and_details_are_left_to_the_page(report: Report) -> None:
    text = shown(report, 400)
    assert "Tue 08:14  Application Auto Scaling: 4 → 6 instances\n" in text
    assert "for 3 minutes; 3 more until Tue 11:14, the last: 10 → 12 instances\n" in text
    assert "3 tags, 1 alarm" not in text
    for event in report.events:
        assert event.routine or event.what in text


def test_the_summary_comes_first(report: Report) -> None:
    text = shown(report, 400)
    assert text.startswith(headline(report))
    assert text.index(key_figures(report)[-1].note) < text.index("06:30")


@pytest.mark.parametrize("verbose", [False, True])
def test_it_fits_80_columns_and_cuts_nothing(report: Report, verbose: bool) -> None:
    event = replace(report.events[0], what=f"creates {LONGEST_NAME}")
    text = shown(replace(report, events=(event, *report.events)), 80, verbose=verbose)
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text
    words = set(text.split())
    assert LONGEST_NAME in words
    for event in report.events:
        assert event.routine or {*event.what.split(), *event.why.split()} <= words


def test_differences_are_shown_by_name(report_with_differences: Report) -> None:
    text = shown(report_with_differences, width=120)
    for figure in key_figures(report_with_differences):
        assert f"{figure.value}  {figure.note}" in text
    assert "29 of 31 fields as before the sleep" in text
    assert "NOT RESTORED: 2 of 31 fields differ after a wake" in text
    for difference in report_with_differences.comparisons[0].differences:
        assert difference in text


def test_square_brackets_in_a_reason_are_no_markup(report: Report) -> None:
    event = replace(report.events[0], why="[red]pools[0][/red] is full")
    assert "[red]pools[0][/red] is full" in shown(replace(report, events=(event,)), width=120)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("", [], id="nothing is no line"),
        pytest.param("a b", ["a b"], id="what fits is one line"),
        pytest.param("one two three", ["one two", "  three"], id="the rest is indented"),
        pytest.param(
            "ml.g6.2xlarge a", ["ml.g6.2xlarge", "  a"], id="a name longer than the line is whole"
        ),
        pytest.param("re-created in", ["re-created", "  in"], id="no break at a hyphen"),
    ],
)
def test_text_is_wrapped_between_words(text: str, lines: list[str]) -> None:
    assert hanging(text, 10, indent=2) == lines
