"""What can be decided for an endpoint; each decision says why, in plain words.

`name` is what the table, the log and `status` call an action. A class can be renamed; these cannot,
as tables and filters of logs have them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from typing_extensions import TypeIs  # typing has it since Python 3.13

from lowtide.domain.endpoint import Kind, Range
from lowtide.domain.lifecycle.retries import Failures

type OtherCode = Literal[
    "cloudformation",
    "creation-refused",
    "denied",
    "foreign-snapshot",
    "missing",
    "no-capacity",
    "not-restorable",
    "not-tagged",
    "nothing-to-create",
    "out-of-service",
    "quota",
    "rights-unknown",
    "too-many-deletions",
    "unknown-status",
]
type BlockerCode = Kind | OtherCode


@dataclass(frozen=True, slots=True)
class NoAction:
    """The endpoint is in its desired state."""

    name: ClassVar[str] = "Rest"
    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """AWS must finish, or open streams must end, before the next step."""

    name: ClassVar[str] = "Wait"
    reason: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """A person must change something first, because the step could do harm or cannot work.

    `codes` are the dimension that blocked steps are counted by.
    """

    name: ClassVar[str] = "Refuse"
    reason: str
    codes: tuple[BlockerCode, ...]


@dataclass(frozen=True, slots=True)
class Paused:
    """A person wants the endpoint left alone."""

    name: ClassVar[str] = "Paused"
    reason: str


@dataclass(frozen=True, slots=True)
class Create:
    """`after` are the failed creations before this one. `opens` is the start of the window that
    the endpoint is created early for."""

    name: ClassVar[str] = "Create"
    reason: str
    config_name: str
    after: Failures | None = None
    opens: datetime | None = None


@dataclass(frozen=True, slots=True)
class Restore:
    """Puts back what was saved. `took` is how long the creation before it has lasted."""

    name: ClassVar[str] = "Restore"
    reason: str
    took: timedelta | None = None


@dataclass(frozen=True, slots=True)
class BeginDrain:
    """`since` is when the drain began, where only scaling is still to be suspended."""

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
    """`failures` includes the failure of the endpoint to delete, where it failed."""

    name: ClassVar[str] = "Delete"
    reason: str
    failures: Failures | None = None


@dataclass(frozen=True, slots=True)
class ResetRetries:
    """Removes what is stored of failed creations, once the endpoint is not wanted any more."""

    name: ClassVar[str] = "Forget"
    reason: str


@dataclass(frozen=True, slots=True)
class ApplyScaling:
    """`config_hash` identifies the scaling that the file asks for; it is "" where the file asks
    for none. When the step is done, all `variants` have been given `range`, the file's min and
    max."""

    name: ClassVar[str] = "ApplyScaling"
    reason: str
    config_hash: str
    range: Range | None = None
    variants: tuple[str, ...] = ()


type TowardsDelete = TakeSnapshot | BeginDrain | Delete
type LifecycleStep = Create | Restore | EndDrain | ResetRetries | TowardsDelete
type Step = LifecycleStep | ApplyScaling
type Action = NoAction | Wait | Blocked | Paused | Step


def is_step(action: Action) -> TypeIs[Step]:
    return not isinstance(action, NoAction | Wait | Blocked | Paused)
