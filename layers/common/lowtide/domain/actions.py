"""What can be decided for an endpoint; each decision says why, in plain words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rest:
    """The endpoint is as it is wished."""

    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """AWS, or the open streams, must move first."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """A person must change something first: acting could do harm. `kinds` are for counting."""

    reason: str
    kinds: tuple[str, ...] = ("other",)


@dataclass(frozen=True, slots=True)
class Create:
    reason: str
    config_name: str


@dataclass(frozen=True, slots=True)
class Restore:
    reason: str


@dataclass(frozen=True, slots=True)
class BeginDrain:
    reason: str


@dataclass(frozen=True, slots=True)
class EndDrain:
    reason: str


@dataclass(frozen=True, slots=True)
class TakeSnapshot:
    reason: str


@dataclass(frozen=True, slots=True)
class Delete:
    reason: str


type Step = Create | Restore | BeginDrain | EndDrain | TakeSnapshot | Delete
type Action = Rest | Wait | Refuse | Step


def is_step(action: Action) -> bool:
    return not isinstance(action, Rest | Wait | Refuse)
