"""One run of the planner: each minute, every endpoint of the file with learned floors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from lowtide.adapters.dynamodb.store import Store
from lowtide.domain.curve import AppliedFloors, FloorPlan, Floors
from lowtide.domain.endpoint import SERVING, Endpoint, ManagedEndpoint
from lowtide.domain.errors import LowtideError
from lowtide.domain.sharding import rotated
from lowtide.workflows.planner.apply import apply_floors, give_back
from lowtide.workflows.planner.history import enter_far, enter_plan
from lowtide.workflows.planner.plan import plan_of_today
from lowtide.workflows.planner.services import FloorsAsked, PlannerServices, floors_asked


@dataclass(frozen=True, slots=True)
class FloorsResult:
    """What is in force of an endpoint's floors, None where it has none, or an error.

    `is_new`: whether the level was computed anew in this run.
    """

    endpoint: str
    applied: AppliedFloors | None = None
    is_new: bool = False
    error: str = ""


def run_planner(
    managed: Iterable[ManagedEndpoint], services: PlannerServices, now: datetime
) -> Sequence[FloorsResult]:
    """Returns a result for each endpoint that has floors, or had them; an error costs only its own
    endpoint."""

    def keep(entry: ManagedEndpoint) -> FloorsResult:
        asked = floors_asked(entry)
        try:
            if asked is None:
                return _without_floors(entry.name, services)
            return _keep_floors(asked, services, now)
        except Exception as error:  # whatever it is, the other endpoints must not wait for it
            kind = "" if isinstance(error, LowtideError) else f"{type(error).__name__}: "
            return FloorsResult(entry.name, error=f"{kind}{error}")

    others = services.without_floors
    entries = rotated([each for each in managed if each.name not in others], now)
    results = services.mapper(keep, entries)
    return [
        result if isinstance(result, FloorsResult) else FloorsResult(entry.name, error=str(result))
        for entry, result in zip(entries, results, strict=True)
    ]


def _without_floors(name: str, services: PlannerServices) -> FloorsResult:
    """Each container looks once whether an endpoint had floors: a new file starts new ones."""
    floors = services.store.load(name).floors
    if floors.plan is not None:
        if refused := give_back(floors.plan, floors.applied, name, services.scaling):
            return FloorsResult(name, error=f"floors are not given back: {'; '.join(refused)}")
        services.store.forget_floors(name)
        services.store.mark_changed(name)
    services.without_floors.add(name)
    return FloorsResult(name)


def _keep_floors(asked: FloorsAsked, services: PlannerServices, now: datetime) -> FloorsResult:
    stored = services.store.load(asked.name)
    before = stored.floors
    if stored.paused_at(now):
        return FloorsResult(asked.name, before.applied)
    endpoint = services.endpoints.observe(asked.name)
    plan, error = _plan(asked, before, endpoint, services, now)
    applied = before.applied
    if plan and endpoint.status in SERVING and len(endpoint.variants) == 1:
        applied = apply_floors(asked, plan, applied, endpoint, services, now)
        applied = applied and enter_far(asked, applied, services, now)
    _save(asked.name, before, Floors(plan, applied), services.store)
    is_new = applied is not None and (before.applied is None or before.applied.at != applied.at)
    return FloorsResult(asked.name, applied, is_new, error)


def _plan(
    asked: FloorsAsked,
    before: Floors,
    endpoint: Endpoint,
    services: PlannerServices,
    now: datetime,
) -> tuple[FloorPlan | None, str]:
    """Returns the plan of today, or the last one and why there is none of today: its floors are of
    the whole week, and go on."""
    try:
        plan = plan_of_today(asked, before.plan, endpoint, services.metrics, now)
    except LowtideError as error:
        return before.plan, f"no plan of today: {error}"
    try:
        if plan and plan != before.plan:
            enter_plan(asked, plan, before.plan, services, now)
    except LowtideError as error:
        return plan, f"not entered in the history: {error}"
    return plan, ""


def _save(name: str, before: Floors, now: Floors, store: Store) -> None:
    """Marks a change of what the scheduler decides by, and no other: each mark makes it read the
    endpoint anew."""
    plan = now.plan if now.plan != before.plan else None
    applied = now.applied if now.applied != before.applied else None
    if not plan and not applied:
        return
    store.save_floors(name, plan, applied)
    was_put_on = before.applied.put_on if before.applied else None
    if plan or (applied and applied.put_on != was_put_on):
        store.mark_changed(name)
