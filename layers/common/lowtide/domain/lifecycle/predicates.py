"""What the rules ask of a situation."""

from datetime import datetime, timedelta

from lowtide.domain.endpoint.observed import DELETABLE, STACK_TAG, Status
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.load.reading import MissingReading
from lowtide.domain.scaling.desired import asked_for

_TIME_TO_DELETE = timedelta(minutes=15)  # of a minute's many retries, and of the limit a minute
# A delete that comes later than that after its deadline cuts streams that the drain never saw.
_LATEST = timedelta(hours=1)
# A restore that is not proven by then may be refused for ever: the file's scaling waits no longer.
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


def ours(s: Context) -> bool:
    """Known only where a deletion is due: nobody reads the tags otherwise."""
    return s.endpoint.tags.get(STACK_TAG) == s.stack


def restore_pending(s: Context) -> bool:
    return s.record.restore_pending or _made_by_somebody_else(s)


def _made_by_somebody_else(s: Context) -> bool:
    """In the place of one that was proven whole; nobody may have seen it absent in between."""
    whole, created = s.record.whole, s.endpoint.created_at
    known = s.record.snapshot is not None and whole is not None and created is not None
    return known and whole != created


def scaling_due(s: Context) -> bool:
    """The file's scaling is not known to be on this very endpoint, or is not asked for any more."""
    if s.endpoint.status != Status.IN_SERVICE:
        return False
    asked, applied = asked_for(s.managed, s.endpoint.config_name), s.record.applied
    if applied is None or not asked:
        return bool(asked) or applied is not None
    return (applied.asked, applied.to) != (asked, s.endpoint.created_at)


def scaling_turn(s: Context) -> bool:
    """A restore that lasts and the file's scaling take turns, as AWS may refuse either for ever."""
    since = s.record.restoring_since
    lasts = since is not None and s.now - since >= _RESTORE_ALONE
    return restore_pending(s) and lasts and s.record.restored_last and scaling_due(s)


def creation_unfinished(s: Context) -> bool:
    return s.record.failures is not None or s.record.creating_since is not None


def ending(s: Context) -> bool:
    """What began before this endpoint was created was the end of another."""
    return _of_this_endpoint(s, s.record.ending_since)


def draining(s: Context) -> bool:
    return _of_this_endpoint(s, s.record.draining_since)


def draining_since(s: Context) -> datetime | None:
    return s.record.draining_since if draining(s) else None


def saved(s: Context) -> bool:
    """What would be lost by a delete stands in the table, as it was when the end began."""
    snapshot = s.record.snapshot
    if snapshot is None:
        return False
    if failed(s):
        since = s.endpoint.modified_at
        return restore_pending(s) or (since is not None and snapshot.taken_at >= since)
    began = s.record.ending_since
    return began is not None and ending(s) and snapshot.taken_at >= began


def held(s: Context) -> bool:
    return s.record.held


def hold_lasts(s: Context) -> bool:
    """Scaling may stand still because of Lowtide; of one that goes, is gone or failed nothing
    does."""
    gone = s.endpoint.status in {Status.DELETING, Status.ABSENT}
    return draining(s) and not gone and not failed(s)


def can_release(s: Context) -> bool:
    return hold_lasts(s) and s.endpoint.status in DELETABLE


def left_held(s: Context) -> bool:
    """By when its drain should have ended, one way or the other."""
    return can_release(s) and s.now >= deadline(s) + _TIME_TO_DELETE


def streams_may_be_open(s: Context) -> bool:
    return isinstance(s.streams, MissingReading) or s.streams > 0


def kept_open(s: Context) -> bool:
    outlasted = s.now >= deadline(s) and s.managed.drain.then == "delete"
    return streams_may_be_open(s) and not outlasted


def held_long_enough(s: Context) -> bool:
    """No drain, that may be delayed by a refusal, holds scaling for longer."""
    return draining(s) and s.now >= deadline(s)


def outstays(s: Context) -> bool:
    """It should have been deleted a while ago, and whatever the reason: it costs money."""
    due = draining(s) and s.managed.drain.then == "delete" and not absent(s)
    return due and not awake(s) and not paused(s) and s.now >= deadline(s) + _TIME_TO_DELETE


def overlooked(s: Context) -> bool:
    """Nobody was there to end the drain in time: no scheduler ran, say, or AWS was at work."""
    return draining(s) and s.now >= deadline(s) + _LATEST and streams_may_be_open(s)


def tried_to_delete(s: Context) -> bool:
    """In vain: AWS refused it, or the run was killed."""
    return _of_this_endpoint(s, s.record.deleting_since)


def deadline(s: Context) -> datetime:
    return (draining_since(s) or s.now) + s.managed.drain.deadline


def _of_this_endpoint(s: Context, since: datetime | None) -> bool:
    created = s.endpoint.created_at
    return since is not None and (created is None or since >= created)
