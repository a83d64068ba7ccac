"""The documents that Application Auto Scaling is to hold, from the file and the configuration."""

from dataclasses import replace
from typing import Any

import pytest

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.metering import Capacities, Metering
from lowtide.domain.endpoint.scaling_policy import ManagedScaling
from lowtide.domain.scaling.desired import Types, asked_for, desired_documents
from tests.unit.domain.scaling.scaled import G6, G6E, KEY, MIXED, POLICY, scaled

MANAGED = scaled()


def metric(name: str) -> dict[str, Any]:
    return {
        "CustomizedMetricSpecification": {
            "Namespace": "Lowtide",
            "MetricName": name,
            "Dimensions": [
                {"Name": "EndpointName", "Value": "e"},
                {"Name": "VariantName", "Value": "v"},
            ],
            "Statistic": "Average",
        }
    }


PREDEFINED = {
    "PredefinedMetricSpecification": {
        "PredefinedMetricType": "SageMakerVariantConcurrentRequestsPerModelHighResolution"
    }
}


FOLLOWED = {
    "a mixed fleet follows Lowtide's figure, in streams of the reference": (
        MANAGED, MIXED, metric("WeightedConcurrency"), 7.5,
    ),
    "or the exact count": (scaled(metric="exact"), MIXED, metric("ExactConcurrency"), 7.5),
    "one type follows SageMaker's own metric, at 10 seconds": (
        MANAGED, {"v": (G6,)}, PREDEFINED, 7.5,
    ),
    "with the capacity of that type, though the reference is another": (
        MANAGED, {"v": (G6E,)}, PREDEFINED, 15.0,
    ),
    "a target is as people would write it": (
        scaled(target=0.07), MIXED, metric("WeightedConcurrency"), 0.7,
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("managed", "types", "specification", "target"), FOLLOWED.values(), ids=FOLLOWED
)
def test_what_target_tracking_follows(
    managed: ManagedEndpoint, types: Types, specification: dict[str, Any], target: float
) -> None:
    (policy,) = desired_documents(managed, types).policies
    assert policy == KEY | {
        "PolicyName": "lowtide-target-tracking",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": target,
            "ScaleInCooldown": 300,
            "ScaleOutCooldown": 60,
        }
        | specification,
    }


@pytest.mark.parametrize(
    ("types", "threshold"),
    [
        pytest.param(MIXED, 7.5, id="mixed"),
        pytest.param({"v": (G6E,)}, 7.5, id="one type: Lowtide's figure counts in the reference"),
    ],
)
def test_a_fast_lane_follows_lowtides_figure(types: Types, threshold: float) -> None:
    found = desired_documents(scaled(fast_lane=True), types)
    (alarm,) = found.alarms
    lane = found.policies[1]
    assert (lane["PolicyName"], lane["PolicyType"]) == ("lowtide-fast-lane", "StepScaling")
    assert alarm["AlarmName"] == "lowtide-e/v/fast-lane"
    assert alarm["AlarmActions"] == ["lowtide:policy:endpoint/e/variant/v:lowtide-fast-lane"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("Lowtide", "WeightedConcurrency")
    assert (alarm["Threshold"], alarm["Period"]) == (threshold, 10)


def test_a_range_alone_is_a_target_alone() -> None:
    bare = replace(MANAGED, scaling=ManagedScaling(2, 6, None))
    found = desired_documents(bare, MIXED)
    assert found.targets == (KEY | {"MinCapacity": 2, "MaxCapacity": 6},)
    assert (found.policies, found.alarms) == ((), ())


OTHER_HASH = {
    "another target": (scaled(target=0.5), "c"),
    "a fast lane": (scaled(fast_lane=True), "c"),
    "a range": (replace(MANAGED, scaling=ManagedScaling(1, 5, POLICY)), "c"),
    "a capacity": (replace(MANAGED, metering=Metering(Capacities({G6: 9, G6E: 20}, G6))), "c"),
    "the configuration in use, which has the types": (MANAGED, "d"),
    "no scaling at all": (replace(MANAGED, scaling=None), "c"),
}


@pytest.mark.parametrize("other", OTHER_HASH.values(), ids=OTHER_HASH)
def test_what_changes_what_the_file_asks_for(other: tuple[ManagedEndpoint, str]) -> None:
    assert asked_for(*other) != asked_for(MANAGED, "c")


def test_what_is_not_scaling_and_the_order_of_capacities_do_not_matter() -> None:
    other = Metering(Capacities({G6E: 20, G6: 10}, G6))
    same = replace(MANAGED, config_name="pinned", ready="after-start", metering=other)
    assert asked_for(same, "c") == asked_for(MANAGED, "c") != ""
