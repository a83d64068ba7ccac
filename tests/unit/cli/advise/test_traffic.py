"""The pattern that hours with requests have."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from lowtide_cli.advise.traffic import judge, pattern
from lowtide_cli.advise.workload import When, parse_when

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
HOUR, WEEKS = timedelta(hours=1), timedelta(weeks=2)


def hours(days: str, begin: int, length: int) -> Iterator[datetime]:
    """Yields the hours of two weeks; `days` has a letter for each day from Monday, `.` for none."""
    for day in range(14):
        if days[day % 7] != ".":
            yield from (
                MONDAY + day * timedelta(days=1) + (begin + n) * HOUR for n in range(length)
            )


OFFICE = [*hours("mtwtf..", 8, 12)]
AMERICAN = [*hours("mtwtf..", 13, 12)]  # past midnight in UTC
NIGHT = [*hours("mtwtfss", 0, 24)]
SPARSE = [MONDAY + day * timedelta(days=1) + day * 5 % 24 * HOUR for day in (0, 2, 3, 9)]


@pytest.mark.parametrize(
    ("busy", "when"),
    [
        pytest.param(OFFICE, "Mon-Fri 08:00-20:00", id="office hours"),
        pytest.param(AMERICAN, "Mon-Fri 13:00-01:00", id="office hours that pass midnight in UTC"),
        pytest.param(OFFICE[::2], "Mon-Fri 08:00-19:00", id="every other hour"),
        pytest.param(NIGHT, "always", id="all hours"),
        pytest.param([*OFFICE, *hours("m......", 0, 24)], "always", id="once a week all day"),
        pytest.param([*hours("m......", 9, 2)], "Mon 09:00-11:00", id="two hours a week"),
    ],
)
def test_the_pattern(busy: list[datetime], when: str) -> None:
    found, expected = pattern(busy, WEEKS), parse_when(when)
    assert found is not None
    assert (found.pattern, found.times_a_week, found.each) == (
        expected.pattern, expected.times_a_week, expected.each,
    )  # fmt: skip
    assert [*found.windows] == [*expected.windows]
    assert found.timezone == ("UTC" if found.windows else expected.timezone)


def test_single_hours_on_some_days_are_bursts() -> None:
    assert pattern(SPARSE, WEEKS) == When("bursts", 2, HOUR)


@pytest.mark.parametrize(
    ("busy", "span"),
    [
        pytest.param([], WEEKS, id="no request"),
        pytest.param(OFFICE[:60], timedelta(days=6), id="less than a week was seen"),
    ],
)
def test_no_pattern(busy: list[datetime], span: timedelta) -> None:
    assert pattern(busy, span) is None


@pytest.mark.parametrize(
    ("metric", "kind"),
    [
        pytest.param("streams", "streams", id="a latency of first chunks"),
        pytest.param("answers", "requests", id="a latency of whole answers"),
        pytest.param("requests", None, id="the number of requests alone"),
    ],
)
def test_the_kind_of_traffic(metric: str, kind: str | None) -> None:
    names = ("requests", "in_flight", "streams", "answers", "processed")
    none: dict[str, dict[datetime, float]] = {name: {} for name in names}
    read = none | {metric: dict.fromkeys(OFFICE, 3.0)}
    seen = judge(read, MONDAY, MONDAY + WEEKS)
    assert seen.kind == kind
    assert "requests in 120 of 336 hours, so 216 hours idle" in seen.lines
    zeros = judge(none | {"in_flight": dict.fromkeys(OFFICE, 0.0)}, MONDAY, MONDAY + WEEKS)
    assert (zeros.kind, zeros.when) == (None, None)
