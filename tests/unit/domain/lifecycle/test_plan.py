"""The one next step, for every state an endpoint can be in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.endpoint.managed import Drain, ManagedEndpoint
from lowtide.domain.endpoint.observed import Endpoint, Status
from lowtide.domain.lifecycle.actions import (
    Action,
    BeginDrain,
    Blocked,
    Create,
    Delete,
    EndDrain,
    NoAction,
    Paused,
    Restore,
    TakeSnapshot,
    Wait,
)
from lowtide.domain.lifecycle.predicates import delete_overdue, left_suspended
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.load.reading import MissingReading
from lowtide.domain.schedule.desired_state import DesiredState
from lowtide.domain.schedule.override import LeftFile, Pause
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot
from tests.unit.contexts import context_with
from tests.unit.domain.lifecycle.both_stages import STACK, TAGS, Given, decide

NOW = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CREATED_AT = NOW - 300 * MINUTE
OPEN, CLOSED = "the window is open", "the window is closed"
NO_DATA = MissingReading("no-data", "CloudWatch has no data")
MANAGED = ManagedEndpoint("e", Schedule((), ZoneInfo("UTC")))
PINNED = replace(MANAGED, config_name="pinned")
STAYS = replace(MANAGED, drain=Drain(then="stay"))
FRESH = Record()
S = Status


def context(desired: DesiredState, status: Status, record: Record, **facts: Any) -> Given:
    endpoint = Endpoint(
        "e",
        status,
        config_name="in-use",
        failure="ICE",
        created_at=CREATED_AT,
        modified_at=NOW - MINUTE,
    )
    known = context_with(
        managed=MANAGED, desired=desired, endpoint=endpoint, record=record, stack=STACK, now=NOW
    )
    return Given(known).but(**facts)


def awake(status: Status, record: Record = FRESH, **facts: Any) -> Given:
    return context(DesiredState(True, OPEN), status, record, **facts)


def asleep(status: Status, record: Record = FRESH, **facts: Any) -> Given:
    return context(DesiredState(False, CLOSED), status, record, **facts)


def snapshot(minutes_ago: int) -> Snapshot:
    return Snapshot(NOW - minutes_ago * MINUTE, "in-use", TAGS, Scaling())


def ending(minutes: int, saved: int) -> Record:
    """Its scaling is not suspended yet. `saved` is how many minutes ago the snapshot was taken."""
    return Record(snapshot(saved), ending_since=NOW - minutes * MINUTE)


def draining(minutes: int, saved: int | None = None) -> Record:
    since = NOW - minutes * MINUTE
    taken = snapshot(minutes if saved is None else saved)
    return Record(taken, ending_since=since, draining_since=since, suspended=True)


SAVED = Record(snapshot(600))
CREATED = Record(snapshot(600), restore_pending=True)
VERIFIED = replace(SAVED, verified_created_at=CREATED_AT)
OTHER_VERIFIED = replace(SAVED, verified_created_at=CREATED_AT - MINUTE)
UNSUSPENDED = replace(draining(5), suspended=False)
GONE = ("model m",)
MOVING = [S.CREATING, S.UPDATING, S.SYSTEM_UPDATING, S.ROLLING_BACK, S.DELETING]


@pytest.mark.parametrize("status", MOVING)
@pytest.mark.parametrize("given", [awake(S.CREATING), asleep(S.CREATING)], ids=["awake", "asleep"])
def test_while_aws_is_at_work_nothing_is_done(status: Status, given: Given) -> None:
    endpoint = {"status": status, "created_at": NOW - 59 * MINUTE}
    moving = given.but(record=draining(60, saved=1)).with_endpoint(**endpoint)
    assert decide(moving) == Wait(f"SageMaker reports {status}")


NEXT_STEP = {
    "wanted and absent: created again": (awake(S.ABSENT, SAVED), Create),
    "wanted, never saved, pinned: created": (awake(S.ABSENT, managed=PINNED), Create),
    "wanted, never saved, not pinned: nothing says what to create": (awake(S.ABSENT), Blocked),
    "in service after Lowtide created it: restored": (awake(S.IN_SERVICE, CREATED), Restore),
    "wanted and there: left alone": (awake(S.IN_SERVICE), NoAction),
    "verified once: what it lacks now a person removed": (awake(S.IN_SERVICE, VERIFIED), NoAction),
    "created by a person after one that was verified: restored": (
        awake(S.IN_SERVICE, OTHER_VERIFIED), Restore,
    ),
    "created by a person, and nothing was ever saved: left alone": (
        awake(S.IN_SERVICE, Record(verified_created_at=CREATED_AT - MINUTE)), NoAction,
    ),
    "created by a person, and not wanted: saved": (
        asleep(S.IN_SERVICE, OTHER_VERIFIED), TakeSnapshot,
    ),
    "serves with a mix of configurations: left alone": (awake(S.UPDATE_ROLLBACK_FAILED), NoAction),
    "wanted again while it drains: kept": (awake(S.IN_SERVICE, draining(5)), EndDrain),
    "wanted again before it drained: kept": (awake(S.IN_SERVICE, ending(1, saved=1)), EndDrain),
    "wanted again, out of service: resumed": (awake(S.OUT_OF_SERVICE, draining(5)), EndDrain),
    "wanted again after a delete that failed halfway: resumed, then restored": (
        awake(S.IN_SERVICE, replace(draining(5), restore_pending=True)), EndDrain,
    ),
    "wanted and out of service: a person must look": (awake(S.OUT_OF_SERVICE), Blocked),
    "a failed creation is cleaned up": (awake(S.FAILED, CREATED), Delete),
    "a failed creation is cleaned up, also if not wanted": (asleep(S.FAILED, CREATED), Delete),
    "failed since it was saved: saved again first": (awake(S.FAILED, SAVED), TakeSnapshot),
    "saved in the minute in which it failed: cleaned up": (
        awake(S.FAILED, Record(snapshot(1))), Delete,
    ),
    "failed, but its model is gone: not deleted": (
        asleep(S.FAILED, CREATED, missing=GONE), Blocked,
    ),
    "failed, but its model is gone: nor does it replace a good snapshot": (
        awake(S.FAILED, SAVED, missing=GONE), Blocked,
    ),
    "not wanted and absent": (asleep(S.ABSENT), NoAction),
    "not wanted: saved before draining changes anything": (asleep(S.IN_SERVICE), TakeSnapshot),
    "not wanted, and last saved yesterday: saved again": (
        asleep(S.IN_SERVICE, SAVED), TakeSnapshot,
    ),
    "saved a minute before the steps towards its delete began: saved again": (
        asleep(S.IN_SERVICE, ending(1, saved=2)), TakeSnapshot,
    ),
    "not wanted and saved: drains": (asleep(S.IN_SERVICE, ending(1, saved=1)), BeginDrain),
    "not wanted, and its model is gone: not deleted": (
        asleep(S.IN_SERVICE, missing=GONE), Blocked,
    ),
    "streams are open, and scaling is not suspended: suspended again": (
        asleep(S.IN_SERVICE, UNSUSPENDED, streams=3), BeginDrain,
    ),
    "drained, though scaling could not be suspended: deleted": (
        asleep(S.IN_SERVICE, UNSUSPENDED), Delete,
    ),
    "drained and saved: deleted": (asleep(S.IN_SERVICE, draining(5)), Delete),
    "streams are open: waits": (asleep(S.IN_SERVICE, draining(5), streams=3), Wait),
    "it is not known whether streams are open: waits": (
        asleep(S.IN_SERVICE, draining(5), streams=NO_DATA), Wait,
    ),
    "streams are open a minute before the deadline: waits": (
        asleep(S.IN_SERVICE, draining(34), streams=1), Wait,
    ),
    "at the deadline: deleted, whatever may be open": (
        asleep(S.IN_SERVICE, draining(35), streams=NO_DATA), Delete,
    ),
    "59 min after the deadline: deleted all the same": (
        asleep(S.IN_SERVICE, draining(94), streams=1), Delete,
    ),
    "60 min after the deadline, with streams that the drain never saw: drains anew": (
        asleep(S.IN_SERVICE, draining(95), streams=1), BeginDrain,
    ),
    "60 min after the deadline, and no stream is open: deleted": (
        asleep(S.IN_SERVICE, draining(95)), Delete,
    ),
    "with `then: stay`, open streams keep it past the deadline": (
        asleep(S.IN_SERVICE, draining(95), streams=1, managed=STAYS), Wait,
    ),
    "not wanted, and never fully restored: saved again": (
        asleep(S.IN_SERVICE, CREATED), TakeSnapshot,
    ),
    "a drain from before it was created was another endpoint's: saved": (
        asleep(S.IN_SERVICE, draining(400)), TakeSnapshot,
    ),
    "a drain from before it was created need not be ended": (
        awake(S.IN_SERVICE, draining(400)), NoAction,
    ),
    "a drain that began as it was created is its own": (
        awake(S.IN_SERVICE, draining(300)), EndDrain,
    ),
    "blocked at its deadline: it serves on, and must scale again": (
        asleep(S.IN_SERVICE, draining(35), missing=GONE), EndDrain,
    ),
    "blocked at its deadline, without the tag: Lowtide may not resume its scaling": (
        asleep(S.IN_SERVICE, draining(35), missing=GONE, tags={}), Blocked,
    ),
    "blocked before it drains, without a deadline to wait for: there is no drain to end": (
        asleep(S.IN_SERVICE, ending(1, saved=1), missing=GONE,
               managed=replace(MANAGED, drain=Drain(timedelta()))), Blocked,
    ),
    "deleted by hand while it drained: nothing is done": (asleep(S.ABSENT, draining(5)), NoAction),
    "deleted by hand while it drained, and wanted: created": (awake(S.ABSENT, draining(5)), Create),
    "out of service and not wanted: deleted": (asleep(S.OUT_OF_SERVICE, draining(5)), Delete),
}  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), NEXT_STEP.values(), ids=NEXT_STEP)
def test_the_next_step(given: Given, expected: type[Action]) -> None:
    assert isinstance(decide(given), expected)


BY_ANN = Pause(NOW - 60 * MINUTE, "we look at it by hand", "ann")
PAUSED = "ann paused it Mon 23 Nov 19:30 UTC: we look at it by hand"
STILL_SUSPENDED = "; its scaling is still suspended, as it was draining"
LEFT = "the file does not list it, or SchedulesState is DISABLED: left as it is"
WHOLE_STEP = {
    "a drain that begins anew has its whole time": (
        asleep(S.IN_SERVICE, draining(95), streams=1),
        BeginDrain(f"{CLOSED}; its drain was not ended in time: it begins anew", since=None),
    ),
    "a suspension that is tried again leaves the drain as old as it is": (
        asleep(S.IN_SERVICE, UNSUSPENDED, streams=3), BeginDrain(CLOSED, since=NOW - 5 * MINUTE),
    ),
    "the configuration last in use is created": (
        awake(S.ABSENT, SAVED), Create(OPEN, "in-use"),
    ),
    "the pinned configuration is created, and the other is named": (
        awake(S.ABSENT, SAVED, managed=PINNED),
        Create(f"{OPEN}; in-use was in use, the file pins pinned", "pinned"),
    ),
    "a pin that is not in use yet is named": (
        awake(S.IN_SERVICE, managed=PINNED),
        NoAction(f"{OPEN}; it runs in-use, the file pins pinned, which is taken at the next wake"),
    ),
    "nothing to create it from": (
        awake(S.ABSENT),
        Blocked("nothing was ever saved of it, and the file pins no `config` to create it from",
                ("nothing-to-create",)),
    ),
    "out of service": (
        awake(S.OUT_OF_SERVICE),
        Blocked("it is OutOfService: only an update or a delete by hand helps",
                ("out-of-service",)),
    ),
    "a status that is new in AWS": (
        asleep(S.UNKNOWN).with_endpoint(reported="Stopping"),
        Blocked("SageMaker reports the status Stopping, which is not known here",
                ("unknown-status",)),
    ),
    "an hour in Creating": (
        awake(S.CREATING).with_endpoint(created_at=NOW - 60 * MINUTE),
        Wait("SageMaker has reported Creating for 1 h: it cannot be deleted before that ends"),
    ),
    "the mean of a minute in which the last stream ended": (
        asleep(S.IN_SERVICE, draining(5), streams=0.2),
        Wait("1 stream is open; the deadline is 30 min away"),
    ),
    "several streams are open": (
        asleep(S.IN_SERVICE, draining(5), streams=7.2),
        Wait("7 streams are open; the deadline is 30 min away"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), WHOLE_STEP.values(), ids=WHOLE_STEP)
def test_the_next_step_and_its_reason(given: Given, expected: Action) -> None:
    assert decide(given) == expected


def test_the_sentence_of_aws_loses_its_full_stop_within_ours() -> None:
    failed = asleep(S.FAILED, CREATED).with_endpoint(failure="Request failed.")
    assert decide(failed).reason == "Request failed; the name must be free for a new one"


RESUMED = EndDrain(f"{PAUSED}{STILL_SUSPENDED}, and is resumed")
PAUSES = {
    "nothing is suspended": (awake(S.IN_SERVICE), Paused(PAUSED)),
    "its delete is near, and nothing is suspended yet": (
        asleep(S.IN_SERVICE, ending(1, saved=1)),
        Paused(PAUSED),
    ),
    "its scaling is resumed first": (asleep(S.IN_SERVICE, draining(5)), RESUMED),
    "its scaling may be suspended: the run was killed": (
        asleep(S.IN_SERVICE, UNSUSPENDED),
        RESUMED,
    ),
    "wanted or not": (awake(S.IN_SERVICE, draining(5)), RESUMED),
    "while AWS is at work, its scaling waits": (
        asleep(S.UPDATING, draining(5)),
        Paused(f"{PAUSED}{STILL_SUSPENDED}"),
    ),
    "another endpoint of that name drained": (asleep(S.IN_SERVICE, draining(400)), Paused(PAUSED)),
    "it is being deleted": (asleep(S.DELETING, draining(5)), Paused(PAUSED)),
    "it is absent": (asleep(S.ABSENT, draining(5)), Paused(PAUSED)),
    "it failed": (asleep(S.FAILED, draining(5)), Paused(PAUSED)),
    "its status is new in AWS": (asleep(S.UNKNOWN), Paused(PAUSED)),
}


@pytest.mark.parametrize(("given", "expected"), PAUSES.values(), ids=PAUSES)
def test_a_pause_names_who_and_why_and_resumes_scaling(given: Given, expected: Action) -> None:
    assert decide(given.but(paused=BY_ANN)) == expected


def test_an_endpoint_that_left_the_file_is_like_one_that_is_paused() -> None:
    draining_one = asleep(S.IN_SERVICE, draining(5), paused=LeftFile())
    assert decide(draining_one) == EndDrain(f"{LEFT}{STILL_SUSPENDED}, and is resumed")
    assert decide(draining_one.but(record=SAVED)) == Paused(LEFT)


def test_a_blocked_delete_names_scaling_that_is_still_suspended() -> None:
    blocked = asleep(S.IN_SERVICE, draining(5), missing=GONE)
    assert decide(blocked).reason.endswith(f"model m is missing{STILL_SUSPENDED}")
    assert "suspended" not in decide(blocked.but(record=FRESH)).reason


LATE = asleep(S.IN_SERVICE, draining(50))
OVERDUE = {  # its scaling is suspended for too long; its delete is overdue, which costs money
    "14 min after the deadline: usual": (asleep(S.IN_SERVICE, draining(49)), False, False),
    "15 min after the deadline": (LATE, True, True),
    "wanted again": (awake(S.IN_SERVICE, draining(50)), True, False),
    "AWS is at work": (asleep(S.UPDATING, draining(50)), False, True),
    "paused": (LATE.but(paused=BY_ANN), True, False),
    "the file keeps it with `then: stay`": (LATE.but(managed=STAYS), True, False),
    "nothing drains": (asleep(S.IN_SERVICE, SAVED), False, False),
    "it is being deleted": (asleep(S.DELETING, draining(50)), False, True),
    "it is absent": (asleep(S.ABSENT, draining(50)), False, False),
    "it failed, and serves no requests": (asleep(S.FAILED, draining(50)), False, True),
}


@pytest.mark.parametrize(("given", "suspended", "overdue"), OVERDUE.values(), ids=OVERDUE)
def test_what_is_overdue(given: Given, suspended: bool, overdue: bool) -> None:
    assert left_suspended(given.context) is suspended
    assert delete_overdue(given.context) is overdue
