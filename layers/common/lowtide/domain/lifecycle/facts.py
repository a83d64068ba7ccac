"""What is read only for a step that needs it: each field costs calls that most minutes can save."""

from collections.abc import Mapping
from dataclasses import dataclass

from lowtide.domain.endpoint.observed import Kind
from lowtide.domain.lifecycle.permissions import Rights
from lowtide.domain.load.reading import MissingReading
from lowtide.domain.scaling.desired import Types


@dataclass(frozen=True, slots=True)
class DeletionFacts:
    """What must be known before an endpoint is saved, drained or deleted."""

    tags: Mapping[str, str]
    kinds: frozenset[Kind]  # also those that the configuration to create it again from gives it
    missing: tuple[str, ...]  # what a creation would need and AWS does not have
    rights: Rights  # to create the endpoint again and to restore it
    streams: float | MissingReading  # how many are open


@dataclass(frozen=True, slots=True)
class ScalingFacts:
    """What must be known before the scaling of the file is applied."""

    tags: Mapping[str, str]
    kinds: frozenset[Kind]
    types: Types | None  # None where the configuration in use does not exist any more
