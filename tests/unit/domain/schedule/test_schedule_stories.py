"""Nights and weeks that schedules get wrong, as people see them on the wall clock.

The walk of the oracle has to tell each story as well: so it is checked by hand, too.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.schedule.closed_dates import ClosedDates, ClosedOn, PublicHolidays
from lowtide.domain.schedule.cron import parse_cron
from lowtide.domain.schedule.schedule import Schedule, Span, transitions
from lowtide.domain.schedule.window import Window
from tests.unit.domain.schedule.schedule_oracle import DAY, OracleSchedule, OracleWindow, walk


class Story:
    """Windows are (start, stop, zone); `expected` is what the first zone's wall clock shows."""

    def __init__(
        self,
        *windows: tuple[str, str, str],
        days: tuple[str, str],
        closed: tuple[tuple[str, str], ...] = (),
        holidays: str | None = None,
        spans: tuple[tuple[str, str], ...] = (),
        expected: list[str],
    ) -> None:
        self.zone = ZoneInfo(windows[0][2])
        self.first, self.last = self.at(f"{days[0]}T00:00"), self.at(f"{days[1]}T00:00")
        self.expected = expected
        dates = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in closed]
        open_spans = [(self.at(start), self.at(stop)) for start, stop in spans]
        closings: tuple[ClosedOn, ...] = (
            *(ClosedDates(*dates_closed) for dates_closed in dates),
            *([PublicHolidays(holidays)] if holidays else []),
        )
        self.schedule = Schedule(
            tuple(
                Window(parse_cron(start), parse_cron(stop), ZoneInfo(zone), closings)
                for start, stop, zone in windows
            ),
            self.zone,
            tuple(Span(*span) for span in open_spans),
        )
        thanksgiving = {date(2026, 11, 26)} if holidays == "US" else set()
        self.oracle = OracleSchedule(
            [
                OracleWindow(
                    start,
                    stop,
                    zone,
                    lambda day: (
                        day in thanksgiving or any(first <= day <= last for first, last in dates)
                    ),
                )
                for start, stop, zone in windows
            ],
            open_spans,
        )

    def at(self, text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=self.zone)

    def line(self, at: datetime, *, awake: bool) -> str:
        state = "awake" if awake else "asleep"
        return f"{at.astimezone(self.zone):%a %d %b %H:%M %Z} {state}"


