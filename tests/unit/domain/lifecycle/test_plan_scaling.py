"""When the scaling of the file is put, and when it is refused or left for later."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lowtide.domain.endpoint.observed import Endpoint, Kind, Pool, Status, Variant
from lowtide.domain.endpoint.scaling_policy import ManagedScaling
from lowtide.domain.lifecycle.actions import (
    Action,
    ApplyScaling,
    Blocked,
    EndDrain,
    NoAction,
    Paused,
    Restore,
    TakeSnapshot,
    Wait,
)
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.scaling.desired import Types, asked_for
from lowtide.domain.scaling.diff import AppliedScaling
from lowtide.domain.schedule.desired_state import DesiredState
from lowtide.domain.schedule.override import Pause
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot
from tests.unit.contexts import context_with
from tests.unit.domain.lifecycle.both_stages import STACK, TAGS, Given, decide
from tests.unit.domain.scaling.scaled import G6, G6E, MIXED, scaled

NOW = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
CREATED = NOW - timedelta(hours=5)
MANAGED = scaled()
ASKED = asked_for(MANAGED, "in-use")
APPLIED = AppliedScaling(ASKED, CREATED, (1, 4))
UNSCALED = replace(MANAGED, scaling=None)
SAVED = Snapshot(CREATED, "in-use", TAGS, Scaling())


def context(applied: AppliedScaling | None = None, types: Types | None = MIXED) -> Given:
    """Wanted, in service, and with the scaling of the file as `applied` says."""
    known = context_with(
        managed=MANAGED,
        desired=DesiredState(True, "open"),
        endpoint=Endpoint(
            "e",
            Status.IN_SERVICE,
            config_name="in-use",
            created_at=CREATED,
            variants=(Variant("v", (Pool(G6, 1), Pool(G6E, 0))),),
        ),
        record=Record(SAVED, applied=applied),
        stack=STACK,
        now=NOW,
    )
    return Given(known, types=types)


def of(status: Status) -> Given:
    return context().with_endpoint(status=status)


def recorded(**changes: Any) -> Given:
    given = context()
    return given.but(record=replace(given.context.record, **changes))


def pending(minutes: int, *, last: bool, applied: AppliedScaling | None = None) -> Given:
    """A restore that was first tried so long ago, and was, or was not, tried last."""
    since = NOW - timedelta(minutes=minutes)
    return recorded(
        restore_pending=True, restoring_since=since, restored_last=last, applied=applied
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(context(), ApplyScaling, id="never applied: applied"),
        pytest.param(context(APPLIED), NoAction, id="put on this endpoint: rests"),
        pytest.param(
            context(AppliedScaling(range=(1, 4))), ApplyScaling,
            id="killed before it was verified: again",
        ),
        pytest.param(
            context(replace(APPLIED, endpoint_created_at=CREATED - timedelta(days=1))),
            ApplyScaling,
            id="put on last night's endpoint: again",
        ),
        pytest.param(
            context(replace(APPLIED, config_hash="of an older file")), ApplyScaling,
            id="the file has changed: again",
        ),
        pytest.param(
            context(APPLIED).but(managed=UNSCALED, types=None), ApplyScaling,
            id="not asked for any more: removed, whatever became of the configuration",
        ),
        pytest.param(
            context().but(managed=UNSCALED), NoAction, id="never asked for: nothing is done"
        ),
        pytest.param(recorded(restore_pending=True), Restore, id="a restore comes first"),
        pytest.param(
            pending(minutes=4, last=True), Restore, id="one that lasts for minutes: the same"
        ),
        pytest.param(
            pending(minutes=5, last=True), ApplyScaling,
            id="one that lasts for long: the file's scaling has its turn",
        ),
        pytest.param(
            pending(minutes=50, last=False), Restore, id="then the restore has its turn again"
        ),
        pytest.param(
            pending(minutes=50, last=True, applied=APPLIED), Restore,
            id="the file's scaling is there: the restore is tried each minute",
        ),
        pytest.param(
            pending(minutes=50, last=True).but(types=None), Restore,
            id="the file's scaling would rest on a guess: the restore is tried each minute",
        ),
        pytest.param(
            recorded(restore_pending=True).but(types=None), Restore,
            id="also before what the file asks for is refused: what was saved is owed",
        ),
        pytest.param(
            recorded(ending_since=NOW, draining_since=NOW), EndDrain, id="a drain is ended first"
        ),
        pytest.param(
            context().but(paused=Pause(NOW, "by hand", "ann")), Paused, id="paused: nothing"
        ),
        pytest.param(of(Status.UPDATING), Wait, id="Updating: waits"),
        pytest.param(
            context(APPLIED, types=None), NoAction,
            id="put on this endpoint: that nobody knows its types any more is no matter",
        ),
        pytest.param(
            context(types=None).but(desired=DesiredState(False, "closed")), TakeSnapshot,
            id="not wanted any more: what the file asks for keeps nothing awake",
        ),
        pytest.param(
            of(Status.UPDATE_ROLLBACK_FAILED), NoAction,
            id="a mix of configurations: left until it is in service",
        ),
    ],
)  # fmt: skip
def test_the_next_step(given: Given, expected: type[Action]) -> None:
    assert isinstance(decide(given), expected)


def test_the_step_knows_what_it_is_for() -> None:
    assert decide(context()) == ApplyScaling(
        "in service; the scaling of the file is not verified yet", ASKED, (1, 4), ("v",)
    )
    assert decide(context(APPLIED).but(managed=UNSCALED)) == ApplyScaling(
        "the file has no scaling for it any more", "", None, ("v",)
    )


def of_kind(kind: Kind) -> Given:
    return context().but(kinds=frozenset({kind}))


def with_live(instance_type: str) -> Given:
    return context().with_endpoint(variants=(Variant("v", (Pool(instance_type, 1),)),))


@pytest.mark.parametrize(
    ("given", "kind", "reason"),
    [
        pytest.param(
            context(types={"v": (G6, "ml.p5.48xlarge")}), "no-capacity",
            "scaling.capacity lacks instance type ml.p5.48xlarge",
            id="a configured type without a capacity",
        ),
        pytest.param(
            with_live("ml.g4dn.xlarge"), "no-capacity",
            "scaling.capacity lacks instance type ml.g4dn.xlarge",
            id="a live type without a capacity",
        ),
        pytest.param(
            context(types=None), "missing", "its configuration in-use is gone",
            id="a configuration that is gone",
        ),
        pytest.param(
            context().but(stack="lowtide-prod"), "not-tagged",
            "it does not carry the tag lowtide:stack=lowtide-prod", id="another stack's",
        ),
        pytest.param(
            of_kind(Kind.SERVERLESS), "serverless", "it is serverless and has no instances",
            id="serverless",
        ),
        pytest.param(
            of_kind(Kind.COMPONENTS), "inference-components", "it hosts inference components",
            id="inference components",
        ),
    ],
)  # fmt: skip
def test_what_would_be_a_guess_is_refused(given: Given, kind: str, reason: str) -> None:
    action = decide(given)
    assert isinstance(action, Blocked)
    assert action.codes == (kind,)
    assert reason in action.reason


def test_a_range_alone_needs_neither_types_nor_capacities() -> None:
    bare = replace(MANAGED, scaling=ManagedScaling(1, 4, None))
    assert isinstance(decide(context(types=None).but(managed=bare)), ApplyScaling)


def test_what_is_left_out_is_said_while_it_rests() -> None:
    assert decide(context(replace(APPLIED, left_out="a twin follows the same metric"))) == NoAction(
        "open; a twin follows the same metric"
    )
