from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from lowtide_workbench.report.model import Story
from lowtide_workbench.report.summary import key_figures
from lowtide_workbench.report.terminal import show


def shown(story: Story, width: int) -> str:
    console = Console(file=StringIO(), width=width)
    show(story, console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_every_happening_is_told_with_its_reason(story: Story) -> None:
    text = shown(story, width=400)
    for happening in story.happenings:
        assert happening.what in text
        assert happening.why in text
    assert "Mon 06:30" in text  # local time


@pytest.mark.parametrize("width", [100, 80])
def test_it_fits_the_terminal_and_loses_nothing(story: Story, width: int) -> None:
    text = shown(story, width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert "…" not in text
    words = set(text.split())
    for happening in story.happenings:
        assert {*happening.who.split()[:-1], *happening.why.split()} <= words


def test_the_totals_are_told(story: Story) -> None:
    text = shown(story, width=120)
    for figure in key_figures(story):
        assert figure.label in text
        assert f"{figure.value}  {figure.note}" in text
    assert "all 31 fields as they were" in text
    assert "NOT RESTORED" not in text


def test_differences_are_told_loudly_and_by_name(story_with_differences: Story) -> None:
    text = shown(story_with_differences, width=100)
    assert "NOT RESTORED: 2 of 31 fields did not come back as they were" in text
    for difference in story_with_differences.comparisons[0].differences:
        assert difference in text


def test_square_brackets_in_a_reason_are_no_markup(story: Story) -> None:
    happening = replace(story.happenings[0], why="[red]pools[0][/red] is full")
    text = shown(replace(story, happenings=(happening,)), width=120)
    assert "[red]pools[0][/red] is full" in text
