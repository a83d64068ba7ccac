"""The scheduler's work: does any endpoint need a step?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lowtide.adapters.queue import StepsQueue
from lowtide.domain.actions import Action, Refuse, is_step
from lowtide.domain.endpoints import Managed
from lowtide.domain.errors import LowtideError
from lowtide.domain.lifecycle import plan
from lowtide.workflows.gather import gather
from lowtide.workflows.world import World


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided for one endpoint, or why nothing could be."""

    endpoint: str
    action: str
    reason: str
    failed: bool = False
    refused: bool = False


def tick(
    endpoints: Iterable[Managed], world: World, queue: StepsQueue, now: datetime, cause: str
) -> tuple[Decision, ...]:
    """One failing endpoint costs only itself."""
    return tuple(_decide(managed, world, queue, now, cause) for managed in endpoints)


def _decide(
    managed: Managed, world: World, queue: StepsQueue, now: datetime, cause: str
) -> Decision:
    try:
        action = plan(gather(managed, world, now))
        if is_step(action):
            queue.send(managed.name, cause)
    except LowtideError as error:
        return Decision(managed.name, "Unknown", str(error), failed=True)
    return decision(managed.name, action)


def decision(endpoint: str, action: Action) -> Decision:
    return Decision(
        endpoint, type(action).__name__, action.reason, refused=isinstance(action, Refuse)
    )
