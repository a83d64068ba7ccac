"""What is going to change, and when creation begins for it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from lowtide.domain.schedule.cron import parse_cron
from lowtide.domain.schedule.forecast import changes
from lowtide.domain.schedule.instants import parse_instant
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.schedule.window import Window
from lowtide.domain.wording import in_utc

NEW_YORK = ZoneInfo("America/New_York")
LEAD = timedelta(minutes=30)


def schedule(*windows: tuple[str, str]) -> Schedule:
    return Schedule(
        tuple(Window(parse_cron(start), parse_cron(stop), NEW_YORK) for start, stop in windows),
        NEW_YORK,
    )


OFFICE = schedule(("0 8 * * MON-FRI", "0 20 * * MON-FRI"))
SHORT_LUNCH = schedule(("0 8 * * *", "0 12 * * *"), ("10 12 * * *", "0 20 * * *"))


def forecast(of: Schedule, start: str, end: str) -> list[tuple[str, bool, str | None]]:
    first, last = parse_instant(start, NEW_YORK), parse_instant(end, NEW_YORK)
    return [
        (in_utc(change.at), change.awake, in_utc(change.create_at) if change.create_at else None)
        for change in changes(of, first, last, LEAD)
    ]


def test_each_change_of_a_day_is_there_and_a_start_with_its_creation() -> None:
    assert forecast(OFFICE, "2026-11-23", "2026-11-24") == [
        ("2026-11-23T13:00:00Z", True, "2026-11-23T12:30:00Z"),
        ("2026-11-24T01:00:00Z", False, None),
    ]


def test_a_sleep_shorter_than_the_lead_creates_from_its_very_begin() -> None:
    assert forecast(SHORT_LUNCH, "2026-11-23T12:05", "2026-11-23T13:00") == [
        ("2026-11-23T17:10:00Z", True, "2026-11-23T17:00:00Z")
    ]
