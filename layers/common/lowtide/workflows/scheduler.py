"""The scheduler's work: does any endpoint need a step?"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lowtide.adapters.sqs import StepsQueue
from lowtide.domain.endpoint.managed import Managed
from lowtide.domain.endpoint.observed import Status
from lowtide.domain.errors import LowtideError
from lowtide.domain.lifecycle.actions import Action, EndDrain, Refuse, is_step
from lowtide.domain.lifecycle.context import Situation
from lowtide.domain.lifecycle.creation import creating_too_long
from lowtide.domain.lifecycle.lateness import late, milestones
from lowtide.domain.lifecycle.plan import plan
from lowtide.domain.lifecycle.predicates import left_held, outstays
from lowtide.domain.rotation import in_turn
from lowtide.workflows.gather import gather, gather_unlisted
from lowtide.workflows.services import World


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided for one endpoint, or why nothing could be."""

    endpoint: str
    action: str
    reason: str
    failed: bool = False
    refused: bool = False
    missed: bool = False  # late: it should be in service by now
    overdue: bool = False  # Creating for longer than it should be
    outstays: bool = False  # there long after it was to be deleted
    left_held: bool = False  # its scaling stands still, and no delete is to follow
    refusal_kinds: tuple[str, ...] = ()
    restoring_minutes: float | None = None  # since the first attempt, where none is proven yet


def tick(
    endpoints: Iterable[Managed], world: World, queue: StepsQueue, now: datetime, cause: str
) -> tuple[Decision, ...]:
    by_name = {managed.name: managed for managed in endpoints}

    def decide(name: str) -> Decision:
        return _decide(by_name[name], world, queue, now, cause)

    return _each(list(by_name), decide, world, now)


def tick_unlisted(
    listed: Iterable[Managed], world: World, queue: StepsQueue, now: datetime, cause: str
) -> tuple[Decision, ...]:
    """Endpoints that left the file while Lowtide held their scaling."""
    try:
        left = world.store.held() - {managed.name for managed in listed}
    except LowtideError as error:
        why = f"nobody knows whether one that left the file is still held: {error}"
        return (Decision("#held", "Unknown", why, failed=True),)

    def decide(name: str) -> Decision:
        return _let_go(name, world, queue, now, cause)

    return _each(sorted(left), decide, world, now)


def _each(
    names: Sequence[str], decide: Callable[[str], Decision], world: World, now: datetime
) -> tuple[Decision, ...]:
    """One that fails, or does not answer in time, costs only itself."""
    row = in_turn(names, now)
    found = world.each(lambda name: _or_why_not(name, decide), row)
    return tuple(
        one if isinstance(one, Decision) else _undecided(name, one)
        for name, one in zip(row, found, strict=True)
    )


def _or_why_not(name: str, decide: Callable[[str], Decision]) -> Decision:
    try:
        return decide(name)
    except Exception as error:  # whatever it is, the other endpoints must not wait for it
        return _undecided(name, error)


def _undecided(name: str, error: Exception) -> Decision:
    return Decision(name, "Unknown", f"{type(error).__name__}: {error}", failed=True)


def _decide(
    managed: Managed, world: World, queue: StepsQueue, now: datetime, cause: str
) -> Decision:
    situation = gather(managed, world, now)
    action = plan(situation)
    if is_step(action) or _is_to_be_noted(situation, action):
        queue.send(managed.name, cause)
    return decision(situation, action)


def _let_go(name: str, world: World, queue: StepsQueue, now: datetime, cause: str) -> Decision:
    situation = gather_unlisted(name, world.store.recall(name), world, now)
    queue.send(name, cause)  # also where nothing is held any more: that is to be written down
    return decision(situation, plan(situation))


def _is_to_be_noted(situation: Situation, action: Action) -> bool:
    return refusal(action) != situation.noted or milestones(situation) != situation.milestones


def refusal(action: Action) -> str:
    """Why nothing is done although it is wished; "" where nothing is refused."""
    return action.reason if isinstance(action, Refuse) else ""


def decision(situation: Situation, action: Action) -> Decision:
    return Decision(
        endpoint=situation.endpoint.name,
        action=type(action).__name__,
        reason=action.reason,
        refused=isinstance(action, Refuse),
        missed=late(situation),
        overdue=creating_too_long(situation),
        outstays=outstays(situation),
        left_held=left_held(situation) and isinstance(action, EndDrain | Refuse),
        refusal_kinds=action.kinds if isinstance(action, Refuse) else (),
        restoring_minutes=_restoring_minutes(situation),
    )


def _restoring_minutes(situation: Situation) -> float | None:
    """Nothing is tried during a pause: its minutes, and those before it, do not count."""
    begun, paused = situation.record.restoring_since, situation.paused
    gone = situation.endpoint.status == Status.ABSENT  # by hand: nothing is in service without it
    if begun is None or gone or paused:
        return None
    since = max(begun, situation.resumed or begun)
    return (situation.now - since) / timedelta(minutes=1)
