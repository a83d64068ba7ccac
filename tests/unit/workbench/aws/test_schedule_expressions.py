"""Schedules of Application Auto Scaling, in time zones that change their clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.snapshot.scheduled_actions import last_fire
from lowtide_workbench.aws.schedule_expressions import next_run

ZONE = "America/New_York"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE))


@pytest.mark.parametrize(
    ("schedule", "after", "expected"),
    [
        pytest.param("cron(30 2 * * ? *)", "2026-03-07T12:00", "2026-03-09T02:30",
                     id="a time that spring leaves out is skipped (facts 6.2)"),
        pytest.param("cron(30 1 * * ? *)", "2026-11-01T01:30", "2026-11-02T01:30",
                     id="a time that autumn repeats runs once (facts 6.2)"),
        pytest.param("cron(0 8 * * ? *)", "2026-03-07T12:00", "2026-03-08T08:00",
                     id="eight o'clock is eight o'clock, summer or winter"),
        pytest.param("cron(0 8 L * ? *)", "2026-02-01T00:00", "2026-02-28T08:00",
                     id="the last day of the month"),
        pytest.param("cron(0 8 ? * 6L *)", "2026-01-01T00:00", "2026-01-30T08:00",
                     id="the last Friday, which is day 6"),
        pytest.param("cron(0 5 ? * L *)", "2026-01-01T00:00", "2026-01-03T05:00",
                     id="L alone is the last day of the week, Saturday (facts 3.8)"),
        pytest.param("cron(0 8 ? * FRI#2 *)", "2026-01-01T00:00", "2026-01-09T08:00",
                     id="the second Friday"),
        pytest.param("cron(0 5 ? * 2/2 *)", "2026-11-23T06:00", "2026-11-25T05:00",
                     id="each second day from Monday on"),
        pytest.param("cron(0 8 15W * ? *)", "2026-02-01T00:00", "2026-02-16T08:00",
                     id="the weekday nearest to the 15th, a Sunday"),
        pytest.param("cron(0/20 8-9 ? * 2-6 *)", "2026-11-20T09:40", "2026-11-23T08:00",
                     id="steps, on weekdays"),
        pytest.param("cron(0 8 1 1 ? 2020)", "2026-01-01T00:00", None, id="a year gone by"),
        pytest.param("at(2026-01-01T08:00:00)", "2026-01-01T08:00", None, id="at, and over"),
    ],
)  # fmt: skip
def test_the_next_run_is(schedule: str, after: str, expected: str | None) -> None:
    begin = at(after)
    assert next_run(schedule, ZONE, begin, begin) == (at(expected) if expected else None)


@pytest.mark.parametrize("day", ["2026-03-08T12:00", "2026-11-01T01:45", "2026-11-24T07:45"])
@pytest.mark.parametrize(
    "schedule",
    [
        pytest.param("cron(45 7 ? * MON-FRI *)", id="weekdays by name"),
        pytest.param("cron(0/20 8-9 ? * 2-6 *)", id="weekdays by number, and steps"),
        pytest.param("cron(45 7 ? * 6-1 *)", id="a range over the week's end"),
        pytest.param("cron(45 7 ? * 2/2 *)", id="every second day from Monday"),
        pytest.param("cron(45 7 ? * L *)", id="the last day of the week"),
        pytest.param("cron(45 7 ? * 6L *)", id="the last Friday"),
        pytest.param("cron(45 7 ? * 3#1 *)", id="the first Tuesday"),
        pytest.param("cron(45 7 L * ? *)", id="the last day of the month"),
        pytest.param("cron(0 8 15W * ? *)", id="the weekday nearest to a date"),
        pytest.param("cron(30 2 * * ? *)", id="a time that spring leaves out"),
        pytest.param("cron(30 1 * * ? *)", id="a time that autumn repeats"),
        pytest.param("cron(45 7 ? * MON-FRI 2026)", id="in one year"),
    ],
)
def test_lowtide_names_the_same_last_run(schedule: str, day: str) -> None:
    now, last = at(day), None
    run = next_run(schedule, ZONE, now, now - timedelta(days=63))
    while run is not None and run <= now:
        last, run = run, next_run(schedule, ZONE, now, run)
    assert last is not None
    assert last_fire({"Schedule": schedule, "Timezone": ZONE}, now.astimezone(UTC)) == last


def test_a_rate_is_counted_from_its_beginning() -> None:
    begun = at("2026-01-01T08:00")
    assert next_run("rate(2 hours)", ZONE, begun, at("2026-01-01T07:00")) == begun
    assert next_run("rate(2 hours)", ZONE, begun, begun) == at("2026-01-01T10:00")


@pytest.mark.parametrize(
    "schedule",
    [
        pytest.param("every day", id="words"),
        pytest.param("rate(0 minutes)", id="a rate of nothing"),
        pytest.param("cron(0 8 * * ?)", id="five fields"),
        pytest.param("cron(0 8 15 * MON *)", id="a day of the month and one of the week"),
        pytest.param("cron(0 8 * * MON-FRI *)", id="every day of the month, and days of the week"),
        pytest.param("cron(0 8 * * * *)", id="every day twice"),
        pytest.param("cron(0 8 ? * ? *)", id="no day"),
        pytest.param("cron(0 8 ? * 0 *)", id="day 0 of the week: AWS counts from 1"),
        pytest.param("cron(0 8 ? * 0-4 *)", id="a range from day 0"),
        pytest.param("cron(0 8 ? * 2,0 *)", id="a list with day 0"),
        pytest.param("cron(0 8 ? * 8 *)", id="day 8 of the week"),
        pytest.param("at(2026-12-01T08:00:00Z)", id="at, with a Z"),
        pytest.param("at(2026-12-01T08:00:00+01:00)", id="at, with an offset"),
        pytest.param("at(2026-12-01)", id="at, without a time"),
    ],
)
def test_no_schedule_is(schedule: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        next_run(schedule, ZONE, at("2026-01-01T00:00"), at("2026-01-01T00:00"))
