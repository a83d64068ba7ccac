"""The floor of this minute: the plan, corrected by what came today and by what is in service."""

from datetime import datetime

from lowtide.adapters.cloudwatch import Metrics
from lowtide.domain.curve import (
    BIN,
    CHANGE_BACK_EVERY,
    AppliedFloors,
    FloorPlan,
    bin_at,
    capacity_to_count_with,
    day_of,
    floor_at,
    is_raised_to_change_back,
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


def raise_to_change_back(
    asked: FloorsAsked, before: AppliedFloors | None, variant: Variant, at: datetime
) -> tuple[int, datetime | None]:
    """Returns by how many the floor is raised to replace an instance of a fallback pool, and when
    that last began."""
    if not asked.settings.change_back:
        return 0, None
    last = before.raised_at if before else None
    bins_since = (at - last) // BIN if last else CHANGE_BACK_EVERY
    serves = any(each != asked.capacities.reference for each in variant.live_by_type)
    if not is_raised_to_change_back(bins_since, fallback_serves=serves):
        return 0, last
    return 1, at if bins_since >= CHANGE_BACK_EVERY else last


def counts_of_actions(asked: FloorsAsked, plan: FloorPlan, now: datetime) -> set[int]:
    """Returns what Lowtide's scheduled actions may have set in this bin or the last."""
    floors = {_planned(asked, plan, at) for at in (now, now - BIN)}
    return floors | {min(floor, asked.maximum) for floor in floors}


def _planned(asked: FloorsAsked, plan: FloorPlan, at: datetime) -> int:
    return plan.day(asked.date(at)).at(bin_at(at, asked.timezone))
