"""The fast path: points of 10 seconds, alarms of 10 seconds, and steps that they set off."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lowtide_workbench.aws import CloudSettings

THRESHOLD = 0.8
TEN_SECONDS = timedelta(seconds=10)
QUICK = CloudSettings(provisioning_s=(20.0, 20.0), update_s=10.0)


def dimensions(**pairs: str) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in pairs.items()]


def put_fine(account: Any, value: float, **fields: Any) -> None:
    datum = {
        "MetricName": "Load",
        "Dimensions": dimensions(EndpointName=account.name),
        "Value": value,
        "StorageResolution": 1,
    } | fields
    account.cloudwatch.put_metric_data(Namespace="Test", MetricData=[datum])


def publish_every_ten_seconds(account: Any, value: Callable[[], float | None]) -> None:
    def publish(_: object) -> None:
        reading = value()
        if reading is not None:
            put_fine(account, reading)

    account.cloud.every(TEN_SECONDS, publish)


def fast_alarm(account: Any, action: str | None = None, **fields: Any) -> None:
    account.cloudwatch.put_metric_alarm(
        **{
            "AlarmName": "fast",
            "Namespace": "Test",
            "MetricName": "Load",
            "Dimensions": dimensions(EndpointName=account.name),
            "Statistic": "Average",
            "Period": 10,
            "EvaluationPeriods": 1,
            "Threshold": THRESHOLD,
            "ComparisonOperator": "GreaterThanThreshold",
            "AlarmActions": [action] if action else [],
        }
        | fields
    )


def state(account: Any) -> str:
    (alarm,) = account.cloudwatch.describe_alarms(AlarmNames=["fast"])["MetricAlarms"]
    return str(alarm["StateValue"])


def step_policy(account: Any, *steps: tuple[float, float | None, int], **fields: Any) -> str:
    """Each step: from and to, counted from the threshold, and its adjustment."""
    adjustments = [
        {"MetricIntervalLowerBound": lower, "ScalingAdjustment": adjustment}
        | ({} if upper is None else {"MetricIntervalUpperBound": upper})
        for lower, upper, adjustment in steps
    ]
    policy = account.autoscaling.put_scaling_policy(
        PolicyName="fast lane",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": adjustments,
            "Cooldown": 60,
        }
        | fields,
        **account.target,
    )
    return str(policy["PolicyARN"])


def read(account: Any, period: int, statistic: str = "Average") -> list[float]:
    now = account.cloud.clock.now()
    stat = {
        "Metric": {
            "Namespace": "Test",
            "MetricName": "Load",
            "Dimensions": dimensions(EndpointName=account.name),
        },
        "Period": period,
        "Stat": statistic,
    }
    found = account.cloudwatch.get_metric_data(
        StartTime=now - timedelta(minutes=1),
        EndTime=now,
        ScanBy="TimestampAscending",
        MetricDataQueries=[{"Id": "load", "MetricStat": stat}],
    )
    return [float(value) for value in found["MetricDataResults"][0]["Values"]]


@pytest.mark.parametrize(
    ("resolution", "by_ten_seconds"),
    [
        pytest.param(1, [0, 1, 2, 3, 4, 5], id="stored by the second, six"),
        pytest.param(60, [2.5], id="stored by the minute, the minute's, where it begins"),
    ],
)
def test_points_of_ten_seconds_are_read_as(
    account: Any, resolution: int, by_ten_seconds: list[float]
) -> None:
    for value in range(6):
        put_fine(account, value, StorageResolution=resolution)
        account.wait(seconds=10)
    assert read(account, 10) == by_ten_seconds
    assert read(account, 60) == [2.5]
    assert read(account, 60, "SampleCount") == [6]


def test_another_resolution_is_refused(account: Any) -> None:
    with pytest.raises(ClientError, match="StorageResolution"):
        put_fine(account, 1.0, StorageResolution=10)


def test_points_may_be_put_for_the_ten_seconds_that_are_past(account: Any) -> None:
    account.wait(minutes=1)
    for ago in (30, 20, 10):
        at = account.cloud.clock.now() - timedelta(seconds=ago)
        put_fine(account, ago, Timestamp=at)
    assert read(account, 10) == [30, 20, 10]


def test_sagemakers_own_data_sets_off_a_users_alarm_within_half_a_minute(account: Any) -> None:
    """Facts 3.6."""
    account.in_service(count=1)
    fast_alarm(
        account,
        Namespace="AWS/SageMaker",
        MetricName="ConcurrentRequestsPerModel",
        Dimensions=dimensions(EndpointName=account.name, VariantName="AllTraffic"),
        EvaluationPeriods=3,
        Threshold=4,
    )
    account.wait(seconds=60)
    assert state(account) == "OK"
    account.cloud.traffic(account.name, [(account.cloud.clock.seconds() + 1, 600)] * 5)
    seen = []
    for _ in range(4):
        account.wait(seconds=10)
        seen.append(state(account))
    assert seen == ["OK", "OK", "ALARM", "ALARM"]


PERCENT: dict[str, Any] = {"AdjustmentType": "PercentChangeInCapacity"}
GRADED = ((0.0, 0.5, 50), (0.5, None, 150))


@pytest.mark.parametrize(
    ("count", "load", "fields", "expected"),
    [
        pytest.param(4, 0.9, {}, 6, id="the first step: half of four more"),
        pytest.param(4, 1.5, {}, 10, id="far above the threshold: the second step at once"),
        pytest.param(3, 0.9, {}, 4, id="half of three is one"),
        pytest.param(1, 0.9, {}, 2, id="half of one is one"),
        pytest.param(4, 0.9, {"MinAdjustmentMagnitude": 3}, 7, id="never fewer than three"),
        pytest.param(6, 1.5, {}, 12, id="never more than the target's range allows"),
        pytest.param(4, 0.8, {}, 4, id="at the threshold nothing breaches"),
    ],
)
def test_steps_in_percent(
    open_account: Any, count: int, load: float, fields: dict[str, int], expected: int
) -> None:
    account = open_account(QUICK)
    account.in_service(count=count)
    account.register(1, 12)
    fast_alarm(account, step_policy(account, *GRADED, **PERCENT, **fields))
    put_fine(account, load)
    account.wait(seconds=10)
    assert account.desired == expected


def test_in_a_cooldown_a_bigger_step_adds_only_the_difference(open_account: Any) -> None:
    """Facts 3.6."""
    account = open_account(QUICK)
    account.in_service(count=2)
    account.register(1, 12)
    fast_alarm(account, step_policy(account, (0.0, 0.5, 1), (0.5, None, 3), Cooldown=300))
    counts = []
    for load in (0.9, 0.1, 0.9, 0.1, 1.4):
        put_fine(account, load)
        account.wait(seconds=60)
        account.wait_for("InService")
        counts.append(account.desired)
    assert counts == [3, 3, 3, 3, 5]


def test_an_alarm_that_lasts_acts_once_a_minute(open_account: Any) -> None:
    account = open_account(QUICK)
    account.in_service(count=1)
    account.register(1, 12)
    fast_alarm(account, step_policy(account, (0.0, None, 1), Cooldown=0))
    publish_every_ten_seconds(account, lambda: 1.0)
    account.wait(seconds=20)
    begun = account.cloud.clock.now()
    account.wait(seconds=179)
    assert account.desired == 4
    activities = account.activities[::-1]
    assert [each["StartTime"] - begun for each in activities] == [
        timedelta(minutes=minute) for minute in range(3)
    ]


def test_an_endpoint_that_is_updating_refuses_the_next_small_step(open_account: Any) -> None:
    """So a step is graded to jump to the count that is needed."""
    account = open_account(CloudSettings(provisioning_s=(300.0, 300.0)))
    account.in_service(count=1)
    account.register(1, 12)
    fast_alarm(account, step_policy(account, (0.0, None, 1), Cooldown=0))
    publish_every_ten_seconds(account, lambda: 1.0)
    account.wait(minutes=4)
    assert account.desired == 2
    assert account.status == "Updating"
    account.wait(minutes=3)
    assert account.desired == 3


def test_fast_and_slow_go_together_out_fast_and_in_slowly(open_account: Any) -> None:
    """Facts 3.5: the step policy only ever scales out, target tracking owns the way back."""
    account = open_account(QUICK)
    account.in_service(count=2)
    account.register(1, 12)
    account.track(goal=0.7)
    fast_alarm(account, step_policy(account, (0.0, None, 100), **PERCENT))
    load = [1.0]
    publish_every_ten_seconds(account, lambda: load[0])
    account.wait(seconds=20)
    assert account.desired == 4
    load[0] = 0.2
    account.wait(minutes=14)
    assert account.desired == 4
    account.wait(minutes=3)
    assert account.desired == 2
    assert "AlarmLow" in account.activities[0]["Cause"]
