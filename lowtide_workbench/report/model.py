"""What a run of the demo leaves behind: the input of the terminal summary and of the page.

Instants are UTC; utilizations are shares of the measured capacity, 1.0 is full.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lowtide_workbench.report.week import Week


@dataclass(frozen=True, slots=True)
class Minute:
    """The endpoint at one minute; None where a metric has no data."""

    at: datetime
    status: str  # SageMaker's EndpointStatus, or "Absent"
    streams: int
    capacity: int  # streams that the live instances hold at acceptable latency
    instances: Mapping[str, int]  # live, by instance type
    utilization: float | None  # of the fleet model itself
    lowtide: float | None  # the metric that Lowtide published
    published_formula: float | None  # AWS's expression for mixed fleets, from the same data


@dataclass(frozen=True, slots=True)
class Event:
    """Something that changed; the terminal folds routine events in a row into one."""

    at: datetime
    who: str  # "Lowtide", "Application Auto Scaling", "SageMaker", "EC2 capacity", a person
    what: str
    why: str
    detail: str = ""  # on the page, and on the terminal with --verbose
    routine: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """The endpoint after a wake against before the sleep."""

    before_sleep: datetime
    after_wake: datetime
    fields: int  # how many fields were compared
    differences: tuple[str, ...]  # each a field with both values


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open: [start, end)."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Totals:
    asleep: timedelta
    spent_usd: float  # instance hours as played
    always_on_usd: float  # the same days with the minimum count kept through the sleeping hours
    calls: int
    calls_over_capacity: int  # admitted above the capacity of their instance
    calls_without_endpoint: int  # arrived while nothing was in service
    calls_cut: int  # ended early, because their instance or their endpoint was taken away


@dataclass(frozen=True, slots=True)
class Report:
    endpoint: str
    traffic: str  # what was played, in words
    timezone: str  # IANA; how instants are shown
    capacity: Mapping[str, int]  # streams by instance type, in pool order
    minutes: tuple[Minute, ...]
    events: tuple[Event, ...]
    windows: tuple[Span, ...]  # when the schedule's desired state is awake
    droughts: Mapping[str, Span]  # spans without capacity, by instance type
    comparisons: tuple[Comparison, ...]
    totals: Totals
    week: Week | None = None  # the comparison, where it was played
