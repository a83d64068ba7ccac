"""What the figures of a story say in words; the page and the terminal say the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lowtide_workbench.report.model import Comparison, Span, Story

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
NBSP = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class KeyFigure:
    label: str
    value: str
    note: str
    alarming: bool = False


def headline(story: Story) -> str:
    totals = story.totals
    return (
        f"{story.endpoint} slept {_hours(totals.asleep)} of {_hours(_length(story))} hours, "
        f"{_money_in_words(story)}{_restored_in_words(story)}"
    )


def key_figures(story: Story) -> tuple[KeyFigure, ...]:
    return (
        _asleep(story),
        _saved(story),
        _full(story),
        _restored(story),
        _cut_or_turned_away(story),
    )


def everything_restored(story: Story) -> bool:
    return not _lost(story)


def alarm(story: Story) -> str:
    """One loud sentence when a field did not come back, else nothing."""
    lost = _lost(story)
    if not lost:
        return ""
    how = "as it was" if lost == 1 else "as they were"
    return f"{lost} of {_compared(story)} fields did not come back {how}"


def verdict(comparison: Comparison, story: Story) -> str:
    days = (
        f"{moment(comparison.morning, story)} against {moment(comparison.evening, story)}, "
        "before it slept"
    )
    lost = len(comparison.differences)
    if lost:
        return f"{days}: {lost} of {comparison.fields} fields differ"
    return f"{days}: all {comparison.fields} fields as they were"


def moment(at: datetime, story: Story) -> str:
    return local(at, story).strftime("%a %d %b %H:%M")


def local(at: datetime, story: Story) -> datetime:
    return at.astimezone(ZoneInfo(story.timezone))


def spell(span: Span, story: Story) -> str:
    """A stretch of time in local clock times: "10:05 to 11:30"."""
    start, end = local(span.start, story), local(span.end, story)
    return f"{start:%H:%M} to {end:%H:%M}"


def played(story: Story) -> Span:
    return Span(story.minutes[0].at, story.minutes[-1].at + MINUTE)


def percent(share: float) -> str:
    """Never rounded to nothing or to all of it."""
    if 0 < share < 0.001:
        return f"<0.1{NBSP}%"
    if 0.999 < share < 1:
        return f">99.9{NBSP}%"
    decimals = 1 if 0 < share < 0.1 or 0.99 < share < 1 else 0
    return f"{share * 100:.{decimals}f}{NBSP}%"


def _asleep(story: Story) -> KeyFigure:
    asleep, length = story.totals.asleep, _length(story)
    note = f"{percent(asleep / length)} of {_hours(length)} h played"
    return KeyFigure("Asleep", f"{_hours(asleep)} h", note)


def _saved(story: Story) -> KeyFigure:
    totals = story.totals
    difference = totals.always_on_usd - totals.spent_usd
    note = f"${totals.spent_usd:,.2f} instead of ${totals.always_on_usd:,.2f} always on"
    if difference < 0:
        return KeyFigure("Extra cost", f"${-difference:,.2f}", note, alarming=True)
    share = f"{percent(difference / totals.always_on_usd)}: " if totals.always_on_usd else ""
    return KeyFigure("Saved", f"${difference:,.2f}", share + note)


def _full(story: Story) -> KeyFigure:
    totals = story.totals
    label = "Calls that met a full instance"
    if not totals.calls:
        return KeyFigure(label, "none", "no calls were played")
    share = percent(totals.calls_on_full_instance / totals.calls)
    return KeyFigure(label, share, f"{totals.calls_on_full_instance:,} of {totals.calls:,} calls")


def _restored(story: Story) -> KeyFigure:
    label = "Fields restored"
    if not story.comparisons:
        return KeyFigure(label, "none", "no wake was compared with the time before")
    fields = _compared(story)
    lost = _lost(story)
    wakes = _count(len(story.comparisons), "wake")
    note = f"{wakes} compared with the time before the sleep"
    return KeyFigure(label, f"{fields - lost} of {fields}", note, alarming=lost > 0)


def _cut_or_turned_away(story: Story) -> KeyFigure:
    totals = story.totals
    note = (
        f"{totals.calls_without_endpoint:,} found nothing in service, "
        f"{totals.calls_cut:,} ended early with their instance"
    )
    return KeyFigure("Calls lost", f"{totals.calls_without_endpoint + totals.calls_cut:,}", note)


def _money_in_words(story: Story) -> str:
    totals = story.totals
    difference = totals.always_on_usd - totals.spent_usd
    if difference < 0:
        return f"cost ${-difference:,.2f} more than always on"
    share = f" ({percent(difference / totals.always_on_usd)})" if totals.always_on_usd else ""
    return f"saved ${difference:,.2f}{share} against always on"


def _restored_in_words(story: Story) -> str:
    if not story.comparisons:
        return "."
    if not everything_restored(story):
        return f", but {alarm(story)}."
    return f", and came back with all {_compared(story)} fields as they were."


def _lost(story: Story) -> int:
    return sum(len(comparison.differences) for comparison in story.comparisons)


def _compared(story: Story) -> int:
    return sum(comparison.fields for comparison in story.comparisons)


def _length(story: Story) -> timedelta:
    whole = played(story)
    return whole.end - whole.start


def _hours(time: timedelta) -> str:
    return f"{time / HOUR:.1f}".removesuffix(".0")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
