"""What was saved, put back on the endpoint that was created again, and proven to be there."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from lowtide.domain.errors import AwsError, BusyError, LowtideError
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.snapshot.absent_variants import here, left_out
from lowtide.domain.snapshot.replayed_ranges import overtaken
from lowtide.domain.snapshot.restore import (
    changed_since,
    changes,
    completed,
    missing,
    only,
    own,
    own_scaling,
    to_put_back,
)
from lowtide.domain.snapshot.snapshot import Document, Documents, Snapshot, label
from lowtide.domain.snapshot.summary import contents
from lowtide.domain.snapshot.variant_overrides import counts_to_put, weights_to_put
from lowtide.workflows.reconciler.take_snapshot import (
    take_snapshot,
    variant_names,
    without_lowtides,
)
from lowtide.workflows.services import Services


def restore(context: Context, services: Services) -> str:
    """Puts back what is absent; done only when a read-back shows that nothing is."""
    saved = context.record.snapshot
    if saved is None:
        return "nothing was saved"
    name, variants = context.endpoint.name, variant_names(context, services)
    owed = _owed(saved, context, variants)
    wanted = to_put_back(owed, context.now)
    live = _live(wanted, context, services, variants)
    refused = _put_variants(weights_to_put(wanted.variants, live.variants), context, services)
    refused += _catch_up(live, owed, context, services)
    goal = completed(live.scaling, wanted.scaling)
    todo = changes(live.scaling, goal)
    refused += services.scaling.put(name, todo, context.now)
    after, todo = own(_live(wanted, context, services, variants), name), own_scaling(todo, name)
    bare = replace(after, variants=())
    left = missing(replace(bare, scaling=todo), replace(bare, scaling=only(after.scaling, todo)))
    _must_be_nothing((*refused, *left))
    counts = counts_to_put(wanted.variants, after.variants, after.scaling.targets)
    _must_be_nothing(_put_variants(counts, context, services))
    done = _restored(owed, wanted, changed_since(own(wanted, name), after, context.now))
    lacking = left_out(saved, context.endpoint.config_name, variants)
    return f"{done}; {lacking}" if lacking else done


def _must_be_nothing(lacking: Sequence[str]) -> None:
    if lacking:
        msg = f"the restore is not complete: {'; '.join(lacking)}"
        raise LowtideError(msg)


def _owed(saved: Snapshot, context: Context, variants: Collection[str]) -> Snapshot:
    """What this endpoint can have, without policies of Lowtide's names: a snapshot from before the
    file asked for scaling may have some, and the file's own are put later."""
    owed = here(saved, context.endpoint.name, variants)
    return replace(owed, scaling=without_lowtides(owed.scaling, context, variants))


def _live(
    wanted: Snapshot, context: Context, services: Services, variants: Collection[str]
) -> Snapshot:
    alarms = [str(alarm["AlarmName"]) for alarm in wanted.scaling.alarms]
    found = take_snapshot(context, services, alarms)
    return here(found, context.endpoint.name, variants)


def _catch_up(
    live: Snapshot, owed: Snapshot, context: Context, services: Services
) -> tuple[str, ...]:
    begun = context.record.restoring_since
    if begun is None:
        return ()
    missed = overtaken(live.scaling.targets, owed, begun, context.now)
    return services.scaling.change_targets(missed)


def _put_variants(documents: Documents, context: Context, services: Services) -> tuple[str, ...]:
    """Ends this minute's step if it succeeds: what follows waits until the endpoint is in service
    again. What AWS refuses holds nothing else up."""
    if not documents:
        return ()
    said = ", ".join(_said(document) for document in documents)
    try:
        services.endpoints.put_variants(context.endpoint.name, documents)
    except BusyError:
        raise
    except AwsError as error:
        return (f"{said}: {error}",)
    msg = f"putting back {said}; the rest follows when it is in service again"
    raise BusyError(msg)


def _said(document: Document) -> str:
    values = (f"{key} {value:g}" for key, value in document.items() if key != "VariantName")
    return f"{' '.join(values)} of {document['VariantName']}"


def _restored(saved: Snapshot, wanted: Snapshot, others: Sequence[str]) -> str:
    """What differs in spite of it was changed since, or is told differently by AWS."""
    done = (
        f"back, with changes made since: {'; '.join(others)}"
        if others
        else f"back and equal field by field: {contents(wanted)}"
    )
    return "; ".join((done, *_not_as_saved(saved, wanted)))


def _not_as_saved(saved: Snapshot, wanted: Snapshot) -> Iterable[str]:
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
