"""A suspended state that Lowtide set is not the user's; every other one is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lowtide.domain.snapshot.difference import differences
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot
from lowtide.domain.snapshot.suspension import SUSPENDED, to_resume, to_suspend, without_suspension

SAVED_AT = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
NOW = SAVED_AT + timedelta(minutes=10)
FREE = dict.fromkeys(SUSPENDED, False)
NO_SCALE_IN = FREE | {"DynamicScalingInSuspended": True}
NO_SCALE_OUT = FREE | {"DynamicScalingOutSuspended": True}


def target(state: Any, variant: str = "A", **fields: Any) -> dict[str, Any]:
    found = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/e/variant/{variant}",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        "MinCapacity": 1,
        "MaxCapacity": 4,
    } | fields
    return found | ({"SuspendedState": dict(state)} if state is not None else {})


def snapshot(*targets: dict[str, Any], at: datetime = NOW) -> Snapshot:
    return Snapshot(at, "config", {}, Scaling(targets=targets))


def saved(*targets: dict[str, Any]) -> Snapshot:
    return snapshot(*targets, at=SAVED_AT)


CASES = [
    pytest.param(FREE, SUSPENDED, FREE, id="suspended by Lowtide"),
    pytest.param(NO_SCALE_IN, SUSPENDED, NO_SCALE_IN, id="the user's own state was another"),
    pytest.param(None, SUSPENDED, FREE, id="no state was saved: nothing was suspended"),
    pytest.param(FREE, FREE, FREE, id="not suspended yet: killed before that"),
    pytest.param(SUSPENDED, SUSPENDED, SUSPENDED, id="the user had suspended everything already"),
    pytest.param(SUSPENDED, FREE, FREE, id="which the user resumes during the drain"),
    pytest.param(FREE, NO_SCALE_OUT, NO_SCALE_OUT, id="the user changes it during the drain"),
    pytest.param(NO_SCALE_IN, FREE, FREE, id="the user resumes everything during the drain"),
]


@pytest.mark.parametrize(("before", "live", "own"), CASES)
def test_what_is_the_users(before: Any, live: Any, own: Any) -> None:
    (found,) = without_suspension(snapshot(target(live)), saved(target(before))).scaling.targets
    assert found["SuspendedState"] == own


@pytest.mark.parametrize(("before", "live", "own"), CASES)
def test_resuming_gives_the_same_and_touches_nothing_else(before: Any, live: Any, own: Any) -> None:
    resumed = to_resume((target(live),), saved(target(before)), NOW)
    assert [change["SuspendedState"] for change in resumed] == ([own] if own != live else [])


@pytest.mark.parametrize(
    ("before", "live", "suspended"),
    [
        pytest.param(FREE, FREE, True, id="what is active is suspended"),
        pytest.param(NO_SCALE_IN, NO_SCALE_IN, True, id="so is what is active in part"),
        pytest.param(FREE, SUSPENDED, False, id="what is suspended already is not touched again"),
        pytest.param(SUSPENDED, SUSPENDED, False, id="nor is what the user has suspended"),
    ],
)
def test_what_is_suspended(before: Any, live: Any, *, suspended: bool) -> None:
    changes = to_suspend((target(live),), saved(target(before)))
    assert [change["SuspendedState"] for change in changes] == ([SUSPENDED] if suspended else [])


def test_of_two_targets_only_the_suspended_one_is_resumed() -> None:
    before = saved(target(FREE, "A"), target(NO_SCALE_IN, "B"))
    live = snapshot(target(SUSPENDED, "A"), target(NO_SCALE_IN, "B"))
    assert differences(before, without_suspension(live, before)) == ()
    assert [c["ResourceId"] for c in to_resume(live.scaling.targets, before, NOW)] == [
        "endpoint/e/variant/A"
    ]
    assert [c["ResourceId"] for c in to_suspend(live.scaling.targets, before)] == [
        "endpoint/e/variant/B"
    ]


def test_a_target_registered_during_the_drain_is_never_lowtides() -> None:
    before = saved(target(FREE, "A"))
    live = snapshot(target(SUSPENDED, "A"), target(SUSPENDED, "B"))
    found = without_suspension(live, before).scaling.targets
    assert found[1] == target(SUSPENDED, "B")
    assert to_suspend((target(FREE, "B"),), before) == ()
    assert to_resume((target(SUSPENDED, "B"),), before, NOW) == ()


def test_scheduled_actions_were_suspended_too_so_ranges_are_as_old_as_those_saved() -> None:
    before = saved(target(FREE))
    assert without_suspension(snapshot(target(SUSPENDED)), before).ranges_as_of == SAVED_AT
    assert without_suspension(snapshot(target(FREE)), before).ranges_as_of == NOW
    older = replace(before, scheduled_until=SAVED_AT - timedelta(hours=1))
    assert without_suspension(
        snapshot(target(SUSPENDED)), older
    ).ranges_as_of == SAVED_AT - timedelta(hours=1)


def test_what_scheduled_actions_did_or_a_person_set_during_a_drain_is_newer() -> None:
    free, suspended = (tuple(target(state, v) for v in "ABC") for state in (FREE, SUSPENDED))
    set_by_hand, resumed = target(SUSPENDED, "B", MinCapacity=2), target(NO_SCALE_OUT, "C")
    found = without_suspension(snapshot(suspended[0], set_by_hand, resumed), saved(*free))
    assert found.ranges_as_of == SAVED_AT
    assert found.newer_ranges == {
        "endpoint/e/variant/B": NOW,
        "endpoint/e/variant/C": NOW,
    }


FLOOR = {
    "ResourceId": "endpoint/e/variant/A",
    "ScheduledActionName": "floor",
    "Schedule": "cron(5 20 ? * * *)",
    "ScalableTargetAction": {"MinCapacity": 3},
}


@pytest.mark.parametrize(
    ("before", "live", "smallest"),
    [
        pytest.param(
            target(FREE), target(SUSPENDED), 3, id="an action that was due is made up for"
        ),
        pytest.param(
            target(FREE),
            target(SUSPENDED, MinCapacity=2),
            None,
            id="but a person's own range is kept",
        ),
        pytest.param(
            target(FREE | {"ScheduledScalingSuspended": True}),
            target(SUSPENDED),
            None,
            id="and so is the range of actions that the user had suspended",
        ),
    ],
)
def test_resuming_sets_the_range_that_scheduled_actions_would_have_set(
    before: Any, live: Any, smallest: int | None
) -> None:
    snapshot = replace(saved(), scaling=Scaling(targets=(before,), scheduled_actions=(FLOOR,)))
    (change,) = to_resume((live,), snapshot, NOW)
    assert change.get("MinCapacity") == smallest


def test_resuming_replays_no_action_from_before_a_range_was_set_by_hand() -> None:
    scaling = Scaling(targets=(target(FREE),), scheduled_actions=(FLOOR,))
    at = {"endpoint/e/variant/A": SAVED_AT + timedelta(minutes=8)}
    set_by_hand = replace(saved(), scaling=scaling, newer_ranges=at)
    (change,) = to_resume((target(SUSPENDED),), set_by_hand, NOW)
    assert "MinCapacity" not in change


LOWER = FLOOR | {
    "ScheduledActionName": "lower",
    "Schedule": "cron(8 20 ? * * *)",
    "ScalableTargetAction": {"MinCapacity": 2},
}
FIRED = target(SUSPENDED, MinCapacity=3)


def test_an_action_right_before_the_suspension_is_not_taken_for_a_person() -> None:
    """Between the last reading and the suspension. What would have followed it is replayed."""
    scaling = Scaling(targets=(target(FREE),), scheduled_actions=(FLOOR, LOWER))
    before = replace(saved(), scaling=scaling)
    assert without_suspension(snapshot(FIRED), before).newer_ranges == {}
    (change,) = to_resume((FIRED,), before, NOW)
    assert (change.get("MinCapacity"), change.get("MaxCapacity")) == (2, 4)
