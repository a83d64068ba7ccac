"""When an endpoint is to be awake, why, and when that changes next.

May import duration and wording.
"""

from lowtide.domain.schedule import explanation
from lowtide.domain.schedule.closed_dates import ClosedDates, ClosedOn, PublicHolidays
from lowtide.domain.schedule.cron import Cron, instant_of, parse_cron
from lowtide.domain.schedule.desired_state import DesiredState, desired_state
from lowtide.domain.schedule.explanation import (
    Explanation,
    Layer,
    WindowState,
    explain,
    last_change,
)
from lowtide.domain.schedule.forecast import Change, changes
from lowtide.domain.schedule.instants import in_timezone, parse_instant
from lowtide.domain.schedule.intervals import Interval, awake_intervals
from lowtide.domain.schedule.lead_time import CREATIONS_KEPT, LeadTime, LeadTimeBounds, lead_time
from lowtide.domain.schedule.lint import schedule_warnings
from lowtide.domain.schedule.override import LeftFile, Observed, Override, Pause
from lowtide.domain.schedule.schedule import Schedule, Span, Transition, is_awake, transitions
from lowtide.domain.schedule.schedule_warning import ScheduleWarning
from lowtide.domain.schedule.state import ScheduleState, next_change, schedule_state
from lowtide.domain.schedule.window import Window, closed_starts, day_edges_after, interruption

__all__ = [
    "CREATIONS_KEPT",
    "Change",
    "ClosedDates",
    "ClosedOn",
    "Cron",
    "DesiredState",
    "Explanation",
    "Interval",
    "Layer",
    "LeadTime",
    "LeadTimeBounds",
    "LeftFile",
    "Observed",
    "Override",
    "Pause",
    "PublicHolidays",
    "Schedule",
    "ScheduleState",
    "ScheduleWarning",
    "Span",
    "Transition",
    "Window",
    "WindowState",
    "awake_intervals",
    "changes",
    "closed_starts",
    "day_edges_after",
    "desired_state",
    "explain",
    "explanation",
    "in_timezone",
    "instant_of",
    "interruption",
    "is_awake",
    "last_change",
    "lead_time",
    "next_change",
    "parse_cron",
    "parse_instant",
    "schedule_state",
    "schedule_warnings",
    "transitions",
]
