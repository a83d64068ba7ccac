"""Nights and weeks that schedules get wrong, as people see them on the wall clock.

The walk of the oracle has to tell each story as well: so it is checked by hand, too.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.schedule.closed_dates import ClosedDates, ClosedOn, PublicHolidays
from lowtide.domain.schedule.cron import parse_cron
from lowtide.domain.schedule.schedule import Schedule, Span, transitions
from lowtide.domain.schedule.window import Window
from tests.unit.domain.schedule.schedule_oracle import DAY, OracleSchedule, OracleWindow, walk


class Story:
    """Windows are (start, stop, zone); `awake` is what the first zone's wall clock shows."""

    def __init__(
        self,
        *windows: tuple[str, str, str],
        days: tuple[str, str],
        closed: tuple[tuple[str, str], ...] = (),
        holidays: str | None = None,
        spans: tuple[tuple[str, str], ...] = (),
        awake: list[str],
    ) -> None:
        self.zone = ZoneInfo(windows[0][2])
        self.first, self.last = self.at(f"{days[0]}T00:00"), self.at(f"{days[1]}T00:00")
        self.awake = awake
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

    def stretches(self, changes: Iterable[tuple[datetime, bool]]) -> list[str]:
        lines, start = list[str](), ""
        for at, awake in changes:
            shown = f"{at.astimezone(self.zone):%a %d %b %H:%M %Z}"
            if awake:
                start = shown
            elif start:
                same_day = shown[:10] == start[:10]
                lines.append(f"{start} to {shown[11:] if same_day else shown}")
                start = ""
            else:
                lines.append(f"until {shown}")
        return [*lines, f"from {start}"] if start else lines


