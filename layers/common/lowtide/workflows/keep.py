"""What must outlive an endpoint: taken before it is deleted, put back after it is created."""

from collections.abc import Sized
from dataclasses import replace

from lowtide.domain.endpoints import Status
from lowtide.domain.errors import ChangedError, LowtideError
from lowtide.domain.situation import Situation
from lowtide.domain.snapshot import Snapshot, differences, lacking, merged, only, without_expired
from lowtide.workflows.world import World


def snapshot_to_keep(situation: Situation, world: World) -> Snapshot:
    """As the endpoint is; with what was saved before where it may have lost, or never got, it."""
    live = take_snapshot(situation, world)
    saved = situation.record.snapshot
    if saved is None or _is_whole(situation):
        return live
    if situation.endpoint.status == Status.FAILED:  # perhaps because of its configuration
        live = replace(live, config_name=saved.config_name)
    return merged(live, saved)


def take_snapshot(situation: Situation, world: World) -> Snapshot:
    """AWS's own tags cannot be set again and are left out."""
    endpoint = situation.endpoint
    tags = world.endpoints.tags(endpoint.arn)
    return Snapshot(
        taken_at=situation.now,
        config_name=endpoint.config_name,
        tags={key: value for key, value in tags.items() if not key.startswith("aws:")},
        scaling=world.scaling.read(endpoint.name, world.endpoints.variant_names(endpoint)),
    )


def _is_whole(situation: Situation) -> bool:
    record, endpoint = situation.record, situation.endpoint
    failed = endpoint.status == Status.FAILED
    return not failed and not record.restore_pending and record.whole == endpoint.created_at


def save_what_changed(situation: Situation, world: World) -> None:
    """Raises when something changed after it was saved: it is saved, and deleted a minute later."""
    kept, saved = snapshot_to_keep(situation, world), situation.record.snapshot
    if saved is None or differences(saved, kept):
        world.store.save_snapshot(situation.endpoint.name, kept)
        msg = "it changed after it was saved: it is saved anew"
        raise ChangedError(msg)


def restore(situation: Situation, world: World) -> str:
    """Puts back what is missing; done only when a read-back shows no difference in it."""
    saved = situation.record.snapshot
    if saved is None:
        return "nothing was saved"
    wanted = without_expired(saved, situation.now)
    todo = lacking(wanted.scaling, take_snapshot(situation, world).scaling)
    refusals = world.scaling.put(todo)
    live = take_snapshot(situation, world)
    put = replace(wanted, scaling=todo)
    left = differences(put, replace(put, scaling=only(live.scaling, todo)))
    if refusals or left:
        reasons = [*refusals, *(str(difference) for difference in left)]
        msg = f"the restore is not complete: {'; '.join(reasons)}"
        raise LowtideError(msg)
    return _restored(wanted, live)


def _restored(wanted: Snapshot, live: Snapshot) -> str:
    """What differs in spite of it was changed by its owner since it was created."""
    others = [str(difference) for difference in differences(wanted, live)]
    if others:
        return f"back, with changes made since: {'; '.join(others)}"
    return f"back and equal field by field: {contents(wanted)}"


def contents(snapshot: Snapshot) -> str:
    scaling = snapshot.scaling
    return ", ".join(
        (
            counted(snapshot.tags, "tag"),
            counted(scaling.targets, "scalable target"),
            counted(scaling.policies, "scaling policy", "scaling policies"),
            counted(scaling.scheduled_actions, "scheduled action"),
            counted(scaling.alarms, "alarm"),
        )
    )


def counted(things: Sized, one: str, many: str = "") -> str:
    return f"{len(things)} {one if len(things) == 1 else many or f'{one}s'}"
