"""The scheduler's work: does any endpoint need a step?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lowtide.adapters.queue import StepsQueue
from lowtide.domain.actions import Action, Paused, Refuse, is_step
from lowtide.domain.conditions import outstays
from lowtide.domain.creation import creating_too_long
from lowtide.domain.endpoints import SERVING, Managed, Status
from lowtide.domain.lifecycle import plan
from lowtide.domain.situation import Situation
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
    missed: bool = False  # wanted in service now, and not
    overdue: bool = False  # Creating for longer than it should be
    outstays: bool = False  # there long after it was to be deleted
    refusal_kinds: tuple[str, ...] = ()
    restoring_minutes: float | None = None  # since the first attempt, where none is proven yet


def tick(
    endpoints: Iterable[Managed], world: World, queue: StepsQueue, now: datetime, cause: str
) -> tuple[Decision, ...]:
    """One failing endpoint costs only itself."""
    return tuple(_decide(managed, world, queue, now, cause) for managed in endpoints)


def _decide(
    managed: Managed, world: World, queue: StepsQueue, now: datetime, cause: str
) -> Decision:
    try:
        situation = gather(managed, world, now)
        action = plan(situation)
        if is_step(action) or refusal(action) != situation.noted:  # the ledger is to tell it
            queue.send(managed.name, cause)
    except Exception as error:  # whatever it is, the other endpoints must not wait for it
        return Decision(managed.name, "Unknown", f"{type(error).__name__}: {error}", failed=True)
    return decision(situation, action)


def refusal(action: Action) -> str:
    """Why nothing is done although it is wished; "" where nothing is refused."""
    return action.reason if isinstance(action, Refuse) else ""


def decision(situation: Situation, action: Action) -> Decision:
    wish, endpoint = situation.wish, situation.endpoint
    wanted_now = wish.awake and not wish.early and not isinstance(action, Paused)
    return Decision(
        endpoint=endpoint.name,
        action=type(action).__name__,
        reason=action.reason,
        refused=isinstance(action, Refuse),
        missed=wanted_now and endpoint.status not in SERVING,
        overdue=creating_too_long(situation),
        outstays=outstays(situation) and not isinstance(action, Paused),
        refusal_kinds=action.kinds if isinstance(action, Refuse) else (),
        restoring_minutes=_restoring_minutes(situation),
    )


def _restoring_minutes(situation: Situation) -> float | None:
    since = situation.record.restoring_since
    gone = situation.endpoint.status == Status.ABSENT  # by hand: nothing is in service without it
    return None if since is None or gone else (situation.now - since) / timedelta(minutes=1)
