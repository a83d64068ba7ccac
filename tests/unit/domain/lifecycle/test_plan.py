"""The one next step, for every state an endpoint can be in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
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
AWAKE, ASLEEP = (
    DesiredState(True, "the window is open"),
    DesiredState(False, "the window is closed"),
)
UNREADABLE = MissingReading("no-data", "CloudWatch has no data")
MANAGED = ManagedEndpoint("e", Schedule((), ZoneInfo("UTC")))
PINNED = replace(MANAGED, config_name="pinned")
STAYS = replace(MANAGED, drain=Drain(then="stay"))
FRESH = Record()


def endpoint(status: Status) -> Endpoint:
    return Endpoint(
        "e",
        status,
        config_name="in-use",
        failure="ICE",
        created_at=CREATED_AT,
        modified_at=NOW - MINUTE,
    )


def snapshot(minutes_ago: int) -> Snapshot:
    return Snapshot(NOW - minutes_ago * MINUTE, "in-use", TAGS, Scaling())


def ending(minutes: int, saved: Snapshot | None = None) -> Record:
    """Saved, or to be saved, and not held yet."""
    return Record(saved, ending_since=NOW - minutes * MINUTE)


def draining(minutes: int, saved: Snapshot | None = None) -> Record:
    """It began, with its snapshot, so many minutes ago."""
    since = NOW - minutes * MINUTE
    return Record(
        saved or snapshot(minutes), ending_since=since, draining_since=since, suspended=True
    )


SAVED = Record(snapshot(600))
CREATED = Record(snapshot(600), restore_pending=True)
VERIFIED = replace(SAVED, verified_created_at=CREATED_AT)
OTHER_VERIFIED = replace(SAVED, verified_created_at=CREATED_AT - MINUTE)


def context(
    desired: DesiredState,
    status: Status,
    record: Record = FRESH,
    streams: float | MissingReading = 0.0,
    managed: ManagedEndpoint = MANAGED,
    missing: tuple[str, ...] = (),
) -> Given:
    known = context_with(
        managed=managed,
        desired=desired,
        endpoint=endpoint(status),
        record=record,
        stack=STACK,
        now=NOW,
    )
    return Given(known, streams=streams, missing=missing)


S = Status
MOVING = [S.CREATING, S.UPDATING, S.SYSTEM_UPDATING, S.ROLLING_BACK, S.DELETING]


@pytest.mark.parametrize("status", MOVING)
@pytest.mark.parametrize("desired", [AWAKE, ASLEEP], ids=["awake", "asleep"])
def test_while_aws_is_at_work_nothing_is_done(status: Status, desired: DesiredState) -> None:
    given = context(desired, status, draining(60, snapshot(1)))
    given = given.with_endpoint(created_at=NOW - 59 * MINUTE)
    assert decide(given) == Wait(f"SageMaker reports {status}")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(
            context(AWAKE, S.ABSENT, SAVED), Create,
            id="wanted and absent: created again",
        ),
        pytest.param(
            context(AWAKE, S.ABSENT, managed=PINNED), Create,
            id="wanted and never seen, but the file pins a configuration: created",
        ),
        pytest.param(
            context(AWAKE, S.ABSENT), Blocked,
            id="wanted, never seen, nothing pinned: nobody knows what to create",
        ),
        pytest.param(
            context(AWAKE, S.IN_SERVICE, CREATED), Restore,
            id="in service after Lowtide created it: restored",
        ),
        pytest.param(context(AWAKE, S.IN_SERVICE), NoAction, id="wanted and there: left alone"),
        pytest.param(
            context(AWAKE, S.IN_SERVICE, VERIFIED), NoAction,
            id="verified once: what it lacks now a person has removed",
        ),
        pytest.param(
            context(AWAKE, S.IN_SERVICE, OTHER_VERIFIED), Restore,
            id="another was verified, and this one made by hand: restored",
        ),
        pytest.param(
            context(AWAKE, S.IN_SERVICE, Record(verified_created_at=CREATED_AT - MINUTE)), NoAction,
            id="made by hand, and nothing was ever saved: left alone",
        ),
        pytest.param(
            context(AWAKE, S.CREATING, OTHER_VERIFIED), Wait,
            id="made by hand, and not there yet: waits",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, OTHER_VERIFIED),
            TakeSnapshot, id="made by hand, and not wanted: saved, with what was saved before",
        ),
        pytest.param(
            context(AWAKE, S.ABSENT, OTHER_VERIFIED), Create,
            id="wanted and absent, whichever was verified: created again",
        ),
        pytest.param(
            context(AWAKE, S.UPDATE_ROLLBACK_FAILED), NoAction,
            id="serving with a mix of configurations: left alone",
        ),
        pytest.param(
            context(AWAKE, S.IN_SERVICE, draining(5)), EndDrain,
            id="wanted again while it drains: kept",
        ),
        pytest.param(
            context(AWAKE, S.OUT_OF_SERVICE), Blocked,
            id="wanted and out of service: a person must look",
        ),
        pytest.param(
            context(AWAKE, S.FAILED, CREATED), Delete,
            id="a failed creation is cleaned up",
        ),
        pytest.param(
            context(AWAKE, S.FAILED, SAVED), TakeSnapshot,
            id="failed since it was saved: saved again first",
        ),
        pytest.param(
            context(AWAKE, S.FAILED, Record(snapshot(0))), Delete,
            id="failed and saved since: cleaned up",
        ),
        pytest.param(
            context(ASLEEP, S.FAILED, CREATED), Delete,
            id="failed and not wanted: cleaned up too",
        ),
        pytest.param(
            context(ASLEEP, S.FAILED, CREATED, missing=("model m",)), Blocked,
            id="failed, but its model is gone: not deleted",
        ),
        pytest.param(
            context(AWAKE, S.FAILED, SAVED, missing=("model m",)), Blocked,
            id="nor saved in the place of what is good",
        ),
        pytest.param(
            context(AWAKE, S.FAILED, Record(snapshot(1))), Delete,
            id="failed and saved in the very minute: cleaned up",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, ending(1, snapshot(2))), TakeSnapshot,
            id="saved a minute before its end began: saved again",
        ),
        pytest.param(context(ASLEEP, S.ABSENT), NoAction, id="not wanted and absent: rests"),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE), TakeSnapshot,
            id="not wanted any more: saved before draining changes anything",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, SAVED), TakeSnapshot,
            id="last night's snapshot does not count",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, ending(1, snapshot(1))), BeginDrain,
            id="not wanted any more and saved: drains, and scaling is held",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, ending(1, snapshot(600))), TakeSnapshot,
            id="killed before it was saved: saved",
        ),
        pytest.param(
            context(AWAKE, S.IN_SERVICE, ending(1, snapshot(1))), EndDrain,
            id="wanted again before it drained: its end is over",
        ),
        pytest.param(
            context(AWAKE, S.OUT_OF_SERVICE, draining(5)), EndDrain,
            id="out of service while it drained and wanted again: not held any more",
        ),
        pytest.param(
            context(AWAKE, S.IN_SERVICE, replace(draining(5), restore_pending=True)), EndDrain,
            id="wanted again after a delete that failed halfway: not held, then restored",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, replace(draining(5), suspended=False), streams=3),
            BeginDrain,
            id="streams are open and scaling could not be held: held again",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, replace(draining(5), suspended=False)), Delete,
            id="drained although scaling could not be held: deleted",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, missing=("model m",)), Blocked,
            id="could not be created again: not deleted",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, draining(5), streams=3), Wait,
            id="streams are open: waits",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, draining(5), streams=UNREADABLE), Wait,
            id="nobody knows whether streams are open: waits",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, draining(5)), Delete,
            id="drained and saved: deleted",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, draining(5, snapshot(1)), streams=1), Wait,
            id="a stream that opened after the snapshot holds the delete off",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, draining(34, snapshot(1)), streams=1), Wait,
            id="a minute before the deadline it still waits",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, draining(35, snapshot(1)), streams=UNREADABLE), Delete,
            id="at the deadline it is deleted whatever is open",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, draining(94, snapshot(1)), 1), Delete,
            id="an hour late, but for a minute: deleted all the same",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, draining(95, snapshot(1)), 1), BeginDrain,
            id="an hour late: the streams of now were never seen, and it drains anew",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, draining(95, snapshot(1))), Delete,
            id="an hour late, and no stream is open: deleted",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, draining(95, snapshot(1)), 1, STAYS), Wait,
            id="with `then: stay` a drain may last for days",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, draining(60, snapshot(1)), 1, STAYS), Wait,
            id="with `then: stay` open streams keep it past the deadline",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, CREATED), TakeSnapshot,
            id="never fully restored: saved again, with what was saved before",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, draining(400)), TakeSnapshot,
            id="an end that began before this endpoint was created was another's",
        ),
        pytest.param(
            context(AWAKE, S.IN_SERVICE, draining(300)), EndDrain,
            id="one that began as it was created is its own",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, draining(35, snapshot(1)), missing=("model m",)),
            EndDrain, id="refused at its deadline: released at once",
        ),
        pytest.param(
            context(AWAKE, S.IN_SERVICE, draining(400)), NoAction,
            id="nor need it be ended when this one is wanted",
        ),
        pytest.param(
            context(ASLEEP, S.ABSENT, draining(5)), NoAction,
            id="deleted by hand while it drained: rests",
        ),
        pytest.param(
            context(AWAKE, S.ABSENT, draining(5)), Create,
            id="deleted by hand while it drained and wanted again: created",
        ),
        pytest.param(
            context(ASLEEP, S.OUT_OF_SERVICE, draining(5, snapshot(1))), Delete,
            id="out of service and not wanted: deleted like any other",
        ),
    ],
)  # fmt: skip
def test_the_next_step(given: Given, expected: type[Action]) -> None:
    assert isinstance(decide(given), expected)


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        pytest.param({}, "does not carry the tag lowtide:stack=lowtide-dev", id="untagged"),
        pytest.param({"lowtide:stack": "lowtide-prod"}, "does not carry", id="another stack's"),
        pytest.param(
            TAGS | {"aws:cloudformation:stack-name": "voice"}, "CloudFormation stack voice",
            id="owned by CloudFormation",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("status", [S.IN_SERVICE, S.FAILED, S.OUT_OF_SERVICE])
def test_what_is_not_ours_is_never_deleted(
    tags: dict[str, str], reason: str, status: Status
) -> None:
    ours = context(ASLEEP, status, draining(10, snapshot(0)))
    action = decide(ours.but(tags=tags))
    assert isinstance(action, Blocked)
    assert reason in action.reason


def test_a_drain_that_begins_anew_has_its_whole_time() -> None:
    late = decide(context(ASLEEP, S.IN_SERVICE, draining(95, snapshot(1)), 1))
    assert late == BeginDrain(
        "the window is closed; its drain was not ended in time: it begins anew", since=None
    )


def test_a_hold_that_is_tried_again_leaves_the_drain_as_old_as_it_is() -> None:
    unheld = replace(draining(5), suspended=False)
    action = decide(context(ASLEEP, S.IN_SERVICE, unheld, streams=3))
    assert action == BeginDrain("the window is closed", since=NOW - 5 * MINUTE)
    first = decide(context(ASLEEP, S.IN_SERVICE, ending(1, snapshot(1))))
    assert first == BeginDrain("the window is closed", since=None)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        pytest.param(context(AWAKE, S.ABSENT), "nothing-to-create", id="never seen"),
        pytest.param(context(AWAKE, S.OUT_OF_SERVICE), "out-of-service", id="out of service"),
    ],
)
def test_a_refusal_that_a_person_must_lift_is_counted_by_its_kind(given: Given, kind: str) -> None:
    action = decide(given)
    assert isinstance(action, Blocked)
    assert action.codes == (kind,)


def test_the_pinned_configuration_wins_over_the_one_last_in_use() -> None:
    pinned = decide(context(AWAKE, S.ABSENT, SAVED, managed=PINNED))
    last_used = decide(context(AWAKE, S.ABSENT, SAVED))
    assert isinstance(pinned, Create)
    assert pinned.config_name == "pinned"
    assert last_used == Create("the window is open", "in-use")


def test_a_pin_that_differs_from_what_was_in_use_is_said() -> None:
    action = decide(context(AWAKE, S.ABSENT, SAVED, managed=PINNED))
    assert "in-use was in use, the file pins pinned" in action.reason


def test_a_pin_that_is_not_in_use_yet_is_said() -> None:
    action = decide(context(AWAKE, S.IN_SERVICE, managed=PINNED))
    assert action == NoAction(
        "the window is open; it runs in-use, the file pins pinned, which is taken at the next wake"
    )


@pytest.mark.parametrize(
    ("streams", "said"),
    [
        pytest.param(
            0.2, "1 stream is open", id="the mean of a minute in which the last one ended"
        ),
        pytest.param(1.2, "1 stream is open", id="one"),
        pytest.param(7.0, "7 streams are open", id="several"),
    ],
)
def test_open_streams_are_counted_in_words(streams: float, said: str) -> None:
    waiting = decide(context(ASLEEP, S.IN_SERVICE, draining(5), streams))
    assert waiting.reason == f"{said}; the deadline is 30 min away"


def test_what_aws_says_goes_on_in_our_sentence() -> None:
    given = context(ASLEEP, S.FAILED, CREATED)
    given = given.with_endpoint(failure="Request failed.")
    assert decide(given).reason == "Request failed; the name must be free for a new one"


def test_a_status_that_is_new_in_aws_is_said_and_left_alone() -> None:
    given = context(ASLEEP, S.UNKNOWN)
    action = decide(given.with_endpoint(reported="Stopping"))
    assert isinstance(action, Blocked)
    assert action.reason == "SageMaker reports the status Stopping, which is not known here"
    assert action.codes == ("unknown-status",)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        pytest.param(TAGS, EndDrain, id="it serves on, and must scale again"),
        pytest.param({}, Blocked, id="without the tag Lowtide has no right to release it"),
    ],
)
def test_a_drain_that_is_refused_past_its_deadline_ends(
    tags: dict[str, str], expected: type[Action]
) -> None:
    held = context(ASLEEP, S.IN_SERVICE, draining(60, snapshot(0)))
    action = decide(held.but(tags=tags, missing=("model m",)))
    assert isinstance(action, expected)
    assert "model m is missing" in action.reason


@pytest.mark.parametrize(
    ("minutes", "reason"),
    [
        pytest.param(59, "SageMaker reports Creating", id="a usual creation"),
        pytest.param(
            60,
            "SageMaker has reported Creating for 1 h: it cannot be deleted before that ends",
            id="an hour in Creating",
        ),
    ],
)
def test_a_creation_that_lasts_is_waited_for(minutes: int, reason: str) -> None:
    given = context(AWAKE, S.CREATING)
    created_at = NOW - minutes * MINUTE
    given = given.with_endpoint(created_at=created_at)
    assert decide(given) == Wait(reason)


def test_without_a_deadline_to_wait_for_a_refusal_ends_no_drain_that_never_began() -> None:
    at_once = replace(MANAGED, drain=Drain(timedelta()))
    given = context(ASLEEP, S.IN_SERVICE, ending(1, snapshot(1)), 0.0, at_once, ("model m",))
    assert isinstance(decide(given), Blocked)


BY_ANN = Pause(NOW - 60 * MINUTE, "we look at it by hand", "ann")
PAUSED = "ann paused it Mon 23 Nov 19:30 UTC: we look at it by hand"
STILL_SUSPENDED = "; its scaling is still suspended, as it was draining"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(context(AWAKE, S.IN_SERVICE), Paused(PAUSED), id="nothing is held"),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, ending(1, snapshot(1))), Paused(PAUSED),
            id="its end has begun, and nothing is held yet",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, draining(5)),
            EndDrain(f"{PAUSED}{STILL_SUSPENDED}, and is resumed"),
            id="what is held is given back first",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, replace(draining(5), suspended=False)),
            EndDrain(f"{PAUSED}{STILL_SUSPENDED}, and is resumed"),
            id="perhaps held: killed before it was known",
        ),
        pytest.param(
            context(AWAKE, S.IN_SERVICE, draining(5)),
            EndDrain(f"{PAUSED}{STILL_SUSPENDED}, and is resumed"),
            id="whether it is wanted or not",
        ),
        pytest.param(
            context(ASLEEP, S.UPDATING, draining(5)), Paused(f"{PAUSED}{STILL_SUSPENDED}"),
            id="while AWS is at work that waits",
        ),
        pytest.param(
            context(ASLEEP, S.IN_SERVICE, draining(400)), Paused(PAUSED),
            id="another endpoint of that name was held",
        ),
        pytest.param(
            context(ASLEEP, S.DELETING, draining(5)), Paused(PAUSED), id="it goes",
        ),
        pytest.param(
            context(ASLEEP, S.ABSENT, draining(5)), Paused(PAUSED), id="it is gone",
        ),
        pytest.param(
            context(ASLEEP, S.FAILED, draining(5)), Paused(PAUSED), id="it failed",
        ),
        pytest.param(
            context(ASLEEP, S.UNKNOWN), Paused(PAUSED), id="its status is new in AWS: no refusal",
        ),
    ],
)  # fmt: skip
def test_a_pause_says_who_and_why_and_gives_back_what_is_held(
    given: Given, expected: Action
) -> None:
    assert decide(given.but(paused=BY_ANN)) == expected


def test_one_that_left_the_file_is_like_one_that_is_paused() -> None:
    left = "it is not, or no longer, in the file: left as it is"
    held = context(ASLEEP, S.IN_SERVICE, draining(5)).but(paused=LeftFile())
    assert decide(held) == EndDrain(f"{left}{STILL_SUSPENDED}, and is resumed")
    assert decide(held.but(record=SAVED)) == Paused(left)


def test_a_refusal_says_what_is_still_held() -> None:
    refused = context(ASLEEP, S.IN_SERVICE, draining(5), missing=("model m",))
    assert decide(refused).reason.endswith(f"model m is missing{STILL_SUSPENDED}")
    assert "suspended" not in decide(refused.but(record=FRESH)).reason


@pytest.mark.parametrize(
    ("given", "left"),
    [
        pytest.param(context(ASLEEP, S.IN_SERVICE, draining(49)), False, id="14 min are usual"),
        pytest.param(context(ASLEEP, S.IN_SERVICE, draining(50)), True, id="15 min late"),
        pytest.param(context(AWAKE, S.IN_SERVICE, draining(50)), True, id="wanted or not"),
        pytest.param(context(ASLEEP, S.IN_SERVICE, SAVED), False, id="nothing drains"),
        pytest.param(context(ASLEEP, S.DELETING, draining(50)), False, id="it is being deleted"),
        pytest.param(context(ASLEEP, S.UPDATING, draining(50)), False, id="AWS is at work"),
        pytest.param(context(ASLEEP, S.FAILED, draining(50)), False, id="it serves nobody"),
    ],
)
def test_when_a_hold_is_later_than_any_drain(given: Given, left: bool) -> None:
    assert left_suspended(given.context) is left


LATE = context(ASLEEP, S.IN_SERVICE, draining(50))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(context(ASLEEP, S.IN_SERVICE, draining(49)), False, id="14 min are usual"),
        pytest.param(LATE, True, id="15 min late"),
        pytest.param(context(ASLEEP, S.UPDATING, draining(50)), True, id="whatever keeps it"),
        pytest.param(context(AWAKE, S.IN_SERVICE, draining(50)), False, id="wanted again"),
        pytest.param(LATE.but(paused=BY_ANN), False, id="a person keeps it"),
        pytest.param(LATE.but(managed=STAYS), False, id="the file keeps it: `then: stay`"),
        pytest.param(context(ASLEEP, S.ABSENT, draining(50)), False, id="it is gone"),
        pytest.param(context(ASLEEP, S.IN_SERVICE, SAVED), False, id="nothing drains"),
    ],
)
def test_what_is_there_long_after_its_end_is_told(given: Given, *, expected: bool) -> None:
    """It costs money, whatever the reason."""
    assert delete_overdue(given.context) is expected
