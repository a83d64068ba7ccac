"""Asks of every endpoint whether it needs a step, and queues those that do."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

from lowtide.adapters.sqs import StepsQueue
from lowtide.domain.endpoint import ManagedEndpoint
from lowtide.domain.errors import LowtideError
from lowtide.domain.lifecycle import is_step, plan, timestamps
from lowtide.domain.sharding import rotated
from lowtide.workflows.decision import Decision, approve, decision_for, why_blocked
from lowtide.workflows.gather import gather, gather_unlisted
from lowtide.workflows.services import Services


def tick(
    endpoints: Iterable[ManagedEndpoint],
    services: Services,
    queue: StepsQueue,
    now: datetime,
    cause: str,
    only: str | None = None,
) -> tuple[Decision, ...]:
    """Of the endpoint `only`; without one of all, and of those that left the file."""
    by_name = {managed.name: managed for managed in endpoints if only in (None, managed.name)}

    def decide(name: str) -> Decision:
        return _decide(by_name[name], services, queue, now, cause)

    decisions = _decide_each(list(by_name), decide, services, now)
    return decisions if only else decisions + _tick_unlisted(by_name, services, queue, now, cause)


def _tick_unlisted(
    listed: Collection[str],
    services: Services,
    queue: StepsQueue,
    now: datetime,
    cause: str,
) -> tuple[Decision, ...]:
    """Endpoints that left the file while their scaling was suspended by Lowtide."""
    try:
        left = services.store.suspended().difference(listed)
    except LowtideError as error:
        why = f"it is not known whether scaling is suspended of one that left the file: {error}"
        return (Decision("#held", "Unknown", why, failed=True),)

    def decide(name: str) -> Decision:
        context = gather_unlisted(name, services.store.load(name), services, now)
        queue.send(name, cause)  # also where scaling is not suspended any more: to unmark it
        return decision_for(context, plan(context))

    return _decide_each(sorted(left), decide, services, now)


def _decide_each(
    names: Sequence[str], decide: Callable[[str], Decision], services: Services, now: datetime
) -> tuple[Decision, ...]:
    """One that fails, or does not answer in time, costs only itself."""

    def decide_or_say_why_not(name: str) -> Decision:
        try:
            return decide(name)
        except Exception as error:  # whatever it is, the other endpoints must not wait for it
            return _undecided(name, error)

    row = rotated(names, now)
    results = services.each(decide_or_say_why_not, row)
    return tuple(
        result if isinstance(result, Decision) else _undecided(name, result)
        for name, result in zip(row, results, strict=True)
    )


def _undecided(name: str, error: Exception) -> Decision:
    return Decision(name, "Unknown", f"{type(error).__name__}: {error}", failed=True)


def _decide(
    managed: ManagedEndpoint, services: Services, queue: StepsQueue, now: datetime, cause: str
) -> Decision:
    context = gather(managed, services, now)
    action = approve(plan(context), context, services)
    to_write_down = (why_blocked(action), timestamps(context))
    if is_step(action) or to_write_down != (context.blocked, context.timestamps):
        queue.send(managed.name, cause)
    return decision_for(context, action)