NEW_YORK, LONDON, TOKYO = "America/New_York", "Europe/London", "Asia/Tokyo"
STORIES = {
    "the spring night in New York: a start at 02:30 is at 03:00, and the window is shorter": Story(
        ("30 2 * * *", "30 4 * * *", NEW_YORK),
        days=("2026-03-07", "2026-03-10"),
        expected=[
            "Sat 07 Mar 02:30 EST awake",
            "Sat 07 Mar 04:30 EST asleep",
            "Sun 08 Mar 03:00 EDT awake",
            "Sun 08 Mar 04:30 EDT asleep",
            "Mon 09 Mar 02:30 EDT awake",
            "Mon 09 Mar 04:30 EDT asleep",
        ],
    ),
    "a window that lies in the spring gap is left out that night": Story(
        ("10 2 * * *", "50 2 * * *", NEW_YORK),
        days=("2026-03-08", "2026-03-10"),
        expected=["Mon 09 Mar 02:10 EDT awake", "Mon 09 Mar 02:50 EDT asleep"],
    ),
    "one that stops and then starts in the gap starts when it ends": Story(
        ("50 2 * * *", "10 2 * * *", NEW_YORK),
        days=("2026-03-08", "2026-03-10"),
        expected=["Mon 09 Mar 02:10 EDT asleep", "Mon 09 Mar 02:50 EDT awake"],
    ),
    "the autumn night in New York: 01:30 comes twice and counts once, the first time": Story(
        ("30 1 * * *", "0 3 * * *", NEW_YORK),
        days=("2026-11-01", "2026-11-02"),
        expected=["Sun 01 Nov 01:30 EDT awake", "Sun 01 Nov 03:00 EST asleep"],
    ),
    "nor does a stop come again in the second 01:30": Story(
        ("0 1 * * *", "30 1 * * *", NEW_YORK),
        days=("2026-11-01", "2026-11-02"),
        expected=["Sun 01 Nov 01:00 EDT awake", "Sun 01 Nov 01:30 EDT asleep"],
    ),
    "an overnight window belongs to its first day: none from Thanksgiving, one into it": Story(
        ("0 20 * * *", "0 6 * * *", NEW_YORK),
        days=("2026-11-25", "2026-11-29"),
        holidays="US",
        expected=[
            "Wed 25 Nov 06:00 EST asleep",
            "Wed 25 Nov 20:00 EST awake",
            "Thu 26 Nov 06:00 EST asleep",
            "Fri 27 Nov 20:00 EST awake",
            "Sat 28 Nov 06:00 EST asleep",
            "Sat 28 Nov 20:00 EST awake",
        ],
    ),
    "in a window of days a closed date is closed from midnight to midnight": Story(
        ("0 8 * * MON", "0 18 * * FRI", NEW_YORK),
        days=("2026-11-22", "2026-11-29"),
        holidays="US",
        expected=[
            "Mon 23 Nov 08:00 EST awake",
            "Thu 26 Nov 00:00 EST asleep",
            "Fri 27 Nov 00:00 EST awake",
            "Fri 27 Nov 18:00 EST asleep",
        ],
    ),
    "and one that would start on a closed date starts when that is over": Story(
        ("0 8 * * MON", "0 18 * * FRI", NEW_YORK),
        days=("2027-01-17", "2027-01-24"),
        closed=(("2027-01-18", "2027-01-18"),),
        expected=["Tue 19 Jan 00:00 EST awake", "Fri 22 Jan 18:00 EST asleep"],
    ),
    "and one that would stop on a closed date stops as that begins": Story(
        ("0 8 * * MON", "0 18 * * FRI", NEW_YORK),
        days=("2026-12-20", "2026-12-27"),
        closed=(("2026-12-24", "2026-12-24"), ("2026-12-25", "2026-12-25")),
        expected=["Mon 21 Dec 08:00 EST awake", "Thu 24 Dec 00:00 EST asleep"],
    ),
    "that stops at midnight, before a closed date, has nothing of it": Story(
        ("0 0 * * SAT", "0 0 * * MON", NEW_YORK),
        days=("2026-11-20", "2026-11-24"),
        closed=(("2026-11-23", "2026-11-23"),),
        expected=["Sat 21 Nov 00:00 EST awake", "Mon 23 Nov 00:00 EST asleep"],
    ),
    "a window that starts each day and stops once a week is one of days": Story(
        ("0 20 * * MON-FRI", "0 18 * * FRI", NEW_YORK),
        days=("2026-11-22", "2026-11-28"),
        closed=(("2026-11-26", "2026-11-26"),),
        expected=[
            "Thu 26 Nov 00:00 EST asleep",
            "Fri 27 Nov 00:00 EST awake",
            "Fri 27 Nov 18:00 EST asleep",
            "Fri 27 Nov 20:00 EST awake",
        ],
    ),
    "one of exactly a day belongs to the date it starts on": Story(
        ("0 8 * * MON-FRI", "0 8 * * *", NEW_YORK),
        days=("2026-11-25", "2026-11-28"),
        closed=(("2026-11-26", "2026-11-26"),),
        expected=[
            "Thu 26 Nov 08:00 EST asleep",
            "Fri 27 Nov 08:00 EST awake",
        ],
    ),
    "the closed Sunday of the clock change has 23 hours": Story(
        ("0 8 * * SAT", "0 8 * * MON", NEW_YORK),
        days=("2026-03-07", "2026-03-10"),
        closed=(("2026-03-08", "2026-03-08"),),
        expected=[
            "Sat 07 Mar 08:00 EST awake",
            "Sun 08 Mar 00:00 EST asleep",
            "Mon 09 Mar 00:00 EDT awake",
            "Mon 09 Mar 08:00 EDT asleep",
        ],
    ),
    "where midnight does not exist the closed date begins after the gap": Story(
        ("0 8 * * THU", "0 8 * * SUN", "Africa/Cairo"),
        days=("2026-04-23", "2026-04-27"),
        closed=(("2026-04-24", "2026-04-24"),),
        expected=[
            "Thu 23 Apr 08:00 EET awake",
            "Fri 24 Apr 01:00 EEST asleep",
            "Sat 25 Apr 00:00 EEST awake",
            "Sun 26 Apr 08:00 EEST asleep",
        ],
    ),
    "days closed one after the other over New Year are one": Story(
        ("0 8 * * MON", "0 18 * * SUN", NEW_YORK),
        days=("2026-12-28", "2027-01-04"),
        closed=(("2026-12-31", "2026-12-31"), ("2027-01-01", "2027-01-01")),
        expected=[
            "Mon 28 Dec 08:00 EST awake",
            "Thu 31 Dec 00:00 EST asleep",
            "Sat 02 Jan 00:00 EST awake",
            "Sun 03 Jan 18:00 EST asleep",
        ],
    ),
    "following the sun, London hands over to New York; in March they overlap for longer": Story(
        ("0 8 * * MON-FRI", "0 17 * * MON-FRI", LONDON),
        ("0 12 * * MON-FRI", "0 20 * * MON-FRI", NEW_YORK),
        days=("2026-03-06", "2026-03-11"),
        expected=[
            "Fri 06 Mar 01:00 GMT asleep",
            "Fri 06 Mar 08:00 GMT awake",
            "Sat 07 Mar 01:00 GMT asleep",
            "Mon 09 Mar 08:00 GMT awake",
            "Tue 10 Mar 00:00 GMT asleep",
            "Tue 10 Mar 08:00 GMT awake",
        ],
    ),
    "the closed date is the one on the wall where the window is": Story(
        ("0 8 * * *", "0 9 * * *", NEW_YORK),
        ("0 8 * * *", "0 9 * * *", TOKYO),
        days=("2026-06-01", "2026-06-03"),
        closed=(("2026-06-02", "2026-06-02"),),
        expected=[
            "Mon 01 Jun 08:00 EDT awake",
            "Mon 01 Jun 09:00 EDT asleep",
            "Tue 02 Jun 19:00 EDT awake",
            "Tue 02 Jun 20:00 EDT asleep",
        ],
    ),
    "a week over New Year: closed, but for four hours on the 29th": Story(
        ("0 8 * * MON-FRI", "0 20 * * MON-FRI", NEW_YORK),
        days=("2026-12-27", "2027-01-05"),
        closed=(("2026-12-28", "2027-01-01"),),
        spans=(("2026-12-29T10:00", "2026-12-29T14:00"),),
        expected=[
            "Tue 29 Dec 10:00 EST awake",
            "Tue 29 Dec 14:00 EST asleep",
            "Mon 04 Jan 08:00 EST awake",
            "Mon 04 Jan 20:00 EST asleep",
        ],
    ),
    "extra hours that touch the window make one": Story(
        ("0 8 * * *", "0 20 * * *", NEW_YORK),
        days=("2026-12-29", "2026-12-30"),
        spans=(("2026-12-29T20:00", "2026-12-29T22:00"),),
        expected=["Tue 29 Dec 08:00 EST awake", "Tue 29 Dec 22:00 EST asleep"],
    ),
    "a window on Feb 29 is there in 2028, until March": Story(
        ("0 9 29 2 *", "0 9 1 3 *", NEW_YORK),
        days=("2028-02-28", "2028-03-03"),
        expected=["Tue 29 Feb 09:00 EST awake", "Wed 01 Mar 09:00 EST asleep"],
    ),
    "the last day of the month is the 29th in a leap year": Story(
        ("0 9 L * *", "0 17 L * *", NEW_YORK),
        days=("2028-02-28", "2028-03-01"),
        expected=["Tue 29 Feb 09:00 EST awake", "Tue 29 Feb 17:00 EST asleep"],
    ),
    "Ramadan in Casablanca: the clock goes back when it begins, 02:30 is the first one": Story(
        ("30 2 * * *", "0 6 * * *", "Africa/Casablanca"),
        days=("2026-02-14", "2026-02-16"),
        expected=[
            "Sat 14 Feb 02:30 +01 awake",
            "Sat 14 Feb 06:00 +01 asleep",
            "Sun 15 Feb 02:30 +01 awake",
            "Sun 15 Feb 06:00 +00 asleep",
        ],
    ),
    "and forward when it ends: 02:30 is at 03:00": Story(
        ("30 2 * * *", "0 6 * * *", "Africa/Casablanca"),
        days=("2026-03-22", "2026-03-23"),
        expected=["Sun 22 Mar 03:00 +01 awake", "Sun 22 Mar 06:00 +01 asleep"],
    ),
    "half an hour on Lord Howe Island": Story(
        ("15 2 * * *", "0 3 * * *", "Australia/Lord_Howe"),
        days=("2026-10-04", "2026-10-05"),
        expected=["Sun 04 Oct 02:30 +11 awake", "Sun 04 Oct 03:00 +11 asleep"],
    ),
    "midnight does not exist in Cairo: the closed date is that of the minute named": Story(
        ("0 0 * * *", "0 5 * * *", "Africa/Cairo"),
        days=("2026-04-23", "2026-04-26"),
        closed=(("2026-04-25", "2026-04-25"),),
        expected=[
            "Thu 23 Apr 00:00 EET awake",
            "Thu 23 Apr 05:00 EET asleep",
            "Fri 24 Apr 01:00 EEST awake",
            "Fri 24 Apr 05:00 EEST asleep",
        ],
    ),
    "the last hour of Saturday is missing in Nuuk: 23:30 is Sunday's midnight": Story(
        ("30 23 * * SAT", "0 2 * * SUN", "America/Nuuk"),
        days=("2026-03-28", "2026-03-30"),
        expected=["Sun 29 Mar 00:00 -01 awake", "Sun 29 Mar 02:00 -01 asleep"],
    ),
    "so a window of that Saturday stays shut where Saturday is closed": Story(
        ("30 23 * * SAT", "0 2 * * SUN", "America/Nuuk"),
        days=("2026-03-28", "2026-03-30"),
        closed=(("2026-03-28", "2026-03-28"),),
        expected=[],
    ),
    "where start and stop meet the start wins": Story(
        ("0 8 * * *", "0 8 * * SAT", NEW_YORK),
        days=("2026-11-20", "2026-11-23"),
        expected=[],
    ),
    "one window stops where another starts: nothing to see": Story(
        ("0 8 * * *", "0 12 * * *", NEW_YORK),
        ("0 12 * * *", "0 20 * * *", NEW_YORK),
        days=("2026-11-23", "2026-11-24"),
        expected=["Mon 23 Nov 08:00 EST awake", "Mon 23 Nov 20:00 EST asleep"],
    ),
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_the_schedule_tells_the_story(story: Story) -> None:
    changes = transitions(story.schedule, story.first, story.last)
    assert [story.line(change.at, awake=change.awake) for change in changes] == story.expected


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_the_oracle_tells_the_story_too(story: Story) -> None:
    first, last = story.first.astimezone(UTC), story.last.astimezone(UTC)
    changes = walk(story.oracle, first - 3 * DAY, last).changes_in(first, last)
    assert [story.line(at, awake=awake) for at, awake in changes] == story.expected
