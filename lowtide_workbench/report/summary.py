"""The result of a run in words and numbers; the page and the terminal show the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lowtide_workbench.report.model import Comparison, Report, Span

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
NBSP = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class KeyFigure:
    label: str
    value: str
    note: str
    alarming: bool = False


def headline(report: Report) -> str:
    asleep, length = _hours(report.totals.asleep), _hours(_length(report))
    return (
        f"{report.endpoint} slept {asleep} of {length} hours, "
        f"{_money_in_words(report)}{_verified_in_words(report)}"
    )


def key_figures(report: Report) -> tuple[KeyFigure, ...]:
    return (
        _asleep(report),
        _saved(report),
        _over_capacity(report),
        _verified(report),
        _lost_calls(report),
    )


def alarm(report: Report) -> str:
    """One sentence where fields differ after a wake, else nothing."""
    differences = _differences(report)
    if not differences:
        return ""
    verb = "differs" if differences == 1 else "differ"
    return f"{differences} of {_compared(report)} fields {verb} after a wake"


def verdict(comparison: Comparison, report: Report) -> str:
    fields, equal = comparison.fields, comparison.fields - len(comparison.differences)
    return (
        f"{moment(comparison.after_wake, report)}: {equal} of {fields} fields as before the sleep "
        f"({moment(comparison.before_sleep, report)})"
    )


def moment(at: datetime, report: Report) -> str:
    return local(at, report).strftime("%a %d %b %H:%M")


def local(at: datetime, report: Report) -> datetime:
    return at.astimezone(ZoneInfo(report.timezone))


def time_range(span: Span, report: Report) -> str:
    """In local time: "10:05 to 11:30"."""
    start, end = local(span.start, report), local(span.end, report)
    return f"{start:%H:%M} to {end:%H:%M}"


def played(report: Report) -> Span:
    return Span(report.minutes[0].at, report.minutes[-1].at + MINUTE)


def percent(share: float) -> str:
    """Rounded, but to 0 % and to 100 % only where it is exactly that."""
    if 0 < share < 0.001:
        return f"<0.1{NBSP}%"
    if 0.999 < share < 1:
        return f">99.9{NBSP}%"
    decimals = 1 if 0 < share < 0.1 or 0.99 < share < 1 else 0
    return f"{share * 100:.{decimals}f}{NBSP}%"


def _asleep(report: Report) -> KeyFigure:
    asleep, length = report.totals.asleep, _length(report)
    note = f"{percent(asleep / length)} of {_hours(length)} h played"
    return KeyFigure("Asleep", f"{_hours(asleep)} h", note)


def _saved(report: Report) -> KeyFigure:
    totals = report.totals
    saved = totals.always_on_usd - totals.spent_usd
    note = f"${totals.spent_usd:,.2f} instead of ${totals.always_on_usd:,.2f} always on"
    if saved < 0:
        return KeyFigure("Extra cost", f"${-saved:,.2f}", note, alarming=True)
    share = f"{percent(saved / totals.always_on_usd)}: " if totals.always_on_usd else ""
    return KeyFigure("Saved", f"${saved:,.2f}", share + note)


def _over_capacity(report: Report) -> KeyFigure:
    label, totals = "Calls over capacity", report.totals
    if not totals.calls:
        return KeyFigure(label, "none", "no calls were played")
    share = percent(totals.calls_over_capacity / totals.calls)
    return KeyFigure(label, share, f"{totals.calls_over_capacity:,} of {totals.calls:,} calls")


def _verified(report: Report) -> KeyFigure:
    label = "Fields verified"
    if not report.comparisons:
        return KeyFigure(label, "none", "no wake was compared with the time before")
    compared, differences, wakes = _compared(report), _differences(report), len(report.comparisons)
    note = f"after {wakes} {'wake' if wakes == 1 else 'wakes'}, against before the sleep"
    return KeyFigure(label, f"{compared - differences} of {compared}", note, differences > 0)


def _lost_calls(report: Report) -> KeyFigure:
    totals = report.totals
    note = (
        f"{totals.calls_without_endpoint:,} without an endpoint, "
        f"{totals.calls_cut:,} cut with their instance"
    )
    return KeyFigure("Calls lost", f"{totals.calls_without_endpoint + totals.calls_cut:,}", note)


def _money_in_words(report: Report) -> str:
    totals = report.totals
    saved = totals.always_on_usd - totals.spent_usd
    if saved < 0:
        return f"cost ${-saved:,.2f} more than always on"
    share = f" ({percent(saved / totals.always_on_usd)})" if totals.always_on_usd else ""
    return f"saved ${saved:,.2f}{share} against always on"


def _verified_in_words(report: Report) -> str:
    if not report.comparisons:
        return "."
    if _differences(report):
        return f", but {alarm(report)}."
    return f", and came back with all {_compared(report)} fields as they were."


def _differences(report: Report) -> int:
    return sum(len(comparison.differences) for comparison in report.comparisons)


def _compared(report: Report) -> int:
    return sum(comparison.fields for comparison in report.comparisons)


def _length(report: Report) -> timedelta:
    whole = played(report)
    return whole.end - whole.start


def _hours(time: timedelta) -> str:
    return f"{time / HOUR:.1f}".removesuffix(".0")
