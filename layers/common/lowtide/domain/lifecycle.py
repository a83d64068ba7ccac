"""What is the one next step for this endpoint?

`plan` reads a table of rules from top to bottom and takes the first that applies. Nothing here
remembers a plan: each minute decides anew from what is wished and what is observed.
"""

from collections.abc import Callable
from datetime import datetime

from lowtide.domain.actions import (
    Action,
    BeginDrain,
    Create,
    Delete,
    EndDrain,
    Refuse,
    Rest,
    Restore,
    TakeSnapshot,
    Wait,
)
from lowtide.domain.durations import in_words
from lowtide.domain.endpoints import Status
from lowtide.domain.readings import NoReading
from lowtide.domain.refusals import refusals, refuse
from lowtide.domain.situation import Situation


def plan(situation: Situation) -> Action:
    for _, applies, action in RULES:
        if applies(situation):
            return action(situation)
    return Refuse(f"no rule for an endpoint that is {situation.endpoint.status}")


def config_to_create(situation: Situation) -> str | None:
    """The pinned configuration, else the one last in use."""
    snapshot = situation.record.snapshot
    return situation.managed.config_name or (snapshot.config_name if snapshot else None)


_MOVING = {
    Status.CREATING,
    Status.UPDATING,
    Status.SYSTEM_UPDATING,
    Status.ROLLING_BACK,
    Status.DELETING,
}


def _awake(s: Situation) -> bool:
    return s.wish.awake


def _asleep(s: Situation) -> bool:
    return not s.wish.awake


def _is(*statuses: Status) -> Callable[[Situation], bool]:
    return lambda s: s.endpoint.status in statuses


def _both(*conditions: Callable[[Situation], bool]) -> Callable[[Situation], bool]:
    return lambda s: all(condition(s) for condition in conditions)


def _draining(s: Situation) -> bool:
    """A drain that began before this endpoint was created was another's."""
    since, created = s.record.draining_since, s.endpoint.created_at
    return since is not None and (created is None or since >= created)


def _saved(s: Situation) -> bool:
    """What would be lost by a delete stands in the table, as it was when the end began."""
    snapshot = s.record.snapshot
    failed = s.endpoint.status == Status.FAILED
    end_began = s.endpoint.modified_at if failed else s.record.draining_since
    if snapshot is None or end_began is None:
        return False
    never_whole = failed and s.record.restore_pending
    return never_whole or snapshot.taken_at >= end_began


def _streams_may_be_open(s: Situation) -> bool:
    return isinstance(s.streams, NoReading) or s.streams > 0


def _deadline(s: Situation) -> datetime:
    return (s.record.draining_since or s.now) + s.managed.drain.deadline


def _held_open(s: Situation) -> bool:
    outlasted = s.now >= _deadline(s) and s.managed.drain.then == "delete"
    return _streams_may_be_open(s) and not outlasted


def _streams(s: Situation) -> str:
    if isinstance(s.streams, NoReading):
        return f"streams may be open ({s.streams.reason})"
    return f"{s.streams:.0f} streams are open"


def _why_held(s: Situation) -> str:
    if s.now < _deadline(s):
        return f"{_streams(s)}; the deadline is {in_words(_deadline(s) - s.now)} away"
    return f"{_streams(s)} past the deadline, and drain.then is stay"


def _why_created(s: Situation) -> str:
    snapshot, pinned = s.record.snapshot, s.managed.config_name
    if snapshot and pinned and pinned != snapshot.config_name:
        return f"{s.wish.reason}; {snapshot.config_name} was in use, the file pins {pinned}"
    return s.wish.reason


def _why_deleted(s: Situation) -> str:
    if s.endpoint.status == Status.FAILED:
        return f"{s.endpoint.failure or 'it failed'}; the name must be free for a new one"
    return f"{s.wish.reason}; saved; {_streams(s) if _streams_may_be_open(s) else 'drained'}"


RULES: tuple[tuple[str, Callable[[Situation], bool], Callable[[Situation], Action]], ...] = (
    (
        "AWS is at work on it: nothing can be done",
        _is(*_MOVING),
        lambda s: Wait(f"SageMaker reports {s.endpoint.status}"),
    ),
    (
        "wanted, absent, and nothing says what to create",
        lambda s: _awake(s) and _is(Status.ABSENT)(s) and config_to_create(s) is None,
        lambda _: Refuse("it was never seen and the file pins no `config` to create it from"),
    ),
    (
        "wanted and absent",
        _both(_awake, _is(Status.ABSENT)),
        lambda s: Create(_why_created(s), config_to_create(s) or ""),
    ),
    (
        "failed, and deleting it could do harm",
        lambda s: _is(Status.FAILED)(s) and bool(refusals(s)),
        refuse,
    ),
    (
        "failed, and not saved yet",
        lambda s: _is(Status.FAILED)(s) and not _saved(s),
        lambda _: TakeSnapshot("it failed and must be deleted; it is not saved as it is now"),
    ),
    (
        "failed: only a delete frees the name",
        _is(Status.FAILED),
        lambda s: Delete(_why_deleted(s)),
    ),
    (
        "there, but not serving",
        _both(_awake, _is(Status.OUT_OF_SERVICE)),
        lambda _: Refuse("it is OutOfService: only an update or a delete by hand helps"),
    ),
    (
        "wanted, and what was saved is not proven back",
        lambda s: _awake(s) and s.record.restore_pending,
        lambda _: Restore("in service; what was saved is not back yet"),
    ),
    (
        "wanted again before it was deleted",
        _both(_awake, _draining),
        lambda s: EndDrain(s.wish.reason),
    ),
    ("wanted and there", _awake, lambda s: Rest(s.wish.reason)),
    ("not wanted and absent", _is(Status.ABSENT), lambda s: Rest(s.wish.reason)),
    (
        "not wanted, but deleting it could do harm",
        lambda s: bool(refusals(s)),
        refuse,
    ),
    (
        "not wanted any more",
        lambda s: not _draining(s),
        lambda s: BeginDrain(s.wish.reason),
    ),
    ("streams may be open", _held_open, lambda s: Wait(_why_held(s))),
    (
        "drained, and not saved since the drain began",
        lambda s: not _saved(s),
        lambda _: TakeSnapshot("drained; everything is saved before the delete"),
    ),
    ("drained and saved", _asleep, lambda s: Delete(_why_deleted(s))),
)
