"""What can be decided for an endpoint; each decision says why, in plain words.

`name` is what the table, the log and `status` call an action: a class can be renamed, these cannot.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Literal, TypeIs

from lowtide.domain.endpoint.observed import Kind
from lowtide.domain.endpoint.scaling_policy import Range
from lowtide.domain.lifecycle.retries import Failures

type OtherKind = Literal[
    "cloudformation",
    "denied",
    "missing",
    "no-capacity",
    "not-tagged",
    "nothing-to-create",
    "out-of-service",
    "quota",
    "rights-unknown",
    "too-many-deletions",
    "unknown-status",
]
type RefusalKind = Kind | OtherKind


@dataclass(frozen=True, slots=True)
class Rest:
    """The endpoint is as it is wished."""

    name: ClassVar[str] = "Rest"
    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """AWS, or the open streams, must move first."""

    name: ClassVar[str] = "Wait"
    reason: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """A person must change something first: acting could do harm. `kinds` are for counting."""

    name: ClassVar[str] = "Refuse"
    reason: str
    kinds: tuple[RefusalKind, ...]


@dataclass(frozen=True, slots=True)
class Paused:
    """A person wants it left alone."""

    name: ClassVar[str] = "Paused"
    reason: str


@dataclass(frozen=True, slots=True)
class Create:
    """`after`: the failures that it is another try after; `opens`: the start it is early for."""

    name: ClassVar[str] = "Create"
    reason: str
    config_name: str
    after: Failures | None = None
    opens: datetime | None = None


@dataclass(frozen=True, slots=True)
class Restore:
    """Proves the arrival, too: `took` is how long it was in coming."""

    name: ClassVar[str] = "Restore"
    reason: str
    took: timedelta | None = None


@dataclass(frozen=True, slots=True)
class BeginDrain:
    """`since`: when it began, where scaling is still to be held."""

    name: ClassVar[str] = "BeginDrain"
    reason: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class EndDrain:
    name: ClassVar[str] = "EndDrain"
    reason: str


@dataclass(frozen=True, slots=True)
class TakeSnapshot:
    name: ClassVar[str] = "TakeSnapshot"
    reason: str


@dataclass(frozen=True, slots=True)
class Delete:
    """`failures`: with that of the endpoint to delete, where it failed."""

    name: ClassVar[str] = "Delete"
    reason: str
    failures: Failures | None = None


@dataclass(frozen=True, slots=True)
class Forget:
    """Tries and failures of a creation that is not wanted any more."""

    name: ClassVar[str] = "Forget"
    reason: str


@dataclass(frozen=True, slots=True)
class ApplyScaling:
    """`asked` is the hash of what the file asks for, "" for nothing. When the step is done, all
    `variants` have been given `range`, the file's min and max."""

    name: ClassVar[str] = "ApplyScaling"
    reason: str
    asked: str
    range: Range | None = None
    variants: tuple[str, ...] = ()


type LifecycleStep = Create | Restore | BeginDrain | EndDrain | TakeSnapshot | Delete | Forget
type Step = LifecycleStep | ApplyScaling
type Action = Rest | Wait | Refuse | Paused | Step


def is_step(action: Action) -> TypeIs[Step]:
    return not isinstance(action, Rest | Wait | Refuse | Paused)
