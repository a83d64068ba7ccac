"""Scaling that Lowtide suspends while an endpoint drains, distinguished from a person's suspension.

AWS keeps one SuspendedState for each target. It is Lowtide's where the endpoint drains, all three
parts are suspended, and the snapshot says that the state was another before. All three parts
suspended by a person during a drain count as Lowtide's; any other state is the person's.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from lowtide.domain.snapshot.replayed_ranges import (
    TARGET_KEY,
    replay_steps,
    replayed_ranges,
    target_and_range,
)
from lowtide.domain.snapshot.snapshot import Document, Documents, Snapshot

_PARTS = (
    "DynamicScalingInSuspended",
    "DynamicScalingOutSuspended",
    "ScheduledScalingSuspended",
)
SUSPENDED: Mapping[str, bool] = dict.fromkeys(_PARTS, True)
_ACTIVE: Mapping[str, bool] = dict.fromkeys(_PARTS, False)


def without_suspension(live: Snapshot, saved: Snapshot) -> Snapshot:
    """`live` as it would be if Lowtide had not suspended its scaling.

    No scheduled action fired since, so that ranges are as old as those of `saved`, but for those
    that a person set since and those of targets that are not suspended.
    """
    states = _saved_states(saved)
    targets = tuple(
        {**target, "SuspendedState": states[target["ResourceId"]]}
        if _is_suspended_by_lowtide(target, states)
        else target
        for target in live.scaling.targets
    )
    if targets == live.scaling.targets:
        return live
    steps = replay_steps(saved, live.taken_at)
    scheduled = {target_and_range(target) for step in steps for target in step.targets}
    newer = {
        target["ResourceId"]: live.taken_at
        for target in live.scaling.targets
        if not _is_suspended_by_lowtide(target, states) or target_and_range(target) not in scheduled
    }
    return replace(
        live,
        scaling=replace(live.scaling, targets=targets),
        scheduled_until=saved.ranges_as_of,
        newer_ranges=newer,
    )


def to_suspend(live: Documents, saved: Snapshot) -> Documents:
    """Changes that suspend the targets that are saved: no other could be resumed as it was."""
    states = _saved_states(saved)
    active = (t for t in live if t["ResourceId"] in states and _state(t) != SUSPENDED)
    return tuple(_change(target, SUSPENDED) for target in active)


def to_resume(live: Documents, saved: Snapshot, now: datetime) -> Documents:
    """Changes that resume what Lowtide suspended, with the ranges that scheduled actions would have
    set meanwhile."""
    states = _saved_states(saved)
    ranges = replayed_ranges(saved, now)
    return tuple(
        _change(target, states[target["ResourceId"]]) | ranges.get(target_and_range(target), {})
        for target in live
        if _is_suspended_by_lowtide(target, states)
    )


def _saved_states(saved: Snapshot) -> Mapping[str, Mapping[str, bool]]:
    return {target["ResourceId"]: _state(target) for target in saved.scaling.targets}


def _state(target: Document) -> Mapping[str, bool]:
    return {**_ACTIVE, **target.get("SuspendedState", {})}


def _is_suspended_by_lowtide(target: Document, states: Mapping[str, Mapping[str, bool]]) -> bool:
    saved = states.get(target["ResourceId"], SUSPENDED)
    return _state(target) == SUSPENDED != saved


def _change(target: Document, state: Mapping[str, bool]) -> dict[str, Any]:
    key = {key: target[key] for key in TARGET_KEY if key in target}
    return key | {"SuspendedState": dict(state)}
