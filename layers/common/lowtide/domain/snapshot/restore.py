"""What of a snapshot is owed to an endpoint that was created again.

A new endpoint has none of it, so what is there was put back already or set by a person since:
only what is absent is owed. A thing that its owner deletes before the restore is proven cannot be
told from one that is not back yet, and comes back once more.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from lowtide.domain.snapshot.alarm_actions import reconnected, without_those_of_others
from lowtide.domain.snapshot.difference import differences
from lowtide.domain.snapshot.policy_reference import policy_reference
from lowtide.domain.snapshot.scheduled_actions import expired, needed_now
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

_KINDS = ("targets", "policies", "scheduled_actions", "alarms")


def merged(live: Snapshot, saved: Snapshot) -> Snapshot:
    """Of an endpoint that may have lost some of what was saved: what it has, and the rest."""
    targets_are_back = not absent(saved.scaling.targets, live.scaling.targets)
    return replace(
        live,
        tags={**saved.tags, **live.tags},
        scaling=_joined(live.scaling, saved.scaling),
        deployment=live.deployment or saved.deployment,
        variants=merged_variants(live.variants, saved.variants),
        scheduled_until=live.scheduled_until if targets_are_back else saved.ranges_as_of,
    )


def to_put_back(saved: Snapshot, now: datetime) -> Snapshot:
    """As it is needed now: ranges as scheduled actions would have left them, without those that
    have expired."""
    scaling = needed_now(saved.scaling, saved.ranges_as_of, now, saved.newer_ranges)
    kept = tuple(a for a in scaling.scheduled_actions if not expired(a, now))
    return replace(saved, scaling=replace(scaling, scheduled_actions=kept))


def completed(live: Scaling, wanted: Scaling) -> Scaling:
    """What `live` is to become."""
    policies = {policy_reference(p["ResourceId"], p["PolicyName"]) for p in wanted.policies}
    whole = _joined(live, wanted)
    return replace(
        whole,
        targets=_matched(whole.targets, wanted.targets, _with_tags),
        alarms=_matched(
            whole.alarms, wanted.alarms, lambda has, old: reconnected(has, old, policies)
        ),
    )


def changes(live: Scaling, goal: Scaling) -> Scaling:
    """The documents of `goal` that `live` does not have like that."""

    def not_there(has: Documents, to_be: Documents) -> Documents:
        known = [plain(document) for document in has]
        return tuple(document for document in to_be if plain(document) not in known)

    return by_kind(not_there, live, goal)


def only(scaling: Scaling, like: Scaling) -> Scaling:
    """The documents of things that `like` has too."""

    def shared(documents: Documents, others: Documents) -> Documents:
        names = {label(other) for other in others}
        return tuple(document for document in documents if label(document) in names)

    return by_kind(shared, scaling, like)


def own(snapshot: Snapshot, endpoint: str) -> Snapshot:
    return replace(snapshot, scaling=own_scaling(snapshot.scaling, endpoint))


def own_scaling(scaling: Scaling, endpoint: str) -> Scaling:
    """What other endpoints have on an alarm comes and goes with them: this one owes it nobody."""
    alarms = tuple(without_those_of_others(alarm, endpoint) for alarm in scaling.alarms)
    return replace(scaling, alarms=alarms)


def changed(saved: Snapshot, live: Snapshot, endpoint: str) -> bool:
    return bool(differences(own(saved, endpoint), own(live, endpoint)))


def lost(saved: Snapshot, kept: Snapshot) -> tuple[str, ...]:
    """Scaling that is saved and would not be kept, by name."""
    return tuple(_things_only_in(saved, kept, _KINDS))


def missing(wanted: Snapshot, live: Snapshot) -> tuple[str, ...]:
    """In words: a thing that is not there at all is one line, not one for each of its fields."""
    gone = _only_in(wanted, live)
    return (*(f"{path} is not there yet" for path in gone), *_fields_but_of(gone, wanted, live))


def changed_since(wanted: Snapshot, live: Snapshot, now: datetime) -> tuple[str, ...]:
    """In words, likewise. A one-time action that came back and has run since then is not told as
    new: `wanted` does not have it any more."""
    done = tuple(a for a in live.scaling.scheduled_actions if expired(a, now))
    rest = tuple(a for a in live.scaling.scheduled_actions if a not in done)
    live = replace(live, scaling=replace(live.scaling, scheduled_actions=rest))
    gone, new = _only_in(wanted, live), _only_in(live, wanted)
    return (
        *(f"{path} is not there" for path in gone),
        *(f"{path} is new" for path in new),
        *_fields_but_of((*gone, *new), wanted, live),
    )


def _only_in(one: Snapshot, other: Snapshot) -> tuple[str, ...]:
    """Paths of the things in `one` that `other` does not have."""
    return tuple(f"scaling.{thing}" for thing in _things_only_in(one, other, sorted(_KINDS)))


def _things_only_in(one: Snapshot, other: Snapshot, kinds: Iterable[str]) -> Iterator[str]:
    for kind in kinds:
        for document in absent(getattr(one.scaling, kind), getattr(other.scaling, kind)):
            yield f"{kind}[{label(document)}]"


def _fields_but_of(things: tuple[str, ...], wanted: Snapshot, live: Snapshot) -> Iterator[str]:
    """The fields that differ, without those of `things`. A list that is empty on one side differs
    as one field: it is left out too, as its things are told already."""
    lists = {path.partition("[")[0] for path in things}
    for change in differences(wanted, live):
        if change.path not in lists and not change.path.startswith(tuple(f"{t}." for t in things)):
            yield str(change)


def _joined(live: Scaling, saved: Scaling) -> Scaling:
    return by_kind(lambda has, old: (*has, *absent(old, has)), live, saved)


def _matched(
    documents: Documents, wanted: Documents, combine: Callable[[Document, Document], Document]
) -> Documents:
    others = {label(other): other for other in wanted}
    return tuple(combine(d, others[label(d)]) if label(d) in others else d for d in documents)


def _with_tags(has: Document, wanted: Document) -> Document:
    """A target that was registered by hand may lack them."""
    tags = {**wanted.get("Tags", {}), **has.get("Tags", {})}
    return {**has, "Tags": tags} if tags else has
