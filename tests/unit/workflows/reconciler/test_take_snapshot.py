"""What is saved of an endpoint, and when; scaling that is suspended on its way to a delete."""

from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest

from lowtide.domain.endpoint.observed import Endpoint, Status
from lowtide.domain.endpoint.scaling_policy import ManagedScaling
from lowtide.domain.errors import AbsentError, ChangedError, LowtideError
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import StoredState
from lowtide.domain.scaling.desired import TRACKING
from lowtide.domain.scaling.diff import AppliedScaling
from lowtide.domain.snapshot.snapshot import Documents, Scaling, Snapshot
from lowtide.domain.snapshot.suspension import SUSPENDED
from lowtide.workflows.reconciler.confirm_loss import save_if_confirmed
from lowtide.workflows.reconciler.suspend_scaling import resume_scaling, suspend_scaling
from lowtide.workflows.reconciler.take_snapshot import save_what_changed, snapshot_to_keep
from tests.unit.domain.scaling.scaled import scaled
from tests.unit.workflows.fakes import (
    ASLEEP,
    CREATED,
    IN_SERVICE,
    MINUTE,
    NOW,
    POLICY,
    RESOURCE,
    SAVED,
    SCALING,
    TAGS,
    TARGET,
    VARIANT,
    Aws,
    context,
    made_up,
    of,
)

SINCE = NOW - 5 * MINUTE
BEGUN = NOW - 6 * MINUTE
VERIFIED = Record(SAVED, verified_created_at=CREATED)
ENDING = replace(VERIFIED, ending_since=BEGUN)
DRAINING = replace(ENDING, draining_since=SINCE, suspended=True)
OLD_DRAIN = replace(DRAINING, ending_since=CREATED - MINUTE, draining_since=CREATED - MINUTE)
FAILED = of(Status.FAILED, config_name="broken", modified_at=NOW - MINUTE)
CHANGED_CONFIG = of(Status.IN_SERVICE, config_name="changed-by-hand")
BARE = Scaling()
FOLLOWED = {"ResourceId": RESOURCE, "PolicyName": TRACKING}
NO_POLICY, TWO_POLICIES, OTHER_POLICY, WITH_FOLLOWED = (
    replace(SCALING, policies=policies)
    for policies in (
        (),
        (POLICY, {**POLICY, "PolicyName": "another"}),
        ({**POLICY, "TargetValue": 5.0},),
        (POLICY, FOLLOWED),
    )
)
LESS = replace(SAVED, taken_at=NOW, scaling=NO_POLICY)
ROLLING = {"RollingUpdatePolicy": {"WaitIntervalInSeconds": 60}}


def kept(aws: Aws, record: Record = VERIFIED, scaling: ManagedScaling | None = None) -> Snapshot:
    """The snapshot to keep of the endpoint of `aws`, whose file asks for `scaling`."""
    given = context(ASLEEP, record, aws.endpoint)
    given = replace(given, managed=replace(given.managed, scaling=scaling))
    return snapshot_to_keep(given, made_up(aws).services)


@pytest.mark.parametrize(
    ("record", "endpoint", "live", "expected"),
    [
        pytest.param(
            VERIFIED, IN_SERVICE, NO_POLICY, NO_POLICY, id="verified: what a user deleted is gone"
        ),
        pytest.param(
            replace(VERIFIED, restore_pending=True), IN_SERVICE, NO_POLICY, SCALING,
            id="not verified as restored: what is missing is kept",
        ),
        pytest.param(
            replace(VERIFIED, verified_created_at=CREATED - MINUTE), IN_SERVICE, BARE, SCALING,
            id="created again by hand: what is missing is kept",
        ),
        pytest.param(
            VERIFIED, FAILED, BARE, SCALING, id="failed after it was verified: nothing is lost"
        ),
        pytest.param(
            Record(None), IN_SERVICE, NO_POLICY, NO_POLICY, id="never saved: what is there"
        ),
    ],
)  # fmt: skip
def test_the_scaling_that_is_kept(
    record: Record, endpoint: Endpoint, live: Scaling, expected: Scaling
) -> None:
    assert kept(Aws(endpoint, scaling=live), record).scaling == expected


