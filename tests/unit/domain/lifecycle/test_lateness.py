"""When is an endpoint late, and since when is it in service, or absent?"""

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
class Stored:
    """What the table holds from `since` on; `asked` is when a person last asked for it."""

    since: str
    override: Override | None = None
    asked: str | None = None
    paused: bool = False


@dataclass(frozen=True)
class Day:
    """The endpoint is absent outside of `serves`. Lowtide runs during `watched` only."""

    ready: Literal["at-start", "after-start"] = "at-start"
    schedule: Schedule = OFFICE_HOURS
    stored: Sequence[Stored] = ()
    serves: Sequence[tuple[str, str]] = ()
    watched: tuple[str, str] = ("06:00", "12:00")
    writable: bool = True  # the table


def context(day: Day, now: datetime, known: Timestamps) -> Context:
    stored = next((s for s in reversed(day.stored) if at(s.since) <= now), Stored("00:00"))
    lead = USUAL if day.ready == "at-start" else timedelta(0)
    serves = any(at(start) <= now < at(stop) for start, stop in day.serves)
    status = Status.IN_SERVICE if serves else Status.ABSENT
    return context_with(
        managed=ManagedEndpoint("e", day.schedule, ready=day.ready),
        desired=desired_state(CACHE.state_at(day.schedule, now), stored.override, now, lead),
        endpoint=Endpoint("e", status),
        record=Record(),
        stack="s",
        now=now,
        paused=Pause(at(stored.since), "", "") if stored.paused else None,
        asked=at(stored.asked) if stored.asked else None,
        timestamps=known,
        override=stored.override,
        usual_creation=USUAL,
    )


def late_minutes(day: Day) -> list[str]:
    now, known, late = at(day.watched[0]), Timestamps(), []
    while now < at(day.watched[1]):
        seen = context(day, now, known)
        if wake_overdue(seen):
            late.append(f"{now:%H:%M}")
        known = timestamps(seen) if day.writable else known
        now += MINUTE
    return late


def awake(until: str) -> Override:
    return Override(True, at(until), "", "")


def asleep(until: str) -> Override:
    return Override(False, at(until), "", "")


DAYS = {  # the day, and its first and last late minute
    "in service before its window opens": (Day(serves=[("07:40", "20:03")]), None, None),
    "in service after its window opened: late from its start": (
        Day(serves=[("08:07", "20:03")]), "08:00", "08:06",
    ),
    "absent: late until its window closes": (Day(watched=("07:50", "20:10")), "08:00", "19:59"),
    "after-start: an ordinary creation is not late": (
        Day("after-start", serves=[("08:25", "20:03")]), None, None,
    ),
    "after-start: late once a creation should be over": (Day("after-start"), "08:30", "11:59"),
    "after-start: absent in the middle of its window": (
        Day("after-start", serves=[("08:10", "11:00"), ("11:09", "20:03")]), "11:00", "11:08",
    ),
    "woken by hand: an ordinary creation is not late": (
        Day(stored=[Stored("06:30", awake("07:20"), "06:30")], serves=[("06:45", "07:20")],
            watched=("06:00", "07:30")), None, None,
    ),
    "asked for again and again: late as if asked once": (
        Day(stored=[Stored(f"06:{m}", awake("07:20"), f"06:{m}") for m in (30, 40, 50, 55)],
            watched=("06:00", "07:20")), "07:00", "07:19",
    ),
    "a wake when it is late already does not excuse it": (
        Day(stored=[Stored("08:20", awake("22:00"), "08:20")]), "08:00", "11:59",
    ),
    "a wake shortly before the window does not put its start off": (
        Day(stored=[Stored("07:50", awake("09:00"), "07:50")], serves=[("08:05", "20:03")]),
        "08:00", "08:04",
    ),
    "an override to sleep ended in the window: an ordinary creation is not late": (
        Day(stored=[Stored("06:00", asleep("10:00"))], serves=[("10:20", "20:03")]), None, None,
    ),
    "an override to sleep ended in the window: late once a creation should be over": (
        Day(stored=[Stored("06:00", asleep("10:00"))], serves=[("10:40", "20:03")]),
        "10:30", "10:39",
    ),
    "paused, and resumed in the window: an ordinary creation is not late": (
        Day(stored=[Stored("06:00", paused=True), Stored("09:00", asked="09:00")],
            serves=[("09:20", "20:03")]), None, None,
    ),
    "always wanted, and absent": (
        Day(schedule=ALWAYS, watched=("06:00", "06:10")), "06:00", "06:09",
    ),
    "the scheduler did not run when the window opened": (
        Day(watched=("09:00", "09:10")), "09:00", "09:09",
    ),
    "the table cannot be written: late all the same": (
        Day("after-start", writable=False, watched=("08:00", "08:40")), "08:30", "08:39",
    ),
    "the table cannot be written, always wanted: late at once": (
        Day(schedule=ALWAYS, writable=False, watched=("06:00", "06:10")), "06:00", "06:09",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("day", "first", "last"), DAYS.values(), ids=DAYS)
def test_which_minutes_are_late(day: Day, first: str | None, last: str | None) -> None:
    late = late_minutes(day)
    assert (late[:1], late[-1:]) == ([first] if first else [], [last] if last else [])


NOW = at("12:00")
CREATED = at("08:00")


SEEN = {
    "seen in service now": (Status.IN_SERVICE, Timestamps(), NOW, None),
    "seen in service before": (
        Status.IN_SERVICE, Timestamps(in_service=at("08:09")), at("08:09"), None,
    ),
    "what was seen before was another endpoint": (
        Status.IN_SERVICE, Timestamps(in_service=at("07:00")), NOW, None,
    ),
    "not absent any more": (Status.IN_SERVICE, Timestamps(absent=at("07:00")), NOW, None),
    "it serves while it is updated": (
        Status.UPDATING, Timestamps(in_service=at("08:09")), at("08:09"), None,
    ),
    "not absent yet": (Status.DELETING, Timestamps(in_service=at("08:09")), at("08:09"), None),
    "absent now": (Status.ABSENT, Timestamps(in_service=at("08:09")), None, NOW),
    "absent before": (Status.ABSENT, Timestamps(absent=at("11:00")), None, at("11:00")),
    "not in service yet": (Status.CREATING, Timestamps(absent=at("07:00")), None, at("07:00")),
}  # fmt: skip


@pytest.mark.parametrize(("status", "known", "in_service", "absent"), SEEN.values(), ids=SEEN)
def test_since_when_it_is_in_service_or_absent(
    status: Status, known: Timestamps, in_service: datetime | None, absent: datetime | None
) -> None:
    seen = replace(context(Day(), NOW, known), endpoint=Endpoint("e", status, created_at=CREATED))
    stored = timestamps(seen)
    assert (stored.in_service, stored.absent) == (in_service, absent)
