"""What the endpoint itself shows: a step whose run did not see its end, a deletion by hand."""

from datetime import datetime, timedelta

from lowtide.domain.endpoint import Endpoint, Status
from lowtide.domain.history.entry import Entry
from lowtide.domain.lifecycle import Context, Create, Delete, Intent, deleted_by_others
from lowtide.domain.wording import clock

ABSENT = "Absent"  # entries of one minute are read by name: this sorts before the Create after it
_LONGEST_RUN = timedelta(minutes=2)  # the reconciler's time-out is one
_LONGEST_DELETION = timedelta(hours=1)  # what is gone later, a person may have deleted


def was_done(intent: Intent, endpoint: Endpoint, now: datetime) -> bool:
    """Whether the endpoint shows that AWS has taken this delete, or this creation."""
    created = endpoint.created_at
    if intent.step == Create.name:
        return created is not None and intent.at <= created < intent.at + _LONGEST_RUN
    gone = endpoint.status in (Status.ABSENT, Status.DELETING)
    replaced = created is not None and created > intent.at
    lately = now < intent.at + _LONGEST_DELETION
    return intent.step == Delete.name and lately and (gone or replaced)


def deleted_by_hand(context: Context) -> Entry | None:
    """The entry for an endpoint that was in service and is absent, though Lowtide did not delete
    it."""
    now, in_service = context.now, context.timestamps.in_service
    if in_service is None or not deleted_by_others(context):
        return None
    since = f"in service since {clock(in_service, context.managed.schedule.timezone)}"
    return Entry(now, ABSENT, "it was deleted, and not by Lowtide", since)
