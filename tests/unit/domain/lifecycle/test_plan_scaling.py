"""When the scaling of the file is applied, and when it is blocked or left for later."""

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
    Restore,
    TakeSnapshot,
)
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.scaling.desired import Types, asked_for
from lowtide.domain.scaling.diff import AppliedScaling
from lowtide.domain.schedule.desired_state import DesiredState
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


def recorded(**changes: Any) -> Given:
    given = context()
    return given.but(record=replace(given.context.record, **changes))


def pending(minutes: int, *, last: bool, applied: AppliedScaling | None = None) -> Given:
    """A restore that was first tried so long ago, and was, or was not, tried last."""
    since = NOW - timedelta(minutes=minutes)
    return recorded(
        restore_pending=True, restoring_since=since, restored_last=last, applied=applied
    )


NEXT_STEP = {
    "never applied: applied": (context(), ApplyScaling),
    "applied to this endpoint: nothing is done": (context(APPLIED), NoAction),
    "killed before it was verified: again": (context(AppliedScaling(range=(1, 4))), ApplyScaling),
    "applied to last night's endpoint: again": (
        context(replace(APPLIED, endpoint_created_at=CREATED - timedelta(days=1))), ApplyScaling,
    ),
    "the file has changed: again": (
        context(replace(APPLIED, config_hash="of an older file")), ApplyScaling,
    ),
    "not asked for any more: removed, whatever became of the configuration": (
        context(APPLIED).but(managed=UNSCALED, types=None), ApplyScaling,
    ),
    "never asked for: nothing is done": (context().but(managed=UNSCALED), NoAction),
    "a restore comes first": (recorded(restore_pending=True), Restore),
    "a restore that lasts for minutes comes first": (pending(minutes=4, last=True), Restore),
    "a restore that lasts for long: the file's scaling has its turn": (
        pending(minutes=5, last=True), ApplyScaling,
    ),
    "then the restore has its turn again": (pending(minutes=50, last=False), Restore),
    "the file's scaling is there: the restore is tried each minute": (
        pending(minutes=50, last=True, applied=APPLIED), Restore,
    ),
    "the file's scaling would rest on a guess: the restore is tried each minute": (
        pending(minutes=50, last=True).but(types=None), Restore,
    ),
    "a drain is ended first": (recorded(ending_since=NOW, draining_since=NOW), EndDrain),
    "applied to this endpoint: its types need not be known any more": (
        context(APPLIED, types=None), NoAction,
    ),
    "not wanted any more: the scaling of the file does not keep it": (
        context(types=None).but(desired=DesiredState(False, "closed")), TakeSnapshot,
    ),
    "a mix of configurations: left until it is in service": (
        context().with_endpoint(status=Status.UPDATE_ROLLBACK_FAILED), NoAction,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), NEXT_STEP.values(), ids=NEXT_STEP)
def test_the_next_step(given: Given, expected: type[Action]) -> None:
    assert isinstance(decide(given), expected)


def test_the_step_names_what_it_applies() -> None:
    assert decide(context()) == ApplyScaling(
        "in service; the scaling of the file is not verified yet", ASKED, (1, 4), ("v",)
    )
    assert decide(context(APPLIED).but(managed=UNSCALED)) == ApplyScaling(
        "the file has no scaling for it any more", "", None, ("v",)
    )


def of_kind(kind: Kind) -> Given:
    return context(types=None).but(kinds=frozenset({kind}))


def with_live(instance_type: str) -> Given:
    return context().with_endpoint(variants=(Variant("v", (Pool(instance_type, 1),)),))


GUESSES = {
    "a configured type without a capacity": (
        context(types={"v": (G6, "ml.p5.48xlarge")}), "no-capacity",
        "scaling.capacity lacks instance type ml.p5.48xlarge",
    ),
    "a live type without a capacity": (
        with_live("ml.g4dn.xlarge"), "no-capacity",
        "scaling.capacity lacks instance type ml.g4dn.xlarge",
    ),
    "a configuration that is gone": (
        context(types=None), "missing", "its configuration in-use is gone",
    ),
    "another stack's": (
        context().but(stack="lowtide-prod"), "not-tagged",
        "it does not carry the tag lowtide:stack=lowtide-prod",
    ),
    "serverless": (of_kind(Kind.SERVERLESS), "serverless", "it is serverless and has no instances"),
    "inference components": (
        of_kind(Kind.COMPONENTS), "inference-components", "it hosts inference components",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("given", "kind", "reason"), GUESSES.values(), ids=GUESSES)
def test_scaling_that_would_be_a_guess_is_blocked(given: Given, kind: str, reason: str) -> None:
    action = decide(given)
    assert isinstance(action, Blocked)
    assert action.codes == (kind,)
    assert reason in action.reason


def test_a_range_alone_needs_neither_types_nor_capacities() -> None:
    bare = replace(MANAGED, scaling=ManagedScaling(1, 4, None))
    assert isinstance(decide(context(types=None).but(managed=bare)), ApplyScaling)


def test_what_is_left_out_is_named_while_nothing_is_done() -> None:
    assert decide(context(replace(APPLIED, left_out="a twin follows the same metric"))) == NoAction(
        "open; a twin follows the same metric"
    )
