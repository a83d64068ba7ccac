"""The named schedules of the file."""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lowtide.config.entries import (
    Defaults,
    duplicates,
    missing_timezone,
    timezone_of,
    validated,
)
from lowtide.config.file_model import ALWAYS, SCHEDULE_KEYS
from lowtide.config.schedule_model import ScheduleEntry
from lowtide.validation import FieldError, Location, field_error


@dataclass(frozen=True, slots=True)
class NamedSchedule:
    """`entry` is None where it has an error."""

    entry: ScheduleEntry | None
    timezone: ZoneInfo | None


def named_schedules(
    raw: object, defaults: Defaults
) -> tuple[dict[str, NamedSchedule], tuple[FieldError, ...]]:
    bodies = {n: b for n, b in raw.items() if isinstance(n, str)} if isinstance(raw, dict) else {}
    twice = duplicates(bodies)
    schedules: dict[str, NamedSchedule] = {}
    errors: list[FieldError] = []
    for name, body in bodies.items():
        at: Location = ("schedules", name)
        timezone = timezone_of(body, defaults.timezone)
        entry, entry_errors = validated(ScheduleEntry, body, at, SCHEDULE_KEYS, timezone)
        entry_errors += (*_name_errors(name, twice, at), *missing_timezone(defaults, body, at))
        schedules[name] = NamedSchedule(None if entry_errors else entry, timezone)
        errors += entry_errors
    return schedules, tuple(errors)


def _name_errors(name: str, twice: set[str], at: Location) -> Iterator[FieldError]:
    if name.lower() == ALWAYS:
        yield field_error(at, name, "the name is taken: `always` means without windows")
    if name.lower() in twice:
        yield field_error(at, name, "another name differs in capitals only; keep one of the two")
