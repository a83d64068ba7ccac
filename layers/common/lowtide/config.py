"""The file people write, parsed once at the edge into what the domain works with.

Every fault of a file is found at once. An entry with a fault is left out; the others stand.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from lowtide.config_models import KEYS, TAGS, EndpointEntry, FileTop, ScheduleEntry
from lowtide.domain.endpoints import Capacities, Drain, Managed
from lowtide.domain.schedules import Schedule
from lowtide.domain.windows import Window
from lowtide.validation import Fault, describe, fault, nearest

ALWAYS = "always"
type _Location = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Config:
    """What can be managed, and everything that is wrong with the rest."""

    endpoints: tuple[Managed, ...]
    faults: tuple[Fault, ...]
    prices: Mapping[str, float] = field(default_factory=dict)  # USD an hour by instance type


def load(path: Path) -> Config:
    """Raises OSError when the file cannot be read: that is a deployment fault, not a user's."""
    return parse(path.read_text(encoding="utf-8"))


def parse(text: str) -> Config:
    raw, faults = _yaml(text)
    timezone, top_faults = _top(raw)
    schedules, schedule_faults = _schedules(raw.get("schedules"), timezone)
    endpoints, endpoint_faults = _endpoints(raw.get("endpoints"), schedules, timezone)
    all_faults = (*faults, *top_faults, *schedule_faults, *endpoint_faults)
    return Config(endpoints, all_faults, _prices(raw))


def _yaml(text: str) -> tuple[Mapping[str, Any], tuple[Fault, ...]]:
    try:
        # ruamel refuses a key that stands twice; PyYAML would keep the last without a word.
        raw = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        return {}, (Fault("", "", " ".join(str(error).split())),)
    if isinstance(raw, dict):
        return raw, ()
    return {}, (
        fault((), raw, "not a mapping; valid keys are timezone, schedules, endpoints, prices"),
    )


def _top(raw: Mapping[str, Any]) -> tuple[ZoneInfo | None, tuple[Fault, ...]]:
    """A fault beside it does not take the time zone away from the entries."""
    try:
        return FileTop.model_validate(raw).timezone, ()
    except ValidationError as error:
        faults = describe(error, keys=FileTop.model_fields)
    if "timezone" not in raw or any(fault.path == "timezone" for fault in faults):
        return None, faults
    return FileTop(timezone=raw["timezone"]).timezone, faults


def _prices(raw: Mapping[str, Any]) -> Mapping[str, float]:
    """Faults beside them do not take them away, and theirs are told with those of the top."""
    try:
        return FileTop.model_validate({"prices": raw.get("prices", {})}).prices
    except ValidationError:
        return {}


def _schedules(
    raw: object, timezone: ZoneInfo | None
) -> tuple[dict[str, Schedule | None], tuple[Fault, ...]]:
    """None stands for a named schedule that has a fault."""
    schedules: dict[str, Schedule | None] = {}
    faults: list[Fault] = []
    for name, body in raw.items() if isinstance(raw, dict) else ():
        at: _Location = ("schedules", str(name))
        entry, found = _entry(ScheduleEntry, body, at)
        if entry and name == ALWAYS:
            found = (fault(at, name, "the name is taken: `always` means without windows"),)
        schedules[str(name)], zone_faults = _schedule(entry, timezone, at)
        if found:
            schedules[str(name)] = None
        faults += [*found, *zone_faults]
    return schedules, tuple(faults)


def _endpoints(
    raw: object, schedules: Mapping[str, Schedule | None], timezone: ZoneInfo | None
) -> tuple[tuple[Managed, ...], tuple[Fault, ...]]:
    bodies = raw if isinstance(raw, list) else []
    twice = _names_used_twice(bodies)
    managed, faults = [], []
    for index, body in enumerate(bodies):
        at: _Location = ("endpoints", index)
        entry, found = _entry(EndpointEntry, body, at)
        wanted = entry.schedule if entry else _named_schedule(body)
        schedule, schedule_faults = _schedule_of(wanted, schedules, timezone, at)
        faults += [*found, *schedule_faults]
        if entry and entry.name.lower() in twice:
            faults.append(fault((*at, "name"), entry.name, "stands twice; keep one of the entries"))
        elif entry and schedule:
            managed.append(_managed(entry, schedule))
    return tuple(managed), tuple(faults)


def _entry[M: BaseModel](
    model: type[M], body: object, at: _Location
) -> tuple[M | None, tuple[Fault, ...]]:
    try:
        return model.model_validate(body), ()
    except ValidationError as error:
        return None, describe(error, at=at, tags=TAGS, keys=KEYS)


def _named_schedule(body: object) -> str | None:
    """A fault elsewhere in an entry does not hide a name that no schedule has."""
    named = body.get("schedule") if isinstance(body, dict) else None
    return named if isinstance(named, str) else None


def _schedule_of(
    wanted: ScheduleEntry | str | None,
    schedules: Mapping[str, Schedule | None],
    timezone: ZoneInfo | None,
    at: _Location,
) -> tuple[Schedule | None, tuple[Fault, ...]]:
    here = (*at, "schedule")
    match wanted:
        case None:
            return None, ()
        case ScheduleEntry() as inline:
            return _schedule(inline, timezone, here)
        case "always":
            return Schedule((), timezone or ZoneInfo("UTC")), ()
        case str(name) if name not in schedules:
            meant = nearest(name, [*schedules, ALWAYS])
            return None, (fault(here, name, f"no schedule has this name; {meant}"),)
        case str(name) if schedules[name] is None:
            return None, (fault(here, name, f"this schedule has a fault; see schedules.{name}"),)
        case str(name):
            return schedules[name], ()


def _schedule(
    entry: ScheduleEntry | None, default: ZoneInfo | None, at: _Location
) -> tuple[Schedule | None, tuple[Fault, ...]]:
    if entry is None:
        return None, ()
    zone = entry.timezone or default
    if zone is None:
        missing = "is required here or at the top of the file, for example America/New_York"
        return None, (Fault(fault((*at, "timezone"), None, "").path, "", missing),)
    windows = tuple(Window(window.start, window.stop, zone) for window in entry.windows)
    return Schedule(windows, zone), ()


def _managed(entry: EndpointEntry, schedule: Schedule) -> Managed:
    return Managed(
        name=entry.name,
        schedule=schedule,
        config_name=entry.config,
        drain=Drain(entry.drain.deadline, entry.drain.then),
        capacities=_capacities(entry),
    )


def _capacities(entry: EndpointEntry) -> Capacities | None:
    if entry.scaling is None:
        return None
    by_type = entry.scaling.capacity
    return Capacities(by_type, entry.scaling.reference or next(iter(by_type)))


def _names_used_twice(bodies: Sequence[object]) -> set[str]:
    """SageMaker tells names apart without regard to case."""
    names = Counter(
        str(body["name"]).lower() for body in bodies if isinstance(body, dict) and "name" in body
    )
    return {name for name, count in names.items() if count > 1}
