"""What scheduled actions would have made of the ranges of targets while they could not fire.

They cannot fire while the endpoint is asleep, or while Lowtide suspends scaling during a drain.
"""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from lowtide.domain.snapshot.scheduled_actions import last_fire
from lowtide.domain.snapshot.snapshot import Document, Documents, Scaling, Snapshot, label

TARGET_KEY = ("ServiceNamespace", "ResourceId", "ScalableDimension")
_RANGE = ("MinCapacity", "MaxCapacity")
_NONE_NEWER: Mapping[str, datetime] = {}


def replayed(
    scaling: Scaling,
    since: datetime,
    now: datetime,
    newer: Mapping[str, datetime] = _NONE_NEWER,
) -> Scaling:
    """Each target with the range that its actions would have given it in (since, now]; by resource
    id, `newer` are the targets whose ranges are newer than `since`."""
    return _after(scaling, _fired(scaling, since, now, newer))


def replay_steps(saved: Snapshot, now: datetime) -> tuple[Scaling, ...]:
    """The saved scaling, and what it would be after each action that was due since then."""
    due = _fired(saved.scaling, saved.ranges_as_of, now, saved.newer_ranges)
    return tuple(_after(saved.scaling, due[:count]) for count in range(len(due) + 1))


def target_and_range(target: Document) -> tuple[Any, ...]:
    return (target["ResourceId"], *(target.get(key) for key in _RANGE))


def replayed_ranges(saved: Snapshot, now: datetime) -> Mapping[Any, dict[str, Any]]:
    """The range that a target should have now, by target and the range that it was left with. Any
    other range was set by a person, and stays."""
    steps = replay_steps(saved, now)
    return {
        target_and_range(before): {key: after[key] for key in _RANGE if key in after}
        for step in steps
        for before, after in zip(step.targets, steps[-1].targets, strict=True)
        if before != after
    }


def missed_range_changes(
    live: Documents, saved: Snapshot, begun: datetime, now: datetime
) -> Documents:
    """Changes for targets that a restore has registered since `begun`: scheduled actions that were
    due since then may not have been back in time to fire."""
    since = max(begun, saved.ranges_as_of)
    first = replayed(saved.scaling, saved.ranges_as_of, since, saved.newer_ranges)
    ranges = replayed_ranges(replace(saved, scaling=first, scheduled_until=since), now)
    return tuple(
        {key: target[key] for key in TARGET_KEY if key in target} | ranges[target_and_range(target)]
        for target in live
        if target_and_range(target) in ranges and not _ignores_actions(target)
    )


def _ignores_actions(target: Document) -> bool:
    return bool(target.get("SuspendedState", {}).get("ScheduledScalingSuspended"))


def _fired(
    scaling: Scaling, since: datetime, now: datetime, newer: Mapping[str, datetime]
) -> list[Document]:
    """The actions that were due, by the time at which they were."""
    due = [
        (at, str(label(action)), action)
        for action in scaling.scheduled_actions
        if (at := last_fire(action, now)) is not None
        and max(since, newer.get(action["ResourceId"], since)) < at
    ]
    return [action for _, _, action in sorted(due, key=lambda entry: entry[:2])]


def _after(scaling: Scaling, due: Collection[Document]) -> Scaling:
    return replace(scaling, targets=tuple(_moved(target, due) for target in scaling.targets))


def _moved(target: Document, due: Iterable[Document]) -> Document:
    if _ignores_actions(target):
        return target
    for action in due:
        if action["ResourceId"] == target["ResourceId"]:
            target = _with_range(target, action.get("ScalableTargetAction", {}))
    return target


def _with_range(target: Document, wanted: Document) -> Document:
    """An action may name half a range. AWS refuses an action whose range is impossible."""
    moved = {**target, **{key: wanted[key] for key in _RANGE if key in wanted}}
    possible = moved.get("MinCapacity", 0) <= moved.get("MaxCapacity", math.inf)
    return moved if possible else target
