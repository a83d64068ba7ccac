"""What scheduled actions did while a restore was under way, and they were perhaps not back yet."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from lowtide.domain.scheduled_actions import RANGE, last_fire, needed_now
from lowtide.domain.snapshot import Document, Documents, Snapshot

_KEY = ("ServiceNamespace", "ResourceId", "ScalableDimension")


def overtaken(live: Documents, saved: Snapshot, begun: datetime, now: datetime) -> Documents:
    """Changes of targets with a range that a try since `begun` may have given them: any other is a
    person's, and stays."""
    since = max(begun, saved.ranges_as_of)
    given = {_range(target) for at in _moments(saved, since, now) for target in _at(saved, at)}
    ours = tuple(target for target in live if _range(target) in given)
    moved = needed_now(replace(saved.scaling, targets=ours), since, now).targets
    return tuple(
        {key: after[key] for key in (*_KEY, *RANGE) if key in after}
        for before, after in zip(ours, moved, strict=True)
        if before != after
    )


def _moments(saved: Snapshot, since: datetime, now: datetime) -> Iterator[datetime]:
    """From when on another range was needed."""
    yield since
    for action in saved.scaling.scheduled_actions:
        fire = last_fire(action, now)
        if fire is not None and since < fire:
            yield fire


def _at(saved: Snapshot, at: datetime) -> Documents:
    return needed_now(saved.scaling, saved.ranges_as_of, at, saved.newer_ranges).targets


def _range(target: Document) -> tuple[Any, ...]:
    return tuple(target.get(key) for key in ("ResourceId", *RANGE))
