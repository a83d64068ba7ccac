"""Puts today's floor in force: the week's scheduled actions, and the minimum of this minute."""

from dataclasses import replace
from datetime import UTC, datetime

from lowtide.adapters.autoscaling.documents import ScalingDocuments
from lowtide.domain.curve import BIN, AppliedFloors, FloorPlan, changes_of_week
from lowtide.domain.endpoint import Endpoint, Variant
from lowtide.domain.scaling import (
    floor_actions,
    floor_changes,
    floor_to_register,
    least_of_people,
    room_for_floors,
)
from lowtide.domain.snapshot import Document, Documents, Scaling
from lowtide.workflows.planner.floor_now import (
    counts_of_actions,
    floor_now,
    level_now,
    raise_to_change_back,
)
from lowtide.workflows.planner.services import FloorsAsked, PlannerServices

# The others follow in the next minutes: AWS throttles, and the other endpoints wait.
_ACTIONS_A_RUN = 50
_KEY = ("ServiceNamespace", "ResourceId", "ScalableDimension")


def apply_floors(
    asked: FloorsAsked,
    plan: FloorPlan,
    before: AppliedFloors | None,
    endpoint: Endpoint,
    services: PlannerServices,
    now: datetime,
) -> AppliedFloors | None:
    """Returns what is in force now.

    The level and the scheduled actions are looked at every five minutes, and until the actions are
    seen to be all there; the minimum each minute, as an update may have been in its way. A target
    that is missing or suspended is left alone: the endpoint is being restored or drained, or a
    person suspended it.
    """
    (variant,), scaling = endpoint.variants, services.scaling
    target = next(iter(scaling.targets(endpoint.name, [variant.name])), None)
    if target is None or target.get("SuspendedState", {}).get("ScheduledScalingSuspended"):
        return before
    before = _of_this_file(before, asked.minimum, now)
    if before is None or (before.at, before.put_on) != (_bin(now), endpoint.created_at):
        level = level_now(asked, plan, services.metrics, now)
        live = scaling.scheduled_actions(endpoint.name, variant.name)
        wanted = _wanted(asked, plan, before, level, target, live, variant, now)
        changes = floor_changes(_actions(asked, plan, wanted.least, target, live), live)
        put_on, refused = _put(changes, wanted.put_on, endpoint, scaling, now)
    else:
        wanted = _wanted(asked, plan, before, before.level, target, (), variant, now)
        put_on, refused = wanted.put_on, ()
    refused += _register(wanted.registered, target, variant, scaling)
    differs = "; ".join(filter(None, (wanted.differs, *refused)))
    return replace(wanted, put_on=put_on, differs=differs)


def _wanted(
    asked: FloorsAsked,
    plan: FloorPlan,
    before: AppliedFloors | None,
    level: float,
    target: Document,
    live: Documents,
    variant: Variant,
    now: datetime,
) -> AppliedFloors:
    """What is in force once the minimum is registered; `live` are the scheduled actions, where they
    are read."""
    own = counts_of_actions(asked, plan, now)
    least, since = least_of_people(target, live, before, own, now)
    floor = floor_now(asked, plan, level, variant, now)
    raised, raised_at = raise_to_change_back(asked, before, variant, _bin(now))
    minimum, differs = floor_to_register(floor, least, target)
    return AppliedFloors(
        at=_bin(now),
        level=level,
        floor=floor,
        least=least,
        least_since=since,
        registered=min(minimum + raised, int(target["MaxCapacity"])),
        file_minimum=asked.minimum,
        put_on=before.put_on if before else None,
        differs=differs,
        far_entered_on=before.far_entered_on if before else None,
        raised_at=raised_at,
    )


def give_back(
    plan: FloorPlan, applied: AppliedFloors | None, endpoint: str, scaling: ScalingDocuments
) -> tuple[str, ...]:
    """Deletes Lowtide's scheduled actions, and registers the minimum that people ask for. Returns
    what AWS refused."""
    _, to_delete = floor_changes((), scaling.scheduled_actions(endpoint, plan.variant))
    refused = scaling.delete_scheduled_actions(to_delete)
    targets = scaling.targets(endpoint, [plan.variant]) if applied else ()
    return refused + scaling.change_targets(
        tuple(_with_minimum(target, applied.least) for target in targets if applied)
    )


def _of_this_file(
    before: AppliedFloors | None, minimum: int, now: datetime
) -> AppliedFloors | None:
    """A new `min` in the file takes the place of what people asked for, as the range does."""
    if before is None or before.file_minimum == minimum:
        return before
    return replace(before, least=minimum, least_since=now, file_minimum=minimum)


def _bin(now: datetime) -> datetime:
    seconds = BIN.total_seconds()
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)


def _actions(
    asked: FloorsAsked, plan: FloorPlan, least: int, target: Document, live: Documents
) -> Documents:
    changes = changes_of_week(plan.week, least, int(target["MaxCapacity"]), room_for_floors(live))
    return floor_actions(asked.name, plan.variant, changes, asked.timezone)


def _put(
    changes: tuple[Documents, Documents],
    put_on: datetime | None,
    endpoint: Endpoint,
    scaling: ScalingDocuments,
    now: datetime,
) -> tuple[datetime | None, tuple[str, ...]]:
    """Returns the endpoint on which all actions are seen to be there, and what AWS refused. A new
    plan keeps the earlier floors in force until its own are put."""
    to_put, to_delete = changes
    if not to_put and not to_delete:
        return endpoint.created_at, ()
    put = Scaling(scheduled_actions=to_put[:_ACTIONS_A_RUN])
    refused = (
        *scaling.delete_scheduled_actions(to_delete),
        *scaling.put(endpoint.name, put, now),
    )
    return None if refused else put_on, refused


def _register(
    minimum: int, target: Document, variant: Variant, scaling: ScalingDocuments
) -> tuple[str, ...]:
    """Also where the minimum is there and the count is below it: a change that met an update is
    lost, and registering it again starts the instances."""
    is_short = variant.desired is not None and variant.desired < minimum
    if target["MinCapacity"] == minimum and not is_short:
        return ()
    return scaling.change_targets((_with_minimum(target, minimum),))


def _with_minimum(target: Document, minimum: int) -> Document:
    """RegisterScalableTarget keeps what it does not name: a person's maximum stays."""
    return {key: target[key] for key in _KEY} | {"MinCapacity": minimum}
