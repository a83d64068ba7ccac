"""An expression means the minutes that another library, cronsim, reads in the same words."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from hypothesis import given
from hypothesis import strategies as st

from lowtide.domain.schedule.cron import Cron, fires_before_local, fires_from_local, parse_cron

WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
SOME = 40
IN_SIGHT = 20 * 366 * timedelta(days=1)  # 2100 has no leap day; cronsim goes on, lowtide need not
FIRST = datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None)
MINUTE = timedelta(minutes=1)
NO_CHANGES = ZoneInfo("UTC")

local_minutes = st.integers(0, 12 * 366 * 1440).map(lambda n: FIRST + n * MINUTE)


def some(minutes: Iterator[datetime], local: datetime) -> list[datetime]:
    return list(takewhile(lambda named: abs(named - local) < IN_SIGHT, islice(minutes, SOME)))


def named_from(cron: Cron, local: datetime) -> list[datetime]:
    return some((fire.local for fire in fires_from_local(cron, NO_CHANGES, local)), local)


def named_before(cron: Cron, local: datetime) -> list[datetime]:
    return some((fire.local for fire in fires_before_local(cron, NO_CHANGES, local)), local)


def raw_field(first: int, last: int, *names: str) -> st.SearchStrategy[str]:
    """Anything of the right shape, with sense or without; but for one thing.

    cronsim takes a stepped range of one value, 5-5/2, for 5/2. It is 5, as in other programs.
    """
    numbers = st.integers(first, last).map(lambda n: (n, str(n)))
    named = [(n, name) for n, name in enumerate(names, first)]
    value = st.one_of(numbers, st.sampled_from(named)) if named else numbers
    ends = st.tuples(value, value).filter(lambda pair: pair[0][0] != pair[1][0])
    ranges = ends.map(lambda pair: f"{pair[0][1]}-{pair[1][1].lower()}")
    span = st.one_of(st.just("*"), value.map(lambda one: one[1]), ranges)
    part = st.one_of(span, span, st.builds("{}/{}".format, span, st.integers(0, last + 2)))
    return st.one_of(st.just("*"), st.lists(part, min_size=1, max_size=3).map(",".join))


raw_expressions = st.tuples(
    raw_field(0, 59),
    raw_field(0, 23),
    st.one_of(raw_field(1, 31), st.sampled_from(["L", "l", "3,L", "L/2", "1-L"])),
    raw_field(1, 12, *MONTHS),
    raw_field(0, 7, *WEEKDAYS),
).map(" ".join)


@given(raw_expressions, local_minutes)
def test_what_both_libraries_understand_means_the_same(text: str, local: datetime) -> None:
    try:
        forward = CronSim(text, local - MINUTE)
        backward = CronSim(text, local, reverse=True)
        cron = parse_cron(text)
    except (CronSimError, ValueError):
        return
    assert named_from(cron, local) == some(forward, local)
    assert named_before(cron, local) == some(backward, local)


def test_a_range_from_sunday_to_sunday_is_sunday() -> None:
    assert (
        parse_cron("0 8 * * 7-7").normalized
        == parse_cron("0 8 * * SUN-SUN").normalized
        == "0 8 * * 0"
    )


def test_a_stepped_range_of_one_value_is_that_value() -> None:
    assert parse_cron("5-5/2 0 * * 0-0/1").normalized == "5 0 * * 0"
