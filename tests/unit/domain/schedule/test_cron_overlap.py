"""Which expressions ever name the same minute."""

from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.domain.schedule.cron import Cron, fires_from_local, parse
from lowtide.domain.schedule.cron_overlap import first_meeting

FIRST = datetime(2026, 1, 1)  # noqa: DTZ001 - a local clock
UTC = ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("one", "other", "meeting"),
    [
        pytest.param("0 8 * * *", "0 8 * * SAT", "2026-01-03T08:00", id="every Saturday"),
        pytest.param("*/20 * * * *", "40 23 * * *", "2026-01-01T23:40", id="once a day"),
        pytest.param(
            "0 8 L * *", "0 8 28 * *", "2026-02-28T08:00", id="a last day that is the 28th"
        ),
        pytest.param("0 8 29 2 *", "0 8 * * MON", "2044-02-29T08:00", id="once in 28 years"),
        pytest.param("0 8 1 * MON", "0 8 5 * *", "2026-01-05T08:00", id="either of two day fields"),
        pytest.param("0 8 * * MON-FRI", "0 8 * * SAT,SUN", None, id="never one weekday"),
        pytest.param("0 8 1-15 * *", "0 8 16-31 * *", None, id="never one day of the month"),
        pytest.param("0 8 30 * *", "0 8 * 2 *", None, id="no 30 February"),
        pytest.param("0 8 * * *", "30 8 * * *", None, id="never one minute"),
        pytest.param("0 8 * * *", "0 9 * * *", None, id="never one hour"),
    ],
)
def test_first_meeting(one: str, other: str, meeting: str | None) -> None:
    found = first_meeting(parse(one), parse(other))
    assert (f"{found:%Y-%m-%dT%H:%M}" if found else None) == meeting
    assert first_meeting(parse(other), parse(one)) == found


expressions = st.builds(
    "{} {} {} {} {}".format,
    st.sampled_from(["0", "30", "*/15"]),
    st.sampled_from(["8", "8-10", "*/4"]),
    st.sampled_from(["*", "1", "15,31", "L", "29"]),
    st.sampled_from(["*", "2", "4-6"]),
    st.sampled_from(["*", "MON", "SAT,SUN", "FRI-MON"]),
).map(parse)


def fires(cron: Cron, since: datetime, count: int) -> list[datetime]:
    return [fire.local for fire in islice(fires_from_local(cron, UTC, since), count)]


@settings(deadline=None)
@given(expressions, expressions)
def test_a_meeting_is_a_fire_of_both_and_none_comes_before_it(one: Cron, other: Cron) -> None:
    meeting = first_meeting(one, other)
    if meeting:
        assert fires(one, meeting, 1) == fires(other, meeting, 1) == [meeting]
    some, others = fires(one, FIRST, 200), fires(other, FIRST, 200)
    common = set(some) & set(others)
    assert not common or min(common) == meeting
