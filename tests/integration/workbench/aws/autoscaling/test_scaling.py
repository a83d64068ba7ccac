"""Application Auto Scaling: targets, policies, alarms, schedules, and what a delete takes along."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.fleet.pools import Drought
from tests.integration.workbench.aws.conftest import refusal

MINUTE = timedelta(minutes=1)
HIGH_RESOLUTION = "SageMakerVariantConcurrentRequestsPerModelHighResolution"


def constant(value: float) -> Callable[[datetime], float]:
    return lambda now: value  # noqa: ARG005


@pytest.mark.parametrize(
    ("predefined", "high", "low"),
    [
        pytest.param(None, (60, 3, 0.7), (60, 15, 0.63), id="a metric of one's own: 3 and 15 min"),
        pytest.param(HIGH_RESOLUTION, (10, 3, 0.7), (10, 90, 0.63),
                     id="the high-resolution metric: 30 s and 15 min"),
    ],
)  # fmt: skip
def test_target_tracking_makes_its_two_alarms(
    account: Any, predefined: str | None, high: tuple[float, ...], low: tuple[float, ...]
) -> None:
    """Facts 3.2."""
    account.in_service()
    account.register()
    fields = {
        "CustomizedMetricSpecification": None,
        "PredefinedMetricSpecification": {"PredefinedMetricType": predefined},
    }
    policy = account.track(**fields if predefined else {})
    made = account.alarms
    assert {each["AlarmName"] for each in policy["Alarms"]} == set(made)
    prefix = "TargetTracking-endpoint/My-Endpoint/variant/AllTraffic-"
    for kind, expected in (("AlarmHigh", high), ("AlarmLow", low)):
        (alarm,) = [made[name] for name in made if name.startswith(f"{prefix}{kind}-")]
        shape = (alarm["Period"], alarm["EvaluationPeriods"], round(alarm["Threshold"], 6))
        assert shape == expected
        assert alarm["StateValue"] == "INSUFFICIENT_DATA"
        assert alarm["AlarmActions"] == [policy["PolicyARN"]]


@pytest.mark.parametrize(
    ("count", "load", "after", "expected"),
    [
        pytest.param(2, 1.0, timedelta(minutes=3), 3, id="out in proportion after three minutes"),
        pytest.param(4, 0.3, timedelta(minutes=15), 2, id="in after fifteen, below 0.9 x target"),
        pytest.param(4, 0.0, timedelta(minutes=15), 1, id="zeros go to the minimum (facts 3.3)"),
    ],
)
def test_a_load_scales(
    account: Any, count: int, load: float, after: timedelta, expected: int
) -> None:
    """Facts 3.1, 3.2."""
    account.in_service(count=count)
    account.register()
    account.track(goal=0.7)
    account.publish_each_minute(constant(load))
    account.wait(seconds=after.total_seconds() - 10)
    assert account.desired == count
    account.wait(seconds=10)
    assert (account.desired, account.status) == (expected, "Updating")
    assert account.activities[0]["StatusCode"] == "InProgress"
    account.wait_for("InService")
    account.wait(seconds=10)
    assert account.activities[0]["StatusCode"] == "Successful"
    assert "in state ALARM triggered policy track-Load" in account.activities[0]["Cause"]


def test_missing_data_freezes_scaling_both_ways(account: Any) -> None:
    """Facts 3.3: it is not read as low load."""
    account.in_service(count=3)
    account.register()
    account.track()
    ends = account.cloud.clock.now() + 5 * MINUTE
    account.publish_each_minute(lambda now: 0.3 if now < ends else None)
    account.wait(minutes=30)
    assert account.desired == 3
    assert set(account.alarm_states.values()) == {"INSUFFICIENT_DATA"}


def test_with_several_policies_the_largest_wins_and_all_must_agree_to_scale_in(
    account: Any,
) -> None:
    """Facts 3.5."""
    account.in_service(count=2)
    account.register(largest=6)
    account.track("A")
    account.track("B")
    busy_until = account.cloud.clock.now() + 5 * MINUTE
    account.publish_each_minute(lambda now: 1.4 if now < busy_until else 0.2, "A")
    account.publish_each_minute(lambda now: 2.1 if now < busy_until else 0.65, "B")
    account.wait(minutes=5)
    assert account.desired == 6
    account.wait(minutes=30)
    assert account.desired == 6, "B is not low, so nothing scales in"


def test_the_same_metric_twice_is_refused(account: Any) -> None:
    """Facts 3.5: provided that each of them uses a different metric."""
    account.in_service()
    account.register()
    account.track()
    (policy,) = account.autoscaling.describe_scaling_policies(ServiceNamespace="sagemaker")[
        "ScalingPolicies"
    ]
    field = "TargetTrackingScalingPolicyConfiguration"
    with pytest.raises(ClientError, match="Only one TargetTrackingScaling policy"):
        account.autoscaling.put_scaling_policy(
            PolicyName="other",
            PolicyType="TargetTrackingScaling",
            **{field: policy[field]},
            **account.target,
        )


def test_disable_scale_in_leaves_scale_in_to_others(account: Any) -> None:
    account.in_service(count=3)
    account.register()
    account.track(DisableScaleIn=True)
    account.publish_each_minute(constant(0.1))
    account.wait(minutes=20)
    assert account.desired == 3


def test_a_cooldown_after_scale_in_blocks_scale_in_only(account: Any) -> None:
    """Facts 3.4."""
    account.in_service(count=4)
    account.register()
    account.track(ScaleInCooldown=1800)
    base = account.cloud.clock.now()
    account.publish_each_minute(lambda now: 0.4 if now < base + 40 * MINUTE else 1.4)
    account.wait(minutes=16)
    assert account.desired == 3
    account.wait(minutes=24)
    assert account.desired == 3, "a second scale-in waits for the cooldown"
    account.wait(minutes=5)
    assert account.desired == 4, "a scale-out does not, and ends at the maximum"


def test_a_cooldown_after_scale_out_counts_what_was_added_and_lets_only_more_through(
    account: Any,
) -> None:
    """Facts 3.4."""
    account.in_service(count=2)
    account.register(largest=9)
    account.track(ScaleOutCooldown=3600)
    worse_at = account.cloud.clock.now() + 20 * MINUTE
    account.publish_each_minute(lambda now: 1.0 if now < worse_at else 1.5)
    account.wait(minutes=20)
    assert account.desired == 3, "2 x 1.0 / 0.7 is three, and three there are"
    account.wait(minutes=5)
    assert account.desired == 5, "2 x 1.5 / 0.7 is five"


def test_a_step_policy_scales_on_the_users_own_alarm(account: Any) -> None:
    """Facts 3.6. Set by hand, the alarm runs the policy as well."""
    account.in_service()
    account.register()
    account.alarm(action=account.step_policy())
    account.put(1.0)
    account.wait(minutes=1)
    assert account.desired == 2
    (policy,) = account.autoscaling.describe_scaling_policies(ServiceNamespace="sagemaker")[
        "ScalingPolicies"
    ]
    assert [each["AlarmName"] for each in policy["Alarms"]] == ["high"]
    account.wait(minutes=20)
    account.cloudwatch.set_alarm_state(AlarmName="high", StateValue="ALARM", StateReason="drill")
    account.wait(seconds=10)
    assert account.desired == 3


def test_while_the_endpoint_is_updating_no_other_change_is_accepted(account: Any) -> None:
    """Facts 3.7. A scheduled action moves capacity once it can."""
    account.in_service()
    account.register(smallest=1)
    account.scale(2)
    account.alarm(action=account.step_policy())
    account.schedule("at(2026-11-23T12:16:00)", ScalableTargetAction={"MinCapacity": 3})
    account.put(1.0)
    account.wait(minutes=2)
    assert account.desired == 2
    assert {each["StatusCode"] for each in account.activities} == {"Failed"}
    assert "Cannot update in-progress endpoint" in account.activities[0]["StatusMessage"]
    account.wait(minutes=15)
    assert account.desired == 3


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
    """Facts 4 and 12: while Creating it is accepted, and moves nothing."""
    account.configure(count=count)
    account.create()
    account.register(smallest, largest)
    account.wait_for("InService")
    assert account.desired == count
    account.register(smallest, largest)
    assert account.desired == expected


def test_registering_again_keeps_what_is_not_given_and_moves_capacity_into_range(
    account: Any,
) -> None:
    """Facts 4: an upsert."""
    account.in_service(count=2)
    arn = account.register(1, 4, Tags={"a": "1"})
    again = account.autoscaling.register_scalable_target(MinCapacity=3, **account.target)
    assert again["ScalableTargetARN"] == arn
    assert (account.range, account.desired) == ((3, 4), 3)
    assert account.autoscaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"a": "1"}


def test_deleting_the_endpoint_takes_target_policies_schedules_and_tracking_alarms_along(
    account: Any,
) -> None:
    """Facts 0 (4, 5) and 4; the user's step alarm stays, without a working action."""
    account.in_service()
    target_arn = account.register(Tags={"a": "1"})
    account.track()
    account.alarm(action=account.step_policy())
    account.schedule("cron(0 20 ? * MON-FRI *)", ScalableTargetAction={"MinCapacity": 1})
    account.delete()
    of = {"ServiceNamespace": "sagemaker"}
    assert account.range is None
    assert account.autoscaling.describe_scaling_policies(**of)["ScalingPolicies"] == []
    assert account.autoscaling.describe_scheduled_actions(**of)["ScheduledActions"] == []
    assert list(account.alarms) == ["high"]
    assert account.alarms["high"]["AlarmActions"] == []
    code, _ = refusal(lambda: account.autoscaling.list_tags_for_resource(ResourceARN=target_arn))
    assert code == "ResourceNotFoundException"


