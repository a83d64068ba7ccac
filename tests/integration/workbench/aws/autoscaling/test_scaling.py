"""Application Auto Scaling: targets, policies, alarms, schedules, and what a delete takes along."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.fleet.pools import Drought

MINUTE = timedelta(minutes=1)
STEP_ALARM = "my-fast-alarm"


def step_policy(account: Any, adjustment: int = 2, **fields: Any) -> str:
    config = {
        "AdjustmentType": "ChangeInCapacity",
        "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": adjustment}],
        "Cooldown": 60,
    } | fields
    policy = account.autoscaling.put_scaling_policy(
        PolicyName="step",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration=config,
        **account.target,
    )
    return str(policy["PolicyARN"])


def step_alarm(account: Any, action: str, metric: str = "Load") -> None:
    account.cloudwatch.put_metric_alarm(
        AlarmName=STEP_ALARM,
        Namespace="Test",
        MetricName=metric,
        Dimensions=[{"Name": "EndpointName", "Value": account.name}],
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0.9,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
        AlarmActions=[action],
    )


def alarms(account: Any) -> dict[str, dict[str, Any]]:
    return {
        each["AlarmName"]: each for each in account.cloudwatch.describe_alarms()["MetricAlarms"]
    }


def constant(value: float | None) -> Callable[[datetime], float | None]:
    return lambda now: value  # noqa: ARG005


def error_code(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


@pytest.mark.parametrize(
    ("metric", "high", "low"),
    [
        pytest.param(
            {}, (60, 3, 0.7), (60, 15, 0.63), id="a metric of one's own: 3 and 15 minutes"
        ),
        pytest.param(
            {
                "CustomizedMetricSpecification": None,
                "PredefinedMetricSpecification": {
                    "PredefinedMetricType": (
                        "SageMakerVariantConcurrentRequestsPerModelHighResolution"
                    )
                },
            },
            (10, 3, 0.7),
            (10, 90, 0.63),
            id="the high-resolution metric: 30 seconds and 15 minutes",
        ),
    ],
)
def test_target_tracking_makes_its_two_alarms(
    account: Any, metric: Any, high: tuple[int, int, float], low: tuple[int, int, float]
) -> None:
    """Facts 3.2."""
    account.in_service()
    account.register()
    policy = account.track(**metric)
    made = alarms(account)
    assert {each["AlarmName"] for each in policy["Alarms"]} == set(made)
    prefix = "TargetTracking-endpoint/My-Endpoint/variant/AllTraffic-"
    for kind, expected in (("AlarmHigh", high), ("AlarmLow", low)):
        (alarm,) = [made[name] for name in made if name.startswith(f"{prefix}{kind}-")]
        shape = (alarm["Period"], alarm["EvaluationPeriods"], round(alarm["Threshold"], 6))
        assert shape == expected
        assert alarm["StateValue"] == "INSUFFICIENT_DATA"
        assert alarm["AlarmActions"] == [policy["PolicyARN"]]


def test_it_scales_out_in_proportion_after_three_minutes_above_the_target(account: Any) -> None:
    """Facts 3.1, 3.2."""
    account.in_service(count=2)
    account.register()
    account.track(goal=0.7)
    account.publish_each_minute(constant(1.0))
    account.wait(minutes=2, seconds=50)
    assert account.desired == 2
    account.wait(seconds=10)
    assert (account.desired, account.status) == (3, "Updating")
    assert account.activities[0]["StatusCode"] == "InProgress"
    account.wait_for("InService")
    account.wait(seconds=10)
    assert account.activities[0]["StatusCode"] == "Successful"
    assert "in state ALARM triggered policy track-Load" in account.activities[0]["Cause"]


def test_it_scales_in_after_fifteen_minutes_below_nine_tenths_of_the_target(account: Any) -> None:
    """Facts 3.2."""
    account.in_service(count=4)
    account.register()
    account.track(goal=0.7)
    account.publish_each_minute(constant(0.3))
    account.wait(minutes=14, seconds=50)
    assert account.desired == 4
    account.wait(seconds=10)
    assert account.desired == 2


def test_real_zeros_scale_in_to_the_minimum(account: Any) -> None:
    """Facts 3.3."""
    account.in_service(count=4)
    account.register(smallest=1)
    account.track()
    account.publish_each_minute(constant(0.0))
    account.wait(minutes=17)
    assert account.desired == 1


def test_missing_data_freezes_scaling_both_ways(account: Any) -> None:
    """Facts 3.3: it is not read as low load."""
    account.in_service(count=3)
    account.register()
    account.track()
    ends = account.cloud.clock.now() + 5 * MINUTE
    account.publish_each_minute(lambda now: 0.3 if now < ends else None)
    account.wait(minutes=60)
    assert account.desired == 3
    assert {each["StateValue"] for each in alarms(account).values()} == {"INSUFFICIENT_DATA"}


def test_with_several_policies_the_largest_wins_and_all_must_agree_to_scale_in(
    account: Any,
) -> None:
    """Facts 3.5."""
    account.in_service(count=2)
    account.register(largest=10)
    account.track("A")
    account.track("B")
    busy_until = account.cloud.clock.now() + 30 * MINUTE
    account.publish_each_minute(lambda now: 1.4 if now < busy_until else 0.2, "A")
    account.publish_each_minute(lambda now: 2.1 if now < busy_until else 0.65, "B")
    account.wait(minutes=5)
    assert account.desired == 6
    account.wait(minutes=70)
    peak = account.desired
    assert peak == 10
    account.wait(minutes=60)
    assert account.desired == peak, "B is not low, so nothing scales in"


def test_the_same_metric_twice_is_refused(account: Any) -> None:
    """Facts 3.5: provided that each of them uses a different metric."""
    account.in_service()
    account.register()
    account.track()
    specification = account.autoscaling.describe_scaling_policies(ServiceNamespace="sagemaker")[
        "ScalingPolicies"
    ][0]["TargetTrackingScalingPolicyConfiguration"]
    with pytest.raises(ClientError, match="Only one TargetTrackingScaling policy"):
        account.autoscaling.put_scaling_policy(
            PolicyName="other",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=specification,
            **account.target,
        )


def test_disable_scale_in_leaves_scale_in_to_others(account: Any) -> None:
    account.in_service(count=3)
    account.register()
    account.track(DisableScaleIn=True)
    account.publish_each_minute(constant(0.1))
    account.wait(minutes=30)
    assert account.desired == 3


def test_a_cooldown_after_scale_in_blocks_scale_in_only(account: Any) -> None:
    """Facts 3.4."""
    account.in_service(count=4)
    account.register()
    account.track(ScaleInCooldown=1800)
    base = account.cloud.clock.now()
    account.publish_each_minute(lambda now: 0.5 if now < base + 40 * MINUTE else 1.4)
    account.wait(minutes=16)
    assert account.desired == 3
    account.wait(minutes=24)
    assert account.desired == 3, "a second scale-in waits for the cooldown"
    account.wait(minutes=5)
    assert account.desired == 4, "a scale-out does not, and is held at the maximum"


def test_a_cooldown_after_scale_out_counts_what_was_added_and_lets_only_more_through(
    account: Any,
) -> None:
    """Facts 3.4."""
    account.in_service(count=2)
    account.register(largest=9)
    account.track(ScaleOutCooldown=3600)
    worse_at = account.cloud.clock.now() + 40 * MINUTE
    account.publish_each_minute(lambda now: 1.0 if now < worse_at else 1.5)
    account.wait(minutes=40)
    assert account.desired == 3, "2 x 1.0 / 0.7 is three, and three there are"
    account.wait(minutes=5)
    assert account.desired == 5, "2 x 1.5 / 0.7 is five"


def test_a_step_policy_scales_on_the_users_own_alarm(account: Any) -> None:
    """Facts 3.6."""
    account.in_service()
    account.register()
    arn = step_policy(account)
    step_alarm(account, arn)
    account.put(1.0)
    account.wait(minutes=1)
    assert account.desired == 3
    (policy,) = account.autoscaling.describe_scaling_policies(ServiceNamespace="sagemaker")[
        "ScalingPolicies"
    ]
    assert [each["AlarmName"] for each in policy["Alarms"]] == [STEP_ALARM]


def test_while_the_endpoint_is_updating_no_other_change_is_accepted(account: Any) -> None:
    """Facts 3.7."""
    account.in_service()
    account.register(smallest=1)
    account.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=account.name,
        DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 2}],
    )
    arn = step_policy(account)
    step_alarm(account, arn)
    account.put(1.0)
    account.wait(minutes=2)
    assert account.desired == 2
    (activity,) = account.activities
    assert activity["StatusCode"] == "Failed"
    assert "Cannot update in-progress endpoint" in activity["StatusMessage"]


def test_a_scale_out_without_capacity_is_a_failed_activity(open_account: Any) -> None:
    dry = [Drought(datetime(2026, 11, 23, 12, 14, tzinfo=UTC).timestamp(), 1e11)]
    account = open_account(CloudSettings(droughts={"ml.g6.2xlarge": dry, "ml.g6e.2xlarge": dry}))
    account.in_service()
    account.register(smallest=2)
    account.wait_for("RollingBack")
    account.wait_for("InService")
    account.wait(seconds=10)
    failed = account.activities[-1]
    assert failed["StatusCode"] == "Failed"
    assert "InsufficientInstanceCapacity" in failed["StatusMessage"]


@pytest.mark.parametrize(
    ("count", "smallest", "largest", "expected"),
    [
        pytest.param(1, 2, 4, 2, id="below the range it grows at once"),
        pytest.param(4, 1, 3, 3, id="above the range it shrinks at once"),
        pytest.param(2, 1, 4, 2, id="within the range nothing moves"),
    ],
)
def test_registering(account: Any, count: int, smallest: int, largest: int, expected: int) -> None:
    """Facts 4."""
    account.in_service(count=count)
    account.register(smallest, largest)
    assert account.desired == expected


def test_registering_again_keeps_what_is_not_said_and_moves_capacity_into_range(
    account: Any,
) -> None:
    """Facts 4: an upsert."""
    account.in_service(count=2)
    arn = account.register(1, 4, Tags={"a": "1"})
    again = account.autoscaling.register_scalable_target(MinCapacity=3, **account.target)
    assert again["ScalableTargetARN"] == arn
    (target,) = account.autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker")[
        "ScalableTargets"
    ]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (3, 4)
    assert account.desired == 3
    assert account.autoscaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"a": "1"}


@pytest.mark.parametrize(
    "accepted", [pytest.param(True, id="accepted"), pytest.param(False, id="refused")]
)
def test_registering_while_creating_is(open_account: Any, *, accepted: bool) -> None:
    """Facts 4 and 12: unknown, so both."""
    account = open_account(CloudSettings(register_while_creating=accepted))
    account.configure()
    account.create()
    if not accepted:
        assert error_code(account.register) == "ValidationException"
        return
    account.register(smallest=2)
    account.wait_for("InService")
    assert account.desired == 1, "registering does not change what is not active yet"


def test_deleting_the_endpoint_takes_target_policies_schedules_and_tracking_alarms_along(
    account: Any,
) -> None:
    """Facts 0 (4, 5) and 4; the user's step alarm stays, without a working action."""
    account.in_service()
    target_arn = account.register(Tags={"a": "1"})
    account.track()
    step_alarm(account, step_policy(account))
    account.autoscaling.put_scheduled_action(
        ScheduledActionName="night",
        Schedule="cron(0 20 ? * MON-FRI *)",
        ScalableTargetAction={"MinCapacity": 1},
        **account.target,
    )
    account.delete()
    everything = (
        account.autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker"),
        account.autoscaling.describe_scaling_policies(ServiceNamespace="sagemaker"),
        account.autoscaling.describe_scheduled_actions(ServiceNamespace="sagemaker"),
    )
    kinds = ("ScalableTargets", "ScalingPolicies", "ScheduledActions")
    left = [page[kind] for page, kind in zip(everything, kinds, strict=True)]
    assert left == [[], [], []]
    assert list(alarms(account)) == [STEP_ALARM]
    assert alarms(account)[STEP_ALARM]["AlarmActions"] == []
    gone = error_code(lambda: account.autoscaling.list_tags_for_resource(ResourceARN=target_arn))
    assert gone == "ResourceNotFoundException"


