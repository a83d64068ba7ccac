"""What each step does: it changes AWS, or the table."""

from collections.abc import Callable
from typing import assert_never

from lowtide.domain.duration import in_words
from lowtide.domain.endpoint import STACK_TAG
from lowtide.domain.errors import ChangedError
from lowtide.domain.lifecycle import (
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
    deadline,
)
from lowtide.domain.snapshot import Snapshot, contents
from lowtide.domain.wording import counted
from lowtide.workflows.reconciler.apply_scaling import Outcome, apply_scaling
from lowtide.workflows.reconciler.confirm_loss import save_if_confirmed
from lowtide.workflows.reconciler.restore import restore
from lowtide.workflows.reconciler.suspend_scaling import resume_scaling, suspend_scaling
from lowtide.workflows.reconciler.take_snapshot import no_longer_kept
from lowtide.workflows.services import Services


def act(  # noqa: C901 - one case for each step
    step: Step, snapshot: Callable[[], Snapshot], context: Context, services: Services
) -> Outcome:
    """Takes the step; returns what came of it. `snapshot` returns the one to keep, as the last
    check has seen it."""
    match step:
        case ApplyScaling():
            return apply_scaling(step, context, services)
        case Create(config_name=config_name):
            return Outcome(_create(config_name, context, services))
        case Restore():
            return Outcome(restore(context, services))
        case TakeSnapshot():
            save_if_confirmed(snapshot(), context, services)
            return Outcome("; ".join((contents(snapshot()), *no_longer_kept(context, services))))
        case Delete():
            return Outcome(_delete(context, services))
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


def _delete(context: Context, services: Services) -> str:
    """Reads once more what people asked for, since the checks may have taken a minute where AWS
    throttles: a person who was answered in that time must not find the endpoint deleted."""
    stored = services.store.load(context.endpoint.name)
    decided_on = context.paused, context.override, context.asked
    if (stored.paused_at(context.now), stored.override, stored.asked) != decided_on:
        msg = "a person asked for something else meanwhile"
        raise ChangedError(msg)
    services.endpoints.delete(context.endpoint.name)
    return "everything is saved"
