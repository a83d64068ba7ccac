"""Applies the scaling of the file to an endpoint in service, and verifies that it is there."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lowtide.domain.errors import LowtideError
from lowtide.domain.lifecycle import ApplyScaling, Context, restore_pending
from lowtide.domain.scaling import (
    AppliedScaling,
    ScalingDiff,
    Types,
    alarm_name,
    desired_documents,
    diff,
)
from lowtide.domain.snapshot import (
    Scaling,
    absent,
    by_kind,
    for_current_config,
    label,
    variant_of,
    without_foreign_actions,
)
from lowtide.domain.wording import counted
from lowtide.workflows.services import Services


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a step; `left_out` is what no later minute will do either, and why."""

    description: str
    left_out: str = ""


def apply_scaling(step: ApplyScaling, context: Context, services: Services) -> Outcome:
    """Changes only what differs; raises LowtideError while anything does."""
    types = _types(step, context, services)
    before = _diff(step, context, types, services)
    refused = (
        *services.scaling.remove(before.remove),
        *services.scaling.change_targets(before.ranges),
        *services.scaling.put(context.endpoint.name, before.put, context.now),
    )
    after = _diff(step, context, types, services) if any(before.described()) else before
    differing = (*refused, *after.described())
    if differing:
        if not (after.ranges or after.put.targets):
            _save_range(after, step, context, services)
        msg = f"the scaling of the file is not all there: {'; '.join(differing)}"
        raise LowtideError(msg)
    return Outcome("; ".join(_done(before)), "; ".join(before.left_out))


def _save_range(
    after: ScalingDiff, step: ApplyScaling, context: Context, services: Services
) -> None:
    """Remembers which variants have the file's range, though a policy is refused: it is not put on
    them again, so that what scheduled actions and people make of it stays."""
    applied = (context.record.applied or AppliedScaling()).unverified()
    ranged = (name for name in step.variants if name not in after.waiting)
    applied = applied.with_range(step.range, ranged)
    record = replace(context.record, applied=applied, restored_last=False)
    services.store.save_record(context.endpoint.name, record, None, context.now)


def _types(step: ApplyScaling, context: Context, services: Services) -> Types:
    """No types for any variant where the configuration is gone: nothing asks for them then, or the
    step would have been blocked."""
    bare: Types = dict.fromkeys(step.variants, ())
    config = services.endpoints.config(context.endpoint.config_name)
    return config.types if config.exists else bare


def _diff(step: ApplyScaling, context: Context, types: Types, services: Services) -> ScalingDiff:
    """While a restore is pending, a variant waits for its saved target before it gets the file's
    scaling."""
    name, variants = context.endpoint.name, step.variants
    alarms = {variant: alarm_name(name, variant) for variant in variants}
    live = without_foreign_actions(
        services.scaling.read(name, variants, list(alarms.values())), name
    )
    unrestored = _unrestored(live, step, context)
    waiting = sorted({variant_of(target["ResourceId"]) for target in unrestored.targets})
    types = {variant: of for variant, of in types.items() if variant not in waiting}
    applied = context.record.applied or AppliedScaling()
    found = diff(
        desired_documents(context.managed, types),
        live,
        [alarm for variant, alarm in alarms.items() if variant not in waiting],
        ranged=applied.variants if applied.range == step.range else (),
        unrestored=unrestored.policies,
    )
    return replace(found, waiting=tuple(waiting))


def _unrestored(live: Scaling, step: ApplyScaling, context: Context) -> Scaling:
    """What was saved and is not back yet; nothing where the file asks for no scaling, so that
    Lowtide's own can be removed at once."""
    saved = context.record.snapshot
    if saved is None or context.managed.scaling is None or not restore_pending(context):
        return Scaling()
    saved = for_current_config(saved, context.endpoint.name, step.variants)
    return by_kind(absent, saved.scaling, live)


def _done(before: ScalingDiff) -> Iterator[str]:
    put, removed = before.put, before.remove
    if not any(before.described()):
        yield "everything was there"
    if put.targets:
        yield f"{counted(put.targets, 'scalable target')} registered"
    if before.ranges:
        yield f"{counted(before.ranges, 'scalable target')} given its range"
    yield from (f"{label(document)} put" for document in (*put.policies, *put.alarms))
    yield from (f"{label(document)} removed" for document in (*removed.policies, *removed.alarms))
    yield from before.left_out
