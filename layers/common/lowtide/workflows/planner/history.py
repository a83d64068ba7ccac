"""What the planner enters in the history: each at most once a day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from lowtide.domain.curve import AppliedFloors, FloorPlan
from lowtide.domain.endpoint import MetricName
from lowtide.domain.history import FAR_FROM_FORECAST, FLOORS_PLANNED, Entry
from lowtide.workflows.planner.plan import is_new_week
from lowtide.workflows.planner.services import FloorsAsked, PlannerServices

_FAR = 1.3


def enter_plan(
    asked: FloorsAsked,
    plan: FloorPlan,
    before: FloorPlan | None,
    services: PlannerServices,
    now: datetime,
) -> None:
    """Enters the days that a new plan leaves out, and of a new week what its floors promise and
    what came of the last one."""
    lines = list(_left_out(plan))
    if before and is_new_week(plan, before):
        lines += _week(asked, plan, before, services, now)
    if lines:
        reason = f"the floors of {plan.on:%a %d %b} are made"
        entry = Entry(now, FLOORS_PLANNED, reason, "; ".join(lines))
        services.store.save_floors_entry(asked.name, entry)


def enter_far(
    asked: FloorsAsked, applied: AppliedFloors, services: PlannerServices, now: datetime
) -> AppliedFloors:
    """Enters that today runs far from its forecast; returns `applied` with that it is entered."""
    today = asked.date(now)
    if applied.far_entered_on == today or not _is_far(applied.level, asked.settings.lowest_level):
        return applied
    reason = f"today's streams are {applied.level:.2f} times their forecast"
    entry = Entry(now, FAR_FROM_FORECAST, reason, f"the floor is {applied.floor} now")
    services.store.save_floors_entry(asked.name, entry)
    return replace(applied, far_entered_on=today)


def _left_out(plan: FloorPlan) -> Iterator[str]:
    if odd := sorted(plan.day(plan.on).left_out):
        days = ", ".join(f"{day:%a %d %b}" for day in odd)
        yield f"left out, as their streams are unlike those of the other weeks: {days}"


def _week(
    asked: FloorsAsked, plan: FloorPlan, before: FloorPlan, services: PlannerServices, now: datetime
) -> Iterator[str]:
    midnight, name = asked.midnight(now), MetricName.WORST_POOL
    start = midnight - timedelta(days=7)
    worst = services.metrics.published(asked.name, plan.variant, name, start, midnight)
    yield f"this week has {plan.promised:.0f} instance-hours of floors"
    yield f"last week had {before.promised:.0f}"
    if worst:
        full = sum(share > 1 for share in worst.values()) / len(worst)
        yield f"a pool was above its capacity in {full:.1%} of the last week"


def _is_far(level: float, lowest: float) -> bool:
    return level >= _FAR or level <= max(lowest, 1 / _FAR)
