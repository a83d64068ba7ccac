"""The scheduler's work: does any endpoint need a step?"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from lowtide.adapters.sqs import StepsQueue
from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.errors import LowtideError
from lowtide.domain.lifecycle.actions import Action, is_step
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.lateness import milestones
from lowtide.domain.lifecycle.plan import plan
from lowtide.domain.rotation import in_turn
from lowtide.workflows.decision import Decision, decision, refusal
from lowtide.workflows.gather import gather, gather_unlisted
from lowtide.workflows.services import Services


def tick(
    endpoints: Iterable[ManagedEndpoint],
    services: Services,
    queue: StepsQueue,
    now: datetime,
    cause: str,
) -> tuple[Decision, ...]:
    by_name = {managed.name: managed for managed in endpoints}

    def decide(name: str) -> Decision:
        return _decide(by_name[name], services, queue, now, cause)

    return _each(list(by_name), decide, services, now)


def tick_unlisted(
    listed: Iterable[ManagedEndpoint],
    services: Services,
    queue: StepsQueue,
    now: datetime,
    cause: str,
) -> tuple[Decision, ...]:
    """Endpoints that left the file while Lowtide held their scaling."""
    try:
        left = services.store.held() - {managed.name for managed in listed}
    except LowtideError as error:
        why = f"nobody knows whether one that left the file is still held: {error}"
        return (Decision("#held", "Unknown", why, failed=True),)

    def decide(name: str) -> Decision:
        return _let_go(name, services, queue, now, cause)

    return _each(sorted(left), decide, services, now)


def _each(
    names: Sequence[str], decide: Callable[[str], Decision], services: Services, now: datetime
) -> tuple[Decision, ...]:
    """One that fails, or does not answer in time, costs only itself."""
    row = in_turn(names, now)
    found = services.each(lambda name: _or_why_not(name, decide), row)
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
    managed: ManagedEndpoint, services: Services, queue: StepsQueue, now: datetime, cause: str
) -> Decision:
    context = gather(managed, services, now)
    action = plan(context)
    if is_step(action) or _is_to_be_noted(context, action):
        queue.send(managed.name, cause)
    return decision(context, action)


def _let_go(
    name: str, services: Services, queue: StepsQueue, now: datetime, cause: str
) -> Decision:
    context = gather_unlisted(name, services.store.load(name), services, now)
    queue.send(name, cause)  # also where nothing is held any more: that is to be written down
    return decision(context, plan(context))


def _is_to_be_noted(context: Context, action: Action) -> bool:
    return refusal(action) != context.noted or milestones(context) != context.milestones
