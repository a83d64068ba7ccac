"""What Application Auto Scaling's documents say in plain words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lowtide.domain.scaling.alarm_view import alarm_in_words
from lowtide.domain.scaling.policy_view import policy_in_words
from lowtide.domain.scaling.target_view import activity_in_words, target_in_words

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
WHERE = {"ResourceId": "endpoint/e/variant/AllTraffic"}
OWN = [{"Name": "EndpointName", "Value": "e"}, {"Name": "VariantName", "Value": "AllTraffic"}]
OF_TYPE = [*OWN, {"Name": "InstanceType", "Value": "ml.g6.2xlarge"}]


def steps(*adjustments: dict[str, Any], **config: Any) -> list[str]:
    document = WHERE | {
        "PolicyName": "p",
        "PolicyType": "StepScaling",
        "StepScalingPolicyConfiguration": {"StepAdjustments": adjustments, **config},
    }
    return list(policy_in_words(document)["steps"])


def tracking(name: str = "p", **config: Any) -> dict[str, Any]:
    return policy_in_words(
        WHERE
        | {
            "PolicyName": name,
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 5.0, **config},
        }
    )


NOT_SCALED = {
    "at the top": (
        {"Code": "AlreadyAtMaxCapacity", "MaxCapacity": 4},
        "it has its maximum of 4 already (AlreadyAtMaxCapacity)",
    ),
    "it would come back": (
        {"Code": "AutoScalingAnticipatedFlapping"},
        ("fewer instances would bring the metric back above its target "
            "(AutoScalingAnticipatedFlapping)"),
    ),
    "a code that is new is shown as it is": ({"Code": "NewReason"}, "NewReason"),
    "a number is left out": ({"Code": "AlreadyAtMaxCapacity"}, "AlreadyAtMaxCapacity"),
}  # fmt: skip


@pytest.mark.parametrize(("reason", "words"), NOT_SCALED.values(), ids=NOT_SCALED)
def test_a_reason_for_not_scaling(reason: dict[str, Any], words: str) -> None:
    document = WHERE | {"StartTime": AT, "StatusCode": "Failed", "NotScaledReasons": [reason]}
    assert activity_in_words(document)["not_scaled"] == [words]


def test_the_parts_of_scaling_that_are_suspended_are_named() -> None:
    state = {"DynamicScalingInSuspended": True, "ScheduledScalingSuspended": True}
    document = WHERE | {"MinCapacity": 1, "MaxCapacity": 4, "SuspendedState": state}
    assert target_in_words(document)["suspended"] == ["scale-in", "scheduled actions"]


STEPS = {
    "between two bounds": (
        {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 0.25, "ScalingAdjustment": 1},
        {"AdjustmentType": "ChangeInCapacity"},
        "from the threshold to the threshold + 0.25: +1 instance",
    ),
    "without an upper bound": (
        {"MetricIntervalLowerBound": 0.25, "ScalingAdjustment": 2},
        {"AdjustmentType": "ChangeInCapacity"}, "from the threshold + 0.25 up: +2 instances",
    ),
    "without a lower bound, going in": (
        {"MetricIntervalUpperBound": -3.0, "ScalingAdjustment": -1},
        {"AdjustmentType": "ChangeInCapacity"}, "from the threshold - 3 down: -1 instance",
    ),
    "in percent": (
        {"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 30},
        {"AdjustmentType": "PercentChangeInCapacity", "MinAdjustmentMagnitude": 2},
        "from the threshold up: +30 %, at least 2 instances",
    ),
    "to a count": (
        {"ScalingAdjustment": 4}, {"AdjustmentType": "ExactCapacity"}, "anywhere: to 4 instances",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("step", "config", "words"), STEPS.values(), ids=STEPS)
def test_a_step(step: dict[str, Any], config: dict[str, Any], words: str) -> None:
    assert steps(step, **config) == [words]


def test_a_metric_is_shown_without_the_endpoints_own_dimensions() -> None:
    metric = {"Namespace": "Lowtide", "MetricName": "WeightedConcurrency", "Statistic": "Average"}
    found = tracking(CustomizedMetricSpecification=metric | {"Dimensions": OWN})
    assert found["tracks"] == "Average of Lowtide WeightedConcurrency"


def test_metric_math_is_shown_with_what_its_ids_stand_for() -> None:
    metric = {
        "Namespace": "AWS/SageMaker",
        "MetricName": "ConcurrentRequestsPerModel",
        "Dimensions": OF_TYPE,
    }
    queries = [
        {"Id": "m1", "MetricStat": {"Metric": metric, "Stat": "Average"}, "ReturnData": False},
        {"Id": "e1", "Expression": "FILL(m1, 0)", "ReturnData": False},
        {"Id": "load", "Expression": "e1 / 10"},
    ]
    found = tracking(CustomizedMetricSpecification={"Metrics": queries})
    assert found["tracks"] == "e1 / 10"
    assert found["terms"] == {
        "m1": "Average of AWS/SageMaker ConcurrentRequestsPerModel (InstanceType=ml.g6.2xlarge)",
        "e1": "FILL(m1, 0)",
    }


def test_a_cooldown_that_is_not_given_is_awss() -> None:
    found = tracking(ScaleOutCooldown=0, DisableScaleIn=True)
    assert found["cooldown"] == {"out": "0 s", "in": "300 s, AWS's default"}
    assert not found["scales_in"]
    assert found["managed_by"] == "set up outside Lowtide"
    assert tracking("lowtide-target-tracking")["managed_by"] == "managed by Lowtide"


def test_a_new_kind_of_policy_is_named() -> None:
    found = policy_in_words(WHERE | {"PolicyName": "p", "PolicyType": "PredictiveScaling"})
    assert found == {
        "name": "p",
        "type": "PredictiveScaling",
        "managed_by": "set up outside Lowtide",
    }


ALARM = {
    "AlarmName": "full",
    "StateValue": "ALARM",
    "StateUpdatedTimestamp": AT,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 2,
    "Threshold": 0.75,
    "Period": 10,
    "Namespace": "Lowtide",
    "MetricName": "CapacityUtilization",
    "Statistic": "Maximum",
    "Dimensions": OWN,
}
NO_METRIC = {key: value for key, value in ALARM.items() if key not in ("MetricName", "Period")}
ONE_METRIC = {"Id": "m1", "MetricStat": {"Metric": {}, "Period": 60, "Stat": "Average"}}


CONDITIONS = {
    "of one metric": (ALARM, "Maximum of Lowtide CapacityUtilization", ">= 0.75, 2 of 3 x 10 s"),
    "of metric math, with the period of its metrics": (
        NO_METRIC | {"Metrics": [{"Id": "e1", "Expression": "m1 / 10"}, ONE_METRIC]}, "",
        ">= 0.75, 2 of 3 x 60 s",
    ),
    "of a band that CloudWatch learns": (
        {k: v for k, v in ALARM.items() if k not in ("Threshold", "DatapointsToAlarm")}
            | {"ComparisonOperator": "GreaterThanUpperThreshold"},
        "Maximum of Lowtide CapacityUtilization",
        "GreaterThanUpperThreshold of an anomaly detection band, 3 of 3 x 10 s",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("document", "metric", "condition"), CONDITIONS.values(), ids=CONDITIONS)
def test_when_an_alarm_goes_off(document: dict[str, Any], metric: str, condition: str) -> None:
    found = alarm_in_words(document)
    assert (found["metric"], found["condition"]) == (metric, condition)


def test_an_alarm_is_in_its_state_since_that_changed_and_not_since_it_was_evaluated() -> None:
    later = AT.replace(hour=13)
    found = alarm_in_words(
        ALARM | {"StateUpdatedTimestamp": later, "StateTransitionedTimestamp": AT}
    )
    assert found["since"] == "2026-11-23T12:00:00Z"
    assert alarm_in_words(ALARM | {"StateUpdatedTimestamp": later})["since"] == (
        "2026-11-23T13:00:00Z"
    )