@pytest.mark.parametrize(
    ("endpoint", "config_name"),
    [
        pytest.param(FAILED, "in-use", id="failed: perhaps because of its new one"),
        pytest.param(CHANGED_CONFIG, "changed-by-hand", id="in service"),
    ],
)
def test_the_configuration_that_is_kept(endpoint: Endpoint, config_name: str) -> None:
    assert kept(Aws(endpoint)).config_name == config_name


def test_everything_but_the_tags_of_aws_is_saved() -> None:
    aws = Aws(deployment=ROLLING, own_tags=TAGS | {"aws:cloudformation:stack-name": "voice"})
    assert kept(aws, Record(None)) == replace(SAVED, taken_at=NOW, deployment=ROLLING)


@pytest.mark.parametrize(
    ("scaling", "applied", "saved"),
    [
        pytest.param(scaled().scaling, None, (POLICY,), id="the file asks for scaling"),
        pytest.param(None, AppliedScaling(), (POLICY,), id="it did so until now"),
        pytest.param(None, None, (POLICY, FOLLOWED), id="it never did: the policy is a user's"),
    ],
)
def test_policies_of_lowtide_are_not_saved(
    scaling: ManagedScaling | None, applied: AppliedScaling | None, saved: Documents
) -> None:
    found = kept(Aws(scaling=WITH_FOLLOWED), replace(VERIFIED, applied=applied), scaling)
    assert found.scaling.policies == saved


@pytest.mark.parametrize(
    ("before", "now", "suspended"),
    [
        pytest.param(DRAINING, DRAINING, False, id="while it drains, it is Lowtide's"),
        pytest.param(ENDING, DRAINING, False, id="an overlapping run has begun the drain"),
        pytest.param(ENDING, ENDING, True, id="before it drains, it is a user's"),
        pytest.param(OLD_DRAIN, OLD_DRAIN, True, id="the drain was of an endpoint before it"),
    ],
)
def test_a_suspended_state_is_saved_unless_lowtide_has_suspended(
    before: Record, now: Record, *, suspended: bool
) -> None:
    targets = ({**TARGET, "SuspendedState": dict(SUSPENDED)},)
    here = made_up(Aws(scaling=replace(SCALING, targets=targets)))
    here.table.memories["e"] = StoredState(now, None)
    (target,) = snapshot_to_keep(context(ASLEEP, before), here.services).scaling.targets
    assert target["SuspendedState"] == dict.fromkeys(SUSPENDED, suspended)


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(of(Status.DELETING), id="being deleted"),
        pytest.param(of(Status.ABSENT, created_at=None), id="absent"),
        pytest.param(of(Status.IN_SERVICE, created_at=NOW), id="created again"),
    ],
)
def test_what_is_read_of_an_endpoint_that_changes_meanwhile_is_not_saved(found: Endpoint) -> None:
    here = made_up(Aws(found, scaling=BARE))
    with pytest.raises(ChangedError, match=f"it changed while it was read: it is {found.status}"):
        snapshot_to_keep(context(ASLEEP, VERIFIED), here.services)


@pytest.mark.parametrize(
    ("record", "live", "saved"),
    [
        pytest.param(DRAINING, SCALING, [], id="nothing changed"),
        pytest.param(DRAINING, TWO_POLICIES, [TWO_POLICIES], id="changed since it was saved"),
        pytest.param(Record(None), SCALING, [SCALING], id="never saved"),
    ],
)
def test_what_changed_is_saved_and_the_delete_put_off(
    record: Record, live: Scaling, saved: list[Scaling]
) -> None:
    here, given = made_up(Aws(scaling=live)), context(ASLEEP, record)
    put_off = pytest.raises(ChangedError, match="it is saved anew") if saved else nullcontext()
    with put_off:
        save_what_changed(snapshot_to_keep(given, here.services), given, here.services)
    assert [snapshot.scaling for snapshot in here.table.snapshots] == saved


