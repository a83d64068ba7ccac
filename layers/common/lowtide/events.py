"""What the functions read from their events: the time, the endpoint, the shard and the cause."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from lowtide.domain.errors import RequestError
from lowtide.domain.sharding import Shard

_OLDEST = timedelta(minutes=5)


def event_time(event: Mapping[str, Any], clock: datetime) -> datetime:
    """The event's `time`, so that a retry decides like the first try.

    `clock` where there is none, or where it is minutes off: acting on an old minute could delete
    an endpoint that is needed now. Raises RequestError if `time` is not an instant.
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
    """The endpoint of a SageMaker state-change event; None for the event of a minute."""
    name = event.get("detail", {}).get("EndpointName")
    return str(name) if name else None


def shard_of(event: Mapping[str, Any]) -> Shard:
    """The shard of endpoints that the event names; all endpoints if it names none."""
    number, of = event.get("shard", 0), event.get("shards", 1)
    if all(type(value) is int for value in (number, of)) and 0 <= number < of:
        return Shard(number, of)
    msg = f"shard {number!r} of {of!r}: give whole numbers, `shard` from 0 on and below `shards`"
    raise RequestError(msg)


def cause(event: Mapping[str, Any], now: datetime) -> str:
    """The event's id, so that a second delivery of the event does not queue a second step."""
    return str(event.get("id") or f"{now:%Y%m%dT%H%M%S}")
