"""What the planner enters in the history, each at most once a day."""

from dataclasses import replace
from datetime import datetime

from lowtide.adapters.dynamodb.store import Store
from lowtide.domain.curve import AppliedFloors, FloorPlan
from lowtide.domain.history import FLOORS, Entry
from lowtide.workflows.planner.services import FloorsAsked

_FAR = 1.3


def tell_plan(asked: FloorsAsked, plan: FloorPlan, store: Store, now: datetime) -> None:
    """Enters the days that were left out of a new plan as odd."""
    left_out = ", ".join(f"{day:%a %d %b}" for day in sorted(plan.day(plan.on).left_out))
    if left_out:
        reason = f"the floors of {plan.on:%a %d %b} leave out {left_out}"
        outcome = "their streams differ too much from those of the other weeks"
        store.save_told(asked.name, Entry(now, FLOORS, reason, outcome))


def tell_far(
    asked: FloorsAsked, applied: AppliedFloors, store: Store, now: datetime
) -> AppliedFloors:
    """Enters that today runs far from its forecast; returns `applied` with that it is told."""
    today = asked.date(now)
    if applied.far_told_on == today or not _is_far(applied.level, asked.settings.lowest_level):
        return applied
    reason = f"today's streams run at {applied.level:.2f} times their forecast"
    outcome = f"the floor is {applied.floor} now"
    store.save_told(asked.name, Entry(now, FLOORS, reason, outcome))
    return replace(applied, far_told_on=today)


def _is_far(level: float, lowest: float) -> bool:
    return level >= _FAR or level <= max(lowest, 1 / _FAR)
