"""A suspended state that Lowtide set is not the user's; every other one is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lowtide.domain.snapshot.difference import differences
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot
from lowtide.domain.snapshot.suspension import HELD, to_hold, to_release, unheld

SAVED_AT = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
NOW = SAVED_AT + timedelta(minutes=10)
FREE = dict.fromkeys(HELD, False)
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
    pytest.param(FREE, HELD, FREE, id="a hold is taken off"),
    pytest.param(NO_SCALE_IN, HELD, NO_SCALE_IN, id="the user's own state shows under a hold"),
    pytest.param(None, HELD, FREE, id="no state was saved: nothing was suspended"),
    pytest.param(FREE, FREE, FREE, id="not held yet: killed before it was"),
    pytest.param(HELD, HELD, HELD, id="the user had suspended everything already"),
    pytest.param(HELD, FREE, FREE, id="which the user resumes during the drain"),
    pytest.param(FREE, NO_SCALE_OUT, NO_SCALE_OUT, id="the user changes a hold: it is the user's"),
    pytest.param(NO_SCALE_IN, FREE, FREE, id="the user resumes everything during the drain"),
]


@pytest.mark.parametrize(("before", "live", "own"), CASES)
def test_what_is_the_users(before: Any, live: Any, own: Any) -> None:
    (found,) = unheld(snapshot(target(live)), saved(target(before))).scaling.targets
    assert found["SuspendedState"] == own


@pytest.mark.parametrize(("before", "live", "own"), CASES)
def test_a_release_gives_the_same_and_touches_nothing_else(
    before: Any, live: Any, own: Any
) -> None:
    released = to_release((target(live),), saved(target(before)), NOW)
    assert [change["SuspendedState"] for change in released] == ([own] if own != live else [])


@pytest.mark.parametrize(
    ("before", "live", "held"),
    [
        pytest.param(FREE, FREE, True, id="what runs is held"),
        pytest.param(NO_SCALE_IN, NO_SCALE_IN, True, id="so is what runs in part"),
        pytest.param(FREE, HELD, False, id="what is held already is not touched again"),
        pytest.param(HELD, HELD, False, id="what the user has suspended needs no hold"),
    ],
)
def test_what_is_held(before: Any, live: Any, *, held: bool) -> None:
    changes = to_hold((target(live),), saved(target(before)))
    assert [change["SuspendedState"] for change in changes] == ([HELD] if held else [])


def test_a_hold_says_nothing_of_the_range() -> None:
    (change,) = to_hold((target(FREE),), saved(target(FREE)))
    assert set(change) == {"ServiceNamespace", "ResourceId", "ScalableDimension", "SuspendedState"}


def test_a_hold_is_no_difference() -> None:
    before, live = saved(target(NO_SCALE_IN)), snapshot(target(HELD))
    assert differences(before, unheld(live, before)) == ()


def test_a_hold_on_some_targets_only_is_taken_off_those() -> None:
    before = saved(target(FREE, "A"), target(NO_SCALE_IN, "B"))
    live = snapshot(target(HELD, "A"), target(NO_SCALE_IN, "B"))
    assert differences(before, unheld(live, before)) == ()
    assert [c["ResourceId"] for c in to_release(live.scaling.targets, before, NOW)] == [
        "endpoint/e/variant/A"
    ]
    assert [c["ResourceId"] for c in to_hold(live.scaling.targets, before)] == [
        "endpoint/e/variant/B"
    ]


def test_a_target_registered_during_the_drain_is_its_owners_whatever_its_state() -> None:
    before = saved(target(FREE, "A"))
    live = snapshot(target(HELD, "A"), target(HELD, "B"))
    found = unheld(live, before).scaling.targets
    assert found[1] == target(HELD, "B")
    assert to_hold((target(FREE, "B"),), before) == ()
    assert to_release((target(HELD, "B"),), before, NOW) == ()


def test_a_range_changed_under_a_hold_is_kept() -> None:
    before = saved(target(FREE))
    (found,) = unheld(snapshot(target(HELD, MinCapacity=3)), before).scaling.targets
    assert found == target(FREE, MinCapacity=3)


def test_scheduled_actions_were_held_too_so_the_ranges_are_as_old_as_those_saved() -> None:
    before = saved(target(FREE))
    assert unheld(snapshot(target(HELD)), before).ranges_as_of == SAVED_AT
    assert unheld(snapshot(target(FREE)), before).ranges_as_of == NOW
    older = replace(before, scheduled_until=SAVED_AT - timedelta(hours=1))
    assert unheld(snapshot(target(HELD)), older).ranges_as_of == SAVED_AT - timedelta(hours=1)


def test_what_scheduled_actions_did_or_a_person_set_during_a_drain_is_newer() -> None:
    free, held = (tuple(target(state, v) for v in "ABC") for state in (FREE, HELD))
    set_by_hand, resumed = target(HELD, "B", MinCapacity=2), target(NO_SCALE_OUT, "C")
    found = unheld(snapshot(held[0], set_by_hand, resumed), saved(*free))
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
        pytest.param(target(FREE), target(HELD), 3, id="an action that was due is made up for"),
        pytest.param(
            target(FREE), target(HELD, MinCapacity=2), None, id="but a person's own range is kept"
        ),
        pytest.param(
            target(FREE | {"ScheduledScalingSuspended": True}),
            target(HELD),
            None,
            id="and so is the range of actions that the user had suspended",
        ),
    ],
)
def test_a_release_brings_the_range_that_scheduled_actions_would_have_set(
    before: Any, live: Any, smallest: int | None
) -> None:
    snapshot = replace(saved(), scaling=Scaling(targets=(before,), scheduled_actions=(FLOOR,)))
    (change,) = to_release((live,), snapshot, NOW)
    assert change.get("MinCapacity") == smallest


def test_a_release_makes_up_for_no_action_from_before_a_range_was_set_by_hand() -> None:
    scaling = Scaling(targets=(target(FREE),), scheduled_actions=(FLOOR,))
    at = {"endpoint/e/variant/A": SAVED_AT + timedelta(minutes=8)}
    set_by_hand = replace(saved(), scaling=scaling, newer_ranges=at)
    (change,) = to_release((target(HELD),), set_by_hand, NOW)
    assert "MinCapacity" not in change


LOWER = FLOOR | {
    "ScheduledActionName": "lower",
    "Schedule": "cron(8 20 ? * * *)",
    "ScalableTargetAction": {"MinCapacity": 2},
}
FIRED = target(HELD, MinCapacity=3)


def test_one_that_fired_right_before_the_hold_is_not_taken_for_a_person() -> None:
    """Between the last reading and the hold. What would have followed it is made up for."""
    scaling = Scaling(targets=(target(FREE),), scheduled_actions=(FLOOR, LOWER))
    before = replace(saved(), scaling=scaling)
    assert unheld(snapshot(FIRED), before).newer_ranges == {}
    (change,) = to_release((FIRED,), before, NOW)
    assert (change.get("MinCapacity"), change.get("MaxCapacity")) == (2, 4)