def test_without_the_permission_to_deregister_the_delete_is_refused(open_account: Any) -> None:
    """Facts 4."""
    account = open_account(CloudSettings(may_deregister=False))
    account.in_service()
    account.register()
    with pytest.raises(ClientError, match="does not have application-autoscaling:Deregister"):
        account.delete()
    assert account.status == "InService"


def test_a_policy_made_again_has_a_new_arn(account: Any) -> None:
    """Facts 0 (5): it contains a UUID."""
    account.in_service()
    account.register()
    first, same = step_policy(account), step_policy(account)
    account.autoscaling.delete_scaling_policy(PolicyName="step", **account.target)
    assert first == same != step_policy(account)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(step_policy, id="a policy without a target"),
        pytest.param(
            lambda account: account.autoscaling.put_scheduled_action(
                ScheduledActionName="x", Schedule="rate(1 hour)", **account.target
            ),
            id="a scheduled action without a target",
        ),
        pytest.param(
            lambda account: account.autoscaling.deregister_scalable_target(**account.target),
            id="deregistering nothing",
        ),
        pytest.param(
            lambda account: account.autoscaling.delete_scaling_policy(
                PolicyName="x", **account.target
            ),
            id="deleting a policy that is not there",
        ),
    ],
)
def test_object_not_found_is_said_of(account: Any, call: Callable[[Any], object]) -> None:
    assert error_code(lambda: call(account)) == "ObjectNotFoundException"


