"""What scheduled actions would have made of a range while the endpoint slept."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lowtide.domain.snapshot.replayed_ranges import replayed
from lowtide.domain.snapshot.scheduled_actions import expired, last_fire
from lowtide.domain.snapshot.snapshot import Scaling

RESOURCE = "endpoint/e/variant/AllTraffic"
BERLIN = "Europe/Berlin"
EVENING = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)  # a Monday, 20:00 in Berlin
MORNING = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # 08:00 in Berlin


def action(schedule: str, name: str = "floor", **fields: Any) -> dict[str, Any]:
    return {
        "ResourceId": RESOURCE,
        "ScheduledActionName": name,
        "Schedule": schedule,
        "Timezone": BERLIN,
        "ScalableTargetAction": {"MinCapacity": 2, "MaxCapacity": 8},
    } | fields


def target(smallest: int = 4, largest: int = 6, **fields: Any) -> dict[str, Any]:
    return {"ResourceId": RESOURCE, "MinCapacity": smallest, "MaxCapacity": largest} | fields


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NEWEST = {
    "on weekdays by name": ("cron(45 7 ? * MON-FRI *)", "2026-11-24T06:45"),
    "Monday is 2": ("cron(45 7 ? * 2-6 *)", "2026-11-24T06:45"),
    "Sunday is 1": ("cron(45 7 ? * 1 *)", "2026-11-22T06:45"),
    "a range over the week's end": ("cron(45 7 ? * 6-1 *)", "2026-11-22T06:45"),
    "every second day from Monday": ("cron(45 7 ? * 2/2 *)", "2026-11-23T06:45"),
    "the last Friday of the month": ("cron(45 7 ? * 6L *)", "2026-10-30T06:45"),
    "L alone is Saturday": ("cron(45 7 ? * L *)", "2026-11-21T06:45"),
    "the first Tuesday": ("cron(45 7 ? * 3#1 *)", "2026-11-03T06:45"),
    "the last day of the month": ("cron(45 7 L * ? *)", "2026-10-31T06:45"),
    "a fire at this very minute": ("cron(0 8 * * ? *)", "2026-11-24T07:00"),
    "steps and ranges": ("cron(0/20 6-7 * * ? *)", "2026-11-24T06:40"),
    "only in a year to come": ("cron(45 7 ? * MON-FRI 2027)", None),
    "what croniter cannot read": ("cron(45 7 L-3 * ? *)", None),
    "nonsense": ("cron(nonsense)", None),
    "a rate without a start has no known phase": ("rate(1 hour)", None),
    "a one-time action before UTC begins": ("at(0001-01-01T00:00:00)", None),
    "a one-time action": ("at(2026-11-24T07:59:00)", "2026-11-24T06:59"),
    "a one-time action to come": ("at(2026-11-24T08:01:00)", None),
}


@pytest.mark.parametrize(("schedule", "newest"), NEWEST.values(), ids=NEWEST)
def test_the_newest_fire(schedule: str, newest: str | None) -> None:
    assert last_fire(action(schedule), MORNING) == (utc(newest) if newest else None)


CLOCK_CHANGES = {
    "a time that spring leaves out does not fire": ("2026-03-29T12:00", "2026-03-28T01:30"),
    "a time that autumn repeats fires at the first of the two": (
        "2026-10-25T12:00", "2026-10-25T00:30",
    ),
    "in the second pass the first one's fire is past though the clock shows less": (
        "2026-10-25T01:10", "2026-10-25T00:30",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("now", "newest"), CLOCK_CHANGES.values(), ids=CLOCK_CHANGES)
def test_a_fire_where_clocks_change(now: str, newest: str) -> None:
    assert last_fire(action("cron(30 2 * * ? *)"), utc(now)) == utc(newest)


DAILY = "cron(45 7 * * ? *)"
BOUNDED = {
    "a daily one not begun yet": (DAILY, {"StartTime": utc("2026-11-25T00:00")}, None),
    "the first daily one of all": (
        DAILY, {"StartTime": "2026-11-24T06:45:00+00:00"}, "2026-11-24T06:45",
    ),
    "the last daily one before its end": (
        DAILY, {"EndTime": "2026-11-23T20:00:00+00:00"}, "2026-11-23T06:45",
    ),
    "without a time zone it is UTC": ("cron(45 6 * * ? *)", {"Timezone": ""}, "2026-11-24T06:45"),
    "a rate is counted from its start": (
        "rate(5 hours)", {"StartTime": "2026-11-23T19:30:00+00:00"}, "2026-11-24T05:30",
    ),
    "the first of a rate is at its start": (
        "rate(1 day)", {"StartTime": "2026-11-24T07:00:00+00:00"}, "2026-11-24T07:00",
    ),
    "a rate not begun yet": ("rate(30 minutes)", {"StartTime": "2026-11-24T07:00:01+00:00"}, None),
    "the last of a rate before its end": (
        "rate(1 minute)",
        {"StartTime": "2026-11-23T19:30:00+00:00", "EndTime": "2026-11-23T20:00:30+00:00"},
        "2026-11-23T20:00",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("schedule", "fields", "newest"), BOUNDED.values(), ids=BOUNDED)
def test_an_action_fires_between_its_start_and_its_end(
    schedule: str, fields: dict[str, Any], newest: str | None
) -> None:
    assert last_fire(action(schedule, **fields), MORNING) == (utc(newest) if newest else None)


@pytest.mark.parametrize("schedule", ["cron(45 7 * * ? *)", "at(2026-11-24T03:00:00)", "at(noon)"])
def test_what_cannot_be_read_is_no_fire_and_stops_nothing(schedule: str) -> None:
    odd = action(schedule, Timezone="Mars/Olympus")
    assert last_fire(odd, MORNING) is None
    assert not expired(odd, MORNING)


MORNING_FLOOR = action("cron(45 7 * * ? *)", "morning")


RANGES = {
    "no action: as it was saved": ((), (4, 6)),
    "one fired": ((MORNING_FLOOR,), (2, 8)),
    "what fired before it was saved is in what was saved": (
        (action("cron(30 19 * * ? *)"),), (4, 6),
    ),
    "so is what fired as it was saved": ((action("cron(0 20 * * ? *)"),), (4, 6)),
    "the newest wins, in whatever order they are listed": (
        (MORNING_FLOOR, action("cron(0 22 * * ? *)", ScalableTargetAction={"MinCapacity": 0})),
        (2, 8),
    ),
    "half a range leaves the other half": (
        (action("cron(45 7 * * ? *)", ScalableTargetAction={"MinCapacity": 1}),), (1, 6),
    ),
    "two halves add up": (
        (action("cron(0 22 * * ? *)", "most", ScalableTargetAction={"MaxCapacity": 9}),
         action("cron(0 7 * * ? *)", "least", ScalableTargetAction={"MinCapacity": 7})),
        (7, 9),
    ),
    "a floor above the ceiling is not taken": (
        (action("cron(45 7 * * ? *)", ScalableTargetAction={"MinCapacity": 7}),), (4, 6),
    ),
    "a floor as high as the ceiling is: the count is fixed": (
        (action("cron(45 7 * * ? *)", ScalableTargetAction={"MinCapacity": 6}),), (6, 6),
    ),
    "beside actions that cannot be followed": (
        (action("rate(1 hour)", "rate"), MORNING_FLOOR, action("cron(nonsense)", "odd")), (2, 8),
    ),
    "another variant's action": (
        (action("cron(45 7 * * ? *)", ResourceId="endpoint/e/variant/Other"),), (4, 6),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("actions", "smallest_and_largest"), RANGES.values(), ids=RANGES)
def test_the_range_that_is_needed_now(
    actions: tuple[dict[str, Any], ...], smallest_and_largest: tuple[int, int]
) -> None:
    saved = Scaling(targets=(target(),), scheduled_actions=actions)
    (moved,) = replayed(saved, EVENING, MORNING).targets
    assert (moved["MinCapacity"], moved["MaxCapacity"]) == smallest_and_largest


def test_two_actions_of_one_instant_move_it_in_the_same_order_however_they_are_listed() -> None:
    first = action("cron(0 7 * * ? *)", "a", ScalableTargetAction={"MinCapacity": 3})
    second = action("cron(0 7 * * ? *)", "b", ScalableTargetAction={"MinCapacity": 2})
    for listed in ((first, second), (second, first)):
        saved = Scaling(targets=(target(),), scheduled_actions=listed)
        assert replayed(saved, EVENING, MORNING).targets == (target(smallest=2),)


def test_suspended_scheduled_scaling_moves_nothing() -> None:
    for part, smallest in (("DynamicScalingInSuspended", 2), ("ScheduledScalingSuspended", 4)):
        suspended = target(SuspendedState={part: True})
        saved = Scaling((suspended,), scheduled_actions=(MORNING_FLOOR,))
        (moved,) = replayed(saved, EVENING, MORNING).targets
        assert moved["MinCapacity"] == smallest


EXPIRED = {
    "a one-time action of this very minute": (action("at(2026-11-24T08:00:00)"), True),
    "a one-time action to come": (action("at(2026-11-24T08:01:00)"), False),
    "a recurring one": (action("cron(0 8 * * ? *)"), False),
    "its end is now": (action("rate(1 hour)", EndTime=MORNING.isoformat()), True),
    "its end is to come": (action("rate(1 hour)", EndTime="2026-11-24T07:00:01+00:00"), False),
}


@pytest.mark.parametrize(("given", "is_expired"), EXPIRED.values(), ids=EXPIRED)
def test_an_action_expires(given: dict[str, Any], is_expired: bool) -> None:
    assert expired(given, MORNING) is is_expired