@pytest.mark.parametrize(
    ("first", "saved"),
    [
        pytest.param(None, [], id="the first reading: a user may be deleting the endpoint"),
        pytest.param(LESS, [], id="a second in the same minute"),
        pytest.param(replace(LESS, taken_at=NOW - MINUTE), [LESS], id="a second after a minute"),
        pytest.param(replace(LESS, taken_at=NOW - 20 * MINUTE), [], id="the other is too old"),
        pytest.param(replace(SAVED, taken_at=NOW - MINUTE), [], id="the other was complete"),
    ],
)
def test_less_than_was_saved_is_saved_at_the_second_reading(
    first: Snapshot | None, saved: list[Snapshot]
) -> None:
    here = made_up()
    here.table.version = first
    gone = r"policies\[endpoint/e/variant/v follow\]: saved, and not there any more"
    with nullcontext() if saved else pytest.raises(ChangedError, match=gone):
        save_if_confirmed(LESS, context(ASLEEP, DRAINING), here.services)
    assert here.table.snapshots == saved
    assert saved or here.table.version == (first if first == LESS else LESS)


class WithoutConfig(Aws):
    """Its configuration was deleted, and a failed endpoint does not show its variants."""

    def variant_names(self, _: Endpoint) -> Any:
        raise AbsentError("no such configuration")


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(VERIFIED, id="those that were saved"),
        pytest.param(Record(None), id="those with a scalable target"),
    ],
)
def test_the_variants_of_a_failed_endpoint_without_its_configuration(record: Record) -> None:
    found = kept(WithoutConfig(FAILED), record)
    assert (found.scaling, found.variants) == (SCALING, (VARIANT,))


@pytest.mark.parametrize(
    ("live", "did"),
    [
        pytest.param(SCALING, [], id="nothing"),
        pytest.param(OTHER_POLICY, ["snapshot"], id="what a user changed"),
    ],
)
def test_before_scaling_is_suspended_is_saved(live: Scaling, did: list[str]) -> None:
    here = made_up(Aws(scaling=live))
    done = suspend_scaling(context(ASLEEP, DRAINING), here.services)
    assert done == "1 scalable target suspended"
    assert here.aws.did == [*did, ("change_targets", dict(SUSPENDED))]


@pytest.mark.parametrize(
    ("step", "done"), [(suspend_scaling, "suspended"), (resume_scaling, "resumed")]
)
def test_a_refused_change_of_a_target_is_an_error(step: Any, done: str) -> None:
    here = made_up(Aws(refuses=("v: no",)))
    with pytest.raises(LowtideError, match=f"scaling is not {done}: v: no"):
        step(context(ASLEEP, DRAINING), here.services)


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(replace(DRAINING, snapshot=None), id="nothing is saved"),
        pytest.param(ENDING, id="no drain was begun"),
    ],
)
def test_scaling_that_lowtide_did_not_suspend_is_not_resumed(record: Record) -> None:
    targets = ({**TARGET, "SuspendedState": dict(SUSPENDED)},)
    here = made_up(Aws(scaling=replace(SCALING, targets=targets)))
    assert resume_scaling(context(ASLEEP, record), here.services) == "nothing was suspended"
    assert here.aws.did == []


def test_without_a_snapshot_nothing_is_suspended_as_it_could_not_be_resumed() -> None:
    here = made_up()
    unsaved = context(ASLEEP, replace(DRAINING, snapshot=None))
    assert suspend_scaling(unsaved, here.services) == "nothing is saved: scaling is left as it is"
    assert here.aws.did == []