@pytest.mark.parametrize(
    ("schedule", "timezone", "minutes"),
    [
        pytest.param("at(2026-11-23T12:45:00)", "UTC", 45, id="at"),
        pytest.param("at(2026-11-23T07:45:00)", "America/New_York", 45, id="at, in a time zone"),
        pytest.param("cron(45 12 ? * MON *)", "UTC", 45, id="cron"),
        pytest.param("cron(45 12 ? * 2 *)", "UTC", 45, id="cron, where 2 is Monday"),
        pytest.param("cron(45 7 * * ? 2026)", "America/New_York", 45, id="cron, in a time zone"),
        pytest.param("rate(30 minutes)", "UTC", 45, id="rate, from when it was put"),
    ],
)
def test_a_scheduled_action_moves_the_range_at_its_time(
    account: Any, schedule: str, timezone: str, minutes: int
) -> None:
    """Facts 3.4: it ignores cooldowns. It is put at 12:15 UTC, on a Monday."""
    account.in_service()
    account.register()
    account.autoscaling.put_scheduled_action(
        ScheduledActionName="more",
        Schedule=schedule,
        Timezone=timezone,
        ScalableTargetAction={"MinCapacity": 3},
        **account.target,
    )
    due = datetime(2026, 11, 23, 12, minutes, tzinfo=UTC)
    account.cloud.advance(due - timedelta(seconds=10))
    assert account.desired == 1
    account.cloud.advance(due)
    assert account.desired == 3
    (action,) = account.autoscaling.describe_scheduled_actions(ServiceNamespace="sagemaker")[
        "ScheduledActions"
    ]
    assert (action["Schedule"], action["Timezone"]) == (schedule, timezone)
    assert action["ScalableTargetAction"] == {"MinCapacity": 3}


