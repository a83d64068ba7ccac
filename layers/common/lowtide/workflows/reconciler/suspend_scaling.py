"""Scaling stands still while an endpoint drains: a change of its count would hold its delete up.

`hold` belongs right after a drain is written down, `release` before its end is: killed between any
two calls, either can be done again.
"""

from lowtide.domain.errors import LowtideError
from lowtide.domain.lifecycle.context import Situation
from lowtide.domain.lifecycle.predicates import draining
from lowtide.domain.snapshot.restore import changed
from lowtide.domain.snapshot.snapshot import Documents, Snapshot
from lowtide.domain.snapshot.suspension import to_hold, to_release
from lowtide.domain.wording import counted
from lowtide.workflows.reconciler.confirm_loss import save
from lowtide.workflows.reconciler.take_snapshot import snapshot_to_keep, variant_names
from lowtide.workflows.services import World


def hold(situation: Situation, world: World) -> str:
    """Suspends what is not suspended; what its owner changed since it was saved is saved first."""
    if situation.record.snapshot is None:
        return "nothing is saved: scaling is left as it is"
    saved = _saved_anew(situation, world, situation.record.snapshot)
    return _change(to_hold(_targets(situation, world), saved), "held", world)


def release(situation: Situation, world: World) -> str:
    """Its owner's own state again, where nobody has changed what `hold` left. Before a drain is
    written down nothing is Lowtide's."""
    saved = situation.record.snapshot
    if saved is None or not draining(situation):
        return "nothing was held"
    held = to_release(_targets(situation, world), saved, situation.now)
    return _change(held, "released", world)


def _targets(situation: Situation, world: World) -> Documents:
    return world.scaling.targets(situation.endpoint.name, variant_names(situation, world))


def _saved_anew(situation: Situation, world: World, saved: Snapshot) -> Snapshot:
    kept = snapshot_to_keep(situation, world)
    if not changed(saved, kept, situation.endpoint.name):
        return saved
    save(kept, situation, world)
    return kept


def _change(changes: Documents, done: str, world: World) -> str:
    refusals = world.scaling.change_targets(changes)
    if refusals:
        msg = f"scaling is not {done}: {'; '.join(refusals)}"
        raise LowtideError(msg)
    return f"{counted(changes, 'scalable target')} {done}"
