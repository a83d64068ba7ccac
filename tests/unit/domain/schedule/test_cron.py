"""When a cron expression fires, above all where clocks change."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

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
