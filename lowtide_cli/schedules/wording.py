"""The words for a week that the terminal and the page share."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from lowtide.domain.schedule import Change, Schedule
from lowtide.domain.wording import clock
from lowtide_cli.schedules.costs import Fleet, dollars, hours
from lowtide_cli.schedules.days import LocalDay
from lowtide_cli.schedules.weeks import Day, Week


def title(week: Week) -> str:
    first, last = week.days[0].local.day, week.days[-1].local.day
    if first.year != last.year:
        begin = f"{first.day} {first:%B %Y}"
    else:
        begin = str(first.day) if first.month == last.month else f"{first.day} {first:%B}"
    return f"Week {first.isocalendar().week}: {begin} to {last.day} {last:%B %Y}"


def total(awake: timedelta, whole: timedelta, fleet: Fleet) -> str:
    """Hours, and what they cost at least, against being always on."""
    text = f"{hours(awake)} awake of {hours(whole)}"
    usd, most = fleet.usd(awake), fleet.usd(whole)
    if usd is None or most is None:
        return text
    return f"{text}, at least {dollars(usd)}; always on {dollars(most)}"


def clock_change(local: LocalDay) -> str | None:
    """A change of the clocks on this day, and what it does to starts and stops."""
    if skipped := local.skipped:
        return (
            f"the clock goes forward from {reading(skipped.start)} to {reading(skipped.stop)}: "
            f"{hours(local.length)}; starts and stops in between happen at {reading(skipped.stop)}"
        )
    if repeated := local.repeated:
        first, last = repeated
        return (
            f"the clock goes back from {reading(last)} to {reading(first)}: "
            f"{hours(local.length)}; starts and stops in between happen the first time"
        )
    return None


def notes(days: Sequence[Day]) -> Iterator[tuple[Day, str]]:
    """Yields what is special about a day; a closed period of several days once, on its first."""
    shown: set[str] = set()
    for day in days:
        of_day = [*day.closed_reasons, *filter(None, [clock_change(day.local)])]
        yield from ((day, note) for note in of_day if note not in shown)
        shown.update(of_day)


def reading(minutes: int) -> str:
    """Returns what a clock shows, from minutes of the day."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def creation(change: Change, schedule: Schedule) -> str:
    """When it begins; the day only where it is another."""
    if change.create_at is None or change.create_at == change.at:
        return ""
    at, begins = (i.astimezone(schedule.timezone) for i in (change.at, change.create_at))
    return f"{begins:%H:%M}" if at.date() == begins.date() else f"{begins:%a %H:%M}"


def moment(instant: datetime, schedule: Schedule) -> str:
    return clock(instant, schedule.timezone)
