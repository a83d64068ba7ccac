"""The floor of this minute: the plan, corrected by what came today and by what is in service."""

from datetime import datetime

from lowtide.adapters.cloudwatch import Metrics
from lowtide.domain.curve import (
    BIN,
    FloorPlan,
    bin_at,
    capacity_to_count_with,
    day_of,
    floor_at,
    level_today,
)
from lowtide.domain.endpoint import Variant
from lowtide.workflows.planner.services import FloorsAsked


def level_now(asked: FloorsAsked, plan: FloorPlan, metrics: Metrics, now: datetime) -> float:
    """Returns today's level; 1 where the plan has no forecast of today."""
    today, timezone = asked.date(now), asked.timezone
    if plan.today is None or plan.on != today:
        return 1.0
    readings = asked.streams(plan.variant, metrics, asked.midnight(now), now)
    seen = day_of(today, asked.schedule, readings).streams
    return level_today(plan.today, seen, bin_at(now, timezone), asked.settings.lowest_level)


def floor_now(
    asked: FloorsAsked, plan: FloorPlan, level: float, variant: Variant, now: datetime
) -> int:
    """Returns the floor; as it was planned where the plan is of an earlier day."""
    if plan.today is None or plan.on != asked.date(now):
        return _planned(asked, plan, now)
    by_type = asked.capacities.by_type
    in_service = (by_type[each] for each in variant.live_by_type if each in by_type)
    capacity = capacity_to_count_with(in_service, asked.capacities.of_reference)
    at = bin_at(now, asked.timezone)
    return floor_at(plan.today, level, at, capacity, asked.settings)


def counts_of_actions(asked: FloorsAsked, plan: FloorPlan, now: datetime) -> set[int]:
    """Returns what Lowtide's scheduled actions may have set in this bin or the last."""
    floors = {_planned(asked, plan, at) for at in (now, now - BIN)}
    return floors | {min(floor, asked.maximum) for floor in floors}


def _planned(asked: FloorsAsked, plan: FloorPlan, at: datetime) -> int:
    return plan.day(asked.date(at)).at(bin_at(at, asked.timezone))
