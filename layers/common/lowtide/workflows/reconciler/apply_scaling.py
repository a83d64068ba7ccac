"""The scaling of the file, put on an endpoint in service and proven to be there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lowtide.domain.endpoint.scaling_policy import Range
from lowtide.domain.errors import LowtideError
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.predicates import restore_pending
from lowtide.domain.scaling.desired import Types, alarm_name, documents
from lowtide.domain.scaling.diff import AppliedScaling, Todo, todo
from lowtide.domain.snapshot.absent_variants import here
from lowtide.domain.snapshot.policy_reference import variant_of
from lowtide.domain.snapshot.restore import own_scaling
from lowtide.domain.snapshot.snapshot import Scaling, absent, by_kind, label
from lowtide.domain.wording import counted
from lowtide.workflows.services import Services


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a step; `left_out` is what no later minute will do either, and why."""

    said: str
    left_out: str = ""


def apply_scaling(context: Context, services: Services) -> Outcome:
    """Changes only what differs; done only when a read-back shows that nothing does."""
    first = _todo(context, services)
    refused = (
        *services.scaling.remove(first.remove),
        *services.scaling.change_targets(first.ranges),
        *services.scaling.put(context.endpoint.name, first.put, context.now),
    )
    after = _todo(context, services) if tuple(first.said()) else first
    left = tuple(after.said())
    if refused or left:
        if not (after.ranges or after.put.targets):
            _note_range(after, context, services)
        msg = f"the scaling of the file is not all there: {'; '.join((*refused, *left))}"
        raise LowtideError(msg)
    return Outcome("; ".join(_done(first)), "; ".join(first.left_out))


def _note_range(after: Todo, context: Context, services: Services) -> None:
    """Also where a policy is refused: the range is not put again on a variant that has it, so that
    what scheduled actions and people make of it stays."""
    before = (context.record.applied or AppliedScaling()).unproven()
    ranged = (name for name in _variants(context) if name not in after.waiting)
    applied = before.with_range(_range(context), ranged)
    record = replace(context.record, applied=applied, restored_last=False)
    services.store.save_record(context.endpoint.name, record, None, context.now)


def _types(context: Context, services: Services) -> Types:
    """No types for any variant where the configuration is gone: nothing asks for them then, or the
    step would have been refused."""
    bare: Types = dict.fromkeys(_variants(context), ())
    types = services.endpoints.types(context.endpoint.config_name)
    return bare if types is None else types


def _todo(context: Context, services: Services) -> Todo:
    """While a restore is pending, what it owes to a variant comes before what the file asks."""
    name, variants = context.endpoint.name, _variants(context)
    live = _live(name, variants, services)
    owed = _owed(live, context)
    waiting = {variant_of(target["ResourceId"]) for target in owed.targets}
    ready = [variant for variant in variants if variant not in waiting]
    types = {v: of for v, of in _types(context, services).items() if v not in waiting}
    applied = context.record.applied or AppliedScaling()
    found = todo(
        documents(context.managed, types),
        live,
        [alarm_name(name, variant) for variant in ready],
        ranged=applied.variants if applied.range == _range(context) else (),
        owed=owed.policies,
    )
    return replace(found, waiting=tuple(sorted(waiting)))


def _live(name: str, variants: Sequence[str], services: Services) -> Scaling:
    """Actions of other endpoints stay on an alarm, and are no difference to what the file asks."""
    found = services.scaling.read(name, variants, [alarm_name(name, v) for v in variants])
    return own_scaling(found, name)


def _owed(live: Scaling, context: Context) -> Scaling:
    """Nothing of it stands in the way of removing what is Lowtide's own."""
    saved = context.record.snapshot
    if saved is None or context.managed.scaling is None or not restore_pending(context):
        return Scaling()
    owed = here(saved, context.endpoint.name, _variants(context))
    return by_kind(absent, owed.scaling, live)


def _variants(context: Context) -> list[str]:
    return [variant.name for variant in context.endpoint.variants]


def _range(context: Context) -> Range | None:
    scaling = context.managed.scaling
    return scaling.range if scaling else None


def _done(first: Todo) -> list[str]:
    put, removed = first.put, first.remove
    told = [
        f"{counted(targets, 'scalable target')} {what}"
        for targets, what in ((put.targets, "registered"), (first.ranges, "given its range"))
        if targets
    ]
    told += [f"{label(document)} put" for document in (*put.policies, *put.alarms)]
    told += [f"{label(document)} removed" for document in (*removed.policies, *removed.alarms)]
    return [*(told or ["everything was there"]), *first.left_out]
