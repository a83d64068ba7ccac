"""The file people write, parsed once at the edge into what the domain works with.

Every fault of a file is found at once. An entry with a fault is left out; the others stand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from lowtide.config.entries import Location, clock_of, keys_of, used_twice, validated, value_of
from lowtide.config.file_model import (
    ALWAYS,
    ENDPOINT_KEYS,
    MOST_ENTRIES,
    SCHEDULE_KEYS,
    TOP_KEYS,
    EndpointEntry,
    FileTop,
)
from lowtide.config.scaling_model import MetricsEntry, ScalingEntry
from lowtide.config.schedule_model import ScheduleEntry, built
from lowtide.config.yaml_text import read
from lowtide.domain.endpoint.managed import Drain, ManagedEndpoint
from lowtide.domain.schedule.schedule import Schedule
from lowtide.validation import FieldError, absent, field_error, nearest

_NO_ZONE = "is required here or at the top of the file, for example America/New_York"
_NO_HOURS = "`always` has no hours to change; leave it out, or name a schedule"


@dataclass(frozen=True, slots=True)
class Config:
    """What can be managed, and everything that is wrong with the rest."""

    endpoints: tuple[ManagedEndpoint, ...]
    errors: tuple[FieldError, ...]
    prices: Mapping[str, float] = field(default_factory=dict)  # USD an hour by instance type


@dataclass(frozen=True, slots=True)
class _Top:
    """`clock` is for what names none itself. None: none is written, or one with a fault."""

    clock: ZoneInfo | None
    writes_clock: bool
    metrics: MetricsEntry | None


@dataclass(frozen=True, slots=True)
class _Named:
    """A schedule of the file; `entry` is None where it has a fault."""

    entry: ScheduleEntry | None
    clock: ZoneInfo | None


def load(path: Path) -> Config:
    """Raises OSError when the file cannot be read: that is a deployment fault, not a user's."""
    return parse(path.read_text(encoding="utf-8"))


def parse(text: str) -> Config:
    raw, errors = read(text)
    if errors:
        return Config((), errors)
    _, errors = validated(FileTop, raw, (), TOP_KEYS)
    top = _Top(clock_of(raw, None), "timezone" in raw, _metrics(raw))
    if any(_is_too_long(raw.get(key)) for key in ("schedules", "endpoints")):
        return Config((), errors)
    schedules, schedule_errors = _schedules(raw.get("schedules"), top)
    endpoints, endpoint_errors = _endpoints(raw.get("endpoints"), schedules, top)
    return Config(endpoints, (*errors, *schedule_errors, *endpoint_errors), _prices(raw))


def _is_too_long(entries: object) -> bool:
    return isinstance(entries, dict | list) and len(entries) > MOST_ENTRIES


def _prices(raw: Mapping[str, object]) -> Mapping[str, float]:
    top = _alone("prices", raw)
    return top.prices if top else {}


def _metrics(raw: Mapping[str, object]) -> MetricsEntry | None:
    """None where it has a fault: no figure is better than one that is read wrongly."""
    top = _alone("metrics", raw)
    return top.metrics if top else None


def _alone(key: str, raw: Mapping[str, object]) -> FileTop | None:
    """Faults beside it do not take it away; its own are told with those of the top."""
    return validated(FileTop, {key: raw[key]} if key in raw else {}, (), TOP_KEYS)[0]


def _schedules(raw: object, top: _Top) -> tuple[dict[str, _Named], tuple[FieldError, ...]]:
    bodies = {n: b for n, b in raw.items() if isinstance(n, str)} if isinstance(raw, dict) else {}
    twice = used_twice(bodies)
    schedules: dict[str, _Named] = {}
    errors: list[FieldError] = []
    for name, body in bodies.items():
        at: Location = ("schedules", name)
        clock = clock_of(body, top.clock)
        entry, found = validated(ScheduleEntry, body, at, SCHEDULE_KEYS, clock)
        if name.lower() == ALWAYS:
            found += (field_error(at, name, "the name is taken: `always` means without windows"),)
        if name.lower() in twice:
            found += (field_error(at, name, "stands twice but for capitals; keep one of the two"),)
        found += _missing_clock(top, body, at)
        schedules[name] = _Named(None if found else entry, clock)
        errors += found
    return schedules, tuple(errors)


