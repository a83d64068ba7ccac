"""What is wrong with a file, and what in it is probably not meant, each with its line."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from lowtide import config
from lowtide.config.yaml_text import line_finder, read
from lowtide.domain.endpoint import ManagedEndpoint
from lowtide.domain.scaling import scaling_warnings
from lowtide.domain.schedule import Schedule, ScheduleWarning, schedule_warnings
from lowtide.validation import FieldError, Location
from lowtide_cli.schedules.instance_types import unknown_types

type Progress = Callable[[Sequence[ManagedEndpoint]], Iterable[ManagedEndpoint]]


class UnreadableError(Exception):
    """The file cannot be read as text."""


class EndpointWarning(NamedTuple):
    """`endpoint` is None where it is about `prices`, which all endpoints share."""

    line: int
    endpoint: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Examined:
    """`endpoints` are those without an error. Each error is beside its line, if it has one."""

    path: Path
    endpoints: tuple[ManagedEndpoint, ...] = ()
    errors: tuple[tuple[int | None, FieldError], ...] = ()
    warnings: tuple[EndpointWarning, ...] = ()
    is_readable: bool = True


def examine(path: Path, creation: timedelta, now: datetime, progress: Progress) -> Examined:
    """`creation` is how long one takes; schedules are looked at for a year from `now`."""
    try:
        text = read_text(path)
    except UnreadableError as error:
        return Examined(path, errors=((None, FieldError((), "", str(error))),), is_readable=False)
    file = config.parse(text)
    errors = tuple(with_lines(text, file.errors))
    odd = (
        *_warnings(text, progress(file.endpoints), creation, now),
        *_unknown_types(text, file),
    )
    return Examined(path, file.endpoints, errors, odd)


def read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:  # its own text repeats the path
        raise UnreadableError(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UnreadableError(f"cannot be read: {error}") from error


def with_lines(text: str, errors: Sequence[FieldError]) -> Iterator[tuple[int, FieldError]]:
    """Yields each error with its line; 1 where the text is no YAML and nothing names a line."""
    lines = line_finder(text) if any(error.location for error in errors) else None
    for error in errors:
        yield error.line or (lines(error.location) if lines else 1), error


def _warnings(
    text: str, endpoints: Iterable[ManagedEndpoint], creation: timedelta, now: datetime
) -> Iterator[EndpointWarning]:
    """A schedule that several endpoints share is looked at once."""

    @cache
    def of_schedule(schedule: Schedule) -> tuple[ScheduleWarning, ...]:
        return schedule_warnings(schedule, creation, now)

    def of_endpoint(entry: ManagedEndpoint) -> Iterator[ScheduleWarning]:
        yield from of_schedule(entry.schedule)
        yield from map(ScheduleWarning, scaling_warnings(entry.scaling))

    warnings = [(entry, warning) for entry in endpoints for warning in of_endpoint(entry)]
    if not warnings:
        return
    line_of, raw = line_finder(text), read(text)[0]
    place_of = places(raw)
    for entry, (message, window) in warnings:
        place = place_of[entry.name]
        if window:
            index = entry.schedule.windows.index(window)
            place = (*_schedule_place(raw, place), "windows", index)
        yield EndpointWarning(line_of(place), entry.name, message)


def _schedule_place(raw: Mapping[Any, Any], endpoint: Location) -> Location:
    """Returns where the schedule of an entry without errors is: in it, or under its name."""
    _, index = endpoint
    schedule = raw["endpoints"][index]["schedule"]
    return ("schedules", schedule) if isinstance(schedule, str) else (*endpoint, "schedule")


def _unknown_types(text: str, file: config.Config) -> Iterator[EndpointWarning]:
    named: list[tuple[str | None, Location, Sequence[str]]] = [(None, ("prices",), [*file.prices])]
    for entry in file.endpoints:
        types = [*entry.metering.capacities.by_type] if entry.metering else []
        named.append((entry.name, ("scaling", "capacity"), types))
    odd = [(name, at, *each) for name, at, types in named for each in unknown_types(types)]
    if not odd:
        return
    line_of, place_of = line_finder(text), places(read(text)[0])
    for name, at, instance_type, message in odd:
        place = place_of[name] if name else ()
        yield EndpointWarning(line_of((*place, *at, instance_type)), name, message)


def places(raw: Mapping[Any, Any]) -> dict[str, Location]:
    """Returns where each endpoint is in the file, by its name; entries with errors, too."""
    entries = raw.get("endpoints")
    bodies = enumerate(entries if isinstance(entries, list) else [])
    names = ((n, body.get("name")) for n, body in bodies if isinstance(body, dict))
    return {name: ("endpoints", n) for n, name in names if isinstance(name, str)}
