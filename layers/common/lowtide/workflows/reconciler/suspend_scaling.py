"""Scaling stands still while an endpoint drains: a change of its count would hold its delete up.

`hold` belongs right after a drain is written down, `release` before its end is: killed between any
two calls, either can be done again.
"""

from lowtide.domain.errors import LowtideError
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.predicates import draining
from lowtide.domain.snapshot.restore import changed
from lowtide.domain.snapshot.snapshot import Documents, Snapshot
from lowtide.domain.snapshot.suspension import to_hold, to_release
from lowtide.domain.wording import counted
from lowtide.workflows.reconciler.confirm_loss import save
from lowtide.workflows.reconciler.take_snapshot import snapshot_to_keep, variant_names
from lowtide.workflows.services import Services


def hold(context: Context, services: Services) -> str:
    """Suspends what is not suspended; what its owner changed since it was saved is saved first."""
    if context.record.snapshot is None:
        return "nothing is saved: scaling is left as it is"
    saved = _saved_anew(context, services, context.record.snapshot)
    return _change(to_hold(_targets(context, services), saved), "held", services)


def release(context: Context, services: Services) -> str:
    """Its owner's own state again, where nobody has changed what `hold` left. Before a drain is
    written down nothing is Lowtide's."""
    saved = context.record.snapshot
    if saved is None or not draining(context):
        return "nothing was held"
    held = to_release(_targets(context, services), saved, context.now)
    return _change(held, "released", services)


def _targets(context: Context, services: Services) -> Documents:
    return services.scaling.targets(context.endpoint.name, variant_names(context, services))


def _saved_anew(context: Context, services: Services, saved: Snapshot) -> Snapshot:
    kept = snapshot_to_keep(context, services)
    if not changed(saved, kept, context.endpoint.name):
        return saved
    save(kept, context, services)
    return kept


def _change(changes: Documents, done: str, services: Services) -> str:
    refusals = services.scaling.change_targets(changes)
    if refusals:
        msg = f"scaling is not {done}: {'; '.join(refusals)}"
        raise LowtideError(msg)
    return f"{counted(changes, 'scalable target')} {done}"
