"""What the rules ask of a context."""

from datetime import datetime, timedelta

from lowtide.domain.endpoint.observed import DELETABLE, Status
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.load.reading import MissingReading
from lowtide.domain.scaling.desired import asked_for
from lowtide.domain.snapshot.ownership import not_own

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


def paused(s: Context) -> bool:
    return s.paused is not None


def unknown(s: Context) -> bool:
    return s.endpoint.status == Status.UNKNOWN


def moving(s: Context) -> bool:
    return s.endpoint.status in _MOVING


def absent(s: Context) -> bool:
    return s.endpoint.status == Status.ABSENT


def failed(s: Context) -> bool:
    return s.endpoint.status == Status.FAILED


def out_of_service(s: Context) -> bool:
    return s.endpoint.status == Status.OUT_OF_SERVICE


def awake(s: Context) -> bool:
    return s.desired.awake


def restore_pending(s: Context) -> bool:
    """Whether what was saved may be missing: Lowtide created the endpoint and has not verified it
    yet, or somebody else created it in the place of one that was verified."""
    verified, created = s.record.verified_created_at, s.endpoint.created_at
    known = s.record.snapshot is not None and verified is not None and created is not None
    return s.record.restore_pending or (known and verified != created)


def snapshot_not_own(s: Context) -> bool:
    """Whether what was saved names things of others: nothing of it may be put."""
    saved = s.record.snapshot
    return saved is not None and bool(not_own(saved, s.endpoint.name))


def scaling_due(s: Context) -> bool:
    """The file's scaling is not known to be on this very endpoint, or is not asked for any more."""
    if s.endpoint.status != Status.IN_SERVICE:
        return False
    asked, applied = asked_for(s.managed, s.endpoint.config_name), s.record.applied
    if applied is None or not asked:
        return bool(asked) or applied is not None
    return (applied.config_hash, applied.endpoint_created_at) != (asked, s.endpoint.created_at)


def scaling_turn(s: Context) -> bool:
    """A restore that lasts and the file's scaling take turns, as AWS may refuse either for ever."""
    since = s.record.restoring_since
    lasts = since is not None and s.now - since >= _RESTORE_ALONE
    return restore_pending(s) and lasts and s.record.restored_last and scaling_due(s)


def creation_unfinished(s: Context) -> bool:
    return s.record.failures is not None or s.record.creating_since is not None


def ending(s: Context) -> bool:
    """Whether steps towards a delete of this very endpoint have begun."""
    return _of_this_endpoint(s, s.record.ending_since)


def draining(s: Context) -> bool:
    return _of_this_endpoint(s, s.record.draining_since)


def draining_since(s: Context) -> datetime | None:
    return s.record.draining_since if draining(s) else None


def saved(s: Context) -> bool:
    """Whether the table has what a delete would lose, as it was when the steps towards it began."""
    snapshot = s.record.snapshot
    if snapshot is None:
        return False
    if failed(s):
        since = s.endpoint.modified_at
        return restore_pending(s) or (since is not None and snapshot.taken_at >= since)
    began = s.record.ending_since
    return began is not None and ending(s) and snapshot.taken_at >= began


def suspended(s: Context) -> bool:
    return s.record.suspended


def suspension_lasts(s: Context) -> bool:
    """Whether scaling may be suspended by Lowtide; a drain that only began to suspend it counts."""
    gone = s.endpoint.status in {Status.DELETING, Status.ABSENT}
    return draining(s) and not gone and not failed(s)


def can_resume(s: Context) -> bool:
    return suspension_lasts(s) and s.endpoint.status in DELETABLE


def left_suspended(s: Context) -> bool:
    """Whether scaling is suspended for longer than any drain takes."""
    return can_resume(s) and s.now >= deadline(s) + _TIME_TO_DELETE


def past_deadline(s: Context) -> bool:
    return draining(s) and s.now >= deadline(s)


def delete_overdue(s: Context) -> bool:
    """Whether it should have been deleted a while ago: whatever the reason, it costs money."""
    due = draining(s) and s.managed.drain.then == "delete" and not absent(s)
    return due and not awake(s) and not paused(s) and s.now >= deadline(s) + _TIME_TO_DELETE


def may_be_open(streams: float | MissingReading) -> bool:
    return isinstance(streams, MissingReading) or streams > 0


def kept_by_streams(s: Context, streams: float | MissingReading) -> bool:
    """Whether open streams keep it: until the deadline, and beyond it where the file says so."""
    outlasted = s.now >= deadline(s) and s.managed.drain.then == "delete"
    return may_be_open(streams) and not outlasted


def drain_missed(s: Context, streams: float | MissingReading) -> bool:
    """Whether the drain was not ended in time, because no scheduler ran, say, or AWS was at work:
    the streams of now may have opened since."""
    late = draining(s) and s.now >= deadline(s) + _LATEST_DELETE
    return late and may_be_open(streams) and s.managed.drain.then == "delete"


def delete_attempted(s: Context) -> bool:
    """Whether a delete was tried in vain: AWS refused it, or the run was killed."""
    return _of_this_endpoint(s, s.record.deleting_since)


def deadline(s: Context) -> datetime:
    return (draining_since(s) or s.now) + s.managed.drain.deadline


def _of_this_endpoint(s: Context, since: datetime | None) -> bool:
    """What began before this endpoint was created belonged to another of the same name."""
    created = s.endpoint.created_at
    return since is not None and (created is None or since >= created)