def _endpoints(
    raw: object, schedules: Mapping[str, _Named], top: _Top
) -> tuple[tuple[ManagedEndpoint, ...], tuple[FieldError, ...]]:
    bodies = raw if isinstance(raw, list) else []
    twice = used_twice(str(value_of(body, "name")) for body in bodies)
    managed: list[ManagedEndpoint] = []
    errors: list[FieldError] = []
    for index, body in enumerate(bodies):
        at: Location = ("endpoints", index)
        named, found = _schedule_of(body, schedules, top, at)
        clock = clock_of(body, named.clock)
        entry, entry_faults = validated(EndpointEntry, body, at, ENDPOINT_KEYS, clock)
        found = (*entry_faults, *found)
        if entry and entry.name.lower() in twice:
            found += (
                field_error((*at, "name"), entry.name, "stands twice; keep one of the entries"),
            )
        if entry and entry.scaling and top.metrics:
            found += _without_target(entry.scaling, top.metrics, at)
        made = (
            _managed(entry, named.entry, clock, top.metrics)
            if entry and clock and not found
            else None
        )
        if made:
            found = _empty_spans(made.schedule, at)
        if made and not found:
            managed.append(made)
        errors += found
    return tuple(managed), tuple(errors)


def _schedule_of(
    body: object, schedules: Mapping[str, _Named], top: _Top, at: Location
) -> tuple[_Named, tuple[FieldError, ...]]:
    """What the endpoint names; a schedule written in the entry is validated with it."""
    wanted, here = value_of(body, "schedule"), (*at, "schedule")
    if not isinstance(wanted, str):
        missing = () if "timezone" in keys_of(body) else _missing_clock(top, wanted, here)
        return _Named(None, clock_of(wanted, top.clock)), missing
    if wanted == ALWAYS:
        changed = [(key, value_of(body, key)) for key in ("closed", "open") if value_of(body, key)]
        errors = tuple(field_error((*at, key), value, _NO_HOURS) for key, value in changed)
        return _Named(None, top.clock or ZoneInfo("UTC")), errors
    named = schedules.get(wanted)
    if named is None:
        meant = nearest(wanted, [*schedules, ALWAYS])
        return _Named(None, top.clock), (
            field_error(here, wanted, f"no schedule has this name; {meant}"),
        )
    if named.entry is None:
        said = f"this schedule has a fault; see schedules.{wanted}"
        return named, (field_error(here, wanted, said),)
    return named, ()


def _missing_clock(top: _Top, body: object, at: Location) -> tuple[FieldError, ...]:
    if top.writes_clock or not isinstance(body, dict) or "timezone" in body:
        return ()
    return (absent((*at, "timezone"), _NO_ZONE),)


def _without_target(
    scaling: ScalingEntry, metrics: MetricsEntry, at: Location
) -> tuple[FieldError, ...]:
    wanting = scaling.in_need_of_a_target(metrics)
    if not wanting:
        return ()
    return (absent((*at, "scaling", "target"), f"is required for {', '.join(sorted(wanting))}"),)


def _managed(
    entry: EndpointEntry,
    named: ScheduleEntry | None,
    clock: ZoneInfo,
    metrics: MetricsEntry | None,
) -> ManagedEndpoint:
    wanted = entry.schedule if isinstance(entry.schedule, ScheduleEntry) else named
    configs = [entry.config] if isinstance(entry.config, str) else entry.config
    return ManagedEndpoint(
        name=entry.name,
        schedule=built(wanted, entry, clock) if wanted else Schedule((), clock),
        config_name=next(iter(configs), None),
        fallback_configs=tuple(configs[1:]),
        ready=entry.ready or (wanted and wanted.ready) or "at-start",
        delete_cloudformation_owned=entry.delete_cloudformation_owned,
        drain=Drain(entry.drain.deadline, entry.drain.then),
        idle=metrics.idle if metrics else "zeros",
        metering=entry.scaling.metering(metrics) if entry.scaling and metrics else None,
        scaling=entry.scaling.managed(metrics) if entry.scaling and metrics else None,
    )


def _empty_spans(schedule: Schedule, at: Location) -> tuple[FieldError, ...]:
    """Where the endpoint's own clock leaves out or turns round the hours of its schedule."""
    if all(span.start < span.stop for span in schedule.open_spans):
        return ()
    zone = str(schedule.timezone)
    return (
        field_error(
            (*at, "timezone"), zone, "on this clock an `open` span of the schedule is empty"
        ),
    )
