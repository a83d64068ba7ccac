"""A restore: what is put back, in which order, and when it is done."""

from dataclasses import replace

import pytest

from lowtide.domain.errors import AwsError, BusyError, LowtideError
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.scaling.desired import TRACKING
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot
from lowtide.workflows.reconciler.restore import restore
from tests.unit.domain.scaling.scaled import scaled
from tests.unit.workflows.fakes import (
    AWAKE,
    CREATED,
    RESOURCE,
    SAVED,
    SCALING,
    VARIANT,
    Aws,
    context,
    made_up,
)

PENDING = context(AWAKE, Record(SAVED, restore_pending=True))
WEIGHTED = replace(SAVED, variants=({**VARIANT, "DesiredWeight": 0.2},))
COUNTED = replace(SAVED, scaling=Scaling(), variants=({**VARIANT, "DesiredInstanceCount": 3},))
WEIGHT = ("put_variants", {"VariantName": "v", "DesiredWeight": 0.2})
COUNT = ("put_variants", {"VariantName": "v", "DesiredInstanceCount": 3})


def owed(saved: Snapshot) -> Context:
    return context(AWAKE, Record(saved, restore_pending=True))


def test_what_is_absent_is_put_and_read_back() -> None:
    here = made_up(Aws(scaling=Scaling()))
    assert restore(PENDING, here.services) == (
        "back and equal field by field: 2 tags, 1 scalable target, 1 scaling policy, "
        "0 scheduled actions, 0 alarms"
    )
    assert (here.aws.did, here.aws.scaling) == (["put"], SCALING)


class Forgetful(Aws):
    """Says yes, and keeps nothing."""

    def put(self, *_: object) -> tuple[str, ...]:
        return self.refuses


def test_only_a_read_back_proves_it() -> None:
    here = made_up(Forgetful(scaling=Scaling()))
    with pytest.raises(LowtideError, match="the restore is not complete: ") as told:
        restore(PENDING, here.services)
    assert f"scaling.targets[{RESOURCE}] is not there yet" in str(told.value)


def test_what_aws_refuses_is_told_though_all_that_is_asked_for_is_there() -> None:
    here = made_up(Aws(refuses=("tags of the target: no",)))
    with pytest.raises(LowtideError, match="the restore is not complete: tags of the target: no"):
        restore(PENDING, here.services)


def test_a_weight_ends_the_minute_and_comes_before_the_scaling() -> None:
    """AWS updates the endpoint, and takes no target meanwhile."""
    here = made_up(Aws(scaling=Scaling()))
    with pytest.raises(BusyError, match=r"putting back DesiredWeight 0\.2 of v"):
        restore(owed(WEIGHTED), here.services)
    assert here.aws.did == [WEIGHT]


def test_while_aws_is_busy_with_a_weight_nobody_says_that_it_is_put_back() -> None:
    here = made_up(Aws(scaling=Scaling(), fails={"put_variants": BusyError("it is Updating")}))
    with pytest.raises(BusyError, match=r"^it is Updating$"):
        restore(owed(WEIGHTED), here.services)


def test_lowtides_own_policies_are_not_owed_where_the_file_keeps_them() -> None:
    own = {"ResourceId": RESOURCE, "PolicyName": TRACKING}
    given = owed(replace(SAVED, scaling=replace(SCALING, policies=(*SCALING.policies, own))))
    here = made_up(Aws(scaling=Scaling()))
    restore(replace(given, managed=scaled()), here.services)
    assert here.aws.scaling == SCALING


def test_a_weight_that_aws_refuses_holds_nothing_up_and_is_not_done() -> None:
    here = made_up(Aws(scaling=Scaling(), fails={"put_variants": AwsError("no")}))
    with pytest.raises(LowtideError, match=r"not complete: DesiredWeight 0\.2 of v: no"):
        restore(owed(WEIGHTED), here.services)
    assert here.aws.did == [WEIGHT, "put"]


def test_a_count_comes_last_and_is_owed_until_aws_takes_it() -> None:
    given = owed(COUNTED)
    here = made_up(Aws(scaling=Scaling()))
    with pytest.raises(BusyError, match="putting back DesiredInstanceCount 3 of v"):
        restore(given, here.services)
    assert here.aws.did == [COUNT]
    refused = made_up(Aws(scaling=Scaling(), fails={"put_variants": AwsError("no")}))
    with pytest.raises(LowtideError, match="not complete: DesiredInstanceCount 3 of v: no"):
        restore(given, refused.services)


def test_what_a_person_changed_meanwhile_is_told_and_left() -> None:
    live = replace(SCALING, targets=({**SCALING.targets[0], "MinCapacity": 2},))
    here = made_up(Aws(scaling=live))
    assert restore(PENDING, here.services) == (
        f"back, with changes made since: scaling.targets[{RESOURCE}].MinCapacity: was 1, is 2"
    )
    assert here.aws.did == []


def test_what_is_not_as_it_was_saved_is_told() -> None:
    def action(name: str, schedule: str, smallest: int) -> dict[str, object]:
        return {
            "ResourceId": RESOURCE,
            "ScheduledActionName": name,
            "Schedule": schedule,
            "ScalableTargetAction": {"MinCapacity": smallest},
        }

    once = action("once", "at(2026-11-23T16:00:00)", 2)
    daily = action("daily", "cron(0 17 * * ? *)", 3)
    evening = replace(
        SAVED, taken_at=CREATED, scaling=replace(SCALING, scheduled_actions=(once, daily))
    )
    here = made_up(Aws(scaling=Scaling()))
    outcome = restore(owed(evening), here.services)
    moved = "has the range 3 to 4 that its scheduled actions would have given it, not 1 to 4"
    assert outcome.split("; ")[1:] == [
        "once is left out: its time has passed",
        f"{RESOURCE} {moved}",
    ]
    assert here.aws.scaling.scheduled_actions == (daily,)


def test_of_one_that_was_never_saved_nothing_is_owed() -> None:
    here = made_up(Aws(scaling=Scaling()))
    assert restore(context(AWAKE, Record(None)), here.services) == "nothing was saved"
    assert here.aws.did == []
