"""Floors learned from earlier days: forecast, today's level, and the instances they ask for.

May import schedule.
"""

from lowtide.domain.curve.applied import AppliedFloors, Floors
from lowtide.domain.curve.day import BIN, BINS, Day, bin_at, day_of, instants_of
from lowtide.domain.curve.floor import (
    CHANGE_BACK_EVERY,
    capacity_to_count_with,
    floor_at,
    is_raised_to_change_back,
    target_above_floors,
)
from lowtide.domain.curve.forecast import Basis, Forecast, forecast, weeks_to_average
from lowtide.domain.curve.level import level_today
from lowtide.domain.curve.plan import (
    DAYS_TO_READ,
    Change,
    FloorPlan,
    changes_of_week,
    ends,
    plan_week,
    target_on,
)
from lowtide.domain.curve.settings import CurveSettings

__all__ = [
    "BIN",
    "BINS",
    "CHANGE_BACK_EVERY",
    "DAYS_TO_READ",
    "AppliedFloors",
    "Basis",
    "Change",
    "CurveSettings",
    "Day",
    "FloorPlan",
    "Floors",
    "Forecast",
    "bin_at",
    "capacity_to_count_with",
    "changes_of_week",
    "day_of",
    "ends",
    "floor_at",
    "forecast",
    "instants_of",
    "is_raised_to_change_back",
    "level_today",
    "plan_week",
    "target_above_floors",
    "target_on",
    "weeks_to_average",
]
