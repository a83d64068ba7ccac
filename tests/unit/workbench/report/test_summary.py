from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide_workbench.report.model import Comparison, Story, Totals
from lowtide_workbench.report.summary import (
    alarm,
    everything_restored,
    headline,
    key_figures,
    percent,
    verdict,
)

NOTHING = Totals(timedelta(), 0.0, 0.0, 0, 0, 0, 0)


def spoken(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def figure(story: Story, label: str) -> tuple[str, str, bool]:
    found = next(figure for figure in key_figures(story) if figure.label == label)
    return spoken(found.value), spoken(found.note), found.alarming


@pytest.mark.parametrize(
    ("share", "text"),
    [
        pytest.param(0.0, "0 %", id="none is none"),
        pytest.param(0.0004, "<0.1 %", id="hardly any is not none"),
        pytest.param(0.0035, "0.4 %", id="small shares have a decimal"),
        pytest.param(0.323, "32 %", id="others have none"),
        pytest.param(0.995, "99.5 %", id="nearly all has a decimal"),
        pytest.param(0.9996, ">99.9 %", id="not quite all is not all"),
        pytest.param(1.0, "100 %", id="all is all"),
    ],
)
def test_percent(share: float, text: str) -> None:
    assert spoken(percent(share)) == text


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_only_nothing_reads_nothing_and_only_all_reads_all(part: int, rest: int) -> None:
    assert spoken(percent(part / (part + rest))) not in {"0 %", "0.0 %", "100 %", "100.0 %"}


def test_the_headline_says_what_was_gained(story: Story) -> None:
    assert spoken(headline(story)) == (
        "my-deepgram-endpoint slept 18.6 of 48 hours, saved $45.55 (32 %) against always on, "
        "and came back with all 31 fields as they were."
    )


def test_the_headline_says_what_was_lost(story_with_differences: Story) -> None:
    assert headline(story_with_differences).endswith(
        ", but 2 of 31 fields did not come back as they were."
    )


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Asleep", ("18.6 h", "39 % of 48 h played", False)),
        ("Saved", ("$45.55", "32 %: $96.42 instead of $141.97 always on", False)),
        ("Calls that met a full instance", ("0.3 %", "259 of 74,001 calls", False)),
        ("Fields restored", ("31 of 31", "1 wake compared with the time before the sleep", False)),
        (
            "Calls lost",
            ("2", "0 found nothing in service, 2 ended early with their instance", False),
        ),
    ],
)
def test_key_figures(story: Story, label: str, expected: tuple[str, str, bool]) -> None:
    assert figure(story, label) == expected


def test_dearer_than_always_on_is_no_saving(story: Story) -> None:
    dear = replace(story, totals=replace(story.totals, spent_usd=150.0))
    assert figure(dear, "Extra cost") == (
        "$8.03",
        "$150.00 instead of $141.97 always on",
        True,
    )
    assert "cost $8.03 more than always on" in headline(dear)


def test_without_calls_or_mornings_there_is_no_share(story: Story) -> None:
    empty = replace(story, totals=NOTHING, comparisons=())
    assert figure(empty, "Calls that met a full instance")[0] == "none"
    assert figure(empty, "Fields restored")[0] == "none"
    assert headline(empty).endswith("slept 0 of 48 hours, saved $0.00 against always on.")


def test_lost_fields_are_counted_over_all_mornings(story_with_differences: Story) -> None:
    good = replace(story_with_differences.comparisons[0], differences=())
    both = replace(
        story_with_differences, comparisons=(*story_with_differences.comparisons, good, good)
    )
    assert figure(both, "Fields restored") == (
        "91 of 93",
        "3 wakes compared with the time before the sleep",
        True,
    )
    assert not everything_restored(both)
    assert alarm(both) == "2 of 93 fields did not come back as they were"


def test_a_verdict_names_both_moments_in_local_time(story: Story) -> None:
    comparison = story.comparisons[0]
    moments = "Tue 24 Nov 06:52 against Mon 23 Nov 21:14, before it slept"
    assert verdict(comparison, story) == f"{moments}: all 31 fields as they were"
    lost = Comparison(comparison.evening, comparison.morning, 31, ("tag team: gone",))
    assert verdict(lost, story) == f"{moments}: 1 of 31 fields differ"
