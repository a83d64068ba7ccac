"""The reconciler's work: one endpoint, at most one step, written down before and after."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import assert_never

from lowtide.domain.duration import in_words
from lowtide.domain.endpoint import STACK_TAG, ManagedEndpoint
from lowtide.domain.errors import BusyError, ChangedError, LowtideError
from lowtide.domain.lifecycle import (
    Action,
    ApplyScaling,
    BeginDrain,
    Context,
    Create,
    Delete,
    EndDrain,
    ResetRetries,
    Restore,
    Step,
    TakeSnapshot,
    Wait,
    deadline,
    is_step,
    plan,
    suspension_lasts,
)
from lowtide.domain.snapshot import Snapshot, contents
from lowtide.domain.wording import counted
from lowtide.workflows.decision import Decision, approve, decision_for
from lowtide.workflows.gather import gather, gather_unlisted
from lowtide.workflows.reconciler import journal
from lowtide.workflows.reconciler.apply_scaling import Outcome, apply_scaling
from lowtide.workflows.reconciler.confirm_loss import save_if_confirmed
from lowtide.workflows.reconciler.deletion import check_and_claim_deletion, delete
from lowtide.workflows.reconciler.restore import restore
from lowtide.workflows.reconciler.suspend_scaling import (
    check_end_of_drain,
    resume_scaling,
    suspend_scaling,
)
from lowtide.workflows.reconciler.take_snapshot import no_longer_kept, snapshot_to_keep
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
    managed = next((entry for entry in endpoints if entry.name == name), None)
    try:
        return _gather_and_reconcile(name, managed, services, now)
    except LowtideError as error:
        return Decision(name, "Failed", str(error), failed=True)
    except Exception as error:
        return Decision(name, "Failed", f"{type(error).__name__}: {error}", failed=True)


def _gather_and_reconcile(
    name: str, managed: ManagedEndpoint | None, services: Services, now: datetime
) -> Decision:
    """Whatever comes of it, the scheduler must read what is stored anew."""
    try:
        if managed is None:
            return _reconcile_unlisted(name, services, now)
        return reconcile(gather(managed, services, now), services)
    finally:
        services.store.mark_changed(name)


def _reconcile_unlisted(name: str, services: Services, now: datetime) -> Decision:
    """An endpoint that left the file is left alone once its scaling is not suspended any more."""
    context = gather_unlisted(name, services.store.load(name), services, now)
    decided = reconcile(context, services)
    if not suspension_lasts(context):
        services.store.unmark_suspended(name)
    return decided


def reconcile(context: Context, services: Services) -> Decision:
    """Takes at most one step. Where AWS is busy, or the endpoint has changed since it was read, the
    decision is to wait for the next minute."""
    try:
        action = _plan_approve_and_act(context, services)
    except BusyError as busy:
        action = Wait(f"AWS is busy: {busy}")
    except ChangedError as changed:
        action = Wait(str(changed))
    return decision_for(context, action)


def _plan_approve_and_act(context: Context, services: Services) -> Action:
    journal.catch_up(context, services)
    action = approve(plan(context), context, services)
    read = cache(lambda: snapshot_to_keep(context, services))
    if isinstance(action, TakeSnapshot | Delete):
        action = check_and_claim_deletion(action, read, context, services)
    if isinstance(action, EndDrain):
        action = check_end_of_drain(action, context, services)
    journal.note_blocked(action, context, services)
    if is_step(action):
        _take(action, read, context, services)
    return action


def _take(step: Step, read: Callable[[], Snapshot], context: Context, services: Services) -> None:
    attempt = journal.begin(step, context, services)
    try:
        outcome = act(step, read, context, services)
    except Exception as error:
        journal.fail(attempt, error, context, services)
        raise
    journal.finish(attempt, outcome, context, services)


def act(  # noqa: C901 - one case for each step
    step: Step, read: Callable[[], Snapshot], context: Context, services: Services
) -> Outcome:
    """Changes AWS, or the table; returns what came of it. `read` returns the snapshot to keep, as
    the last checks have seen it."""
    match step:
        case ApplyScaling():
            return apply_scaling(context, services)
        case Create(config_name=config_name):
            return Outcome(_create(config_name, context, services))
        case Restore():
            return Outcome(restore(context, services))
        case TakeSnapshot():
            snapshot = read()
            save_if_confirmed(snapshot, context, services)
            return Outcome("; ".join((contents(snapshot), *no_longer_kept(context, services))))
        case Delete():
            return Outcome(delete(context, services))
        case BeginDrain():
            done, left = suspend_scaling(context, services), deadline(context) - context.now
            return Outcome(f"{done}; open streams may last for another {in_words(left)}")
        case EndDrain():
            return Outcome(f"delete cancelled; {resume_scaling(context, services)}")
        case ResetRetries():
            return Outcome("the next wake begins anew")
        case _:
            assert_never(step)


def _create(config_name: str, context: Context, services: Services) -> str:
    """Without tags of AWS's own, which a writer of the table may have added: AWS refuses them."""
    snapshot = context.record.snapshot
    saved = snapshot.tags if snapshot else {}
    own = {key: value for key, value in saved.items() if not key.lower().startswith("aws:")}
    tags = own | {STACK_TAG: context.stack}
    deployment = snapshot.deployment if snapshot else {}
    left_out = services.endpoints.create(context.endpoint.name, config_name, tags, deployment)
    return f"from {config_name}, {left_out or f'with {counted(tags, "tag")}'}"
