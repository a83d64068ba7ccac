"""What happens in the month, drawn from a seed before it begins."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from lowtide_workbench.fleet.pools import Drought
from tests.month.fleet import FALLBACK, OLD, PREFERRED, SMALL, Spec
from tests.unit.domain.schedule.schedule_oracle import Walk

# Each begins so that thirty days have in them what their name says, in several zones.
SPANS = {
    "spring": datetime(2026, 3, 7, tzinfo=UTC),  # clocks: US 8 and EU 29 March, Australia 5 April
    "autumn": datetime(2026, 10, 24, tzinfo=UTC),  # EU 25 October, US 1 November
    "year-end": datetime(2026, 12, 15, tzinfo=UTC),
    "leap-day": datetime(2028, 2, 10, tzinfo=UTC),
}
LONGEST_CALL = 700  # seconds
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
_TYPES = ((PREFERRED,), (FALLBACK,), (SMALL,), (OLD,), (PREFERRED, FALLBACK), (PREFERRED, OLD))
# How often a day, over all endpoints. Of what people do by hand, a third meets an open window.
_PER_DAY = {
    "wake": 2.0,
    "sleep": 2.0,
    "auto": 1.5,
    "pause": 0.7,
    "edit": 10.0,
    "delete": 1.2,
    "create": 1.5,
    "replace": 2.0,
    "update": 1.5,
    "deployment": 1.5,
    "maintenance": 0.5,
    "fault": 2.5,
    "quota": 0.25,
}
_FAULTS = ("killed after", "answer lost", "answers lost", "never sent", "throttled")
EDITS = ("range", "policy", "no policy", "action", "no action", "tag", "weight", "count")


class Event(NamedTuple):
    at: datetime
    act: str
    endpoint: str = ""
    details: Sequence[Any] = ()


def events(specs: Sequence[Spec], begin: datetime, days: int, seed: int) -> list[Event]:
    rng = random.Random(f"{seed} {begin}")
    managed = [spec.name for spec in specs if spec.tagged]
    happens = [
        event
        for day in range(days)
        for act, often in _PER_DAY.items()
        for _ in range(int(often) + (rng.random() < often % 1))
        for event in _event(act, begin + day * DAY, rng, rng.choice(managed))
    ]
    return sorted((e for e in happens if e.at < begin + days * DAY), key=lambda e: e.at)


def _event(act: str, day: datetime, rng: random.Random, name: str) -> Iterator[Event]:
    at = day + timedelta(seconds=rng.randrange(86_400))
    if act == "fault":
        function = rng.choice(("reconciler", "reconciler", "scheduler"))
        yield Event(at, act, "", (rng.choice(_FAULTS), function, rng.randint(1, 40)))
    elif act == "quota":
        minutes, kind = rng.randint(30, 200), rng.choice((SMALL, PREFERRED, OLD))
        yield Event(at, act, "", (kind, rng.choice((0, 1, 2)), minutes))
        yield Event(at + minutes * MINUTE, "no quota", "", (kind,))
    else:
        for after, what, details in _of_endpoint(act, rng):
            yield Event(at + timedelta(seconds=after), what, name, details)


def _of_endpoint(act: str, rng: random.Random) -> Iterator[tuple[int, str, Sequence[Any]]]:
    """What happens, each so many seconds after the first."""
    match act:
        case "wake" | "sleep":
            yield 0, act, (rng.randint(20, 300),)
        case "pause":
            yield 0, "pause", ()
            yield 60 * rng.randint(10, 400), "resume", ()
        case "edit":
            yield 0, act, (rng.choice(EDITS), rng.randint(1, 3), rng.randint(0, 2))
        case "replace":
            yield 0, "delete", ()
            yield rng.randint(140, 300), "create again", ()
        case "deployment":
            yield 0, "pause", ()
            yield 120, "delete", ("paused",)
            yield 60 * rng.randint(6, 30), "create again", ()
            yield 3_000, "resume", ()
        case "maintenance":
            yield 0, act, (rng.randint(3, 20),)
        case _:
            yield 0, act, ()


def droughts(begin: datetime, days: int, seed: int) -> dict[str, list[Drought]]:
    rng = random.Random(f"droughts {seed} {begin}")
    found: dict[str, list[Drought]] = {kind: [] for kind in (PREFERRED, FALLBACK, SMALL, OLD)}
    for day in range(days):
        if rng.random() < 0.4:
            start = (begin + day * DAY).timestamp() + rng.randrange(86_400)
            for kind in rng.choice(_TYPES):
                found[kind].append(Drought(start, start + 60 * rng.randint(20, 240)))
    return found


def calls(spec: Spec, walk: Walk, seed: int) -> list[tuple[float, float]]:
    """Begin and length of each: while a window is open, and for a while after some closings."""
    rng = random.Random(f"calls {spec.name} {seed} {walk.first}")
    at, found = walk.first.timestamp(), list[tuple[float, float]]()
    closed_for, patience = 0, 0
    for minute, is_open in enumerate(walk.awake):
        closed_for = 0 if is_open else closed_for + 1
        if closed_for == 1:
            patience = rng.choice((0, 0, 3, 8, 30))
        if closed_for <= patience and rng.random() < 0.12:
            found.append((at + 60 * minute + rng.random() * 59, rng.uniform(20, LONGEST_CALL)))
    return found
