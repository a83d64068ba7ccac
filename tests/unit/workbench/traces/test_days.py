import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide_workbench.traces.days import DAY_S, on_days, opening_hours, working_days
from lowtide_workbench.traces.files import Session


def calls_on(*days: int) -> list[Session]:
    return [Session(day * DAY_S + 36_000, 60) for day in days]


def calls_at(*times: str) -> list[Session]:
    moments = [time.split(":") for time in times]
    return [Session(int(hour) * 3600 + int(minute) * 60, 60) for hour, minute in moments]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param((0, 1, 2), (0, 1), id="a trace from Monday on gives Monday and Tuesday"),
        pytest.param((4, 7, 8), (7, 8), id="Friday and Monday are not in a row"),
        pytest.param((4, 5, 6, 7, 8), (7, 8), id="the weekend does not count"),
        pytest.param((1, 3, 9, 10), (9, 10), id="a silent day in between does not count"),
        pytest.param((3, 4), (3, 4), id="Thursday and Friday do"),
    ],
)
def test_the_first_two_working_days_in_a_row(days: tuple[int, ...], expected: object) -> None:
    assert working_days(calls_on(*days)) == expected


@pytest.mark.parametrize("days", [(), (0,), (4, 5, 6, 7), (0, 2, 4)])
def test_a_trace_without_two_working_days_is_refused(days: tuple[int, ...]) -> None:
    message = f"calls on 2 working days in a row expected.*{len(days)} days of the trace"
    with pytest.raises(ValueError, match=message):
        working_days(calls_on(*days))


def test_only_the_days_asked_for_are_kept() -> None:
    assert on_days(calls_on(0, 1, 2, 8), (1, 8)) == calls_on(1, 8)


EIGHT, LAST = 8 * 60, 23 * 60 + 55


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        pytest.param(["9:40"], (9 * 60 + 30, 9 * 60 + 45), id="one call is all there is"),
        pytest.param(["9:29", "12:00", "17:00"], (12 * 60, 12 * 60 + 5), id="three calls"),
        pytest.param(["3:00", *["8:05"] * 98, "23:00"], (EIGHT, EIGHT + 10), id="outliers"),
        pytest.param([*["8:00"] * 10, "20:00", "20:00"], (EIGHT, 20 * 60 + 5),
                     id="a call on the closing minute is still inside"),
        pytest.param(["0:10"] * 5 + ["23:58"] * 5, (0, LAST), id="clamped to 23:55"),
    ],
)  # fmt: skip
def test_opening_hours(times: list[str], expected: tuple[int, int]) -> None:
    assert opening_hours(calls_at(*times)) == expected


def test_without_calls_there_are_no_opening_hours() -> None:
    with pytest.raises(ValueError, match="expected at least one call"):
        opening_hours([])


@given(st.lists(st.integers(0, 14 * DAY_S - 1), min_size=1, max_size=2000))
def test_nearly_every_call_arrives_while_open(arrivals: list[int]) -> None:
    opening, closing = opening_hours([Session(arrival, 60) for arrival in arrivals])
    minutes = [arrival % DAY_S / 60 for arrival in arrivals]
    assert opening % 30 == 0
    assert closing % 5 == 0
    assert opening < closing <= LAST
    early = sum(minute < opening for minute in minutes)
    late = sum(closing <= minute < LAST for minute in minutes)
    assert early <= max(1, len(minutes) // 100)
    assert late <= max(1, len(minutes) // 1000)
