"""The reconciler's work: one endpoint, at most one step, written down before and after."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache

from lowtide.domain.endpoint import ManagedEndpoint
from lowtide.domain.errors import BusyError, ChangedError, LowtideError
from lowtide.domain.lifecycle import Wait, is_step, plan
from lowtide.workflows.decision import Decision, approve, decision_for
from lowtide.workflows.gather import load
from lowtide.workflows.reconciler import journal
from lowtide.workflows.reconciler.act import act
from lowtide.workflows.reconciler.last_check import last_check
from lowtide.workflows.reconciler.take_snapshot import snapshot_to_keep
from lowtide.workflows.services import Services


def reconcile_named(
    message: Mapping[str, str],
    endpoints: Iterable[ManagedEndpoint],
    services: Services,
    now: datetime,
) -> Decision:
    """Takes the step that a message asks for. A step that failed is decided anew a minute later,
    whatever the error is: what is stored of one endpoint may be damaged in unforeseen ways."""
    name = message["endpoint"]
    try:
        return reconcile(name, endpoints, services, now)
    except LowtideError as error:
        return Decision(name, "Failed", str(error), failed=True)
    except Exception as error:
        return Decision(name, "Failed", f"{type(error).__name__}: {error}", failed=True)
    finally:  # whatever comes of it, the scheduler must read anew what is stored
        services.store.mark_changed(name)


def reconcile(
    name: str, endpoints: Iterable[ManagedEndpoint], services: Services, now: datetime
) -> Decision:
    """Takes at most one step. Where AWS is busy, or the endpoint has changed since it was read, the
    decision is to wait for the next minute."""
    context = load(name, endpoints, services, now)
    snapshot = cache(lambda: snapshot_to_keep(context, services))  # read at most once
    try:
        journal.catch_up(context, services)
        action = approve(plan(context), context, services)
        action = last_check(action, snapshot, context, services)
        journal.note_blocked(action, context, services)
        if is_step(action):
            attempt = journal.begin(action, context, services)
            try:
                outcome = act(action, snapshot, context, services)
            except Exception as error:
                journal.fail(attempt, error, context, services)
                raise
            journal.finish(attempt, outcome, context, services)
    except BusyError as busy:
        action = Wait(f"AWS is busy: {busy}")
    except ChangedError as changed:
        action = Wait(str(changed))
    return decision_for(context, action)
