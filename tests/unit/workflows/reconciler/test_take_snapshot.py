"""What is saved of an endpoint, whatever of it is still there to be read."""

import contextlib
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
    MadeUp,
    context,
    made_up,
    of,
)

SINCE = NOW - 5 * MINUTE
BEGUN = NOW - 6 * MINUTE
WHOLE = Record(SAVED, verified_created_at=CREATED)
DRAINING = replace(WHOLE, ending_since=BEGUN, draining_since=SINCE, suspended=True)
LESS = replace(SAVED, taken_at=NOW, scaling=replace(SCALING, policies=()))
ENDING = replace(WHOLE, ending_since=BEGUN)
ANOTHERS = replace(DRAINING, ending_since=CREATED - MINUTE, draining_since=CREATED - MINUTE)
FAILED = of(Status.FAILED, config_name="broken", modified_at=NOW - MINUTE)
BARE = Scaling()
ONE_POLICY_LESS = replace(SCALING, policies=())
ONE_POLICY_MORE = replace(SCALING, policies=(POLICY, {**POLICY, "PolicyName": "another"}))
SUSPENDED_TARGET = {**TARGET, "SuspendedState": dict(SUSPENDED)}


@pytest.mark.parametrize(
    ("record", "endpoint", "live", "kept"),
    [
        pytest.param(
            WHOLE, IN_SERVICE, ONE_POLICY_LESS, ONE_POLICY_LESS,
            id="of one that had everything, what its owner took away stays away",
        ),
        pytest.param(
            replace(WHOLE, restore_pending=True), IN_SERVICE, ONE_POLICY_LESS, SCALING,
            id="of one that is not proven to be back, what is missing is still owed",
        ),
        pytest.param(
            replace(WHOLE, verified_created_at=CREATED - MINUTE), IN_SERVICE, BARE, SCALING,
            id="of one that a person created again bare, the same",
        ),
        pytest.param(
            WHOLE, FAILED, BARE, SCALING,
            id="of one that failed after it had everything, half is read as gone: nothing is lost",
        ),
        pytest.param(
            Record(None), IN_SERVICE, ONE_POLICY_LESS, ONE_POLICY_LESS,
            id="of one that was never saved, what is there",
        ),
    ],
)  # fmt: skip
def test_what_stands_of_what_was_saved_before(
    record: Record, endpoint: Endpoint, live: Scaling, kept: Scaling
) -> None:
    here = made_up(Aws(endpoint, scaling=live))
    assert snapshot_to_keep(context(ASLEEP, record, endpoint), here.services).scaling == kept


def test_a_failed_endpoints_configuration_may_be_why_and_is_not_adopted() -> None:
    def config(endpoint: Endpoint) -> str:
        services = made_up(Aws(endpoint)).services
        return snapshot_to_keep(context(ASLEEP, WHOLE, endpoint), services).config_name

    assert config(FAILED) == "in-use"
    assert config(of(Status.IN_SERVICE, config_name="changed-by-hand")) == "changed-by-hand"


def test_everything_that_the_endpoint_itself_has_is_saved() -> None:
    rolling = {"RollingUpdatePolicy": {"WaitIntervalInSeconds": 60}}
    here = made_up(Aws(deployment=rolling))
    kept = snapshot_to_keep(context(ASLEEP, Record(None)), here.services)
    assert kept == replace(SAVED, taken_at=NOW, deployment=rolling)


FOLLOWED = {"ResourceId": RESOURCE, "PolicyName": TRACKING}
KEPT_BY_FILE = scaled().scaling


@pytest.mark.parametrize(
    ("scaling", "applied", "saved"),
    [
        pytest.param(KEPT_BY_FILE, None, (POLICY,), id="the file keeps scaling: its own follow it"),
        pytest.param(
            None, AppliedScaling(), (POLICY,), id="it did so until now, and they may still be there"
        ),
        pytest.param(KEPT_BY_FILE, AppliedScaling(), (POLICY,), id="both"),
        pytest.param(
            None, None, (POLICY, FOLLOWED), id="it never did: a policy of that name is its owner's"
        ),
    ],
)
def test_lowtides_own_policies_follow_the_file_and_not_the_snapshot(
    scaling: ManagedScaling | None, applied: AppliedScaling | None, saved: Documents
) -> None:
    here = made_up(Aws(scaling=replace(SCALING, policies=(POLICY, FOLLOWED))))
    given = context(ASLEEP, replace(WHOLE, applied=applied))
    given = replace(given, managed=replace(given.managed, scaling=scaling))
    assert snapshot_to_keep(given, here.services).scaling.policies == saved


def test_tags_of_awss_own_cannot_be_set_again_and_are_left_out() -> None:
    here = made_up(Aws(own_tags=TAGS | {"aws:cloudformation:stack-name": "voice"}))
    assert snapshot_to_keep(context(ASLEEP, WHOLE), here.services).tags == TAGS


