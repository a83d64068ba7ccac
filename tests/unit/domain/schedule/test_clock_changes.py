"""Every kind of clock change, and windows whose ends lie before, in and after it."""

from datetime import datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.schedule.closed_dates import ClosedDates
from lowtide.domain.schedule.cron import parse_cron
from lowtide.domain.schedule.schedule import Schedule, is_awake, transitions
from lowtide.domain.schedule.window import Window
from tests.unit.domain.schedule.schedule_oracle import (
    DAY,
    MINUTE,
    OracleSchedule,
    OracleWindow,
    offset_changes,
    walk,
)
from tests.unit.domain.schedule.schedule_strategies import ODD_ZONES

# Minutes after the last reading before the change: a fold is up to 0, a gap begins with 1.
ENDS = list(permutations((-40, -10, 10, 40), 2))
LOOKS = range(-70, 130, 40)


def first_change(zone: str, *, forward: bool) -> datetime | None:
    def step(change: datetime) -> timedelta:
        clock = ZoneInfo(zone)
        before, after = (change - MINUTE).astimezone(clock), change.astimezone(clock)
        return after.replace(tzinfo=None) - before.replace(tzinfo=None)

    changes = offset_changes(zone)
    return next((change for change in changes if (step(change) > MINUTE) is forward), None)


CHANGES = [
    pytest.param(zone, change, id=f"{zone} {'forward' if forward else 'back'}")
    for zone in ODD_ZONES
    for forward in (True, False)
    if (change := first_change(zone, forward=forward))
]


@pytest.mark.parametrize("is_closed", [False, True], ids=["open", "closed on the day before"])
@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_windows_near_a_change_are_those_of_the_walk(
    zone: str, change: datetime, *, is_closed: bool
) -> None:
    reading = (change - MINUTE).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    day = reading.date()
    for ends in ENDS:
        times = (reading + minutes * MINUTE for minutes in ends)
        start, stop = (f"{time.minute} {time.hour} * * *" for time in times)
        closed = (ClosedDates(day, day),) if is_closed else ()
        window = Window(parse_cron(start), parse_cron(stop), ZoneInfo(zone), closed)
        schedule = Schedule((window,), ZoneInfo(zone))
        oracle = OracleWindow(start, stop, zone, lambda date: is_closed and date == day)
        expected = walk(OracleSchedule([oracle]), change - 3 * DAY / 2, change + DAY)
        changes = transitions(schedule, change - DAY, expected.last)
        assert [(at.at, at.awake) for at in changes] == expected.changes_in(
            change - DAY, expected.last
        )
        for now in (change + minutes * MINUTE for minutes in LOOKS):
            assert is_awake(schedule, now) is expected.at(now), (ends, now)
