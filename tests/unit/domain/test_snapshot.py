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
    to_json,
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
            "scaling.policies[follow].New: was nothing, is 1",
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
