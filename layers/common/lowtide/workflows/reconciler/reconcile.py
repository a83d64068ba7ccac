"""The reconciler's work: one endpoint, at most one step, written down before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from lowtide.domain.duration import in_words
from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.observed import STACK_TAG
from lowtide.domain.errors import (
    AbsentError,
    BusyError,
    CapacityError,
    ChangedError,
    LowtideError,
    QuotaError,
)
from lowtide.domain.lifecycle.actions import (
    Action,
    ApplyScaling,
    BeginDrain,
    Create,
    Delete,
    EndDrain,
    Forget,
    LifecycleStep,
    Restore,
    Step,
    TakeSnapshot,
    Wait,
    is_step,
)
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.creation import configs_to_try
from lowtide.domain.lifecycle.plan import plan
from lowtide.domain.lifecycle.predicates import deadline, hold_lasts
from lowtide.domain.lifecycle.record import Record, complete, intend
from lowtide.domain.lifecycle.retries import Failure, Kind, with_another
from lowtide.domain.snapshot.summary import contents
from lowtide.domain.wording import counted
from lowtide.workflows.decision import Decision, decision
from lowtide.workflows.gather import gather, gather_unlisted
from lowtide.workflows.reconciler.apply_scaling import Outcome, apply_scaling
from lowtide.workflows.reconciler.confirm_loss import save
from lowtide.workflows.reconciler.deletion_limit import within_limit
from lowtide.workflows.reconciler.journal import (
    kept_until,
    note_done,
    note_failed,
    note_hold_begins,
    note_milestones,
    note_missed,
    note_refusal,
    note_sleep_begins,
)
from lowtide.workflows.reconciler.recheck import must_still_be_asked
from lowtide.workflows.reconciler.restore import restore
from lowtide.workflows.reconciler.suspend_scaling import resume_scaling, suspend_scaling
from lowtide.workflows.reconciler.take_snapshot import (
    no_longer_kept,
    save_what_changed,
    snapshot_to_keep,
)
from lowtide.workflows.services import Services

_KINDS: Mapping[type[LowtideError], Kind] = {
    CapacityError: Kind.CAPACITY,
    AbsentError: Kind.MISSING,
    QuotaError: Kind.QUOTA,
}


def reconcile_named(
    message: Mapping[str, str],
    endpoints: Iterable[ManagedEndpoint],
    services: Services,
    now: datetime,
) -> Decision:
    """The step that a message asks for; a step that failed is decided anew by the next minute."""
    name = message["endpoint"]
    managed = next((entry for entry in endpoints if entry.name == name), None)
    try:
        if managed is None:
            return _let_go(name, services, now)
        return reconcile(gather(managed, services, now), services)
    except LowtideError as error:
        return Decision(name, "Failed", str(error), failed=True)


def _let_go(name: str, services: Services, now: datetime) -> Decision:
    """One that left the file is left alone once nothing of it is held."""
    context = gather_unlisted(name, services.store.load(name), services, now)
    done = reconcile(context, services)
    if not hold_lasts(context):
        services.store.drop_hold(name)
    return done


def reconcile(context: Context, services: Services) -> Decision:
    """A step that AWS refuses for now is decided anew a minute later."""
    try:
        note_missed(context, services)
        note_milestones(context, services)
        action = _permitted(plan(context), context, services)
        note_refusal(action, context, services)
        if not is_step(action):
            return decision(context, action)
        return _carry_out(action, context, services)
    except BusyError as busy:
        return decision(context, Wait(f"AWS is busy: {busy}"))
    except ChangedError as changed:
        return decision(context, Wait(str(changed)))


def _permitted(action: Action, context: Context, services: Services) -> Action:
    """One that changed since it was saved is not deleted yet, and does not count for the limit."""
    if isinstance(action, Delete):
        try:
            save_what_changed(context, services)
        except LowtideError as error:
            note_failed("Delete", action.reason, error, context, services)
            raise
    return within_limit(action, context, services)


def _carry_out(step: Step, context: Context, services: Services) -> Decision:
    name, now, created_at = context.endpoint.name, context.now, context.endpoint.created_at
    intended = intend(context.record, step, created_at, now)
    kind = type(step).__name__
    intent = f"{kind}: {step.reason}"
    services.store.save_record(name, intended, intent, now)
    try:
        kept = kept_until(step, context, services)
        note_sleep_begins(step, kept, context, services)
        note_hold_begins(step, context, services)
        outcome = act(step, context, services)
    except LowtideError as error:
        note_failed(kind, step.reason, error, context, services)
        if isinstance(step, Create | Delete) and not isinstance(error, BusyError | ChangedError):
            record = _after_refusal(intended, step, error, context)
            services.store.save_record(name, record, "", now)  # it is known not to be done
        raise
    done = complete(intended, step, created_at, outcome.left_out)
    services.store.save_record(name, done, intent, now)
    note_done(step, outcome.said, kept, context, services)
    return decision(context, step)


def _after_refusal(
    intended: Record, step: Create | Delete, error: LowtideError, context: Context
) -> Record:
    """A creation that AWS refuses at once has failed like one that it gives up later."""
    kind, now = _KINDS.get(type(error)), context.now
    if kind is None or isinstance(step, Delete):
        return intended
    failure = Failure(at=now, of=now, kind=kind, why=str(error))
    failures = with_another(step.after, failure, configs_to_try(context))
    return replace(intended, failures=failures)


def act(step: Step, context: Context, services: Services) -> Outcome:
    """Changes AWS, or the table; says what came of it."""
    if isinstance(step, ApplyScaling):
        return apply_scaling(context, services)
    return Outcome(_move(step, context, services))


def _move(step: LifecycleStep, context: Context, services: Services) -> str:
    """A step on the way between asleep and awake."""
    name = context.endpoint.name
    match step:
        case Create(config_name=config_name):
            tags = _tags_to_create(context)
            saved = context.record.snapshot
            deployment = saved.deployment if saved else {}
            left_out = services.endpoints.create(name, config_name, tags, deployment)
            done = f"from {config_name}, with {counted(tags, 'tag')}"
            return f"{done}, {left_out}" if left_out else done
        case Restore():
            return restore(context, services)
        case TakeSnapshot():
            snapshot = snapshot_to_keep(context, services)
            save(snapshot, context, services)
            return "; ".join((contents(snapshot), *no_longer_kept(context, services)))
        case Delete():
            must_still_be_asked(context, services)
            services.endpoints.delete(name)
            return "everything is saved"
        case BeginDrain():
            done, left = suspend_scaling(context, services), deadline(context) - context.now
            return f"{done}; open streams may last for another {in_words(left)}"
        case EndDrain():
            return f"kept; {resume_scaling(context, services)}"
        case Forget():
            return "the next wake begins anew"
        case _:
            assert_never(step)


def _tags_to_create(context: Context) -> dict[str, str]:
    snapshot = context.record.snapshot
    saved = dict(snapshot.tags) if snapshot else {}
    return saved | {STACK_TAG: context.stack}
