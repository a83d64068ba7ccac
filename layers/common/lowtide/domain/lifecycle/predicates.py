"""What the rules ask of a context."""

from datetime import datetime, timedelta

from lowtide.domain.endpoint import DELETABLE, Status
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.load import MissingReading
from lowtide.domain.scaling import asked_for
from lowtide.domain.snapshot import not_own

_TIME_TO_DELETE = timedelta(minutes=15)  # of a minute's many retries, and of the limit a minute
# A delete that comes later than that after its deadline cuts streams that the drain never saw.
_LATEST_DELETE = timedelta(hours=1)
# A restore that is not verified by then may never be: the scaling of the file waits no longer.
_RESTORE_ALONE = timedelta(minutes=5)
_MOVING = {
    Status.CREATING,
    Status.UPDATING,
    Status.SYSTEM_UPDATING,
    Status.ROLLING_BACK,
    Status.DELETING,
}


def paused(context: Context) -> bool:
    return context.paused is not None


def unknown(context: Context) -> bool:
    return context.endpoint.status == Status.UNKNOWN


def moving(context: Context) -> bool:
    return context.endpoint.status in _MOVING


def absent(context: Context) -> bool:
    return context.endpoint.status == Status.ABSENT


def failed(context: Context) -> bool:
    return context.endpoint.status == Status.FAILED


def out_of_service(context: Context) -> bool:
    return context.endpoint.status == Status.OUT_OF_SERVICE


def awake(context: Context) -> bool:
    return context.desired.awake


def restore_pending(context: Context) -> bool:
    """Whether what was saved may be missing: Lowtide created the endpoint and has not verified it
    yet, or a person created it in the place of one that was verified."""
    verified, created = context.record.verified_created_at, context.endpoint.created_at
    known = context.record.snapshot is not None and verified is not None and created is not None
    return context.record.restore_pending or (known and verified != created)


def snapshot_not_own(context: Context) -> bool:
    """Whether what was saved names things of others: nothing of it may be put."""
    saved, endpoint = context.record.snapshot, context.endpoint
    return saved is not None and bool(not_own(saved, endpoint.name, endpoint.account))


def scaling_due(context: Context) -> bool:
    """The file's scaling is not known to be on this very endpoint, or is not asked for any more."""
    if context.endpoint.status != Status.IN_SERVICE:
        return False
    endpoint, applied = context.endpoint, context.record.applied
    asked = asked_for(context.managed, endpoint.config_name)
    if applied is None or not asked:
        return bool(asked) or applied is not None
    return (applied.config_hash, applied.endpoint_created_at) != (asked, endpoint.created_at)


def scaling_turn(context: Context) -> bool:
    """A restore that lasts and the file's scaling take turns, as AWS may refuse either for ever."""
    since = context.record.restoring_since
    lasts = since is not None and context.now - since >= _RESTORE_ALONE
    return (
        restore_pending(context) and lasts and context.record.restored_last and scaling_due(context)
    )


def creation_unfinished(context: Context) -> bool:
    return context.record.failures is not None or context.record.creating_since is not None


def ending(context: Context) -> bool:
    """Whether steps towards a delete of this very endpoint have begun."""
    return _of_this_endpoint(context, context.record.ending_since)


def draining(context: Context) -> bool:
    return _of_this_endpoint(context, context.record.draining_since)


def draining_since(context: Context) -> datetime | None:
    return context.record.draining_since if draining(context) else None


def saved(context: Context) -> bool:
    """Whether the table has what a delete would lose, as it was when the steps towards it began."""
    snapshot = context.record.snapshot
    if snapshot is None:
        return False
    if failed(context):
        since = context.endpoint.modified_at
        return restore_pending(context) or (since is not None and snapshot.taken_at >= since)
    began = context.record.ending_since
    return began is not None and ending(context) and snapshot.taken_at >= began


def suspended(context: Context) -> bool:
    return context.record.suspended


def suspension_lasts(context: Context) -> bool:
    """Whether scaling may be suspended by Lowtide; a drain that only began to suspend it counts."""
    gone = context.endpoint.status in {Status.DELETING, Status.ABSENT}
    return draining(context) and not gone and not failed(context)


def can_resume(context: Context) -> bool:
    return suspension_lasts(context) and context.endpoint.status in DELETABLE


def left_suspended(context: Context) -> bool:
    """Whether scaling is suspended for longer than any drain takes."""
    return can_resume(context) and context.now >= deadline(context) + _TIME_TO_DELETE


def past_deadline(context: Context) -> bool:
    return draining(context) and context.now >= deadline(context)


def delete_overdue(context: Context) -> bool:
    """Whether it should have been deleted a while ago: whatever the reason, it costs money."""
    to_delete = draining(context) and context.managed.drain.then == "delete"
    if not to_delete or absent(context) or awake(context) or paused(context):
        return False
    return context.now >= deadline(context) + _TIME_TO_DELETE


def may_be_open(streams: float | MissingReading) -> bool:
    return isinstance(streams, MissingReading) or streams > 0


def kept_by_streams(context: Context, streams: float | MissingReading) -> bool:
    """Whether open streams keep it: until the deadline, and beyond it where the file says so."""
    outlasted = context.now >= deadline(context) and context.managed.drain.then == "delete"
    return may_be_open(streams) and not outlasted


def drain_missed(context: Context, streams: float | MissingReading) -> bool:
    """Whether the drain was not ended in time, because no scheduler ran, say, or AWS was at work:
    the streams of now may have opened since."""
    late = draining(context) and context.now >= deadline(context) + _LATEST_DELETE
    return late and may_be_open(streams) and context.managed.drain.then == "delete"


def delete_attempted(context: Context) -> bool:
    """Whether a delete was tried in vain: AWS refused it, or the run was killed."""
    return _of_this_endpoint(context, context.record.deleting_since)


def deadline(context: Context) -> datetime:
    return (draining_since(context) or context.now) + context.managed.drain.deadline


def _of_this_endpoint(context: Context, since: datetime | None) -> bool:
    """What began before this endpoint was created belonged to another of the same name."""
    created = context.endpoint.created_at
    return since is not None and (created is None or since >= created)
