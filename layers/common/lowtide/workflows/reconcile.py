"""The reconciler's work: one endpoint, at most one step, written down before and after."""

from collections.abc import Iterable, Mapping, Sized
from datetime import datetime
from typing import assert_never

from lowtide.adapters.store import Entry
from lowtide.domain.actions import (
    BeginDrain,
    Create,
    Delete,
    EndDrain,
    Refuse,
    Rest,
    Restore,
    Step,
    TakeSnapshot,
    Wait,
)
from lowtide.domain.durations import in_words
from lowtide.domain.endpoints import STACK_TAG, Managed, Status
from lowtide.domain.errors import BusyError, LowtideError
from lowtide.domain.lifecycle import Situation, plan
from lowtide.domain.record import complete, intend
from lowtide.domain.snapshot import Snapshot, differences, not_emptier, without_expired
from lowtide.workflows.gather import gather
from lowtide.workflows.tick import Decision, decision
from lowtide.workflows.world import World


def reconcile_named(
    message: Mapping[str, str], endpoints: Iterable[Managed], world: World, now: datetime
) -> Decision:
    """The step that a message asks for; a step that failed is decided anew by the next minute."""
    name = message["endpoint"]
    managed = next((entry for entry in endpoints if entry.name == name), None)
    if managed is None:
        return decision(name, Rest("it is not, or no longer, in the file: left as it is"))
    try:
        return reconcile(managed, world, now)
    except LowtideError as error:
        return Decision(name, "Failed", str(error), failed=True)


def reconcile(managed: Managed, world: World, now: datetime) -> Decision:
    """A step that AWS refuses for now is decided anew a minute later."""
    situation = gather(managed, world, now)
    action = plan(situation)
    if isinstance(action, Rest | Wait | Refuse):
        return decision(managed.name, action)
    try:
        return _carry_out(action, situation, world)
    except BusyError as busy:
        return decision(managed.name, Wait(f"AWS is busy: {busy}"))


def _carry_out(step: Step, situation: Situation, world: World) -> Decision:
    name, now = situation.endpoint.name, situation.now
    intended = intend(situation.record, step, now)
    kind = type(step).__name__
    world.store.save_record(name, intended, f"{kind}: {step.reason}", now)
    try:
        outcome = act(step, situation, world)
    except LowtideError as error:
        world.store.enter(name, Entry(now, kind, step.reason, f"failed: {error}"))
        raise
    world.store.save_record(name, complete(intended, step), "", now)
    world.store.enter(name, Entry(now, kind, step.reason, outcome))
    return decision(name, step)


def act(step: Step, situation: Situation, world: World) -> str:
    """Changes AWS, or the table; says what came of it."""
    name = situation.endpoint.name
    match step:
        case Create(config_name=config_name):
            tags = _tags_to_create(situation)
            world.endpoints.create(name, config_name, tags)
            return f"from {config_name}, with {_counted(tags, 'tag')}"
        case Restore():
            return _restore(situation, world)
        case TakeSnapshot():
            snapshot = _snapshot_to_keep(situation, world)
            world.store.save_snapshot(name, snapshot)
            return _contents(snapshot)
        case Delete():
            world.endpoints.delete(name)
            return "everything is saved"
        case BeginDrain():
            return f"open streams may last for another {in_words(situation.managed.drain.deadline)}"
        case EndDrain():
            return "kept"
        case _:
            assert_never(step)


def take_snapshot(situation: Situation, world: World) -> Snapshot:
    """AWS's own tags cannot be set again and are left out."""
    endpoint = situation.endpoint
    tags = world.endpoints.tags(endpoint.arn)
    return Snapshot(
        taken_at=situation.now,
        config_name=endpoint.config_name,
        tags={key: value for key, value in tags.items() if not key.startswith("aws:")},
        scaling=world.scaling.read(endpoint.name, [v.name for v in endpoint.variants]),
    )


def _snapshot_to_keep(situation: Situation, world: World) -> Snapshot:
    taken = take_snapshot(situation, world)
    if situation.endpoint.status == Status.FAILED:
        return not_emptier(taken, situation.record.snapshot)
    return taken


def _restore(situation: Situation, world: World) -> str:
    """Puts back what is not as it was; done only when a read-back shows no difference."""
    saved = situation.record.snapshot
    if saved is None:
        return "nothing was saved"
    wanted = without_expired(saved, situation.now)
    refusals = world.scaling.put(wanted.scaling)
    left = [
        str(difference)
        for difference in differences(wanted, take_snapshot(situation, world))
        if difference.path != "config_name"  # a pinned configuration may replace it
    ]
    if refusals or left:
        msg = f"the restore is not complete: {'; '.join([*refusals, *left])}"
        raise LowtideError(msg)
    return f"back and equal field by field: {_contents(wanted)}"


def _tags_to_create(situation: Situation) -> dict[str, str]:
    snapshot = situation.record.snapshot
    saved = dict(snapshot.tags) if snapshot else {}
    return saved | {STACK_TAG: situation.stack}


def _contents(snapshot: Snapshot) -> str:
    scaling = snapshot.scaling
    return ", ".join(
        (
            _counted(snapshot.tags, "tag"),
            _counted(scaling.targets, "scalable target"),
            _counted(scaling.policies, "scaling policy", "scaling policies"),
            _counted(scaling.scheduled_actions, "scheduled action"),
            _counted(scaling.alarms, "alarm"),
        )
    )


def _counted(things: Sized, one: str, many: str = "") -> str:
    return f"{len(things)} {one if len(things) == 1 else many or f'{one}s'}"
