"""What a run of the publisher logs, and the metrics that it counts."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from lowtide.domain.load.load_metrics import LoadMetrics
from lowtide.domain.load.reading import MissingReading
from lowtide.observability import Reporter
from lowtide.workflows.publisher.publish import PublishResult
from lowtide.workflows.publisher.report import report
from lowtide.workflows.publisher.run import PublishedBatch

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEN_SECONDS = timedelta(seconds=10)
READ = LoadMetrics(0.5, 5, 0.5, 5, 10)
DOUBTFUL = LoadMetrics(0.5, 5, 0.5, 5, 10, notes=("read as of 11:58:00",))
STALE, DENIED = MissingReading("stale", "old"), MissingReading("denied", "no")
ASLEEP, NEW = MissingReading("not-in-service", "Absent"), MissingReading("settling", "new")

type Outcomes = dict[str, LoadMetrics | MissingReading]


@dataclass
class Recorder:
    """A Reporter that keeps what it is given."""

    metrics: dict[str, float] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    lines: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def logger(self) -> "Recorder":
        return self

    def warning(self, message: str, extra: Any) -> None:
        self.lines.append((message, extra))

    def info(self, message: str, extra: Any) -> None:
        self.lines.append((message, extra))

    def count(self, name: str, count: int = 1) -> None:
        self.metrics[name] = count

    def gauge(self, name: str, value: float) -> None:
        self.metrics[name] = value

    def count_by_reason(self, name: str, reason: str, count: int = 1) -> None:
        assert name == "NoReading"
        self.reasons[reason] = count


def reported(*batches: Outcomes, late: frozenset[int] = frozenset()) -> Recorder:
    recorder = Recorder()
    given = [
        PublishedBatch(
            NOON + index * TEN_SECONDS,
            tuple(PublishResult(name, "v", outcome) for name, outcome in batch.items()),
            late,
        )
        for index, batch in enumerate(batches)
    ]
    report(given, cast("Reporter", recorder))
    return recorder


@pytest.mark.parametrize(
    ("batches", "endpoints"),
    [
        pytest.param(({"a": READ},), 0, id="no endpoint without a reading"),
        pytest.param(({"a": STALE, "b": DENIED, "c": READ},), 2, id="each endpoint counts once"),
        pytest.param(({"a": ASLEEP},), 0, id="an endpoint that sleeps does not count"),
        pytest.param(({"a": NEW},), 0, id="a new endpoint does not count"),
        pytest.param(({"a": STALE}, {"a": READ}), 0, id="the last batch of a minute decides"),
        pytest.param(({"a": READ}, {"a": STALE}), 1, id="also when it has failed"),
        pytest.param((), 0, id="a run that was too late to read counts none"),
    ],
)
def test_endpoints_without_a_reading_in_this_minute(
    batches: tuple[Outcomes, ...], endpoints: int
) -> None:
    assert reported(*batches).metrics["UnreadableMinutes"] == endpoints


def test_readings_are_counted_and_missing_ones_by_their_reason() -> None:
    recorder = reported({"a": READ, "b": STALE, "c": ASLEEP}, {"b": STALE})
    assert recorder.metrics["Readings"] == 4
    assert recorder.reasons == {"stale": 2, "not-in-service": 1}
    assert recorder.lines[-1] == (
        "published",
        {"steps": 2, "read": 1, "unread": {"stale": 2, "not-in-service": 1}, "late_slots": 0},
    )


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        pytest.param(READ, None, id="nothing of a reading"),
        pytest.param(ASLEEP, None, id="nothing of an endpoint that sleeps"),
        pytest.param(NEW, None, id="nothing of a new endpoint"),
        pytest.param(
            STALE, ("no reading", {"code": "stale", "reason": "old"}), id="why there is no reading"
        ),
        pytest.param(
            DOUBTFUL,
            ("on the safe side", {"notes": ("read as of 11:58:00",)}),
            id="what was doubtful",
        ),
    ],
)
def test_the_log_has(
    outcome: LoadMetrics | MissingReading, line: tuple[str, dict[str, Any]] | None
) -> None:
    *lines, _ = reported({"a": outcome}).lines
    expected = [(line[0], {"endpoint": "a", "variant": "v"} | line[1])] if line else []
    assert lines == expected


def test_points_that_were_left_out_are_counted() -> None:
    assert reported({"a": READ}, {"a": READ}, late=frozenset({10})).metrics["LateSlots"] == 2
    assert "LateSlots" not in reported({"a": READ}).metrics
