"""Where a target has a range that Lowtide left on it, what have scheduled actions made of it since?

Any other range is a person's, and stays.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from lowtide.domain.snapshot.scheduled_actions import RANGE, is_suspended, needed_now, stages
from lowtide.domain.snapshot.snapshot import Document, Documents, Snapshot

KEY = ("ServiceNamespace", "ResourceId", "ScalableDimension")


def ranged(target: Document) -> tuple[Any, ...]:
    """A target in this very range."""
    return (target["ResourceId"], *(target.get(key) for key in RANGE))


def moved_ranges(saved: Snapshot, now: datetime) -> Mapping[Any, dict[str, Any]]:
    """By each target and range that was left on it since it was saved."""
    passed = stages(saved, now)
    return {
        ranged(before): {key: after[key] for key in RANGE if key in after}
        for stage in passed
        for before, after in zip(stage.targets, passed[-1].targets, strict=True)
        if before != after
    }


def overtaken(live: Documents, saved: Snapshot, begun: datetime, now: datetime) -> Documents:
    """Changes of what a restore that was begun then has put back: actions that fired since were
    perhaps not back yet."""
    since = max(begun, saved.ranges_as_of)
    first = needed_now(saved.scaling, saved.ranges_as_of, since, saved.newer_ranges)
    moved = moved_ranges(replace(saved, scaling=first, scheduled_until=since), now)
    return tuple(
        {key: target[key] for key in KEY if key in target} | moved[ranged(target)]
        for target in live
        if ranged(target) in moved and not is_suspended(target)
    )
