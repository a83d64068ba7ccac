from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide_workbench.report.model import Report, Totals
from lowtide_workbench.report.summary import (
    alarm,
    headline,
    key_figures,
    percent,
    verdict,
)

NOTHING = Totals(timedelta(), 0.0, 0.0, 0, 0, 0, 0)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def figure(report: Report, label: str) -> tuple[str, str, bool]:
    shown = next(figure for figure in key_figures(report) if figure.label == label)
    return plain(shown.value), plain(shown.note), shown.alarming


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
    assert plain(percent(share)) == text


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_only_nothing_reads_nothing_and_only_all_reads_all(part: int, rest: int) -> None:
    assert plain(percent(part / (part + rest))) not in {"0 %", "0.0 %", "100 %", "100.0 %"}


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Asleep", ("18.6 h", "39 % of 48 h played", False)),
        ("Saved", ("$45.55", "32 %: $96.42 instead of $141.97 always on", False)),
        ("Calls over capacity", ("0.3 %", "259 of 74,001 calls", False)),
        ("Fields verified", ("31 of 31", "after 1 wake, against before the sleep", False)),
        ("Calls lost", ("2", "0 without an endpoint, 2 cut with their instance", False)),
    ],
)
def test_key_figures(report: Report, label: str, expected: tuple[str, str, bool]) -> None:
    assert figure(report, label) == expected


def test_the_headline_has_what_was_gained(report: Report) -> None:
    assert plain(headline(report)) == (
        "my-deepgram-endpoint slept 18.6 of 48 hours, saved $45.55 (32 %) against always on, "
        "and came back with all 31 fields as they were."
    )


def test_dearer_than_always_on_is_no_saving(report: Report) -> None:
    dear = replace(report, totals=replace(report.totals, spent_usd=150.0))
    note = "$150.00 instead of $141.97 always on"
    assert figure(dear, "Extra cost") == ("$8.03", note, True)
    assert "cost $8.03 more than always on" in headline(dear)


def test_without_calls_or_wakes_there_is_no_share(report: Report) -> None:
    empty = replace(report, totals=NOTHING, comparisons=())
    assert figure(empty, "Calls over capacity")[0] == "none"
    assert figure(empty, "Fields verified")[0] == "none"
    assert headline(empty).endswith("slept 0 of 48 hours, saved $0.00 against always on.")


def test_differences_are_counted_over_all_wakes(report_with_differences: Report) -> None:
    (lost,) = report_with_differences.comparisons
    equal = replace(lost, differences=())
    wakes = replace(report_with_differences, comparisons=(lost, equal, equal))
    note = "after 3 wakes, against before the sleep"
    assert figure(wakes, "Fields verified") == ("91 of 93", note, True)
    assert alarm(wakes) == "2 of 93 fields differ after a wake"
    assert headline(wakes).endswith(", but 2 of 93 fields differ after a wake.")


def test_a_verdict_names_both_moments_in_local_time(report: Report) -> None:
    lost = replace(report.comparisons[0], differences=("tag team: gone",))
    before = "fields as before the sleep (Mon 23 Nov 21:14)"
    assert verdict(lost, report) == f"Tue 24 Nov 06:52: 30 of 31 {before}"
