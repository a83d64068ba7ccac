"""Everything that dies with an endpoint, as the arguments of the calls that put it back.

The documents are AWS's own request shapes, so that a field nobody here knows survives too.
An alarm names the policy it triggers by `policy_reference`, because a re-created policy has a
new ARN.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

type Document = Mapping[str, Any]
type Documents = tuple[Document, ...]

_REFERENCE = "lowtide:policy:"


@dataclass(frozen=True, slots=True)
class Scaling:
    """Application Auto Scaling's part, and the user's own alarms that trigger its policies."""

    targets: Documents = ()
    policies: Documents = ()
    scheduled_actions: Documents = ()
    alarms: Documents = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    taken_at: datetime
    config_name: str
    tags: Mapping[str, str]
    scaling: Scaling


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not as it was; `...` stands for a field that is not there."""

    path: str
    saved: object
    live: object

    def __str__(self) -> str:
        return f"{self.path}: was {self.saved!r}, is {self.live!r}"


def policy_reference(resource_id: str, policy_name: str) -> str:
    """How a saved alarm names a policy."""
    return f"{_REFERENCE}{resource_id}:{policy_name}"


def referenced_policy(action: str) -> tuple[str, str] | None:
    """The resource id and the name of the policy; None for an action of any other kind."""
    if not action.startswith(_REFERENCE):
        return None
    resource_id, _, policy_name = action.removeprefix(_REFERENCE).partition(":")
    return resource_id, policy_name


def differences(saved: Snapshot, live: Snapshot) -> tuple[Difference, ...]:
    """Field by field, whenever each was taken."""
    before, after = fields(saved), fields(live)
    return tuple(
        Difference(path, before.get(path, ...), after.get(path, ...))
        for path in sorted(before.keys() | after.keys())
        if before.get(path, ...) != after.get(path, ...)
    )


def fields(snapshot: Snapshot) -> dict[str, object]:
    """The leaves by path. List entries with a name are told apart by it, not by their place."""
    content = {key: value for key, value in _plain(snapshot).items() if key != "taken_at"}
    return dict(_leaves("", content))


def without_expired(snapshot: Snapshot, now: datetime) -> Snapshot:
    """Scheduled actions whose time or end has passed cannot be put back."""
    due = tuple(a for a in snapshot.scaling.scheduled_actions if not _expired(a, now))
    return replace(snapshot, scaling=replace(snapshot.scaling, scheduled_actions=due))


def merged(live: Snapshot, saved: Snapshot) -> Snapshot:
    """Of an endpoint that may have lost some of what was saved: what it has, and the rest."""
    return replace(
        live,
        tags={**saved.tags, **live.tags},
        scaling=_by_kind(
            lambda kept, old: (*kept, *_absent(old, kept)), live.scaling, saved.scaling
        ),
    )


def lacking(wanted: Scaling, live: Scaling) -> Scaling:
    """What must be put to make `live` have all that is wanted.

    A target that is there is left alone: its range may have been changed since, by a scheduled
    action or by its owner.
    """
    changed = _by_kind(lambda old, has: tuple(d for d in old if d not in has), wanted, live)
    return replace(changed, targets=_absent(wanted.targets, live.targets))


def only(scaling: Scaling, like: Scaling) -> Scaling:
    """The documents of things that `like` has too."""

    def shared(documents: Documents, others: Documents) -> Documents:
        names = {_label(other, 0) for other in others}
        return tuple(d for d in documents if _label(d, 0) in names)

    return _by_kind(shared, scaling, like)


def to_json(snapshot: Snapshot) -> str:
    """Canonical: equal snapshots give equal text."""
    return json.dumps(_plain(snapshot), sort_keys=True, separators=(",", ":"))


def from_json(text: str) -> Snapshot:
    content = json.loads(text)
    scaling = {key: tuple(value) for key, value in content["scaling"].items()}
    return Snapshot(
        taken_at=datetime.fromisoformat(content["taken_at"]),
        config_name=content["config_name"],
        tags=content["tags"],
        scaling=Scaling(**scaling),
    )


def content_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _by_kind(
    combine: Callable[[Documents, Documents], Documents], first: Scaling, second: Scaling
) -> Scaling:
    return Scaling(
        targets=combine(first.targets, second.targets),
        policies=combine(first.policies, second.policies),
        scheduled_actions=combine(first.scheduled_actions, second.scheduled_actions),
        alarms=combine(first.alarms, second.alarms),
    )


def _absent(documents: Documents, others: Documents) -> Documents:
    names = {_label(other, 0) for other in others}
    return tuple(d for d in documents if _label(d, 0) not in names)


def _plain(snapshot: Snapshot) -> dict[str, Any]:
    plain = asdict(replace(snapshot, tags=dict(snapshot.tags)))
    content: dict[str, Any] = json.loads(json.dumps(plain, default=datetime.isoformat))
    return content


def _leaves(path: str, value: object) -> Iterator[tuple[str, object]]:
    match value:
        case dict() if value:
            for key, child in value.items():
                yield from _leaves(f"{path}.{key}" if path else key, child)
        case list() if value:
            for index, child in enumerate(value):
                yield from _leaves(f"{path}[{_label(child, index)}]", child)
        case _:
            yield path, value


def _label(entry: object, index: int) -> str:
    if isinstance(entry, Mapping):
        names = ("PolicyName", "ScheduledActionName", "AlarmName", "ResourceId", "Name")
        found = [str(entry[name]) for name in names if name in entry]
        if found:
            return " ".join(reversed(found))
    return str(index)


def _expired(action: Document, now: datetime) -> bool:
    ends = action.get("EndTime")
    if ends is not None and datetime.fromisoformat(str(ends)) <= now:
        return True
    schedule = str(action["Schedule"])
    if not schedule.startswith("at("):
        return False
    at = datetime.fromisoformat(schedule.removeprefix("at(").removesuffix(")"))
    return at.replace(tzinfo=ZoneInfo(action.get("Timezone", "UTC"))) <= now
