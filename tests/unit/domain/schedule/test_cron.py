"""When a cron expression fires, above all where clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.domain.schedule import cron

NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
APIA = ZoneInfo("Pacific/Apia")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def last_fire(expression: str, zone: ZoneInfo, now: datetime) -> datetime:
    return next(cron.fires_until(cron.parse_cron(expression), zone, now)).at


def next_fire(expression: str, zone: ZoneInfo, now: datetime) -> datetime:
    return next(cron.fires_after(cron.parse_cron(expression), zone, now)).at


LAST = {
    "a fire at this very minute is the last one": (
        "0 8 * * *", NEW_YORK, "2026-11-23T13:00", "2026-11-23T13:00",
    ),
    "a second before, it is yesterday's": (
        "0 8 * * *", NEW_YORK, "2026-11-23T12:59:59", "2026-11-22T13:00",
    ),
    "in the spring gap it fires at the first valid minute, 03:00 EDT": (
        "30 2 * * *", NEW_YORK, "2026-03-08T07:00", "2026-03-08T07:00",
    ),
    "before the gap ends it has not fired": (
        "30 2 * * *", NEW_YORK, "2026-03-08T06:59", "2026-03-07T07:30",
    ),
    "in the autumn fold it fires once, at the first 01:30": (
        "30 1 * * *", NEW_YORK, "2026-11-01T06:45", "2026-11-01T05:30",
    ),
    "the second 01:10 comes after the first 01:30": (
        "30 1 * * *", NEW_YORK, "2026-11-01T06:10", "2026-11-01T05:30",
    ),
    "a fold of half an hour": ("45 1 * * *", LORD_HOWE, "2026-04-04T15:05", "2026-04-04T14:45"),
    "a day that Samoa left out fires when the next begins": (
        "0 9 30 12 *", APIA, "2011-12-30T12:00", "2011-12-30T10:00",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("expression", "zone", "now", "expected"), LAST.values(), ids=LAST)
def test_last_fire(expression: str, zone: ZoneInfo, now: str, expected: str) -> None:
    assert last_fire(expression, zone, utc(now)) == utc(expected)


NEXT = {
    "a fire at this very minute is not the next one": (
        "0 8 * * *", NEW_YORK, "2026-11-23T13:00", "2026-11-24T13:00",
    ),
    "the next fire inside the gap is its end": (
        "30 2 * * *", NEW_YORK, "2026-03-08T06:59", "2026-03-08T07:00",
    ),
    "the second 01:30 of the autumn night does not fire": (
        "30 1 * * *", NEW_YORK, "2026-11-01T05:30", "2026-11-02T06:30",
    ),
    "a weekday range may wrap": (
        "0 8 * * FRI-MON", NEW_YORK, "2026-11-24T13:00", "2026-11-27T13:00",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("expression", "zone", "now", "expected"), NEXT.values(), ids=NEXT)
def test_next_fire(expression: str, zone: ZoneInfo, now: str, expected: str) -> None:
    assert next_fire(expression, zone, utc(now)) == utc(expected)


def fires_by_brute_force(
    minute: int, hours: set[int], zone: ZoneInfo, first: datetime, last: datetime
) -> set[datetime]:
    """Walks every UTC minute; a local minute fires when first reached or passed over."""
    fired: set[datetime] = set()
    reached = first.astimezone(zone).replace(tzinfo=None) - timedelta(minutes=1)
    instant = first
    while instant <= last:
        local = instant.astimezone(zone).replace(tzinfo=None)
        while reached < local:
            reached += timedelta(minutes=1)
            if reached.minute == minute and reached.hour in hours:
                fired.add(instant)
        instant += timedelta(minutes=1)
    return fired


CHANGES = [
    (NEW_YORK, utc("2026-03-08T04:00")),
    (NEW_YORK, utc("2026-11-01T03:00")),
    (LORD_HOWE, utc("2026-04-04T12:00")),
    (LORD_HOWE, utc("2026-10-03T12:00")),
    (ZoneInfo("Europe/Berlin"), utc("2027-03-28T00:00")),
    (ZoneInfo("Asia/Kathmandu"), utc("2026-12-31T16:00")),
]


HOURS = {"*": set(range(24)), "*/2": set(range(0, 24, 2))} | {str(h): {h} for h in range(5)}


@settings(deadline=None)
@given(
    st.sampled_from(CHANGES), st.integers(0, 59), st.sampled_from(list(HOURS)), st.integers(0, 360)
)
def test_fires_agree_with_a_walk_over_every_minute(
    change: tuple[ZoneInfo, datetime], minute: int, hour: str, minutes_later: int
) -> None:
    zone, start = change
    now = start + timedelta(minutes=minutes_later)
    two_days = timedelta(days=2)
    fires = fires_by_brute_force(minute, HOURS[hour], zone, start - two_days, start + two_days)
    expression = f"{minute} {hour} * * *"
    assert last_fire(expression, zone, now) == max(f for f in fires if f <= now)
    assert next_fire(expression, zone, now) == min(f for f in fires if f > now)
