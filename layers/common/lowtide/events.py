"""What an event says: when is "now", which endpoint, and what names this occasion."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from lowtide.domain.errors import RequestError
from lowtide.domain.sharding import Shard

_OLDEST = timedelta(minutes=5)


def event_time(event: Mapping[str, Any], clock: datetime) -> datetime:
    """The event's own `time`, so that a retry decides like the first try.

    Without one, or with one that is minutes off, the clock: acting on an old minute could delete
    an endpoint that is wanted now. Raises RequestError where `time` is no instant.
    """
    if "time" not in event:
        return clock
    try:
        time = datetime.fromisoformat(str(event["time"]))
        return time if abs(clock - time) <= _OLDEST else clock
    except (ValueError, TypeError) as error:
        msg = f"time: {event['time']!r} is not an instant such as 2026-11-23T12:00:00Z"
        raise RequestError(msg) from error


def named_endpoint(event: Mapping[str, Any]) -> str | None:
    """SageMaker's state-change event names one; the minute's event names none."""
    name = event.get("detail", {}).get("EndpointName")
    return str(name) if name else None


def shard_of(event: Mapping[str, Any]) -> Shard:
    """Which part of the endpoints is meant; all, where the event names none."""
    number, of = event.get("shard", 0), event.get("shards", 1)
    if all(type(value) is int for value in (number, of)) and 0 <= number < of:
        return Shard(number, of)
    msg = f"shard {number!r} of {of!r}: give whole numbers, `shard` from 0 on and below `shards`"
    raise RequestError(msg)


def cause(event: Mapping[str, Any], now: datetime) -> str:
    """Names this occasion, so that a second delivery of the same event asks for nothing new."""
    return str(event.get("id") or f"{now:%Y%m%dT%H%M%S}")
