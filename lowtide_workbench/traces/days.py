"""The days of a trace that are played, and the opening hours of its call centre."""

from collections.abc import Collection, Iterable, Sequence

from lowtide_workbench.traces.files import Session

DAY_S = 24 * 60 * 60
HALF_HOUR_S = 30 * 60
WORKING_DAYS = 5
LATEST_CLOSING_MIN = 23 * 60 + 55


def working_days(sessions: Iterable[Session], count: int = 2) -> tuple[int, ...]:
    """The first `count` days in a row, Monday to Friday, that all have calls; day 0 is a Monday."""
    busy = {session.arrival_s // DAY_S for session in sessions}
    for day in sorted(busy):
        days = tuple(range(day, day + count))
        if busy.issuperset(days) and day % 7 + count <= WORKING_DAYS:
            return days
    wanted = "a working day" if count == 1 else f"{count} working days in a row"
    raise ValueError(
        f"calls on {wanted} expected, Monday to Friday, where day 0 is a Monday; "
        f"{len(busy)} days of the trace have any"
    )


def on_days(sessions: Iterable[Session], days: Collection[int]) -> list[Session]:
    """The sessions that arrive on these days."""
    return [session for session in sessions if session.arrival_s // DAY_S in days]


def opening_hours(sessions: Sequence[Session]) -> tuple[int, int]:
    """(open, close) in minutes of the local day, the same for all days of these sessions.

    The earliest 1 % and the latest 0.1 % of the calls, and at least one at each end, are left out,
    so that a single call at 3 am does not open the centre. It opens at the half hour before the
    first of the rest. It closes at the next five minutes after the last, and by 23:55.
    """
    if not sessions:
        raise ValueError("no sessions, so no opening hours: expected at least one call")
    times_of_day = sorted(session.arrival_s % DAY_S for session in sessions)
    rest = _without_outliers(times_of_day)
    opening_min = rest[0] // HALF_HOUR_S * 30
    closing_min = (rest[-1] // 300 + 1) * 5
    return opening_min, min(closing_min, LATEST_CLOSING_MIN)


def _without_outliers(times: list[int]) -> list[int]:
    if len(times) < 3:
        return times
    return times[max(1, len(times) // 100) : -max(1, len(times) // 1000)]