def test_a_scheduled_action_that_meets_an_updating_endpoint_moves_capacity_once_it_can(
    account: Any,
) -> None:
    account.in_service()
    account.register()
    account.autoscaling.put_scheduled_action(
        ScheduledActionName="more",
        Schedule="at(2026-11-23T12:16:00)",
        ScalableTargetAction={"MinCapacity": 3},
        **account.target,
    )
    account.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=account.name,
        DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 2}],
    )
    account.wait(minutes=2)
    assert account.desired == 2
    account.wait(minutes=15)
    assert account.desired == 3


def test_one_side_that_makes_the_range_impossible_fails_and_the_range_stays(account: Any) -> None:
    """Facts 3.8."""
    account.in_service()
    account.register(1, 2)
    account.autoscaling.put_scheduled_action(
        ScheduledActionName="too-many",
        Schedule="at(2026-11-23T12:45:00)",
        ScalableTargetAction={"MinCapacity": 4},
        **account.target,
    )
    account.cloud.advance(datetime(2026, 11, 23, 12, 46, tzinfo=UTC))
    (target,) = account.autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker")[
        "ScalableTargets"
    ]
    assert (target["MinCapacity"], target["MaxCapacity"], account.desired) == (1, 2, 1)
    activity = account.autoscaling.describe_scaling_activities(ServiceNamespace="sagemaker")[
        "ScalingActivities"
    ][0]
    assert activity["StatusCode"] == "Failed"
    assert activity["Cause"] == "scheduled action name too-many was triggered"
    assert "cannot be less than minimum" in activity["StatusMessage"]


