"""Suspends scaling while an endpoint drains: AWS deletes no endpoint that is Updating, and a change
of its instance count would make it so.

`suspend_scaling` belongs right after a drain is written down, `resume_scaling` before its end is.
Killed between any two calls, either can be done again.
"""

from lowtide.domain.errors import LowtideError
from lowtide.domain.lifecycle import Context, draining
from lowtide.domain.snapshot import Documents, Scaling, changed, to_resume, to_suspend
from lowtide.domain.wording import counted
from lowtide.workflows.reconciler.confirm_loss import save_if_confirmed
from lowtide.workflows.reconciler.take_snapshot import (
    snapshot_to_keep,
    variant_names,
    without_lowtides,
)
from lowtide.workflows.services import Services


def suspend_scaling(context: Context, services: Services) -> str:
    """Suspends every target that is saved; what changed since the snapshot is saved before."""
    saved = context.record.snapshot
    if saved is None:
        return "nothing is saved: scaling is left as it is"
    live = snapshot_to_keep(context, services)
    if changed(saved, live, context.endpoint.name):
        save_if_confirmed(live, context, services)
        saved = live
    return _change(to_suspend(_targets(context, services), saved), "suspended", services)


def resume_scaling(context: Context, services: Services) -> str:
    """Gives every target that Lowtide suspended its saved state back. Lowtide suspends nothing
    before a drain is written down."""
    if context.record.snapshot is None or not draining(context):
        return "nothing was suspended"
    return _change(targets_to_resume(context, services), "resumed", services)


def targets_to_resume(context: Context, services: Services) -> Documents:
    """The targets with what resumes them; none where Lowtide suspended nothing."""
    saved = context.record.snapshot
    if saved is None or not draining(context):
        return ()
    live = Scaling(_targets(context, services))
    own = without_lowtides(live, context, ())
    return to_resume(own.targets, saved, context.now)


def _targets(context: Context, services: Services) -> Documents:
    return services.scaling.targets(context.endpoint.name, variant_names(context, services))


def _change(changes: Documents, done: str, services: Services) -> str:
    refusals = services.scaling.change_targets(changes)
    if refusals:
        msg = f"scaling is not {done}: {'; '.join(refusals)}"
        raise LowtideError(msg)
    return f"{counted(changes, 'scalable target')} {done}"
