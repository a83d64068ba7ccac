"""Application Auto Scaling: why it did not scale, what it refuses, and what suspends it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.aws.autoscaling.validation import LIMITS


def constant(value: float) -> Callable[[datetime], float]:
    return lambda now: value  # noqa: ARG005


def activities(account: Any, *, all_: bool = True) -> list[dict[str, Any]]:
    found = account.autoscaling.describe_scaling_activities(
        ServiceNamespace="sagemaker", IncludeNotScaledActivities=all_
    )
    return list(found["ScalingActivities"])


def step_policy(account: Any, *steps: dict[str, float], **fields: Any) -> str:
    policy = account.autoscaling.put_scaling_policy(
        PolicyName="step",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": list(steps)
            or [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
            "Cooldown": 60,
        }
        | fields,
        **account.target,
    )
    return str(policy["PolicyARN"])


def step_alarm(account: Any, action: str, **fields: Any) -> None:
    account.cloudwatch.put_metric_alarm(
        **{
            "AlarmName": "mine",
            "Namespace": "Test",
            "MetricName": "Load",
            "Dimensions": [{"Name": "EndpointName", "Value": account.name}],
            "Statistic": "Average",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 10,
            "ComparisonOperator": "GreaterThanThreshold",
            "AlarmActions": [action],
        }
        | fields
    )


@pytest.mark.parametrize(
    ("count", "value", "expected"),
    [
        pytest.param(4, 1.4, {"Code": "AlreadyAtMaxCapacity", "MaxCapacity": 4}, id="at the top"),
        pytest.param(
            1, 0.0, {"Code": "AlreadyAtMinCapacity", "MinCapacity": 1}, id="at the bottom"
        ),
        pytest.param(2, 0.6, {"Code": "AutoScalingAnticipatedFlapping"}, id="it would come back"),
    ],
)
def test_not_scaling_has_a_reason(
    account: Any, count: int, value: float, expected: dict[str, Any]
) -> None:
    """Facts 3.7. It is reported once, however long it lasts."""
    account.in_service(count=count)
    account.register(1, 4)
    account.track()
    account.publish_each_minute(constant(value))
    account.wait(minutes=25)
    (activity,) = activities(account)
    assert activity["NotScaledReasons"] == [expected]
    assert activities(account, all_=False) == [], "without being asked nothing is reported of it"


def test_a_capacity_that_is_right_already_is_a_reason(account: Any) -> None:
    """Facts 3.7."""
    account.in_service(count=2)
    account.register(1, 4)
    step_alarm(account, step_policy(account, AdjustmentType="ExactCapacity", StepAdjustments=[
        {"MetricIntervalLowerBound": 0, "ScalingAdjustment": 2}]))  # fmt: skip
    account.put(20)
    account.wait(minutes=1)
    (activity,) = activities(account)
    reason = {"Code": "AlreadyAtDesiredCapacity", "CurrentCapacity": 2}
    assert activity["NotScaledReasons"] == [reason]


@pytest.mark.parametrize(
    ("unscalable", "reasons"),
    [
        pytest.param(False, None, id="failed"),
        pytest.param(True, [{"Code": "TargetServicePutResourceAsUnscalable"}], id="not scaled"),
    ],
)
def test_a_policy_that_meets_an_updating_endpoint_has(
    open_account: Any, *, unscalable: bool, reasons: list[dict[str, Any]] | None
) -> None:
    """Facts 3.7: it cannot change it; what the activity says is not known, so both."""
    account = open_account(CloudSettings(updating_is_unscalable=unscalable))
    account.in_service()
    account.register()
    account.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=account.name,
        DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 2}],
    )
    step_alarm(account, step_policy(account))
    account.put(20)
    account.wait(minutes=2)
    (activity,) = activities(account)
    assert (activity["StatusCode"], activity.get("NotScaledReasons")) == ("Failed", reasons)
    assert account.desired == 2


@pytest.mark.parametrize(
    ("suspended", "value", "expected"),
    [
        pytest.param("DynamicScalingOutSuspended", 1.4, 2, id="out: no growth"),
        pytest.param("DynamicScalingOutSuspended", 0.2, 1, id="out: still shrinks"),
        pytest.param("DynamicScalingInSuspended", 0.2, 2, id="in: no shrinking"),
        pytest.param("DynamicScalingInSuspended", 1.4, 4, id="in: still grows"),
    ],
)
def test_suspended_is_scaling(account: Any, suspended: str, value: float, expected: int) -> None:
    account.in_service(count=2)
    account.register(1, 4, SuspendedState={suspended: True})
    account.track()
    account.publish_each_minute(constant(value))
    account.wait(minutes=20)
    assert account.desired == expected


def test_suspended_schedules_do_not_run_and_are_not_made_up_for(account: Any) -> None:
    account.in_service()
    account.register(1, 4, SuspendedState={"ScheduledScalingSuspended": True})
    account.autoscaling.put_scheduled_action(
        ScheduledActionName="more",
        Schedule="at(2026-11-23T12:20:00)",
        ScalableTargetAction={"MinCapacity": 3},
        **account.target,
    )
    account.wait(minutes=10)
    account.register(1, 4, SuspendedState={"ScheduledScalingSuspended": False})
    account.wait(minutes=30)
    assert account.desired == 1


def test_a_schedule_counts_between_its_start_and_its_end(account: Any) -> None:
    account.in_service()
    account.register(1, 9)
    now = account.cloud.clock.now()
    account.autoscaling.put_scheduled_action(
        ScheduledActionName="more",
        Schedule="rate(1 hour)",
        StartTime=now + timedelta(minutes=30),
        EndTime=now + timedelta(minutes=40),
        ScalableTargetAction={"MinCapacity": 3},
        **account.target,
    )
    account.wait(minutes=29)
    assert account.desired == 1
    account.wait(minutes=1)
    assert account.desired == 3
    account.register(1, 1)
    account.wait(hours=2)
    assert account.desired == 1


@pytest.mark.parametrize(
    ("aggregated", "kind", "expected"),
    [
        pytest.param(True, "Maximum", 4, id="aggregated: the highest"),
        pytest.param(True, "Minimum", 2, id="aggregated: the lowest"),
        pytest.param(True, "Average", 3, id="aggregated: the mean"),
        pytest.param(False, "Maximum", 2, id="the newest, whatever the aggregation"),
    ],
)
def test_a_step_looks_at(open_account: Any, *, aggregated: bool, kind: str, expected: int) -> None:
    """Which points MetricAggregationType is about is not documented, so both."""
    account = open_account(CloudSettings(step_aggregates=aggregated))
    account.in_service()
    account.register(1, 9)
    steps: list[dict[str, float]] = [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 5, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 5, "MetricIntervalUpperBound": 15, "ScalingAdjustment": 2},
        {"MetricIntervalLowerBound": 15, "ScalingAdjustment": 3},
    ]
    arn = step_policy(account, *steps, MetricAggregationType=kind)
    step_alarm(account, arn, EvaluationPeriods=3)
    for value in (30, 14, 11):  # 20, 4 and 1 above the threshold, 8.3 in the mean
        account.put(value)
        account.wait(minutes=1)
    assert account.desired == expected


def test_a_percentage_moves_at_least_its_magnitude(account: Any) -> None:
    """Facts 3.6."""
    account.in_service(count=2)
    account.register(1, 9)
    step_alarm(
        account,
        step_policy(account, AdjustmentType="PercentChangeInCapacity", MinAdjustmentMagnitude=3),
    )
    account.put(20)
    account.wait(minutes=1)
    assert account.desired == 5


def test_an_alarm_that_is_set_by_hand_runs_its_policy(account: Any) -> None:
    account.in_service()
    account.register()
    step_alarm(account, step_policy(account))
    account.cloudwatch.set_alarm_state(AlarmName="mine", StateValue="ALARM", StateReason="drill")
    account.wait(seconds=10)
    assert account.desired == 2


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        pytest.param([(0, 5), (4, None)], "overlap", id="an overlap"),
        pytest.param([(0, 5), (6, None)], "gap", id="a gap"),
        pytest.param([(None, 0), (None, 5)], "overlap", id="two open lower bounds"),
        pytest.param([(5, 0)], "below its upper", id="bounds the wrong way round"),
        pytest.param([(n, n + 1) for n in range(21)], "Too many step", id="21 steps (facts 4)"),
    ],
)
def test_steps_are_refused(
    account: Any, steps: list[tuple[float | None, float | None]], message: str
) -> None:
    account.in_service()
    account.register()
    given = [
        {
            key: value
            for key, value in (
                ("MetricIntervalLowerBound", lower),
                ("MetricIntervalUpperBound", upper),
                ("ScalingAdjustment", 1),
            )
            if value is not None
        }
        for lower, upper in steps
    ]
    with pytest.raises(ClientError, match=message):
        step_policy(account, *given)


@pytest.mark.parametrize(
    ("specification", "message"),
    [
        pytest.param({"Metrics": [{"Id": "e", "Expression": "SEARCH('x', 'Sum', 60)"}]},
                     "SEARCH is not supported", id="a search (facts 1.7)"),
        pytest.param({"Metrics": [{"Id": "e", "Expression": "nobody / 2"}]}, "unknown id",
                     id="an expression on nothing"),
        pytest.param({"MetricName": "Load", "Namespace": "Test"}, "Statistic is required",
                     id="a metric without a statistic"),
        pytest.param({"MetricName": "x", "Metrics": [{"Id": "e", "Expression": "x"}]},
                     "exclude each other", id="both a metric and metrics"),
    ],
)  # fmt: skip
def test_a_specification_is_refused(
    account: Any, specification: dict[str, Any], message: str
) -> None:
    account.in_service()
    account.register()
    with pytest.raises(ClientError, match=message):
        account.track(CustomizedMetricSpecification=specification)
    assert account.cloudwatch.describe_alarms()["MetricAlarms"] == []


@pytest.mark.parametrize(
    ("limit", "most", "put_one"),
    [
        pytest.param("targets", 500, lambda account, n: register_another(account, n),
                     id="500 scalable targets in a Region"),
        pytest.param("policies", 50, lambda account, n: account.track(f"Load{n}"),
                     id="50 policies of a target"),
        pytest.param("actions", 200, lambda account, n: schedule(account, n),
                     id="200 scheduled actions of a target"),
    ],
)  # fmt: skip
def test_there_are_at_most(
    account: Any,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    most: int,
    put_one: Callable[[Any, int], object],
) -> None:
    """Facts 4. The limit is asserted, and then lowered so that it is soon reached."""
    assert LIMITS[limit] == most
    monkeypatch.setitem(LIMITS, limit, 2)
    account.in_service()
    account.register()
    for number in range(1 if limit == "targets" else 2):
        put_one(account, number)
    with pytest.raises(ClientError) as caught:
        put_one(account, 3)
    assert caught.value.response["Error"]["Code"] == "LimitExceededException"


def register_another(account: Any, number: int) -> None:
    account.create(EndpointName=f"endpoint-{number}")
    resource = {"ResourceId": f"endpoint/endpoint-{number}/variant/AllTraffic"}
    account.autoscaling.register_scalable_target(
        **account.target | resource, MinCapacity=1, MaxCapacity=1
    )


def schedule(account: Any, number: int) -> None:
    account.autoscaling.put_scheduled_action(
        ScheduledActionName=f"action-{number}", Schedule="rate(1 hour)", **account.target
    )


@pytest.mark.parametrize(
    ("survive", "expected"),
    [pytest.param(True, 1, id="survives"), pytest.param(False, 0, id="is gone")],
)
def test_the_history_of_a_target_that_is_deregistered(
    open_account: Any, *, survive: bool, expected: int
) -> None:
    """Facts 12 (9): unknown, so both."""
    account = open_account(CloudSettings(activities_survive=survive))
    account.in_service()
    account.register(smallest=2)
    account.wait_for("InService")
    account.autoscaling.deregister_scalable_target(**account.target)
    account.register()
    assert len(activities(account)) == expected


def test_history_is_kept_for_six_weeks(account: Any) -> None:
    """Facts 3.7."""
    account.in_service()
    account.register(smallest=2)
    account.wait_for("InService")
    account.cloud.clock.move_to(account.cloud.clock.now() + timedelta(weeks=6))
    assert activities(account) == []


def test_a_new_target_may_not_be_found_for_a_moment(open_account: Any) -> None:
    """Facts 4: eventual consistency after RegisterScalableTarget."""
    account = open_account(CloudSettings(registration_lag_s=5))
    account.in_service()
    account.register()
    with pytest.raises(ClientError) as caught:
        account.track()
    assert caught.value.response["Error"]["Code"] == "ObjectNotFoundException"
    account.wait(seconds=5)
    account.track()


def test_a_change_that_another_takes_the_place_of_is_overridden(open_account: Any) -> None:
    """The endpoint is in service between two steps, when another person asks for more."""
    account = open_account(CloudSettings(provisioning_s=(24.0, 24.0), update_s=24.0))
    account.in_service()
    account.register(smallest=2)
    account.wait(seconds=25)
    account.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=account.name,
        DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 3}],
    )
    account.wait(minutes=2)
    assert [each["StatusCode"] for each in activities(account)] == ["Overridden"]


def test_without_access_to_the_alarms_policies_cannot_be_described(open_account: Any) -> None:
    """Facts 4."""
    account = open_account(CloudSettings(alarms_readable=False))
    with pytest.raises(ClientError) as caught:
        account.autoscaling.describe_scaling_policies(ServiceNamespace="sagemaker")
    assert caught.value.response["Error"]["Code"] == "FailedResourceAccessException"


def test_a_variant_of_ml_t2_medium_cannot_be_registered(account: Any) -> None:
    """Facts 4."""
    account.configure(InstanceType="ml.t2.medium", InstancePools=None,
                      VariantInstanceProvisionTimeoutInSeconds=None)  # fmt: skip
    account.create()
    account.wait_for("InService")
    with pytest.raises(ClientError, match=r"You cannot register a variant with ml\.t2\.medium"):
        account.register()
