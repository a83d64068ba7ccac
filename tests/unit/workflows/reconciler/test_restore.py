"""A restore: what is put, in which order, and when it is complete."""

from dataclasses import replace
from typing import Any

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

WEIGHTED = replace(SAVED, variants=({**VARIANT, "DesiredWeight": 0.2},))
COUNTED = replace(SAVED, scaling=Scaling(), variants=({**VARIANT, "DesiredInstanceCount": 3},))
WEIGHT = ("put_variants", {"VariantName": "v", "DesiredWeight": 0.2})
COUNT = ("put_variants", {"VariantName": "v", "DesiredInstanceCount": 3})


def pending(saved: Snapshot = SAVED) -> Context:
    return context(AWAKE, Record(saved, restore_pending=True))


def test_what_is_absent_is_put_and_verified() -> None:
    here = made_up(Aws(scaling=Scaling()))
    assert restore(pending(), here.services) == (
        "back and equal field by field: 2 tags, 1 scalable target, 1 scaling policy, "
        "0 scheduled actions, 0 alarms"
    )
    assert (here.aws.did, here.aws.scaling) == (["put"], SCALING)


class Forgetful(Aws):
    """Accepts everything, and has none of it afterwards."""

    def put(self, *_: object) -> tuple[str, ...]:
        return self.refuses


@pytest.mark.parametrize(
    ("aws", "missing"),
    [
        pytest.param(
            Forgetful(scaling=Scaling()), f"scaling.targets[{RESOURCE}] is not there yet",
            id="accepted, but not there",
        ),
        pytest.param(Aws(refuses=("tags: no",)), "tags: no", id="refused"),
    ],
)  # fmt: skip
def test_a_restore_is_not_complete_while_anything_is_missing(aws: Aws, missing: str) -> None:
    with pytest.raises(LowtideError, match="the restore is not complete: ") as error:
        restore(pending(), made_up(aws).services)
    assert missing in str(error.value)


@pytest.mark.parametrize(
    ("saved", "answer", "kind", "message", "did"),
    [
        pytest.param(
            WEIGHTED, None, BusyError, r"^putting back DesiredWeight 0\.2 of v", [WEIGHT],
            id="a weight: AWS updates the endpoint, and takes no target in this minute",
        ),
        pytest.param(
            WEIGHTED, BusyError("it is Updating"), BusyError, "^it is Updating$", [WEIGHT],
            id="AWS is busy: the weight is not put",
        ),
        pytest.param(
            WEIGHTED, AwsError("no"), LowtideError, r"not complete: DesiredWeight 0\.2 of v: no",
            [WEIGHT, "put"], id="a refused weight: the scaling is put all the same",
        ),
        pytest.param(
            COUNTED, None, BusyError, "^putting back DesiredInstanceCount 3 of v", [COUNT],
            id="a count comes last",
        ),
        pytest.param(
            COUNTED, AwsError("no"), LowtideError, "not complete: DesiredInstanceCount 3 of v: no",
            [COUNT], id="a refused count",
        ),
    ],
)  # fmt: skip
def test_a_restore_with_weights_or_counts_takes_several_minutes(
    saved: Snapshot, answer: AwsError | None, kind: type[LowtideError], message: str, did: list[Any]
) -> None:
    here = made_up(Aws(scaling=Scaling(), fails={"put_variants": answer} if answer else {}))
    with pytest.raises(kind, match=message):
        restore(pending(saved), here.services)
    assert here.aws.did == did


def test_policies_of_lowtide_are_not_restored_where_the_file_asks_for_scaling() -> None:
    own = {"ResourceId": RESOURCE, "PolicyName": TRACKING}
    given = pending(replace(SAVED, scaling=replace(SCALING, policies=(*SCALING.policies, own))))
    here = made_up(Aws(scaling=Scaling()))
    restore(replace(given, managed=scaled()), here.services)
    assert here.aws.scaling == SCALING


def test_what_a_user_changed_meanwhile_stays() -> None:
    live = replace(SCALING, targets=({**SCALING.targets[0], "MinCapacity": 2},))
    here = made_up(Aws(scaling=live))
    assert restore(pending(), here.services) == (
        f"back, with changes made since: scaling.targets[{RESOURCE}].MinCapacity: was 1, is 2"
    )
    assert here.aws.did == []


def test_the_outcome_has_what_is_not_as_it_was_saved() -> None:
    def action(name: str, schedule: str, smallest: int) -> dict[str, object]:
        return {
            "ResourceId": RESOURCE,
            "ScheduledActionName": name,
            "Schedule": schedule,
            "ScalableTargetAction": {"MinCapacity": smallest},
        }

    once = action("once", "at(2026-11-23T16:00:00)", 2)
    daily = action("daily", "cron(0 17 * * ? *)", 3)
    scaling = replace(SCALING, scheduled_actions=(once, daily))
    here = made_up(Aws(scaling=Scaling()))
    given = pending(replace(SAVED, taken_at=CREATED, scaling=scaling))
    moved = "has the range 3 to 4 that its scheduled actions would have given it, not 1 to 4"
    assert restore(given, here.services).split("; ")[1:] == [
        "once is left out: its time has passed",
        f"{RESOURCE} {moved}",
    ]
    assert here.aws.scaling.scheduled_actions == (daily,)


def test_without_a_snapshot_nothing_is_restored() -> None:
    here = made_up(Aws(scaling=Scaling()))
    assert restore(context(AWAKE, Record(None)), here.services) == "nothing was saved"
    assert here.aws.did == []
