"""Where two snapshots differ: field by field, and in words."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from lowtide.domain.snapshot.alarm_actions import without_foreign_actions
from lowtide.domain.snapshot.scheduled_actions import expired
from lowtide.domain.snapshot.snapshot import (
    Documents,
    Scaling,
    Snapshot,
    absent,
    by_kind,
    label,
    to_content,
)
from lowtide.domain.snapshot.variant_overrides import overrides

_KINDS = ("targets", "policies", "scheduled_actions", "alarms")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not as it was; `...` stands for a field that is not there."""

    path: str
    saved: object
    live: object

    def __str__(self) -> str:
        return f"{self.path}: was {_shown(self.saved)}, is {_shown(self.live)}"


def differences(saved: Snapshot, live: Snapshot) -> tuple[Difference, ...]:
    """The fields that differ, whenever each snapshot was taken."""
    before, after = fields(saved), fields(live)
    return tuple(
        Difference(path, before.get(path, ...), after.get(path, ...))
        for path in sorted(before.keys() | after.keys())
        if before.get(path, ...) != after.get(path, ...)
    )


def fields(snapshot: Snapshot) -> dict[str, object]:
    """The leaves of a snapshot by path, without its times; of variants only the overrides.

    A list entry that has a name has it in its path, since AWS returns lists in any order.
    """
    content = to_content(snapshot)
    for time in ("taken_at", "scheduled_until", "newer_ranges"):
        del content[time]
    content["resource_policy"] = _parsed(snapshot.resource_policy)
    content["variants"] = list(overrides(snapshot.variants, snapshot.scaling.targets))
    return dict(_leaves("", content))


def _parsed(policy: str) -> object:
    """AWS may write the same policy in another way."""
    try:
        return json.loads(policy)
    except ValueError:
        return policy


def changed(saved: Snapshot, live: Snapshot, endpoint: str) -> bool:
    """Whether anything differs but what other endpoints have on shared alarms."""

    def own(snapshot: Snapshot) -> Snapshot:
        return replace(snapshot, scaling=without_foreign_actions(snapshot.scaling, endpoint))

    return bool(differences(own(saved), own(live)))


def lost(saved: Snapshot, live: Snapshot) -> tuple[str, ...]:
    """The names of saved targets, policies, scheduled actions and alarms that `live` lacks."""
    return tuple(_only_in(saved.scaling, live.scaling, _KINDS))


def missing_from(live: Snapshot, wanted: Scaling) -> tuple[str, ...]:
    """What of `wanted` an endpoint lacks or has otherwise, in words: one line for each thing that
    it lacks, and one for each field that differs."""

    def named_alike(documents: Documents, others: Documents) -> Documents:
        names = {label(other) for other in others}
        return tuple(document for document in documents if label(document) in names)

    alike = by_kind(named_alike, live.scaling, wanted)
    bare = replace(live, variants=())
    return _described(
        replace(bare, scaling=wanted), replace(bare, scaling=alike), "is not there yet"
    )


def changed_since(wanted: Snapshot, live: Snapshot, now: datetime) -> tuple[str, ...]:
    """What people changed since `wanted` was restored, in words.

    A one-time action that came back and has run since is no news: `wanted` lacks it by now.
    """
    actions = tuple(a for a in live.scaling.scheduled_actions if not expired(a, now))
    live = replace(live, scaling=replace(live.scaling, scheduled_actions=actions))
    return _described(wanted, live, "is not there")


def _described(wanted: Snapshot, live: Snapshot, gone: str) -> tuple[str, ...]:
    """Returns a line for each difference. A document that only one of them has is one line, not one
    for each of its fields."""
    lacking = _paths_only_in(wanted, live)
    new = _paths_only_in(live, wanted)
    return (
        *(f"{path} {gone}" for path in lacking),
        *(f"{path} is new" for path in new),
        *_other_fields((*lacking, *new), wanted, live),
    )


def _paths_only_in(one: Snapshot, other: Snapshot) -> tuple[str, ...]:
    return tuple(f"scaling.{name}" for name in _only_in(one.scaling, other.scaling, sorted(_KINDS)))


def _only_in(one: Scaling, other: Scaling, kinds: Iterable[str]) -> Iterator[str]:
    for kind in kinds:
        for document in absent(getattr(one, kind), getattr(other, kind)):
            yield f"{kind}[{label(document)}]"


def _other_fields(things: tuple[str, ...], wanted: Snapshot, live: Snapshot) -> Iterator[str]:
    """The fields that differ, without those of `things`. A list that is empty on one side differs
    as one field, which is left out as well."""
    lists = {path.partition("[")[0] for path in things}
    for difference in differences(wanted, live):
        path = difference.path
        if path not in lists and not path.startswith(tuple(f"{thing}." for thing in things)):
            yield str(difference)


def _shown(value: object) -> str:
    return "nothing" if value is ... else repr(value)


def _leaves(path: str, value: object) -> Iterator[tuple[str, object]]:
    match value:
        case dict() if value:
            for key, child in value.items():
                yield from _leaves(f"{path}.{key}" if path else key, child)
        case list() if value:
            for index, child in enumerate(value):
                yield from _leaves(f"{path}[{label(child) or index}]", child)
        case _:
            yield path, value
