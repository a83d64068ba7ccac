"""Asks of every endpoint whether it needs a step, and queues those that do."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

from lowtide.adapters.sqs import StepsQueue
from lowtide.domain.endpoint import ManagedEndpoint, is_valid_name
from lowtide.domain.errors import LowtideError, UnreachableError
from lowtide.domain.lifecycle import Action, Context, is_step, plan, timestamps
from lowtide.domain.sharding import rotated
from lowtide.workflows.decision import Decision, approve, decision_for, why_blocked
from lowtide.workflows.gather import context_of, gather_unlisted, read_state
from lowtide.workflows.services import Services
from lowtide.workflows.state_cache import Changes

# What a decision is about that is about no single endpoint.
_CHANGES, _UNLISTED = "what has changed", "endpoints that left the file"


def tick(
    endpoints: Iterable[ManagedEndpoint],
    services: Services,
    queue: StepsQueue,
    now: datetime,
    cause: str,
    only: str | None = None,
) -> tuple[Decision, ...]:
    """Of the endpoint `only`, which has just changed; without one of all, and of those that left
    the file."""
    by_name = {managed.name: managed for managed in endpoints if only in (None, managed.name)}

    changes, failed = (None, ()) if only or not by_name else _changes(len(by_name), services)

    def decide(name: str) -> Decision:
        return _decide(by_name[name], changes, services, queue, now, cause)

    decisions = _decide_each(list(by_name), decide, services, now)
    unlisted = () if only else _tick_unlisted(by_name, services, queue, now, cause)
    return (*decisions, *unlisted, *failed)


def _changes(endpoints: int, services: Services) -> tuple[Changes | None, tuple[Decision, ...]]:
    """None where it is not known what has changed: then each endpoint is read."""

    def read(most_pages: int) -> Changes | None:
        versions = services.endpoints.versions(most_pages)
        return None if versions is None else Changes(versions, services.store.changes())

    try:
        (changes,) = services.each(read, [endpoints])
    except Exception as error:  # whatever it is, the endpoints can be decided without
        return None, (_undecided(_CHANGES, error),)
    if isinstance(changes, UnreachableError):
        return None, (_undecided(_CHANGES, changes),)
    return changes, ()


def _tick_unlisted(
    listed: Collection[str],
    services: Services,
    queue: StepsQueue,
    now: datetime,
    cause: str,
) -> tuple[Decision, ...]:
    """Endpoints that left the file while their scaling was suspended by Lowtide. A mark may have
    been written by hand: what names no endpoint is left out."""
    try:
        left = set(filter(is_valid_name, services.store.suspended())).difference(listed)
    except LowtideError as error:
        why = f"it is not known whether scaling is suspended of one that left the file: {error}"
        return (Decision(_UNLISTED, "Unknown", why, failed=True),)

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
    managed: ManagedEndpoint,
    changes: Changes | None,
    services: Services,
    queue: StepsQueue,
    now: datetime,
    cause: str,
) -> Decision:
    """What was kept of it decides only where nothing has changed and nothing is to be done."""
    name = managed.name
    if changes and (kept := services.state_cache.unchanged(name, changes, now)):
        context = context_of(managed, *kept, services, now)
        action = plan(context)
        if not _is_to_be_done(action, context):
            return decision_for(context, action)
    stored, endpoint = read_state(name, services)
    if changes:
        services.state_cache.keep(stored, endpoint, changes)
    context = context_of(managed, stored, endpoint, services, now)
    action = approve(plan(context), context, services)
    if _is_to_be_done(action, context):
        queue.send(name, cause)
    return decision_for(context, action)


def _is_to_be_done(action: Action, context: Context) -> bool:
    """A step, or something to write down."""
    to_write_down = (why_blocked(action), timestamps(context))
    return is_step(action) or to_write_down != (context.blocked, context.timestamps)
