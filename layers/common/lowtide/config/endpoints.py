"""The endpoints of the file, as what the domain works with."""

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from lowtide.config.entries import (
    Defaults,
    duplicates,
    missing_timezone,
    timezone_of,
    validated,
    value_of,
)
from lowtide.config.file_model import ALWAYS, ENDPOINT_KEYS, EndpointEntry
from lowtide.config.scaling_model import MetricsEntry, ScalingEntry
from lowtide.config.schedule_model import ScheduleEntry, built
from lowtide.config.schedules import NamedSchedule
from lowtide.domain.endpoint import Drain, ManagedEndpoint
from lowtide.domain.schedule import Schedule
from lowtide.validation import FieldError, Location, absent, field_error, nearest

type Schedules = Mapping[str, NamedSchedule]


def managed_endpoints(
    raw: object, schedules: Schedules, defaults: Defaults
) -> tuple[tuple[ManagedEndpoint, ...], tuple[FieldError, ...]]:
    """Returns those without an error, and the errors of the others."""
    bodies = raw if isinstance(raw, list) else []
    names = (value_of(body, "name") for body in bodies)
    twice = duplicates(name for name in names if isinstance(name, str))
    endpoints: list[ManagedEndpoint] = []
    errors: list[FieldError] = []
    for index, body in enumerate(bodies):
        endpoint, entry_errors = _endpoint(body, ("endpoints", index), twice, schedules, defaults)
        endpoints += [endpoint] if endpoint and not entry_errors else []
        errors += entry_errors
    return tuple(endpoints), tuple(errors)


def _endpoint(
    body: object, at: Location, twice: set[str], schedules: Schedules, defaults: Defaults
) -> tuple[ManagedEndpoint | None, tuple[FieldError, ...]]:
    """Without an error there still is none where the time zone at the top of the file has one."""
    named, schedule_errors = _schedule_of(body, schedules, defaults, at)
    timezone = timezone_of(body, named.timezone)
    entry, errors = validated(EndpointEntry, body, at, ENDPOINT_KEYS, timezone)
    scaling = entry.scaling if entry else _valid_scaling(body)
    errors += (
        *schedule_errors,
        *_duplicate(value_of(body, "name"), twice, at),
        *_missing_target(scaling, defaults.metrics, at),
    )
    if not entry or not timezone or errors:
        return None, errors
    endpoint = _managed(entry, named.entry, timezone, defaults)
    return endpoint, tuple(_empty_spans(endpoint.schedule, at))


def _schedule_of(
    body: object, schedules: Schedules, defaults: Defaults, at: Location
) -> tuple[NamedSchedule, tuple[FieldError, ...]]:
    """The one that the endpoint names; a schedule written in the entry is validated with it."""
    schedule, here = value_of(body, "schedule"), (*at, "schedule")
    if not isinstance(schedule, str):
        has_own = isinstance(body, dict) and "timezone" in body
        missing = () if has_own else tuple(missing_timezone(defaults, schedule, here))
        return NamedSchedule(None, timezone_of(schedule, defaults.timezone)), missing
    if schedule == ALWAYS:
        return NamedSchedule(None, defaults.timezone or ZoneInfo("UTC")), _hours(body, at)
    named = schedules.get(schedule)
    if named is None:
        message = f"no schedule has this name; {nearest(schedule, [*schedules, ALWAYS])}"
        return NamedSchedule(None, defaults.timezone), (field_error(here, schedule, message),)
    if named.entry is None:
        message = f"this schedule has an error; see schedules.{schedule}"
        return named, (field_error(here, schedule, message),)
    return named, ()


def _hours(body: object, at: Location) -> tuple[FieldError, ...]:
    message = "`always` has no hours to change; leave it out, or name a schedule"
    values = ((key, value_of(body, key)) for key in ("closed", "open"))
    return tuple(field_error((*at, key), value, message) for key, value in values if value)


def _duplicate(name: object, twice: set[str], at: Location) -> Iterator[FieldError]:
    if isinstance(name, str) and name.lower() in twice:
        message = "another entry has this name; keep one of them"
        yield field_error((*at, "name"), name, message)


def _valid_scaling(body: object) -> ScalingEntry | None:
    """Returns the scaling of an entry that has errors elsewhere."""
    scaling = value_of(body, "scaling")
    return validated(ScalingEntry, scaling, (), {})[0] if scaling is not None else None


def _missing_target(
    scaling: ScalingEntry | None, metrics: MetricsEntry | None, at: Location
) -> Iterator[FieldError]:
    figures = scaling.in_need_of_a_target(metrics) if scaling and metrics else ()
    if figures:
        yield absent((*at, "scaling", "target"), f"is required for {', '.join(sorted(figures))}")


def _managed(
    entry: EndpointEntry,
    named: ScheduleEntry | None,
    timezone: ZoneInfo,
    defaults: Defaults,
) -> ManagedEndpoint:
    metrics = defaults.metrics
    schedule = entry.schedule if isinstance(entry.schedule, ScheduleEntry) else named
    configs = [entry.config] if isinstance(entry.config, str) else entry.config
    return ManagedEndpoint(
        name=entry.name,
        schedule=built(schedule, entry, timezone) if schedule else Schedule((), timezone),
        mode=entry.mode or defaults.mode,
        config_name=next(iter(configs), None),
        fallback_configs=tuple(configs[1:]),
        ready=entry.ready or (schedule and schedule.ready) or "at-start",
        warm_up=entry.warm_up,
        delete_cloudformation_owned=entry.delete_cloudformation_owned,
        drain=Drain(entry.drain.deadline, entry.drain.then),
        idle=metrics.idle if metrics else "zeros",
        metering=entry.scaling.metering(metrics) if entry.scaling and metrics else None,
        scaling=entry.scaling.managed(metrics) if entry.scaling and metrics else None,
    )


def _empty_spans(schedule: Schedule, at: Location) -> Iterator[FieldError]:
    """Where the endpoint's own time zone skips, or turns round, the hours of its schedule."""
    if any(span.stop <= span.start for span in schedule.open_spans):
        message = "on this clock an `open` span of the schedule is empty"
        yield field_error((*at, "timezone"), str(schedule.timezone), message)
