"""What is read only for a step that needs it: each field costs calls that most minutes can save."""

from collections.abc import Mapping
from dataclasses import dataclass

from lowtide.domain.endpoint import Kind
from lowtide.domain.load import MissingReading
from lowtide.domain.scaling import Types


@dataclass(frozen=True, slots=True)
class Rights:
    """Whether the reconciler's role may create an endpoint again and restore it.

    `denied` names the actions that the role lacks; `unknown` says why IAM gave no answer. `missing`
    names KMS keys that do not exist or cannot be used, which no right helps with.
    """

    denied: tuple[str, ...] = ()
    unknown: str = ""
    missing: tuple[str, ...] = ()


NOTHING_DENIED = Rights()


@dataclass(frozen=True, slots=True)
class KmsKey:
    """A key that a configuration names. `arn` is "" where only DescribeKey could tell it; `missing`
    names what a creation with the key would lack, or is ""; `readable` is whether DescribeKey was
    allowed."""

    arn: str
    missing: str = ""
    readable: bool = True


@dataclass(frozen=True, slots=True)
class DeletionFacts:
    """What must be known before an endpoint is saved, drained or deleted."""

    tags: Mapping[str, str]
    kinds: frozenset[Kind]  # also those that the configuration to create it again from gives it
    # What a creation would need and AWS does not have, by configuration to create it again from.
    missing: Mapping[str, tuple[str, ...]]
    rights: Rights  # to create the endpoint again and to restore it
    streams: float | MissingReading  # how many are open


@dataclass(frozen=True, slots=True)
class ScalingFacts:
    """What must be known before the scaling of the file is applied."""

    tags: Mapping[str, str]
    kinds: frozenset[Kind]
    types: Types | None  # None where the configuration in use does not exist any more
