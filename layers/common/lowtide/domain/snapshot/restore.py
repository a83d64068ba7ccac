"""The part of a snapshot to restore on an endpoint that was created again.

A new endpoint has nothing. What it has by now is restored already, or a person made it since: only
what is missing is restored. What a person deletes before the restore is verified looks like
what is not back yet, and is restored once more.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from lowtide.domain.snapshot.alarm_actions import reconnected
from lowtide.domain.snapshot.policy_reference import policy_reference
from lowtide.domain.snapshot.replayed_ranges import replayed
from lowtide.domain.snapshot.scheduled_actions import expired
from lowtide.domain.snapshot.snapshot import (
    Document,
    Documents,
    Scaling,
    Snapshot,
    absent,
    by_kind,
    label,
    plain,
)
from lowtide.domain.snapshot.variant_overrides import merged_variants


def merged(live: Snapshot, saved: Snapshot) -> Snapshot:
    """`live`, and what it lacks of `saved`: of an endpoint that is not verified to be complete."""
    targets_are_back = not absent(saved.scaling.targets, live.scaling.targets)
    return replace(
        live,
        tags={**saved.tags, **live.tags},
        scaling=_joined(live.scaling, saved.scaling),
        deployment=live.deployment or saved.deployment,
        resource_policy=live.resource_policy or saved.resource_policy,
        variants=merged_variants(live.variants, saved.variants),
        scheduled_until=live.scheduled_until if targets_are_back else saved.ranges_as_of,
    )


def to_restore(saved: Snapshot, now: datetime) -> Snapshot:
    """`saved` as it is needed now: ranges as scheduled actions would have left them, without the
    actions that have expired."""
    scaling = replayed(saved.scaling, saved.ranges_as_of, now, saved.newer_ranges)
    actions = tuple(a for a in scaling.scheduled_actions if not expired(a, now))
    return replace(saved, scaling=replace(scaling, scheduled_actions=actions))


def completed(live: Scaling, wanted: Scaling) -> Scaling:
    """`live` with what it lacks of `wanted`: documents, tags of targets, actions of alarms."""
    references = {policy_reference(p["ResourceId"], p["PolicyName"]) for p in wanted.policies}

    def with_actions(alarm: Document, saved: Document) -> Document:
        return reconnected(alarm, saved, references)

    joined = _joined(live, wanted)
    return replace(
        joined,
        targets=_matched(joined.targets, wanted.targets, _with_tags),
        alarms=_matched(joined.alarms, wanted.alarms, with_actions),
    )


def changes(live: Scaling, goal: Scaling) -> Scaling:
    """The documents of `goal` that `live` lacks or has otherwise."""

    def not_equal(documents: Documents, wanted: Documents) -> Documents:
        known = [plain(document) for document in documents]
        return tuple(document for document in wanted if plain(document) not in known)

    return by_kind(not_equal, live, goal)


def _joined(live: Scaling, saved: Scaling) -> Scaling:
    return by_kind(lambda documents, others: (*documents, *absent(others, documents)), live, saved)


def _matched(
    documents: Documents, wanted: Documents, combine: Callable[[Document, Document], Document]
) -> Documents:
    others = {label(other): other for other in wanted}
    return tuple(combine(d, others[label(d)]) if label(d) in others else d for d in documents)


def _with_tags(live: Document, wanted: Document) -> Document:
    """A target that a person registered meanwhile may lack them."""
    tags = {**wanted.get("Tags", {}), **live.get("Tags", {})}
    return {**live, "Tags": tags} if tags else live
