"""What a run of the demo leaves behind: the one input of the terminal summary and of the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Minute:
    """The endpoint at one minute.

    Instants are UTC; utilizations are shares of measured capacity, 1.0 = full.
    `utilization` is the truth of the fleet model, `lowtide` the figure that Lowtide published and
    `published_formula` what AWS's expression for mixed fleets reads from the same metrics;
    None where there is no reading.
    """

    at: datetime
    status: str  # SageMaker's EndpointStatus, or "Absent"
    streams: int
    capacity: int  # streams the live instances hold at acceptable latency
    instances: Mapping[str, int]  # live, by instance type
    utilization: float | None
    lowtide: float | None
    published_formula: float | None


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that changed: `who` did `what`, and `why` in plain words."""

    at: datetime
    who: str  # "Lowtide", "Application Auto Scaling", "SageMaker", "EC2 capacity", ...
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A morning's endpoint against the evening before; `differences`: field, before and after."""

    evening: datetime
    morning: datetime
    fields: int  # how many fields were compared
    differences: tuple[str, ...]


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
    calls_on_full_instance: int  # admitted above the capacity of their instance
    calls_without_endpoint: int  # arrived while nothing was in service
    calls_cut: int  # ended early, because their instance or their endpoint was taken away


@dataclass(frozen=True, slots=True)
class Story:
    endpoint: str
    traffic: str  # what was played, in words
    timezone: str  # IANA; how instants are shown
    capacity: Mapping[str, int]  # streams by instance type, in pool order
    minutes: tuple[Minute, ...]
    happenings: tuple[Happening, ...]
    windows: tuple[Span, ...]  # when the schedule wants the endpoint awake
    droughts: Mapping[str, Span]  # capacity spells by instance type
    comparisons: tuple[Comparison, ...]
    totals: Totals
