"""What the functions read from their events."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from lowtide.domain.errors import RequestError
from lowtide.domain.sharding import Shard
from lowtide.events import parse

CLOCK = datetime(2026, 11, 23, 12, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param({}, CLOCK, id="without a time, the clock's"),
        pytest.param(
            {"time": "2026-11-23T12:00:00Z"}, datetime(2026, 11, 23, 12, tzinfo=UTC),
            id="EventBridge's own minute, so that a retry decides like the first try",
        ),
        pytest.param(
            {"time": "2026-11-23T13:00:00+01:00"}, datetime(2026, 11, 23, 12, tzinfo=UTC),
            id="an instant on another clock is the same instant",
        ),
        pytest.param(
            {"time": "2026-11-23T11:55:30Z"}, CLOCK - timedelta(minutes=5),
            id="five minutes old is still that minute",
        ),
        pytest.param({"time": "2026-11-23T11:55:29Z"}, CLOCK, id="older is not acted on"),
        pytest.param({"time": "2026-11-23T12:05:31Z"}, CLOCK, id="nor is the far future"),
    ],
)  # fmt: skip
def test_event_time(event: dict[str, Any], expected: datetime) -> None:
    found = parse(event).now(CLOCK)
    assert found == expected
    assert found.tzinfo is not None


@pytest.mark.parametrize(
    ("event", "name"),
    [
        pytest.param({"detail": {"EndpointName": "My-Endpoint"}}, "My-Endpoint", id="kept in case"),
        pytest.param({"time": "2026-11-23T12:00:00Z"}, None, id="the minute's event names none"),
        pytest.param({"detail": {}}, None, id="a detail without a name"),
    ],
)
def test_the_endpoint_of_an_event(event: dict[str, Any], name: str | None) -> None:
    assert parse(event).endpoint == name


def test_a_second_delivery_of_an_event_has_the_same_cause() -> None:
    event = parse({"id": "9c8a", "time": "2026-11-23T12:00:00Z"})
    assert event.cause(CLOCK) == event.cause(CLOCK + timedelta(minutes=1)) == "9c8a"


def test_each_minute_is_a_cause_of_its_own() -> None:
    causes = {parse({}).cause(CLOCK + timedelta(minutes=n)) for n in range(3)}
    assert len(causes) == 3


def test_the_same_minute_is_one_cause() -> None:
    assert parse({}).cause(CLOCK) == parse({"id": ""}).cause(CLOCK) == "20261123T120030"


def test_a_clock_in_another_zone_reads_the_same_event() -> None:
    tokyo = CLOCK.astimezone(timezone(timedelta(hours=9)))
    assert parse({"time": "2026-11-23T12:00:00Z"}).now(tokyo) == CLOCK.replace(second=0)


@pytest.mark.parametrize(
    ("event", "shard"),
    [
        pytest.param({}, Shard(0, 1), id="without one all endpoints are meant"),
        pytest.param({"shard": 0, "shards": 2}, Shard(0, 2), id="the first"),
        pytest.param({"shard": 3, "shards": 4}, Shard(3, 4), id="the last"),
    ],
)
def test_shard(event: dict[str, Any], shard: Shard) -> None:
    assert parse(event).part == shard


NO_INSTANT = r"time: .*: not an instant such as 2026-11-23T12:00:00Z"


@pytest.mark.parametrize(
    ("event", "message"),
    [
        pytest.param(None, "null: not a mapping", id="null"),
        pytest.param([], r"\[\]: not a mapping", id="a list"),
        pytest.param("minute", "'minute': not a mapping", id="text"),
        pytest.param({"time": "yesterday"}, NO_INSTANT, id="a word for a time"),
        pytest.param({"time": 1_795_435_200}, NO_INSTANT, id="epoch seconds"),
        pytest.param({"time": None}, NO_INSTANT, id="no time"),
        pytest.param({"time": "2026-11-23T12:00:00"}, NO_INSTANT, id="a time without a zone"),
        pytest.param(
            {"time": "<aws.scheduler.scheduled-time>"}, NO_INSTANT, id="a time not filled in"
        ),
        pytest.param({"detail": None}, "detail: null: not a mapping", id="a detail of null"),
        pytest.param({"detail": []}, r"detail: \[\]: not a mapping", id="a detail that is a list"),
        pytest.param(
            {"detail": {"EndpointName": 5}}, "detail.EndpointName: 5: not text",
            id="a number for a name",
        ),
        pytest.param(
            {"detail": {"EndpointName": "a" * 64}}, "EndpointName: .*: not a name in SageMaker",
            id="a name that is too long",
        ),
        pytest.param({"id": 5}, "id: 5: not text", id="a number for an id"),
        pytest.param({"id": "x" * 101}, "id: .*should match pattern", id="an id that SQS refuses"),
        # Published by no invocation a figure is missing; by two, it is there twice.
        pytest.param({"shard": 2, "shards": 2}, "counted from 0", id="shard 2 of 2"),
        pytest.param({"shard": 1}, "counted from 0", id="a shard of how many?"),
        pytest.param({"shard": -1, "shards": 2}, "shard: -1: must be at least 0", id="below 0"),
        pytest.param({"shard": "0", "shards": 2}, "shard: '0': not a whole", id="a shard as text"),
        pytest.param({"shard": True, "shards": 2}, "shard: true: not a whole", id="a truth value"),
    ],
)  # fmt: skip
def test_a_malformed_event_is_a_request_error(event: object, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        parse(event)
