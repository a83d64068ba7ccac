"""The reconciler's work: one endpoint, at most one step, written down before and after."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import assert_never

from lowtide.domain.duration import in_words
from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.observed import STACK_TAG
from lowtide.domain.errors import BusyError, ChangedError, LowtideError
from lowtide.domain.lifecycle.actions import (
    Action,
    ApplyScaling,
    BeginDrain,
    Create,
    Delete,
    EndDrain,
    LifecycleStep,
    ResetRetries,
    Restore,
    Step,
    TakeSnapshot,
    Wait,
    is_step,
)
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.plan import plan
from lowtide.domain.lifecycle.predicates import deadline, suspension_lasts
from lowtide.domain.snapshot.summary import contents
from lowtide.domain.wording import counted
from lowtide.workflows.decision import Decision, approve, decision
from lowtide.workflows.gather import gather, gather_unlisted
from lowtide.workflows.reconciler import journal
from lowtide.workflows.reconciler.apply_scaling import Outcome, apply_scaling
from lowtide.workflows.reconciler.confirm_loss import save
from lowtide.workflows.reconciler.deletion import delete, last_checks
from lowtide.workflows.reconciler.restore import restore
from lowtide.workflows.reconciler.suspend_scaling import resume_scaling, suspend_scaling
from lowtide.workflows.reconciler.take_snapshot import no_longer_kept, snapshot_to_keep
from lowtide.workflows.services import Services


def reconcile_named(
    message: Mapping[str, str],
    endpoints: Iterable[ManagedEndpoint],
    services: Services,
    now: datetime,
) -> Decision:
    """Takes the step that a message asks for. A step that failed is decided anew a minute later."""
    name = message["endpoint"]
    managed = next((entry for entry in endpoints if entry.name == name), None)
    try:
        if managed is None:
            return _reconcile_unlisted(name, services, now)
        return reconcile_or_wait(gather(managed, services, now), services)
    except LowtideError as error:
        return Decision(name, "Failed", str(error), failed=True)


def _reconcile_unlisted(name: str, services: Services, now: datetime) -> Decision:
    """An endpoint that left the file is left alone once its scaling is not suspended any more."""
    context = gather_unlisted(name, services.store.load(name), services, now)
    done = reconcile_or_wait(context, services)
    if not suspension_lasts(context):
        services.store.unmark_suspended(name)
    return done


def reconcile_or_wait(context: Context, services: Services) -> Decision:
    try:
        return reconcile(context, services)
    except BusyError as busy:
        return decision(context, Wait(f"AWS is busy: {busy}"))
    except ChangedError as changed:
        return decision(context, Wait(str(changed)))


def reconcile(context: Context, services: Services) -> Decision:
    """Plans, approves, writes down, takes and completes at most one step."""
    journal.catch_up(context, services)
    action = approve(plan(context), context, services)
    action = _last_checks(action, context, services)
    journal.note_blocked(action, context, services)
    if not is_step(action):
        return decision(context, action)
    attempt = journal.begin(action, context, services)
    try:
        outcome = act(action, context, services)
    except LowtideError as error:
        journal.fail(attempt, error, context, services)
        raise
    journal.finish(attempt, outcome, context, services)
    return decision(context, action)


def _last_checks(action: Action, context: Context, services: Services) -> Action:
    if not isinstance(action, TakeSnapshot | Delete):
        return action
    try:
        return last_checks(action, context, services)
    except LowtideError as error:
        journal.note_failure(action, error, context, services)
        raise


def act(step: Step, context: Context, services: Services) -> Outcome:
    """Changes AWS, or the table; returns what came of it."""
    if isinstance(step, ApplyScaling):
        return apply_scaling(context, services)
    return Outcome(_act(step, context, services))


def _act(step: LifecycleStep, context: Context, services: Services) -> str:
    match step:
        case Create(config_name=config_name):
            return _create(config_name, context, services)
        case Restore():
            return restore(context, services)
        case TakeSnapshot():
            snapshot = snapshot_to_keep(context, services)
            save(snapshot, context, services)
            return "; ".join((contents(snapshot), *no_longer_kept(context, services)))
        case Delete():
            return delete(context, services)
        case BeginDrain():
            done, left = suspend_scaling(context, services), deadline(context) - context.now
            return f"{done}; open streams may last for another {in_words(left)}"
        case EndDrain():
            return f"kept; {resume_scaling(context, services)}"
        case ResetRetries():
            return "the next wake begins anew"
        case _:
            assert_never(step)


def _create(config_name: str, context: Context, services: Services) -> str:
    snapshot = context.record.snapshot
    tags = (dict(snapshot.tags) if snapshot else {}) | {STACK_TAG: context.stack}
    deployment = snapshot.deployment if snapshot else {}
    left_out = services.endpoints.create(context.endpoint.name, config_name, tags, deployment)
    done = f"from {config_name}, with {counted(tags, 'tag')}"
    return f"{done}, {left_out}" if left_out else done
