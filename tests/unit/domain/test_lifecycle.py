"""The one next step, for every state an endpoint can be in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.actions import (
    Action,
    BeginDrain,
    Create,
    Delete,
    EndDrain,
    Refuse,
    Rest,
    Restore,
    Step,
    TakeSnapshot,
    Wait,
)
from lowtide.domain.endpoints import Drain, Endpoint, Managed, Status
from lowtide.domain.lifecycle import plan
from lowtide.domain.readings import NoReading
from lowtide.domain.record import Record, complete, intend
from lowtide.domain.schedules import Schedule
from lowtide.domain.situation import Situation
from lowtide.domain.snapshot import Scaling, Snapshot
from lowtide.domain.wishes import Wish

NOW = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CREATED_AT = NOW - 300 * MINUTE
AWAKE, ASLEEP = Wish(True, "the window is open"), Wish(False, "the window is closed")
TAGS = {"lowtide:stack": "lowtide-dev"}
UNREADABLE = NoReading("no-data", "CloudWatch has no data")
MANAGED = Managed("e", Schedule((), ZoneInfo("UTC")))
PINNED = replace(MANAGED, config_name="pinned")
STAYS = replace(MANAGED, drain=Drain(then="stay"))
FRESH = Record()


def endpoint(status: Status) -> Endpoint:
    return Endpoint(
        "e",
        status,
        config_name="in-use",
        tags=TAGS,
        failure="ICE",
        created_at=CREATED_AT,
        modified_at=NOW - MINUTE,
    )


def snapshot(minutes_ago: int) -> Snapshot:
    return Snapshot(NOW - minutes_ago * MINUTE, "in-use", TAGS, Scaling())


def draining(minutes: int, saved: Snapshot | None = None) -> Record:
    return Record(saved, draining_since=NOW - minutes * MINUTE)


SAVED = Record(snapshot(600))
CREATED = Record(snapshot(600), restore_pending=True)


def situation(
    wish: Wish,
    status: Status,
    record: Record = FRESH,
    streams: float | NoReading = 0.0,
    managed: Managed = MANAGED,
    missing: tuple[str, ...] = (),
) -> Situation:
    return Situation(managed, wish, endpoint(status), record, "lowtide-dev", NOW, streams, missing)


S = Status
MOVING = [S.CREATING, S.UPDATING, S.SYSTEM_UPDATING, S.ROLLING_BACK, S.DELETING]


@pytest.mark.parametrize("status", MOVING)
@pytest.mark.parametrize("wish", [AWAKE, ASLEEP], ids=["awake", "asleep"])
def test_while_aws_is_at_work_nothing_is_done(status: Status, wish: Wish) -> None:
    assert plan(situation(wish, status, draining(60, snapshot(1)))) == Wait(
        f"SageMaker reports {status}"
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(
            situation(AWAKE, S.ABSENT, SAVED), Create,
            id="wanted and absent: created again",
        ),
        pytest.param(
            situation(AWAKE, S.ABSENT, managed=PINNED), Create,
            id="wanted and never seen, but the file pins a configuration: created",
        ),
        pytest.param(
            situation(AWAKE, S.ABSENT), Refuse,
            id="wanted, never seen, nothing pinned: nobody knows what to create",
        ),
        pytest.param(
            situation(AWAKE, S.IN_SERVICE, CREATED), Restore,
            id="in service after Lowtide created it: restored",
        ),
        pytest.param(situation(AWAKE, S.IN_SERVICE), Rest, id="wanted and there: left alone"),
        pytest.param(
            situation(AWAKE, S.UPDATE_ROLLBACK_FAILED), Rest,
            id="serving with a mix of configurations: left alone",
        ),
        pytest.param(
            situation(AWAKE, S.IN_SERVICE, draining(5)), EndDrain,
            id="wanted again while it drains: kept",
        ),
        pytest.param(
            situation(AWAKE, S.OUT_OF_SERVICE), Refuse,
            id="wanted and out of service: a person must look",
        ),
        pytest.param(
            situation(AWAKE, S.FAILED, CREATED), Delete,
            id="a failed creation is cleaned up",
        ),
        pytest.param(
            situation(AWAKE, S.FAILED, SAVED), TakeSnapshot,
            id="failed since it was saved: saved again first",
        ),
        pytest.param(
            situation(AWAKE, S.FAILED, Record(snapshot(0))), Delete,
            id="failed and saved since: cleaned up",
        ),
        pytest.param(
            situation(ASLEEP, S.FAILED, CREATED), Delete,
            id="failed and not wanted: cleaned up too",
        ),
        pytest.param(
            situation(ASLEEP, S.FAILED, CREATED, missing=("model m",)), Refuse,
            id="failed, but its model is gone: not deleted",
        ),
        pytest.param(situation(ASLEEP, S.ABSENT), Rest, id="not wanted and absent: rests"),
        pytest.param(
            situation(ASLEEP, S.IN_SERVICE), BeginDrain, id="not wanted any more: drains",
        ),
        pytest.param(
            situation(ASLEEP, S.IN_SERVICE, missing=("model m",)), Refuse,
            id="could not be created again: not deleted",
        ),
        pytest.param(
            situation(ASLEEP, S.IN_SERVICE, draining(5), streams=3), Wait,
            id="streams are open: waits",
        ),
        pytest.param(
            situation(ASLEEP, S.IN_SERVICE, draining(5), streams=UNREADABLE), Wait,
            id="nobody knows whether streams are open: waits",
        ),
        pytest.param(
            situation(ASLEEP, S.IN_SERVICE, draining(5)), TakeSnapshot,
            id="drained: saved before anything is deleted",
        ),
        pytest.param(
            situation(ASLEEP, S.IN_SERVICE, draining(5, snapshot(600))), TakeSnapshot,
            id="last night's snapshot does not count",
        ),
        pytest.param(
            situation(ASLEEP, S.IN_SERVICE, draining(5, snapshot(1))), Delete,
            id="drained and saved: deleted",
        ),
        pytest.param(
            situation(ASLEEP, S.IN_SERVICE, draining(5, snapshot(1)), streams=1), Wait,
            id="a stream that opened after the snapshot holds the delete off",
        ),
        pytest.param(
            situation(ASLEEP, S.IN_SERVICE, draining(34, snapshot(1)), streams=1), Wait,
            id="a minute before the deadline it still waits",
        ),
        pytest.param(
            situation(ASLEEP, S.IN_SERVICE, draining(35, snapshot(1)), streams=UNREADABLE), Delete,
            id="at the deadline it is deleted whatever is open",
        ),
        pytest.param(
            situation(ASLEEP, S.IN_SERVICE, draining(60, snapshot(1)), 1, STAYS), Wait,
            id="with `then: stay` open streams keep it past the deadline",
        ),
        pytest.param(
            situation(ASLEEP, S.IN_SERVICE, replace(CREATED, draining_since=NOW - MINUTE)),
            TakeSnapshot,
            id="never fully restored: saved again, with what was saved before",
        ),
        pytest.param(
            situation(ASLEEP, S.IN_SERVICE, draining(400, snapshot(399))), BeginDrain,
            id="a drain from before this endpoint was created was another's",
        ),
        pytest.param(
            situation(ASLEEP, S.OUT_OF_SERVICE, draining(5, snapshot(1))), Delete,
            id="out of service and not wanted: deleted like any other",
        ),
    ],
)  # fmt: skip
def test_the_next_step(given: Situation, expected: type[Action]) -> None:
    assert isinstance(plan(given), expected)


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
    ours = situation(ASLEEP, status, draining(60, snapshot(0)))
    action = plan(replace(ours, endpoint=replace(ours.endpoint, tags=tags)))
    assert isinstance(action, Refuse)
    assert reason in action.reason


def test_the_pinned_configuration_wins_over_the_one_last_in_use() -> None:
    pinned = plan(situation(AWAKE, S.ABSENT, SAVED, managed=PINNED))
    last_used = plan(situation(AWAKE, S.ABSENT, SAVED))
    assert isinstance(pinned, Create)
    assert pinned.config_name == "pinned"
    assert last_used == Create("the window is open", "in-use")


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("wish", [AWAKE, ASLEEP], ids=["awake", "asleep"])
def test_every_status_has_a_rule(status: Status, wish: Wish) -> None:
    assert "no rule" not in plan(situation(wish, status)).reason


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("record", [FRESH, SAVED, CREATED, draining(60, snapshot(0))])
def test_an_endpoint_in_service_is_never_deleted_while_it_is_wanted(
    status: Status, record: Record
) -> None:
    action = plan(situation(AWAKE, status, record, streams=0))
    assert status == S.FAILED or not isinstance(action, Delete)


@pytest.mark.parametrize(
    ("before", "step", "while_acting", "after"),
    [
        pytest.param(
            SAVED, Create("", "c"), CREATED, CREATED,
            id="a creation leaves the restore to be done, even if it crashes",
        ),
        pytest.param(
            FRESH, Create("", "c"), FRESH, FRESH,
            id="without a snapshot there is nothing to restore",
        ),
        pytest.param(
            CREATED, Restore(""), replace(CREATED, restoring_since=NOW),
            replace(SAVED, whole=CREATED_AT),
            id="a restore is pending until it is proven",
        ),
        pytest.param(
            FRESH, BeginDrain(""), draining(0), draining(0), id="a drain begins at once",
        ),
        pytest.param(
            draining(5), EndDrain(""), FRESH, FRESH, id="a drain ends at once",
        ),
        pytest.param(
            draining(5, snapshot(1)), Delete(""),
            replace(draining(5, snapshot(1)), restore_pending=True),
            Record(snapshot(1), restore_pending=True),
            id="a delete that fails halfway is followed by a restore",
        ),
        pytest.param(
            draining(5), TakeSnapshot(""), draining(5), replace(draining(5), whole=CREATED_AT),
            id="the first snapshot of all knows the endpoint whole",
        ),
        pytest.param(
            draining(5, snapshot(9)), TakeSnapshot(""),
            draining(5, snapshot(9)), draining(5, snapshot(9)),
            id="a later snapshot changes nothing else",
        ),
    ],
)  # fmt: skip
def test_what_is_remembered(
    before: Record, step: Step, while_acting: Record, after: Record
) -> None:
    intended = intend(before, step, NOW)
    assert intended == while_acting
    assert complete(intended, step, CREATED_AT) == after


def test_a_pin_that_differs_from_what_was_in_use_is_said() -> None:
    action = plan(situation(AWAKE, S.ABSENT, SAVED, managed=PINNED))
    assert "in-use was in use, the file pins pinned" in action.reason
