"""Scaling that Lowtide holds while an endpoint drains, and how it is told from the user's own.

AWS keeps one suspended state a target. It is taken for Lowtide's where a drain is on, all three
parts are suspended and the snapshot says that the user's was another: a person who suspends all
three during a drain cannot be told from Lowtide, anyone who sets another state can.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from lowtide.domain.snapshot.replayed_ranges import KEY, moved_ranges, ranged
from lowtide.domain.snapshot.scheduled_actions import stages
from lowtide.domain.snapshot.snapshot import Document, Documents, Snapshot

_PARTS = (
    "DynamicScalingInSuspended",
    "DynamicScalingOutSuspended",
    "ScheduledScalingSuspended",
)
HELD: Mapping[str, bool] = dict.fromkeys(_PARTS, True)
_FREE: Mapping[str, bool] = dict.fromkeys(_PARTS, False)


def unheld(live: Snapshot, saved: Snapshot) -> Snapshot:
    """As it is but for what Lowtide suspended.

    Scheduled actions were suspended too, so the ranges are as old as the saved ones, but for those
    that a person set since and those that are not held.
    """
    states = _own_states(saved)
    targets = tuple(_freed(target, states) for target in live.scaling.targets)
    if targets == live.scaling.targets:
        return live
    scheduled = {ranged(t) for stage in stages(saved, live.taken_at) for t in stage.targets}
    newer = {
        target["ResourceId"]: live.taken_at
        for target in live.scaling.targets
        if not _is_held(target, states) or ranged(target) not in scheduled
    }
    return replace(
        live,
        scaling=replace(live.scaling, targets=targets),
        scheduled_until=saved.ranges_as_of,
        newer_ranges=newer,
    )


def to_hold(live: Documents, saved: Snapshot) -> Documents:
    """Only targets whose own state is saved: no other could be put back as it was."""
    states = _own_states(saved)
    wanted = (t for t in live if t["ResourceId"] in states and _state(t) != HELD)
    return tuple(_change(target, HELD) for target in wanted)


def to_release(live: Documents, saved: Snapshot, now: datetime) -> Documents:
    """Only what is as a hold leaves it; with the range of the scheduled actions that it held."""
    states = _own_states(saved)
    moved = moved_ranges(saved, now)
    held = (target for target in live if _is_held(target, states))
    return tuple(
        _change(target, states[target["ResourceId"]]) | moved.get(ranged(target), {})
        for target in held
    )


def _own_states(saved: Snapshot) -> Mapping[str, Mapping[str, bool]]:
    return {target["ResourceId"]: _state(target) for target in saved.scaling.targets}


def _state(target: Document) -> Mapping[str, bool]:
    return {**_FREE, **target.get("SuspendedState", {})}


def _is_held(target: Document, states: Mapping[str, Mapping[str, bool]]) -> bool:
    own = states.get(target["ResourceId"], HELD)
    return _state(target) == HELD != own


def _freed(target: Document, states: Mapping[str, Mapping[str, bool]]) -> Document:
    if not _is_held(target, states):
        return target
    return {**target, "SuspendedState": states[target["ResourceId"]]}


def _change(target: Document, state: Mapping[str, bool]) -> dict[str, Any]:
    return {key: target[key] for key in KEY if key in target} | {"SuspendedState": dict(state)}
