"""An invented report of two working days in New York, with one drought on the first."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil, exp

import pytest

from lowtide_workbench.report.model import Comparison, Event, Minute, Report, Span, Totals

G6, G6E = "ml.g6.2xlarge", "ml.g6e.2xlarge"
CAPACITY = {G6: 10, G6E: 20}
START = datetime(2026, 11, 23, 5, tzinfo=UTC)  # Monday, midnight in New York
ENDS = (  # of each status, in minutes of the day
    (390, "Absent"), (411, "Creating"), (540, "InService"), (572, "Updating"),
    (1274, "InService"), (1282, "Deleting"), (1440, "Absent"),
)  # fmt: skip


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return START + timedelta(days=day, hours=hour, minutes=minute)


DROUGHT = Span(at(0, 9, 10), at(0, 12, 40))


@pytest.fixture
def report() -> Report:
    return Report(
        endpoint="my-deepgram-endpoint",
        traffic="two working days of a bank's call centre, 74,001 calls",
        timezone="America/New_York",
        capacity=CAPACITY,
        minutes=tuple(made_minute(number) for number in range(48 * 60)),
        events=tuple(made_events()),
        windows=(Span(at(0, 7), at(0, 21)), Span(at(1, 7), at(1, 21))),
        droughts={G6: DROUGHT},
        comparisons=(Comparison(at(0, 21, 14), at(1, 6, 52), fields=31, differences=()),),
        totals=Totals(
            asleep=timedelta(hours=18, minutes=36),
            spent_usd=96.42,
            always_on_usd=141.97,
            calls=74_001,
            calls_over_capacity=259,
            calls_without_endpoint=0,
            calls_cut=2,
        ),
    )


@pytest.fixture
def report_with_differences(report: Report) -> Report:
    lost = (
        "scaling policy fast-out, Cooldown: 60 before, 300 after",
        "tag team: 'voice' before, absent after",
    )
    return replace(report, comparisons=(replace(report.comparisons[0], differences=lost),))


def made_minute(number: int) -> Minute:
    now, minute = START + timedelta(minutes=number), number % 1440
    status = next(status for end, status in ENDS if minute < end)
    if status in ("Absent", "Creating"):
        return Minute(now, status, 0, 0, {}, None, None, None)
    streams = ceil(130 * exp(-(((minute / 60 - 11) / 2.4) ** 2)))
    in_drought = DROUGHT.start <= now < DROUGHT.end
    live = {G6: 2, G6E: ceil(streams / 15)} if in_drought else {G6: 2 + ceil(streams / 7.5)}
    capacity = sum(CAPACITY[name] * count for name, count in live.items())
    busy = streams / capacity
    lowtide = None if now.minute == 17 else busy
    return Minute(now, status, streams, capacity, live, busy, lowtide, busy * len(live) / 2)


def made_events() -> Iterator[Event]:
    for day in (0, 1):
        yield Event(at(day, 6, 30), "Lowtide", "creates the endpoint", "the window opens at 07:00")
        yield Event(at(day, 6, 51), "SageMaker", "Creating → InService", "two ml.g6.2xlarge are up")
        for hour in range(8, 12):
            why = "utilization above the target of 75 % for 3 minutes"
            count = f"{2 * hour - 12} → {2 * hour - 10} instances"
            yield Event(at(day, hour, 14), "Application Auto Scaling", count, why, routine=True)
        drained, snapshot = "it is drained", "3 tags, 1 alarm"
        yield Event(at(day, 21, 14), "Lowtide", "takes a snapshot", drained, detail=snapshot)
    why = "InsufficientInstanceCapacity <one spell, played on purpose>"
    yield Event(DROUGHT.start, "EC2 capacity", f"no {G6}", why)
    yield Event(at(0, 9, 32), "SageMaker", f"adds {G6E}", f"{G6} timed out after 600 s; next pool")