NEW_YORK, LONDON, TOKYO = "America/New_York", "Europe/London", "Asia/Tokyo"
STORIES = {
    "the spring night in New York: a start at 02:30 is at 03:00, and the window is shorter": Story(
        ("30 2 * * *", "30 4 * * *", NEW_YORK), days=("2026-03-07", "2026-03-10"),
        awake=[
            "Sat 07 Mar 02:30 EST to 04:30 EST",
            "Sun 08 Mar 03:00 EDT to 04:30 EDT",
            "Mon 09 Mar 02:30 EDT to 04:30 EDT",
        ],
    ),
    "a window that lies in the spring gap is left out that night": Story(
        ("10 2 * * *", "50 2 * * *", NEW_YORK), days=("2026-03-08", "2026-03-10"),
        awake=["Mon 09 Mar 02:10 EDT to 02:50 EDT"],
    ),
    "the autumn night in New York: 01:30 comes twice and counts once, the first time": Story(
        ("30 1 * * *", "0 3 * * *", NEW_YORK), days=("2026-11-01", "2026-11-02"),
        awake=["Sun 01 Nov 01:30 EDT to 03:00 EST"],
    ),
    "an overnight window belongs to its first day: none from Thanksgiving, one into it": Story(
        ("0 20 * * *", "0 6 * * *", NEW_YORK), days=("2026-11-25", "2026-11-29"), holidays="US",
        awake=[
            "until Wed 25 Nov 06:00 EST",
            "Wed 25 Nov 20:00 EST to Thu 26 Nov 06:00 EST",
            "Fri 27 Nov 20:00 EST to Sat 28 Nov 06:00 EST",
            "from Sat 28 Nov 20:00 EST",
        ],
    ),
    "in a window of days a closed date is closed from midnight to midnight": Story(
        ("0 8 * * MON", "0 18 * * FRI", NEW_YORK), days=("2026-11-22", "2026-11-29"), holidays="US",
        awake=["Mon 23 Nov 08:00 EST to Thu 26 Nov 00:00 EST", "Fri 27 Nov 00:00 EST to 18:00 EST"],
    ),
    "and one that would start on a closed date starts when that is over": Story(
        ("0 8 * * MON", "0 18 * * FRI", NEW_YORK), days=("2027-01-17", "2027-01-24"),
        closed=(("2027-01-18", "2027-01-18"),),
        awake=["Tue 19 Jan 00:00 EST to Fri 22 Jan 18:00 EST"],
    ),
    "and one that would stop on a closed date stops as that begins": Story(
        ("0 8 * * MON", "0 18 * * FRI", NEW_YORK), days=("2026-12-20", "2026-12-27"),
        closed=(("2026-12-24", "2026-12-24"), ("2026-12-25", "2026-12-25")),
        awake=["Mon 21 Dec 08:00 EST to Thu 24 Dec 00:00 EST"],
    ),
    "that stops at midnight, before a closed date, has nothing of it": Story(
        ("0 0 * * SAT", "0 0 * * MON", NEW_YORK), days=("2026-11-20", "2026-11-24"),
        closed=(("2026-11-23", "2026-11-23"),),
        awake=["Sat 21 Nov 00:00 EST to Mon 23 Nov 00:00 EST"],
    ),
    "a window that starts each day and stops once a week is one of days": Story(
        ("0 20 * * MON-FRI", "0 18 * * FRI", NEW_YORK), days=("2026-11-22", "2026-11-28"),
        closed=(("2026-11-26", "2026-11-26"),),
        awake=[
            "until Thu 26 Nov 00:00 EST",
            "Fri 27 Nov 00:00 EST to 18:00 EST",
            "from Fri 27 Nov 20:00 EST",
        ],
    ),
    "one of exactly a day belongs to the date it starts on": Story(
        ("0 8 * * MON-FRI", "0 8 * * *", NEW_YORK), days=("2026-11-25", "2026-11-28"),
        closed=(("2026-11-26", "2026-11-26"),),
        awake=["until Thu 26 Nov 08:00 EST", "from Fri 27 Nov 08:00 EST"],
    ),
    "the closed Sunday of the clock change has 23 hours": Story(
        ("0 8 * * SAT", "0 8 * * MON", NEW_YORK), days=("2026-03-07", "2026-03-10"),
        closed=(("2026-03-08", "2026-03-08"),),
        awake=["Sat 07 Mar 08:00 EST to Sun 08 Mar 00:00 EST", "Mon 09 Mar 00:00 EDT to 08:00 EDT"],
    ),
    "where midnight does not exist the closed date begins after the gap": Story(
        ("0 8 * * THU", "0 8 * * SUN", "Africa/Cairo"), days=("2026-04-23", "2026-04-27"),
        closed=(("2026-04-24", "2026-04-24"),),
        awake=[
            "Thu 23 Apr 08:00 EET to Fri 24 Apr 01:00 EEST",
            "Sat 25 Apr 00:00 EEST to Sun 26 Apr 08:00 EEST",
        ],
    ),
    "following the sun, London hands over to New York; in March they overlap for longer": Story(
        ("0 8 * * MON-FRI", "0 17 * * MON-FRI", LONDON),
        ("0 12 * * MON-FRI", "0 20 * * MON-FRI", NEW_YORK), days=("2026-03-06", "2026-03-11"),
        awake=[
            "until Fri 06 Mar 01:00 GMT",
            "Fri 06 Mar 08:00 GMT to Sat 07 Mar 01:00 GMT",
            "Mon 09 Mar 08:00 GMT to Tue 10 Mar 00:00 GMT",
            "from Tue 10 Mar 08:00 GMT",
        ],
    ),
    "the closed date is the one on the wall where the window is": Story(
        ("0 8 * * *", "0 9 * * *", NEW_YORK), ("0 8 * * *", "0 9 * * *", TOKYO),
        days=("2026-06-01", "2026-06-03"), closed=(("2026-06-02", "2026-06-02"),),
        awake=["Mon 01 Jun 08:00 EDT to 09:00 EDT", "Tue 02 Jun 19:00 EDT to 20:00 EDT"],
    ),
    "a week over New Year: closed, but for four hours on the 29th": Story(
        ("0 8 * * MON-FRI", "0 20 * * MON-FRI", NEW_YORK), days=("2026-12-27", "2027-01-05"),
        closed=(("2026-12-28", "2027-01-01"),), spans=(("2026-12-29T10:00", "2026-12-29T14:00"),),
        awake=["Tue 29 Dec 10:00 EST to 14:00 EST", "Mon 04 Jan 08:00 EST to 20:00 EST"],
    ),
    "a window on Feb 29 is there in 2028, until March": Story(
        ("0 9 29 2 *", "0 9 1 3 *", NEW_YORK), days=("2028-02-28", "2028-03-03"),
        awake=["Tue 29 Feb 09:00 EST to Wed 01 Mar 09:00 EST"],
    ),
    "Ramadan in Casablanca: the clock goes back when it begins, 02:30 is the first one": Story(
        ("30 2 * * *", "0 6 * * *", "Africa/Casablanca"), days=("2026-02-14", "2026-02-16"),
        awake=["Sat 14 Feb 02:30 +01 to 06:00 +01", "Sun 15 Feb 02:30 +01 to 06:00 +00"],
    ),
    "half an hour on Lord Howe Island": Story(
        ("15 2 * * *", "0 3 * * *", "Australia/Lord_Howe"), days=("2026-10-04", "2026-10-05"),
        awake=["Sun 04 Oct 02:30 +11 to 03:00 +11"],
    ),
    "midnight does not exist in Cairo: the closed date is that of the minute named": Story(
        ("0 0 * * *", "0 5 * * *", "Africa/Cairo"), days=("2026-04-23", "2026-04-26"),
        closed=(("2026-04-25", "2026-04-25"),),
        awake=["Thu 23 Apr 00:00 EET to 05:00 EET", "Fri 24 Apr 01:00 EEST to 05:00 EEST"],
    ),
    "the last hour of Saturday is missing in Nuuk: 23:30 is Sunday's midnight": Story(
        ("30 23 * * SAT", "0 2 * * SUN", "America/Nuuk"), days=("2026-03-28", "2026-03-30"),
        awake=["Sun 29 Mar 00:00 -01 to 02:00 -01"],
    ),
    "so a window of that Saturday stays shut where Saturday is closed": Story(
        ("30 23 * * SAT", "0 2 * * SUN", "America/Nuuk"), days=("2026-03-28", "2026-03-30"),
        closed=(("2026-03-28", "2026-03-28"),),
        awake=[],
    ),
    "one window stops where another starts: nothing to see": Story(
        ("0 8 * * *", "0 12 * * *", NEW_YORK), ("0 12 * * *", "0 20 * * *", NEW_YORK),
        days=("2026-11-23", "2026-11-24"),
        awake=["Mon 23 Nov 08:00 EST to 20:00 EST"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_the_schedule_and_the_oracle_tell_the_story(story: Story) -> None:
    changes = transitions(story.schedule, story.first, story.last)
    assert story.stretches((change.at, change.awake) for change in changes) == story.awake
    first, last = story.first.astimezone(UTC), story.last.astimezone(UTC)
    walked = walk(story.oracle, first - 3 * DAY, last).changes_in(first, last)
    assert story.stretches(walked) == story.awake
