"""What was saved, put back on the endpoint that was created again, and proven to be there."""

from collections.abc import Iterable
from dataclasses import replace

from lowtide.domain.errors import AwsError, BusyError, LowtideError
from lowtide.domain.restoring import changes, completed, missing, only, to_put_back
from lowtide.domain.situation import Situation
from lowtide.domain.snapshot import Document, Documents, Snapshot, differences, label
from lowtide.domain.variants import counts_to_put, weights_to_put
from lowtide.workflows.keep import contents, take_snapshot, variant_names, without_lowtides
from lowtide.workflows.world import World


def restore(situation: Situation, world: World) -> str:
    """Puts back what is absent; done only when a read-back shows that nothing is."""
    saved = situation.record.snapshot
    if saved is None:
        return "nothing was saved"
    saved = _but_for_lowtides(saved, situation, world)
    wanted = to_put_back(saved, situation.now)
    alarms = [str(alarm["AlarmName"]) for alarm in wanted.scaling.alarms]
    live = take_snapshot(situation, world, alarms)
    refused = _put_variants(weights_to_put(wanted.variants, live.variants), situation, world)
    goal = completed(live.scaling, wanted.scaling)
    todo = changes(live.scaling, goal)
    refused += world.scaling.put(situation.endpoint.name, todo, situation.now)
    after = take_snapshot(situation, world, alarms)
    bare = replace(after, variants=())
    left = missing(replace(bare, scaling=todo), replace(bare, scaling=only(after.scaling, todo)))
    if refused or left:
        msg = f"the restore is not complete: {'; '.join((*refused, *left))}"
        raise LowtideError(msg)
    counts = counts_to_put(wanted.variants, after.variants, wanted.scaling.targets)
    if refused := _put_variants(counts, situation, world):
        msg = f"the restore is not complete: {'; '.join(refused)}"
        raise LowtideError(msg)
    return _restored(saved, wanted, after)


def _but_for_lowtides(saved: Snapshot, situation: Situation, world: World) -> Snapshot:
    """It may have been saved before the file took Lowtide's names: the file's are put later."""
    scaling = without_lowtides(saved.scaling, situation, variant_names(situation, world))
    return replace(saved, scaling=scaling)


def _put_variants(documents: Documents, situation: Situation, world: World) -> tuple[str, ...]:
    """Ends this minute's step if it succeeds: what follows waits until the endpoint is in service
    again. What AWS refuses holds nothing else up."""
    if not documents:
        return ()
    said = ", ".join(_said(document) for document in documents)
    try:
        world.endpoints.put_variants(situation.endpoint.name, documents)
    except BusyError:
        raise
    except AwsError as error:
        return (f"{said}: {error}",)
    msg = f"putting back {said}; the rest follows when it is in service again"
    raise BusyError(msg)


def _said(document: Document) -> str:
    values = (f"{key} {value:g}" for key, value in document.items() if key != "VariantName")
    return f"{' '.join(values)} of {document['VariantName']}"


def _restored(saved: Snapshot, wanted: Snapshot, after: Snapshot) -> str:
    """What differs in spite of it was changed since, or is told differently by AWS."""
    others = [str(difference) for difference in differences(wanted, after)]
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