def test_a_policy_made_again_has_a_new_arn(account: Any) -> None:
    """Facts 0 (5): it contains a UUID."""
    account.in_service()
    account.register()
    first, same = account.step_policy(), account.step_policy()
    account.autoscaling.delete_scaling_policy(PolicyName="step", **account.target)
    assert first == same != account.step_policy()


NOT_FOUND: dict[str, Callable[[Any], object]] = {
    "a policy without a target": lambda account: account.step_policy(),
    "a scheduled action without a target": lambda account: account.schedule("rate(1 hour)"),
    "deregistering nothing": lambda account: account.autoscaling.deregister_scalable_target(
        **account.target
    ),
    "deleting a policy that does not exist": lambda account: (
        account.autoscaling.delete_scaling_policy(PolicyName="x", **account.target)
    ),
}


@pytest.mark.parametrize("call", NOT_FOUND.values(), ids=NOT_FOUND)
def test_what_does_not_exist_is_refused(account: Any, call: Callable[[Any], object]) -> None:
    code, _ = refusal(lambda: call(account))
    assert code == "ObjectNotFoundException"


@pytest.mark.parametrize(
    ("expression", "timezone"),
    [
        pytest.param("at(2026-11-23T12:45:00)", "UTC", id="at"),
        pytest.param("at(2026-11-23T07:45:00)", "America/New_York", id="at, in a time zone"),
        pytest.param("cron(45 7 * * ? 2026)", "America/New_York", id="cron, in a time zone"),
        pytest.param("rate(30 minutes)", "UTC", id="rate, from when it was put"),
    ],
)
def test_a_scheduled_action_moves_the_range_at_its_time(
    account: Any, expression: str, timezone: str
) -> None:
    """Facts 3.4: it ignores cooldowns. It is put at 12:15 UTC, on a Monday."""
    account.in_service()
    account.register()
    account.schedule(expression, Timezone=timezone, ScalableTargetAction={"MinCapacity": 3})
    due = datetime(2026, 11, 23, 12, 45, tzinfo=UTC)
    account.cloud.advance(due - timedelta(seconds=10))
    assert account.desired == 1
    account.cloud.advance(due)
    assert account.desired == 3
    (action,) = account.autoscaling.describe_scheduled_actions(ServiceNamespace="sagemaker")[
        "ScheduledActions"
    ]
    assert (action["Schedule"], action["Timezone"]) == (expression, timezone)
    assert action["ScalableTargetAction"] == {"MinCapacity": 3}


@pytest.mark.parametrize(
    ("expression", "zone", "message"),
    [
        pytest.param("at(2026-11-23T12:00:00)", "UTC", "no run in the future", id="a time gone by"),
        pytest.param("rate(1 day)", "Mars/Olympus", "Invalid time zone: Mars", id="no such zone"),
        pytest.param("cron(0 8 * * ? *)", "Europe", "Invalid time zone: Europe", id="a folder"),
        pytest.param("at(9999-12-31T23:59:59)", "America/New_York", "Invalid schedule", id="late"),
        pytest.param("rate(999999999 days)", "UTC", "Invalid schedule", id="beyond the calendar"),
        pytest.param("at(2026-12-01T08:00:00)", "../etc", "Invalid time zone", id="a path"),
    ],
)
def test_a_schedule_is_refused(account: Any, expression: str, zone: str, message: str) -> None:
    account.in_service()
    account.register()
    code, text = refusal(lambda: account.schedule(expression, Timezone=zone))
    assert code == "ValidationException"
    assert message in text
