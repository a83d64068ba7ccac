"""The timestamps of an endpoint as of this minute, and whether it is late.

An endpoint is late when it is due and not in service. When it is due follows from its schedule, its
`ready` and the time that its creations usually take. The instant at which it is due stands until
the endpoint is not wanted any more: asking again does not put it off.
"""

from collections.abc import Iterator
from datetime import datetime

from lowtide.domain.endpoint.observed import SERVING, Status
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.stored_state import Timestamps
from lowtide.domain.schedule.explanation import last_change


def timestamps(s: Context) -> Timestamps:
    """The timestamps as of now, from those that were stored before."""
    known = s.timestamps
    wanted = s.desired.awake and s.paused is None
    due = (known.due or _due(s)) if wanted else None
    match s.endpoint.status:
        case Status.ABSENT:
            return Timestamps(due, None, known.absent or s.now)
        case status if status in SERVING:
            return Timestamps(due, _in_service_since(s), None)
        case _:
            return Timestamps(due, known.in_service, known.absent)


def wake_overdue(s: Context) -> bool:
    due = timestamps(s).due
    return due is not None and due <= s.now and s.endpoint.status not in SERVING


def _in_service_since(s: Context) -> datetime:
    known, created = s.timestamps.in_service, s.endpoint.created_at
    if known is None or (created is not None and known < created):
        return s.now  # first seen now; the stored one belonged to an endpoint before this one
    return known


def _due(s: Context) -> datetime:
    """The start of the window that it is created early for; else what follows from the latest event
    that asked for it; now where there is none."""
    return s.desired.opens or max(_expected(s), default=s.now)


def _expected(s: Context) -> Iterator[datetime]:
    """When it is due by each event that may have asked for it: the schedule, a request, the end of
    an override to sleep."""
    opened = last_change(s.managed.schedule, s.now)
    if opened is not None and opened.awake:
        in_time = s.managed.ready == "at-start"
        yield opened.at if in_time else opened.at + s.usual_creation
    if s.asked is not None:
        yield s.asked + s.usual_creation
    override = s.override
    if override is not None and not override.awake and override.until <= s.now:
        yield override.until + s.usual_creation
