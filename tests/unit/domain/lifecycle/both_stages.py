"""A context with the facts that would be read for it, and its decision in both stages."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from lowtide.domain.endpoint.observed import Kind
from lowtide.domain.lifecycle.actions import (
    Action,
    ApplyScaling,
    BeginDrain,
    Delete,
    Restore,
    TakeSnapshot,
)
from lowtide.domain.lifecycle.approval import (
    approve_deletion,
    approve_restore,
    approve_scaling,
)
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.facts import NOTHING_DENIED, DeletionFacts, Rights, ScalingFacts
from lowtide.domain.lifecycle.plan import plan
from lowtide.domain.load.reading import MissingReading
from lowtide.domain.scaling.desired import Types

STACK = "lowtide-dev"
TAGS = {"lowtide:stack": STACK}


@dataclass(frozen=True, slots=True)
class Given:
    context: Context
    tags: Mapping[str, str] = field(default_factory=lambda: TAGS)
    kinds: frozenset[Kind] = frozenset()
    missing: tuple[str, ...] = ()
    rights: Rights = NOTHING_DENIED
    streams: float | MissingReading = 0.0
    types: Types | None = None

    def but(self, **changes: Any) -> "Given":
        """With other facts, or another context, or other fields of the context."""
        own = {f.name for f in fields(self)}
        facts = {name: value for name, value in changes.items() if name in own}
        given = replace(self, **facts)
        rest = {name: value for name, value in changes.items() if name not in own}
        return replace(given, context=replace(given.context, **rest))

    def with_endpoint(self, **changes: Any) -> "Given":
        return self.but(endpoint=replace(self.context.endpoint, **changes))

    @property
    def deletion_facts(self) -> DeletionFacts:
        return DeletionFacts(self.tags, self.kinds, {"c": self.missing}, self.rights, self.streams)

    @property
    def scaling_facts(self) -> ScalingFacts:
        return ScalingFacts(self.tags, self.kinds, self.types)


def decide(given: Given) -> Action:
    action = plan(given.context)
    match action:
        case TakeSnapshot() | BeginDrain() | Delete():
            return approve_deletion(action, given.context, given.deletion_facts)
        case Restore():
            return approve_restore(action, given.context, given.tags)
        case ApplyScaling():
            return approve_scaling(action, given.context, given.scaling_facts)
        case _:
            return action
