"""Puts back what a new endpoint lacks of what was saved, and verifies by reading that it is there.

A step of one minute may put back a part, or raise: the next minute goes on with what is missing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lowtide.domain.errors import AwsError, BusyError, LowtideError
from lowtide.domain.lifecycle import Context
from lowtide.domain.snapshot import (
    Document,
    Documents,
    Snapshot,
    changed_since,
    changes,
    completed,
    contents,
    counts_to_put,
    for_current_config,
    label,
    left_out,
    missed_range_changes,
    missing_from,
    taken_over,
    to_restore,
    weights_to_put,
    without_foreign_actions,
)
from lowtide.workflows.reconciler.take_snapshot import (
    take_snapshot,
    variant_names,
    without_lowtides,
)
from lowtide.workflows.services import Services


def restore(context: Context, services: Services) -> str:
    """Returns what was restored, in words; raises LowtideError while anything is missing."""
    if context.record.snapshot is None:
        return "nothing was saved"
    saved = _saved_for_this_config(context.record.snapshot, context, services)
    wanted = to_restore(saved, context.now)
    live = _read(wanted, context, services)
    wanted, others = _without_taken_over(wanted, live, context)
    refused = others + _put_policy(wanted, live, context, services)
    refused += _put_variants(weights_to_put(wanted.variants, live.variants), context, services)
    refused += _put_missed_ranges(live, saved, context, services)
    lacking = changes(live.scaling, completed(live.scaling, wanted.scaling))
    refused += services.scaling.put(context.endpoint.name, lacking, context.now)
    restored = _read(wanted, context, services)
    missing = missing_from(restored, lacking)
    if wanted.resource_policy and not restored.resource_policy:
        missing += ("the resource policy is not there yet",)
    _verify_nothing_is_missing((*refused, *missing))
    counts = counts_to_put(wanted.variants, restored.variants, restored.scaling.targets)
    _verify_nothing_is_missing(_put_variants(counts, context, services))
    return "; ".join(_outcome(saved, wanted, restored, context, services))


def _saved_for_this_config(saved: Snapshot, context: Context, services: Services) -> Snapshot:
    """What this endpoint can have, without policies of Lowtide's names: an old snapshot may have
    some, and those that the file asks for are put later. Of a shared alarm only the own actions:
    those of other endpoints are on the alarm, or their own restore puts them."""
    variants = variant_names(context, services)
    part = for_current_config(saved, context.endpoint.name, variants)
    own = without_foreign_actions(part.scaling, context.endpoint.name)
    return replace(part, scaling=without_lowtides(own, context, variants))


def _read(wanted: Snapshot, context: Context, services: Services) -> Snapshot:
    """What the endpoint has, and the alarms that are wanted: they may trigger no policy now."""
    alarms = [str(alarm["AlarmName"]) for alarm in wanted.scaling.alarms]
    live = take_snapshot(context, services, alarms)
    return replace(live, scaling=without_foreign_actions(live.scaling, context.endpoint.name))


def _without_taken_over(
    wanted: Snapshot, live: Snapshot, context: Context
) -> tuple[Snapshot, tuple[str, ...]]:
    """`wanted` without the alarms that are something else now, and these in words: a planted name
    must not change an alarm of others."""
    alarms = wanted.scaling.alarms
    names = taken_over(live.scaling.alarms, alarms, context.endpoint.name)
    kept = tuple(alarm for alarm in alarms if alarm["AlarmName"] not in names)
    return replace(wanted, scaling=replace(wanted.scaling, alarms=kept)), tuple(
        f"the alarm {name} has another metric than was saved, and is left alone: add the policy to "
        "its actions by hand, or delete it"
        for name in names
    )


def _put_policy(
    wanted: Snapshot, live: Snapshot, context: Context, services: Services
) -> tuple[str, ...]:
    """Returns what AWS refused. A policy that a person put meanwhile stays."""
    if not wanted.resource_policy or live.resource_policy:
        return ()
    try:
        services.endpoints.put_policy(context.endpoint.name, wanted.resource_policy)
    except AwsError as error:
        return (f"the resource policy: {error}",)
    return ()


def _put_missed_ranges(
    live: Snapshot, saved: Snapshot, context: Context, services: Services
) -> tuple[str, ...]:
    """Ranges that an earlier minute of this restore has put back, and that scheduled actions would
    have changed since. Returns what AWS refused."""
    restoring_since = context.record.restoring_since
    if restoring_since is None:
        return ()
    missed = missed_range_changes(live.scaling.targets, saved, restoring_since, context.now)
    return services.scaling.change_targets(missed)


def _put_variants(documents: Documents, context: Context, services: Services) -> tuple[str, ...]:
    """Raises BusyError where AWS accepts: the endpoint is Updating then, and takes no other change.
    Returns what AWS refused: the rest of the restore goes on."""
    if not documents:
        return ()
    what = ", ".join(_weight_or_count(document) for document in documents)
    try:
        services.endpoints.put_variants(context.endpoint.name, documents)
    except BusyError:
        raise
    except AwsError as error:
        return (f"{what}: {error}",)
    msg = f"putting back {what}; the rest follows when it is in service again"
    raise BusyError(msg)


def _weight_or_count(document: Document) -> str:
    values = (f"{key} {value:g}" for key, value in document.items() if key != "VariantName")
    return f"{' '.join(values)} of {document['VariantName']}"


def _verify_nothing_is_missing(lacking: Sequence[str]) -> None:
    if lacking:
        msg = f"the restore is not complete: {'; '.join(lacking)}"
        raise LowtideError(msg)


def _outcome(
    saved: Snapshot, wanted: Snapshot, restored: Snapshot, context: Context, services: Services
) -> Iterator[str]:
    """What differs although nothing is missing was changed by a person since."""
    others = changed_since(wanted, restored, context.now)
    if others:
        yield f"back, with changes made since: {'; '.join(others)}"
    else:
        yield f"back and equal field by field: {contents(wanted)}"
    yield from _not_as_saved(saved, wanted)
    snapshot, config_name = context.record.snapshot, context.endpoint.config_name
    if snapshot and (absent := left_out(snapshot, config_name, variant_names(context, services))):
        yield absent


def _not_as_saved(saved: Snapshot, wanted: Snapshot) -> Iterator[str]:
    kept = {label(action) for action in wanted.scaling.scheduled_actions}
    for action in saved.scaling.scheduled_actions:
        if label(action) not in kept:
            yield f"{action['ScheduledActionName']} is left out: its time has passed"
    for before, now in zip(saved.scaling.targets, wanted.scaling.targets, strict=True):
        if before != now:
            yield (
                f"{now['ResourceId']} has the range {_range(now)} that its scheduled actions would "
                f"have given it, not {_range(before)}"
            )


def _range(target: Document) -> str:
    return f"{target.get('MinCapacity')} to {target.get('MaxCapacity')}"
