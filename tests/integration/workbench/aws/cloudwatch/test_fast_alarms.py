"""The fast path: points of 10 seconds, alarms of 10 seconds, and steps that they set off."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from lowtide_workbench.aws import CloudSettings

THRESHOLD = 0.8
TEN_SECONDS = timedelta(seconds=10)
QUICK = CloudSettings(provisioning_s=(20.0, 20.0), update_s=10.0)


def fast_alarm(account: Any, action: str | None = None, **fields: Any) -> None:
    account.alarm("fast", action, **{"Period": 10, "Threshold": THRESHOLD} | fields)


def steps(*steps: tuple[float, float | None, int]) -> list[dict[str, float]]:
    """Each by its bounds, counted from the threshold, and its adjustment."""
    return [
        {"MetricIntervalLowerBound": lower, "ScalingAdjustment": adjustment}
        | ({} if upper is None else {"MetricIntervalUpperBound": upper})
        for lower, upper, adjustment in steps
    ]


def publish_every_ten_seconds(account: Any, value: Callable[[], float]) -> None:
    account.cloud.every(TEN_SECONDS, lambda _: account.put(value(), StorageResolution=1))


def test_sagemakers_own_data_sets_off_a_users_alarm_within_half_a_minute(account: Any) -> None:
    """Facts 3.6."""
    account.in_service(count=1)
    fast_alarm(
        account,
        Namespace="AWS/SageMaker",
        MetricName="ConcurrentRequestsPerModel",
        Dimensions=[
            {"Name": "EndpointName", "Value": account.name},
            {"Name": "VariantName", "Value": "AllTraffic"},
        ],
        EvaluationPeriods=3,
        Threshold=4,
    )
    account.wait(seconds=60)
    assert account.alarm_states["fast"] == "OK"
    account.sessions(*[(1, 600)] * 5)
    seen = []
    for _ in range(4):
        account.wait(seconds=10)
        seen.append(account.alarm_states["fast"])
    assert seen == ["OK", "OK", "ALARM", "ALARM"]


PERCENT: dict[str, Any] = {"AdjustmentType": "PercentChangeInCapacity"}
GRADED = steps((0.0, 0.5, 50), (0.5, None, 150))
ONE_MORE = steps((0.0, None, 1))


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
    fast_alarm(account, account.step_policy(*GRADED, **PERCENT, **fields))
    account.put(load, StorageResolution=1)
    account.wait(seconds=10)
    assert account.desired == expected


def test_in_a_cooldown_a_bigger_step_adds_only_the_difference(open_account: Any) -> None:
    """Facts 3.6."""
    account = open_account(QUICK)
    account.in_service(count=2)
    account.register(1, 12)
    graded = steps((0.0, 0.5, 1), (0.5, None, 3))
    fast_alarm(account, account.step_policy(*graded, Cooldown=300))
    counts = []
    for load in (0.9, 0.1, 0.9, 0.1, 1.4):
        account.put(load, StorageResolution=1)
        account.wait(seconds=60)
        account.wait_for("InService")
        counts.append(account.desired)
    assert counts == [3, 3, 3, 3, 5]


def test_an_alarm_that_lasts_acts_once_a_minute(open_account: Any) -> None:
    account = open_account(QUICK)
    account.in_service(count=1)
    account.register(1, 12)
    fast_alarm(account, account.step_policy(*ONE_MORE, Cooldown=0))
    publish_every_ten_seconds(account, lambda: 1.0)
    account.wait(seconds=20)
    begun = account.cloud.clock.now()
    account.wait(seconds=179)
    assert account.desired == 4
    activities = account.activities[::-1]
    assert [each["StartTime"] - begun for each in activities] == [
        timedelta(minutes=minute) for minute in range(3)
    ]


def test_fast_and_slow_go_together_out_fast_and_in_slowly(open_account: Any) -> None:
    """Facts 3.5: the step policy only ever scales out, target tracking owns the way back."""
    account = open_account(QUICK)
    account.in_service(count=2)
    account.register(1, 12)
    account.track(goal=0.7)
    fast_alarm(account, account.step_policy(*steps((0.0, None, 100)), **PERCENT))
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
