"""Everything that dies with an endpoint, as the arguments of the calls that put it back.

Documents have the shapes of AWS's requests, so that fields which AWS adds later survive, too. An
alarm names the policy that it triggers by `policy_reference`, as a policy has a new ARN when it is
put again.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from lowtide.domain.wording import counted

type Document = Mapping[str, Any]
type Documents = tuple[Document, ...]

_NAMES = (
    "PolicyName",
    "ScheduledActionName",
    "AlarmName",
    "ResourceId",
    "VariantName",
    "Name",
)


@dataclass(frozen=True, slots=True)
class Scaling:
    """What Application Auto Scaling has, and the user's alarms that trigger its step policies."""

    targets: Documents = ()
    policies: Documents = ()
    scheduled_actions: Documents = ()
    alarms: Documents = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`deployment` is CreateEndpoint's DeploymentConfig; `variants` have weights and counts, as
    `variant_overrides` describes them."""

    taken_at: datetime
    config_name: str
    tags: Mapping[str, str]
    scaling: Scaling
    deployment: Document = field(default_factory=dict)
    variants: Documents = ()
    # Until then scheduled actions could change the ranges; None: until `taken_at`. It is earlier
    # where Lowtide suspended them, or where the endpoint was absent.
    scheduled_until: datetime | None = None
    resource_policy: str = ""  # who may send requests through a router; JSON as AWS has it
    # By ResourceId, the targets whose ranges are newer: a person set them during a suspension.
    newer_ranges: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def ranges_as_of(self) -> datetime:
        return self.scheduled_until or self.taken_at


def by_kind(
    combine: Callable[[Documents, Documents], Documents], first: Scaling, second: Scaling
) -> Scaling:
    return Scaling(
        targets=combine(first.targets, second.targets),
        policies=combine(first.policies, second.policies),
        scheduled_actions=combine(first.scheduled_actions, second.scheduled_actions),
        alarms=combine(first.alarms, second.alarms),
    )


def label(entry: object) -> str | None:
    """The names in a document, which tell it from the others of its kind."""
    if not isinstance(entry, Mapping):
        return None
    return " ".join(str(entry[name]) for name in reversed(_NAMES) if name in entry) or None


def absent(documents: Documents, others: Documents) -> Documents:
    """Those of `documents` that have no namesake in `others`."""
    names = {label(other) for other in others}
    return tuple(d for d in documents if label(d) not in names)


def contents(snapshot: Snapshot) -> str:
    """In one line, for the history and `status`."""
    scaling = snapshot.scaling
    policy = ("1 resource policy",) if snapshot.resource_policy else ()
    return ", ".join(
        (
            counted(snapshot.tags, "tag"),
            counted(scaling.targets, "scalable target"),
            counted(scaling.policies, "scaling policy", "scaling policies"),
            counted(scaling.scheduled_actions, "scheduled action"),
            counted(scaling.alarms, "alarm"),
            *policy,
        )
    )


def to_json(snapshot: Snapshot) -> str:
    """Equal snapshots give equal text."""
    return json.dumps(to_content(snapshot), sort_keys=True, separators=(",", ":"))


def content_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def plain(document: Any) -> Any:
    """`document` after a way through JSON, so that what was read from AWS and from the table
    compare equal."""
    return json.loads(json.dumps(document, default=_text))


def to_content(snapshot: Snapshot) -> dict[str, Any]:
    whole = replace(snapshot, tags=dict(snapshot.tags), deployment=dict(snapshot.deployment))
    content: dict[str, Any] = plain(asdict(whole))
    return content


def _text(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{value!r} is not JSON")
    return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
