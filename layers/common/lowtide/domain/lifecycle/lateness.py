"""The milestones of an endpoint as of this minute, and whether it is late.

An endpoint is late when it is due and not in service. When it is due follows from its schedule, its
`ready` and the time that its creations usually take. The instant at which it is due stands until
nobody wants the endpoint any more: asking again does not put it off.
"""

from collections.abc import Iterator
from datetime import datetime

from lowtide.domain.endpoint.observed import SERVING, Status
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.stored_state import Milestones
from lowtide.domain.schedule.explanation import last_change


def milestones(s: Context) -> Milestones:
    """As of now, from the ones that were noted before."""
    known = s.milestones
    wanted = s.desired.awake and s.paused is None
    due = (known.due or _due(s)) if wanted else None
    match s.endpoint.status:
        case Status.ABSENT:
            return Milestones(due, None, known.absent or s.now)
        case status if status in SERVING:
            return Milestones(due, _in_service_since(s), None)
        case _:
            return Milestones(due, known.in_service, known.absent)


def late(s: Context) -> bool:
    due = milestones(s).due
    return due is not None and due <= s.now and s.endpoint.status not in SERVING


def _in_service_since(s: Context) -> datetime:
    known, created = s.milestones.in_service, s.endpoint.created_at
    if known is None or (created is not None and known < created):
        return s.now  # first seen now; what is noted was of an endpoint before this one
    return known


def _due(s: Context) -> datetime:
    """The start that it is created early for, else what follows from how the wish began; at once
    where nothing tells that."""
    return s.desired.opens or max(_expected(s), default=s.now)


def _expected(s: Context) -> Iterator[datetime]:
    """When it would be due by each event that may have begun the wish: the schedule, a request, the
    end of a wish to sleep. The latest holds."""
    opened = last_change(s.managed.schedule, s.now)
    if opened is not None and opened.awake:
        in_time = s.managed.ready == "at-start"
        yield opened.at if in_time else opened.at + s.usual_creation
    for asked in (s.asked, s.slept_until):
        if asked is not None:
            yield asked + s.usual_creation