def test_both_sides_that_contradict_each_other_are_refused(account: Any) -> None:
    account.in_service()
    account.register()
    code = error_code(
        lambda: account.autoscaling.put_scheduled_action(
            ScheduledActionName="odd",
            Schedule="cron(0 5 ? * L *)",
            ScalableTargetAction={"MinCapacity": 4, "MaxCapacity": 2},
            **account.target,
        )
    )
    assert code == "ValidationException"


def test_a_schedule_in_the_past_is_refused(account: Any) -> None:
    account.in_service()
    account.register()
    code = error_code(
        lambda: account.autoscaling.put_scheduled_action(
            ScheduledActionName="late", Schedule="at(2026-11-23T12:00:00)", **account.target
        )
    )
    assert code == "ValidationException"


@pytest.mark.parametrize(
    "schedule", ["rate(1 day)", "cron(0 8 * * ? *)", "at(2026-12-01T08:00:00)"]
)
@pytest.mark.parametrize("zone", ["Mars/Olympus", "Europe", "../etc"])
def test_a_time_zone_that_does_not_exist_is_refused(account: Any, schedule: str, zone: str) -> None:
    account.in_service()
    account.register()
    with pytest.raises(ClientError, match=f"Invalid time zone: {zone}"):
        account.autoscaling.put_scheduled_action(
            ScheduledActionName="x",
            Schedule=schedule,
            Timezone=zone,
            ScalableTargetAction={"MinCapacity": 1},
            **account.target,
        )


def test_a_request_that_the_model_does_not_allow_is_refused(account: Any) -> None:
    """boto3 itself lets any word pass where the model has a list of words."""
    with pytest.raises(ClientError, match="Value 'bogus' at 'serviceNamespace'") as caught:
        account.autoscaling.describe_scalable_targets(ServiceNamespace="bogus")
    assert caught.value.response["Error"]["Code"] == "ValidationException"


def test_scheduled_actions_are_paged(account: Any) -> None:
    account.in_service()
    account.register()
    for number in range(60):
        account.autoscaling.put_scheduled_action(
            ScheduledActionName=f"action-{number}", Schedule="rate(1 hour)", **account.target
        )
    pages = account.autoscaling.get_paginator("describe_scheduled_actions").paginate(
        ServiceNamespace="sagemaker"
    )
    assert [len(page["ScheduledActions"]) for page in pages] == [50, 10]
