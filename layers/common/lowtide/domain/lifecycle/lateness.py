"""The timestamps of an endpoint as of this minute, and whether it is late.

An endpoint is late when it is due and not in service. When it is due follows from its schedule, its
`ready` and the time that its creations usually take. The instant at which it is due stands until
the endpoint is not wanted any more: asking again does not put it off.
"""

from collections.abc import Iterator
from datetime import datetime

from lowtide.domain.endpoint import SERVING, Status
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.stored_state import Timestamps
from lowtide.domain.schedule import last_change


def timestamps(context: Context) -> Timestamps:
    """The timestamps as of now, from those that were stored before."""
    known = context.timestamps
    wanted = context.desired.awake and context.paused is None
    due = (known.due or _due(context)) if wanted else None
    match context.endpoint.status:
        case Status.ABSENT:
            by_others = known.by_others or deleted_by_others(context)
            return Timestamps(due, None, known.absent or context.now, by_others)
        case status if status in SERVING:
            return Timestamps(due, _in_service_since(context), None)
        case _:
            return Timestamps(due, known.in_service, known.absent)


def deleted_by_others(context: Context) -> bool:
    """Whether it was in service when it was last seen, and is absent, and Lowtide did not delete
    it: before it deletes one in service, or cleans up one that failed, it stores that."""
    in_service, sleep = context.timestamps.in_service, context.sleep
    if context.endpoint.status != Status.ABSENT or in_service is None:
        return False
    asleep = sleep is not None and sleep.since >= in_service
    return not asleep and context.record.failures is None


def grace_ends(context: Context) -> datetime | None:
    """Until when an endpoint that someone else deleted is not created: a pipeline may be replacing
    it. None where nothing is to be waited for, and once a person has asked for it."""
    seen = timestamps(context)
    if not seen.by_others or seen.absent is None:
        return None
    ends, asked = seen.absent + context.deletion_grace, context.asked
    asked_since = asked is not None and asked >= seen.absent
    return None if asked_since or ends <= context.now else ends


def wake_overdue(context: Context) -> bool:
    due = timestamps(context).due
    return due is not None and due <= context.now and context.endpoint.status not in SERVING


def _in_service_since(context: Context) -> datetime:
    known, created = context.timestamps.in_service, context.endpoint.created_at
    if known is None or (created is not None and known < created):
        return context.now  # first seen now; the stored one belonged to an endpoint before this one
    return known


def _due(context: Context) -> datetime:
    """The start of the window that it is created early for; else what follows from the latest event
    that asked for it; now where there is none."""
    return context.desired.opens or max(_expected(context), default=context.now)


def _expected(context: Context) -> Iterator[datetime]:
    """When it is due by each event that may have asked for it: the schedule, a request, the end of
    a pause or of an override to sleep."""
    opened = last_change(context.managed.schedule, context.now)
    if opened is not None and opened.awake:
        in_time = context.managed.ready == "at-start"
        yield opened.at if in_time else opened.at + context.usual_creation
    if context.asked is not None:
        yield context.asked + context.usual_creation
    if context.resumed is not None:
        yield context.resumed + context.usual_creation
    override = context.override
    if override is not None and not override.awake and override.until <= context.now:
        yield override.until + context.usual_creation