@pytest.mark.parametrize(
    ("known", "remembered", "state"),
    [
        pytest.param(DRAINING, DRAINING, {}, id="while it drains, it is Lowtide's"),
        pytest.param(ENDING, DRAINING, {}, id="and where a run that overlaps has begun the drain"),
        pytest.param(ENDING, ENDING, SUSPENDED, id="before it drains, it is the owner's"),
        pytest.param(
            ANOTHERS,
            ANOTHERS,
            SUSPENDED,
            id="a drain from before it was created was another's",
        ),
    ],
)
def test_whose_a_suspended_state_is(
    known: Record, remembered: Record, state: dict[str, bool]
) -> None:
    here = made_up(Aws(scaling=replace(SCALING, targets=(SUSPENDED_TARGET,))))
    here.table.memories["e"] = StoredState(remembered, None)
    (target,) = snapshot_to_keep(context(ASLEEP, known), here.services).scaling.targets
    assert target.get("SuspendedState") == (state or dict.fromkeys(SUSPENDED, False))


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(of(Status.DELETING), id="somebody deletes it"),
        pytest.param(of(Status.ABSENT, created_at=None), id="it is gone"),
        pytest.param(of(Status.IN_SERVICE, created_at=NOW), id="another has its name"),
    ],
)
def test_what_is_read_while_the_endpoint_goes_is_not_believed(found: Endpoint) -> None:
    here = made_up(Aws(found, scaling=BARE))
    with pytest.raises(ChangedError, match=f"it changed while it was read: it is {found.status}"):
        snapshot_to_keep(context(ASLEEP, WHOLE), here.services)


def test_a_delete_needs_a_snapshot_that_says_what_is_there_now() -> None:
    def check(record: Record, here: MadeUp) -> None:
        of_now = context(ASLEEP, record)
        save_what_changed(snapshot_to_keep(of_now, here.services), of_now, here.services)

    same = made_up()
    check(DRAINING, same)
    assert same.table.snapshots == []
    changed = made_up(Aws(scaling=ONE_POLICY_MORE))
    with pytest.raises(ChangedError, match="it is saved anew"):
        check(DRAINING, changed)
    assert [kept.scaling for kept in changed.table.snapshots] == [ONE_POLICY_MORE]
    never = made_up()
    with pytest.raises(ChangedError, match="it is saved anew"):
        check(Record(None), never)
    assert len(never.table.snapshots) == 1


@pytest.mark.parametrize(
    ("seen", "kept"),
    [
        pytest.param(None, [], id="nobody saw it before: somebody may take the endpoint down"),
        pytest.param(LESS, [], id="seen in the same minute: an event came between"),
        pytest.param(replace(LESS, taken_at=NOW - MINUTE), [LESS], id="seen a minute ago"),
        pytest.param(replace(LESS, taken_at=NOW - 20 * MINUTE), [], id="seen another time"),
        pytest.param(replace(SAVED, taken_at=NOW - MINUTE), [], id="a minute ago it was all there"),
    ],
)
def test_less_than_was_saved_is_believed_at_the_second_look(
    seen: Snapshot | None, kept: list[Snapshot]
) -> None:
    here = made_up()
    here.table.version = seen
    with contextlib.suppress(ChangedError):
        save_if_confirmed(LESS, context(ASLEEP, DRAINING), here.services)
    assert here.table.snapshots == kept


def test_what_is_not_there_any_more_is_named_and_waited_for() -> None:
    here = made_up()
    with pytest.raises(
        ChangedError, match=r"policies\[endpoint/e/variant/v follow\]: saved, and not"
    ):
        save_if_confirmed(LESS, context(ASLEEP, DRAINING), here.services)
    assert here.table.version == LESS


class Gone(Aws):
    """Its configuration was deleted, so that nobody tells the names of its variants."""

    def variant_names(self, _: Endpoint) -> Any:
        raise AbsentError("no such configuration")


def test_without_its_configuration_the_variants_are_those_that_were_saved() -> None:
    here = made_up(Gone(FAILED))
    kept = snapshot_to_keep(context(ASLEEP, WHOLE, FAILED), here.services)
    assert (kept.scaling, kept.variants) == (SCALING, (VARIANT,))


def test_of_one_that_was_never_saved_they_are_those_that_something_scales() -> None:
    here = made_up(Gone(FAILED))
    assert snapshot_to_keep(context(ASLEEP, Record(None), FAILED), here.services).scaling == SCALING


def test_suspending_saves_first_what_a_person_changed() -> None:
    policies = ({**POLICY, "TargetValue": 5.0},)
    here = made_up(Aws(scaling=replace(SCALING, policies=policies)))
    assert (
        suspend_scaling(context(ASLEEP, DRAINING), here.services) == "1 scalable target suspended"
    )
    assert here.aws.did == ["snapshot", ("change_targets", dict(SUSPENDED))]
    assert here.table.snapshots[0].scaling.policies == policies
    unchanged = made_up()
    suspend_scaling(context(ASLEEP, DRAINING), unchanged.services)
    assert unchanged.table.snapshots == []


@pytest.mark.parametrize(
    ("step", "done"), [(suspend_scaling, "suspended"), (resume_scaling, "resumed")]
)
def test_a_change_of_a_target_that_aws_refuses_is_a_failure(step: Any, done: str) -> None:
    targets = (TARGET,) if step is suspend_scaling else (SUSPENDED_TARGET,)
    here = made_up(Aws(scaling=replace(SCALING, targets=targets), refuses=("v: no",)))
    with pytest.raises(LowtideError, match=f"scaling is not {done}: v: no"):
        step(context(ASLEEP, DRAINING), here.services)


def test_without_a_snapshot_nothing_is_suspended_as_it_could_not_be_resumed() -> None:
    here = made_up()
    nothing = context(ASLEEP, replace(DRAINING, snapshot=None))
    assert suspend_scaling(nothing, here.services) == "nothing is saved: scaling is left as it is"
    assert resume_scaling(nothing, here.services) == "nothing was suspended"
    assert here.aws.did == []
