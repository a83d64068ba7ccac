"""An invented report of two working days in New York, with one drought on the first."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil, exp, sin

import pytest

from lowtide_workbench.report.model import Comparison, Event, Minute, Report, Span, Totals

G6, G6E = "ml.g6.2xlarge", "ml.g6e.2xlarge"
CAPACITY = {G6: 10, G6E: 20}
START = datetime(2026, 11, 23, 5, tzinfo=UTC)  # Monday, midnight in New York


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
        minutes=tuple(made_minutes()),
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


def made_minutes() -> Iterator[Minute]:
    g6, g6e = 2, 0
    for number in range(48 * 60):
        now = START + timedelta(minutes=number)
        status = made_status(number % 1440, number // 1440)
        streams = made_streams(number % 1440)
        if status in ("Absent", "Creating"):
            g6, g6e = 2, 0
            yield Minute(now, status, 0, 0, {}, None, None, None)
            continue
        if number % 7 == 0:
            wanted = max(20, streams / 0.75)
            if DROUGHT.start <= now < DROUGHT.end:
                g6e = max(g6e, ceil((wanted - 10 * g6) / 20))
            else:
                g6e -= g6e > 0 and number % 35 == 0
                g6 = max(2, ceil((wanted - 20 * g6e) / 10))
        yield made_minute(now, status, streams, {G6: g6, G6E: g6e})


def made_minute(now: datetime, status: str, streams: int, live: dict[str, int]) -> Minute:
    capacity = sum(CAPACITY[name] * count for name, count in live.items())
    busy = streams / capacity
    pools_in_use = sum(count > 0 for count in live.values())
    return Minute(
        now,
        status,
        streams,
        capacity,
        {name: count for name, count in live.items() if count},
        utilization=busy,
        lowtide=None if now.minute == 17 else busy + 0.01 * sin(now.minute),
        published_formula=busy * pools_in_use / 2,
    )


def made_streams(minute: int) -> int:
    hour = minute / 60
    day = 130 * exp(-(((hour - 11) / 2.4) ** 2)) + 90 * exp(-(((hour - 16) / 3) ** 2))
    return 0 if not 7 <= hour < 21.2 else ceil(day + 4 * sin(minute * 1.7) + 4 * sin(minute / 9))


def made_status(minute: int, day: int) -> str:
    spells = [(6 * 60 + 30, "Absent"), (6 * 60 + 51, "Creating"), (21 * 60 + 14, "InService")]
    if day == 0:
        spells.insert(2, (9 * 60, "InService"))
        spells.insert(3, (9 * 60 + 32, "Updating"))
    spells.append((21 * 60 + 22, "Deleting"))
    return next((status for end, status in spells if minute < end), "Absent")


def made_events() -> Iterator[Event]:
    for day in (0, 1):
        yield Event(at(day, 6, 30), "Lowtide", "creates the endpoint", "the window opens at 07:00")
        yield Event(at(day, 6, 51), "SageMaker", "Creating → InService", "two ml.g6.2xlarge are up")
        yield Event(
            at(day, 6, 52),
            "Lowtide",
            "restores the scalable target, 2 policies, 1 scheduled action",
            "they went with the endpoint when it was deleted; the snapshot has them",
        )
        for hour in range(8, 12):
            yield Event(
                at(day, hour, 14),
                "Application Auto Scaling",
                f"{2 * hour - 12} → {2 * hour - 10} instances",
                "utilization above the target of 75 % for 3 minutes",
                routine=True,
            )
        yield Event(
            at(day, 21),
            "Lowtide",
            "waits for 17 streams to end",
            "the window closed at 21:00; calls in flight are never cut before the drain deadline",
        )
        yield Event(
            at(day, 21, 14),
            "Lowtide",
            "takes a snapshot",
            "it is drained",
            detail="3 tags, 1 alarm",
        )
        yield Event(
            at(day, 21, 14), "Lowtide", "deletes the endpoint", "snapshot verified, no streams left"
        )
    yield Event(
        DROUGHT.start,
        "EC2 capacity",
        f"no {G6}",
        "InsufficientInstanceCapacity <one spell, played on purpose>",
    )
    yield Event(
        at(0, 9, 32), "SageMaker", f"adds {G6E}", f"{G6} timed out after 600 s; next pool by order"
    )
