"""What is saved comes back, and what did not come back is named."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide.domain.snapshot import (
    Scaling,
    Snapshot,
    differences,
    fields,
    from_json,
    lacking,
    merged,
    to_json,
    without_expired,
)

NOW = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
TARGET = {"ResourceId": "endpoint/e/variant/AllTraffic", "MinCapacity": 1, "MaxCapacity": 4}
POLICY = {"PolicyName": "follow", "PolicyType": "TargetTrackingScaling", "TargetValue": 7.5}


def snapshot(**scaling: tuple[Mapping[str, object], ...]) -> Snapshot:
    return Snapshot(NOW, "config", {"team": "voice"}, Scaling(**scaling))


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=8,
)
documents = st.dictionaries(st.text(), values).map(lambda d: {**d, "PolicyName": "p"})


@given(st.lists(documents).map(tuple), st.dictionaries(st.text(), st.text()))
def test_a_snapshot_survives_being_written_down(
    policies: tuple[dict[str, object], ...], tags: dict[str, str]
) -> None:
    saved = Snapshot(NOW, "config", tags, Scaling(policies=policies))
    read = from_json(to_json(saved))
    assert read == saved
    assert differences(saved, read) == ()


@pytest.mark.parametrize(
    ("live", "said"),
    [
        pytest.param(
            snapshot(targets=({**TARGET, "MaxCapacity": 2},), policies=(POLICY,)),
            "scaling.targets[endpoint/e/variant/AllTraffic].MaxCapacity: was 4, is 2",
            id="a changed field",
        ),
        pytest.param(
            snapshot(targets=(TARGET,), policies=({**POLICY, "New": 1},)),
            "scaling.policies[follow].New: was Ellipsis, is 1",
            id="a field too many",
        ),
    ],
)
def test_a_difference_names_its_field(live: Snapshot, said: str) -> None:
    saved = snapshot(targets=(TARGET,), policies=(POLICY,))
    assert [str(difference) for difference in differences(saved, live)] == [said]


def test_a_lost_policy_is_a_difference_in_each_of_its_fields() -> None:
    saved, live = snapshot(targets=(TARGET,), policies=(POLICY,)), snapshot(targets=(TARGET,))
    lost = {d.path for d in differences(saved, live)}
    assert {f"scaling.policies[follow].{key}" for key in POLICY} <= lost


def test_the_order_of_policies_is_no_difference() -> None:
    other = {**POLICY, "PolicyName": "other"}
    assert not differences(snapshot(policies=(POLICY, other)), snapshot(policies=(other, POLICY)))


def test_when_a_snapshot_was_taken_is_not_one_of_its_fields() -> None:
    assert "taken_at" not in fields(snapshot())


@pytest.mark.parametrize(
    ("schedule", "kept"),
    [
        pytest.param("at(2026-11-23T15:59:00)", False, id="a one-time action that has passed goes"),
        pytest.param("at(2026-11-23T16:01:00)", True, id="a one-time action to come stays"),
        pytest.param("cron(0 8 * * ? *)", True, id="a recurring action stays"),
    ],
)
def test_expired_actions(schedule: str, *, kept: bool) -> None:
    action = {"Schedule": schedule, "Timezone": "America/New_York"}
    left = without_expired(snapshot(scheduled_actions=(action,)), NOW)
    assert bool(left.scaling.scheduled_actions) is kept


OTHER = {**POLICY, "PolicyName": "other"}
CHANGED = {**POLICY, "TargetValue": 5.0}


def test_of_an_endpoint_that_lost_its_scaling_what_was_saved_stands() -> None:
    saved = snapshot(targets=(TARGET,), policies=(POLICY, OTHER))
    assert merged(snapshot(), saved).scaling == saved.scaling
    assert merged(snapshot(policies=(CHANGED,)), saved).scaling == Scaling(
        targets=(TARGET,), policies=(CHANGED, OTHER)
    )


@pytest.mark.parametrize(
    ("live", "todo"),
    [
        pytest.param(Scaling(), Scaling((TARGET,), (POLICY,)), id="nothing is there"),
        pytest.param(Scaling((TARGET,), (POLICY,)), Scaling(), id="everything is there"),
        pytest.param(
            Scaling((TARGET,), (CHANGED,)), Scaling((), (POLICY,)), id="a policy differs"
        ),
        pytest.param(
            Scaling(({**TARGET, "MinCapacity": 3},), (POLICY,)), Scaling(),
            id="a floor that was raised since is left alone",
        ),
        pytest.param(
            Scaling((TARGET,), (POLICY, OTHER)), Scaling(), id="what its owner added is no matter"
        ),
    ],
)  # fmt: skip
def test_only_what_is_missing_is_put_back(live: Scaling, todo: Scaling) -> None:
    assert lacking(Scaling((TARGET,), (POLICY,)), live) == todo


def test_an_action_whose_end_has_passed_goes() -> None:
    action = {"Schedule": "rate(1 hour)", "EndTime": "2026-11-23T20:00:00+00:00"}
    left = without_expired(snapshot(scheduled_actions=(action,)), NOW)
    assert left.scaling.scheduled_actions == ()
