"""The README's comparison is what the shipped code plays; `make picture` draws it anew."""

import re

import pytest

from lowtide_workbench.demo.week.play import week
from lowtide_workbench.report.week import Week, markdown
from lowtide_workbench.report.week_picture import picture
from tests.fixtures.pages import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def played() -> Week:
    return week()


def test_the_readme_and_its_picture_have_the_figures_that_are_played(played: Week) -> None:
    assert "\n".join(markdown(played)) in README
    unwrapped = re.sub(r"\s+", " ", README)
    assert [each for each in played.assumptions if f"- {each}." not in unwrapped] == []
    drawn = (ROOT / "docs/images/week.svg").read_text(encoding="utf-8")
    assert drawn == picture(played), "run `make picture`"


def test_all_ways_meet_the_same_calls_and_floors_fail_the_fewest_of_those_that_scale(
    played: Week,
) -> None:
    fixed, *scaled = played.rows
    assert fixed.full == 0  # sized for the peak of the weeks before
    assert min(scaled, key=lambda row: row.full).way == "Lowtide with floors"
