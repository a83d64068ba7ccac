"""When is an endpoint late, and since when is it in service, or gone?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.observed import Endpoint, Status
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.lateness import timestamps, wake_overdue
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import Timestamps
from lowtide.domain.schedule.cron import parse_cron
from lowtide.domain.schedule.desired_state import desired_state
from lowtide.domain.schedule.override import Override, Pause
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.schedule.window import Window
from lowtide.workflows.schedule_cache import ScheduleCache
from tests.unit.contexts import context_with

MINUTE = timedelta(minutes=1)
ZONE = ZoneInfo("UTC")
OFFICE_HOURS = Schedule((Window(parse_cron("0 8 * * *"), parse_cron("0 20 * * *"), ZONE),), ZONE)
ALWAYS = Schedule((), ZONE)
USUAL = 30 * MINUTE
CACHE = ScheduleCache()


def at(clock: str) -> datetime:
    hours, minutes = map(int, clock.split(":"))
    return datetime(2026, 11, 24, hours, minutes, tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    """What stands in the table from then on; `asked` is when somebody said wake or resume."""

    since: str
    override: Override | None = None
    asked: str | None = None
    paused: bool = False


@dataclass(frozen=True)
class Day:
    """It is absent but for the given hours. Nobody looks outside of `watched`."""

    ready: Literal["at-start", "after-start"] = "at-start"
    schedule: Schedule = OFFICE_HOURS
    told: Sequence[Told] = ()
    serves: Sequence[tuple[str, str]] = ()
    watched: tuple[str, str] = ("06:00", "12:00")
    notes: bool = True  # the table takes what is to be noted


def context(day: Day, now: datetime, known: Timestamps) -> Context:
    told = next((t for t in reversed(day.told) if at(t.since) <= now), Told("00:00"))
    over = told.override
    lead = USUAL if day.ready == "at-start" else timedelta(0)
    serves = any(at(start) <= now < at(stop) for start, stop in day.serves)
    status = Status.IN_SERVICE if serves else Status.ABSENT
    return context_with(
        managed=ManagedEndpoint("e", day.schedule, ready=day.ready),
        desired=desired_state(CACHE.state_at(day.schedule, now), over, now, lead),
        endpoint=Endpoint("e", status),
        record=Record(),
        stack="s",
        now=now,
        paused=Pause(at(told.since), "", "") if told.paused else None,
        asked=at(told.asked) if told.asked else None,
        timestamps=known,
        override=over,
        usual_creation=USUAL,
    )


def late_minutes(day: Day) -> list[str]:
    now, known, found = at(day.watched[0]), Timestamps(), []
    while now < at(day.watched[1]):
        seen = context(day, now, known)
        if wake_overdue(seen):
            found.append(f"{now:%H:%M}")
        known = timestamps(seen) if day.notes else known
        now += MINUTE
    return found


def awake(until: str) -> Override:
    return Override(True, at(until), "", "")


def asleep(until: str) -> Override:
    return Override(False, at(until), "", "")


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        pytest.param(
            Day(serves=[("07:40", "20:03")]), None, None,
            id="in service before its window opens",
        ),
        pytest.param(
            Day(serves=[("08:07", "20:03")]), "08:00", "08:06",
            id="in service after its window opened: late from the very start",
        ),
        pytest.param(
            Day(), "08:00", "11:59", id="never there: late through the window",
        ),
        pytest.param(
            Day(watched=("19:50", "20:10")), "19:50", "19:59", id="and no longer than that",
        ),
        pytest.param(
            Day("after-start", serves=[("08:25", "20:03")]), None, None,
            id="after-start: an ordinary creation is not late",
        ),
        pytest.param(
            Day("after-start"), "08:30", "11:59",
            id="after-start: late once a creation should be over",
        ),
        pytest.param(
            Day("after-start", serves=[("08:10", "11:00"), ("11:09", "20:03")]), "11:00", "11:08",
            id="after-start: gone in the middle of its window is told at once",
        ),
        pytest.param(
            Day(serves=[("07:40", "11:00"), ("11:09", "20:03")]), "11:00", "11:08",
            id="gone in the middle of its window is told at once",
        ),
        pytest.param(
            Day(told=[Told("06:30", awake("07:20"), "06:30")], serves=[("06:45", "07:20")],
                watched=("06:00", "07:30")), None, None,
            id="woken by hand: an ordinary creation is not late",
        ),
        pytest.param(
            Day(told=[Told("06:30", awake("07:20"), "06:30")], watched=("06:00", "07:30")),
            "07:00", "07:19",
            id="woken by hand: late once a creation should be over",
        ),
        pytest.param(
            Day(told=[Told(f"06:{m}", awake("07:20"), f"06:{m}") for m in (30, 40, 50, 55)],
                watched=("06:00", "07:20")), "07:00", "07:19",
            id="asked for again and again: late as if asked once",
        ),
        pytest.param(
            Day(told=[Told("08:20", awake("22:00"), "08:20")]), "08:00", "11:59",
            id="a wake when it is late already does not excuse it",
        ),
        pytest.param(
            Day(told=[Told("07:50", awake("09:00"), "07:50")], serves=[("08:05", "20:03")]),
            "08:00", "08:04",
            id="a wake shortly before the window does not put its start off",
        ),
        pytest.param(
            Day(told=[Told("06:00", asleep("10:00"))], serves=[("10:20", "20:03")]), None, None,
            id="a wish to sleep ended in the window: an ordinary creation is not late",
        ),
        pytest.param(
            Day(told=[Told("06:00", asleep("10:00"))], serves=[("10:40", "20:03")]),
            "10:30", "10:39",
            id="a wish to sleep ended in the window: late once a creation should be over",
        ),
        pytest.param(
            Day(told=[Told("06:00", paused=True), Told("09:00", asked="09:00")],
                serves=[("09:20", "20:03")]), None, None,
            id="paused, and resumed in the window: an ordinary creation is not late",
        ),
        pytest.param(
            Day(schedule=ALWAYS, watched=("06:00", "06:10")), "06:00", "06:09",
            id="always wanted, and not there",
        ),
        pytest.param(
            Day(watched=("09:00", "09:10")), "09:00", "09:09",
            id="nobody watched when the window opened",
        ),
        pytest.param(
            Day("after-start", notes=False, watched=("08:00", "08:40")), "08:30", "08:39",
            id="nothing can be noted: late all the same",
        ),
        pytest.param(
            Day(schedule=ALWAYS, notes=False, watched=("06:00", "06:10")), "06:00", "06:09",
            id="nothing can be noted of one that is always wanted: late at once",
        ),
    ],
)  # fmt: skip
def test_which_minutes_are_late(day: Day, first: str | None, last: str | None) -> None:
    found = late_minutes(day)
    assert (found[:1], found[-1:]) == ([first] if first else [], [last] if last else [])


NOW = at("12:00")
CREATED = at("08:00")


@pytest.mark.parametrize(
    ("status", "known", "in_service", "absent"),
    [
        pytest.param(Status.IN_SERVICE, Timestamps(), NOW, None, id="seen in service now"),
        pytest.param(
            Status.IN_SERVICE, Timestamps(in_service=at("08:09")), at("08:09"), None,
            id="seen in service before",
        ),
        pytest.param(
            Status.IN_SERVICE, Timestamps(in_service=at("07:00")), NOW, None,
            id="what was seen before was another endpoint",
        ),
        pytest.param(
            Status.IN_SERVICE, Timestamps(absent=at("07:00")), NOW, None,
            id="it is not gone any more",
        ),
        pytest.param(
            Status.UPDATING, Timestamps(in_service=at("08:09")), at("08:09"), None,
            id="it serves while it is updated",
        ),
        pytest.param(
            Status.DELETING, Timestamps(in_service=at("08:09")), at("08:09"), None,
            id="it is not gone yet",
        ),
        pytest.param(
            Status.ABSENT, Timestamps(in_service=at("08:09")), None, NOW, id="gone now",
        ),
        pytest.param(
            Status.ABSENT, Timestamps(absent=at("11:00")), None, at("11:00"), id="gone before",
        ),
        pytest.param(
            Status.CREATING, Timestamps(absent=at("07:00")), None, at("07:00"),
            id="not in service yet",
        ),
    ],
)  # fmt: skip
def test_since_when_it_is_there_or_gone(
    status: Status, known: Timestamps, in_service: datetime | None, absent: datetime | None
) -> None:
    seen = replace(context(Day(), NOW, known), endpoint=Endpoint("e", status, created_at=CREATED))
    found = timestamps(seen)
    assert (found.in_service, found.absent) == (in_service, absent)
