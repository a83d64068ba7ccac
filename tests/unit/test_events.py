"""What the functions read from their events."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from lowtide.domain.errors import RequestError
from lowtide.domain.sharding import Shard
from lowtide.events import cause, event_time, named_endpoint, shard_of

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
    found = event_time(event, CLOCK)
    assert found == expected
    assert found.tzinfo is not None


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("yesterday", id="a word"),
        pytest.param(1_795_435_200, id="epoch seconds"),
        pytest.param(None, id="null"),
        pytest.param("2026-11-23T12:00:00", id="a time without a zone is no instant"),
        pytest.param("<aws.scheduler.scheduled-time>", id="an attribute that was not filled in"),
    ],
)
def test_a_time_that_is_no_instant_is_refused(value: object) -> None:
    with pytest.raises(RequestError, match=r"time: .* is not an instant such as 2026-11-23T12:"):
        event_time({"time": value}, CLOCK)


@pytest.mark.parametrize(
    ("event", "name"),
    [
        pytest.param({"detail": {"EndpointName": "My-Endpoint"}}, "My-Endpoint", id="kept in case"),
        pytest.param({"time": "2026-11-23T12:00:00Z"}, None, id="the minute's event names none"),
        pytest.param({"detail": {}}, None, id="a detail without a name"),
        pytest.param({"detail": {"EndpointName": ""}}, None, id="an empty name is none"),
    ],
)
def test_named_endpoint(event: dict[str, Any], name: str | None) -> None:
    assert named_endpoint(event) == name


def test_a_second_delivery_of_an_event_has_the_same_cause() -> None:
    event = {"id": "9c8a", "time": "2026-11-23T12:00:00Z"}
    assert cause(event, CLOCK) == cause(event, CLOCK + timedelta(minutes=1)) == "9c8a"


def test_each_minute_is_a_cause_of_its_own() -> None:
    causes = {cause({}, CLOCK + timedelta(minutes=n)) for n in range(3)}
    assert len(causes) == 3


def test_the_same_minute_is_one_cause() -> None:
    assert cause({}, CLOCK) == cause({"id": ""}, CLOCK) == "20261123T120030"


def test_a_clock_in_another_zone_reads_the_same_event() -> None:
    tokyo = CLOCK.astimezone(timezone(timedelta(hours=9)))
    assert event_time({"time": "2026-11-23T12:00:00Z"}, tokyo) == CLOCK.replace(second=0)


@pytest.mark.parametrize(
    ("event", "shard"),
    [
        pytest.param({}, Shard(0, 1), id="without one all endpoints are meant"),
        pytest.param({"shard": 0, "shards": 2}, Shard(0, 2), id="the first"),
        pytest.param({"shard": 3, "shards": 4}, Shard(3, 4), id="the last"),
    ],
)
def test_shard(event: dict[str, Any], shard: Shard) -> None:
    assert shard_of(event) == shard


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({"shard": 2, "shards": 2}, id="they are counted from 0"),
        pytest.param({"shard": 1}, id="of how many is not said"),
        pytest.param({"shard": -1, "shards": 2}, id="below 0"),
        pytest.param({"shard": "0", "shards": 2}, id="text"),
        pytest.param({"shard": True, "shards": 2}, id="a truth value"),
    ],
)
def test_a_shard_that_is_none_is_refused(event: dict[str, Any]) -> None:
    """Nothing published is seen; published by another invocation, too, it would not be."""
    with pytest.raises(RequestError, match="give whole numbers"):
        shard_of(event)
