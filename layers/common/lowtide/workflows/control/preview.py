"""What a schedule is going to do, as JSON, for the control function and the command."""

from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from lowtide.domain.endpoint import ManagedEndpoint
from lowtide.domain.schedule import Change, LeadTime, changes
from lowtide.domain.wording import in_utc

LONGEST = timedelta(days=31)  # keeps an answer within a function's time and size
_MOST_CHANGES = 1_000


def preview(
    managed: ManagedEndpoint, start: datetime, end: datetime, lead: timedelta
) -> dict[str, Any]:
    """Returns the changes in [start, end), as many as an answer holds; `to` is their end."""
    coming = list(islice(changes(managed.schedule, start, end, lead), _MOST_CHANGES + 1))
    until = coming[_MOST_CHANGES].at if len(coming) > _MOST_CHANGES else end
    return {
        "endpoint": managed.name,
        "timezone": str(managed.schedule.timezone),
        "from": in_utc(start),
        "to": in_utc(until),
        "changes": [as_json(change) for change in coming[:_MOST_CHANGES]],
    }


def as_json(change: Change) -> dict[str, str]:
    created = {"create_at": in_utc(change.create_at)} if change.create_at else {}
    to = "awake" if change.awake else "asleep"
    return {"at": in_utc(change.at), "to": to, "because": change.because} | created


def lead_time_as_json(lead_time: LeadTime) -> dict[str, Any]:
    minutes = round(lead_time.length / timedelta(minutes=1), 1)
    return {"minutes": minutes, "because": lead_time.because}
