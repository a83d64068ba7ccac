"""Application Auto Scaling: why it did not scale, what it refuses, and what suspends it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.aws.autoscaling.validation import LIMITS
from tests.integration.workbench.aws.conftest import refusal


def activities(account: Any, *, not_scaled: bool) -> list[dict[str, Any]]:
    found = account.autoscaling.describe_scaling_activities(
        ServiceNamespace="sagemaker", IncludeNotScaledActivities=not_scaled
    )
    return list(found["ScalingActivities"])


@pytest.mark.parametrize(
    ("count", "load", "expected"),
    [
        pytest.param(4, 1.4, {"Code": "AlreadyAtMaxCapacity", "MaxCapacity": 4}, id="at the top"),
        pytest.param(1, 0.0, {"Code": "AlreadyAtMinCapacity", "MinCapacity": 1}, id="at the least"),
        pytest.param(2, 0.6, {"Code": "AutoScalingAnticipatedFlapping"}, id="it would come back"),
    ],
)
def test_not_scaling_has_a_reason(
    account: Any, count: int, load: float, expected: dict[str, Any]
) -> None:
    """Facts 3.7. It is reported once, however long it lasts."""
    account.in_service(count=count)
    account.register(1, 4)
    account.track()
    account.publish_each_minute(lambda _: load)
    account.wait(minutes=20)
    (activity,) = activities(account, not_scaled=True)
    assert activity["NotScaledReasons"] == [expected]
    assert activities(account, not_scaled=False) == [], "nothing is reported by default"


def test_a_capacity_that_is_right_already_is_a_reason(account: Any) -> None:
    """Facts 3.7."""
    account.in_service(count=2)
    account.register(1, 4)
    step: dict[str, float] = {"MetricIntervalLowerBound": 0, "ScalingAdjustment": 2}
    account.alarm(action=account.step_policy(step, AdjustmentType="ExactCapacity"))
    account.put(20)
    account.wait(minutes=1)
    (activity,) = activities(account, not_scaled=True)
    reason = {"Code": "AlreadyAtDesiredCapacity", "CurrentCapacity": 2}
    assert activity["NotScaledReasons"] == [reason]


@pytest.mark.parametrize(
    ("suspended", "load", "expected"),
    [
        pytest.param("DynamicScalingOutSuspended", 1.4, 2, id="out: no growth"),
        pytest.param("DynamicScalingOutSuspended", 0.2, 1, id="out: still shrinks"),
        pytest.param("DynamicScalingInSuspended", 0.2, 2, id="in: no shrinking"),
        pytest.param("DynamicScalingInSuspended", 1.4, 4, id="in: still grows"),
    ],
)
def test_suspended_is_scaling(account: Any, suspended: str, load: float, expected: int) -> None:
    account.in_service(count=2)
    account.register(1, 4, SuspendedState={suspended: True})
    account.track()
    account.publish_each_minute(lambda _: load)
    account.wait(minutes=16)
    assert account.desired == expected


def test_suspended_schedules_do_not_run_and_are_not_made_up_for(account: Any) -> None:
    account.in_service()
    account.register(1, 4, SuspendedState={"ScheduledScalingSuspended": True})
    account.schedule("at(2026-11-23T12:20:00)", ScalableTargetAction={"MinCapacity": 3})
    account.wait(minutes=10)
    account.register(1, 4, SuspendedState={"ScheduledScalingSuspended": False})
    account.wait(minutes=5)
    assert account.desired == 1


def test_a_schedule_counts_between_its_start_and_its_end(account: Any) -> None:
    account.in_service()
    account.register(1, 9)
    now = account.cloud.clock.now()
    account.schedule(
        "rate(1 hour)",
        StartTime=now + timedelta(minutes=30),
        EndTime=now + timedelta(minutes=40),
        ScalableTargetAction={"MinCapacity": 3},
    )
    account.wait(minutes=29)
    assert account.desired == 1
    account.wait(minutes=1)
    assert account.desired == 3
    account.register(1, 1)
    account.wait(minutes=61)
    assert account.desired == 1


@pytest.mark.parametrize(("kind", "expected"), [("Maximum", 4), ("Minimum", 2), ("Average", 3)])
def test_a_step_looks_at_the_evaluation_periods(account: Any, kind: str, expected: int) -> None:
    """Which points MetricAggregationType is about is not documented."""
    account.in_service()
    account.register(1, 9)
    steps: list[dict[str, float]] = [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 5, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 5, "MetricIntervalUpperBound": 15, "ScalingAdjustment": 2},
        {"MetricIntervalLowerBound": 15, "ScalingAdjustment": 3},
    ]
    arn = account.step_policy(*steps, MetricAggregationType=kind)
    account.alarm(action=arn, EvaluationPeriods=3, Threshold=10)
    for value in (30, 14, 11):  # 20, 4 and 1 above the threshold, 8.3 in the mean
        account.put(value)
        account.wait(minutes=1)
    assert account.desired == expected


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
    names = ("MetricIntervalLowerBound", "MetricIntervalUpperBound")
    given = [
        {key: value for key, value in zip(names, bounds, strict=True) if value is not None}
        | {"ScalingAdjustment": 1}
        for bounds in steps
    ]
    with pytest.raises(ClientError, match=message):
        account.step_policy(*given)


@pytest.mark.parametrize(
    ("specification", "message"),
    [
        pytest.param({"Metrics": [{"Id": "e", "Expression": "SEARCH('x', 'Sum', 60)"}]},
                     "SEARCH is not supported", id="a search (facts 1.7)"),
        pytest.param({"Metrics": [{"Id": "e", "Expression": "absent / 2"}]}, "unknown id",
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
    assert account.alarms == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [("TargetValue", 0), ("TargetValue", -3), ("ScaleInCooldown", -1), ("ScaleOutCooldown", -1)],
)
def test_a_figure_that_no_policy_can_have_is_refused(account: Any, field: str, value: int) -> None:
    account.in_service()
    account.register()
    with pytest.raises(ClientError, match=f"{field} must be"):
        account.track(**{field: value})


def register_another(account: Any, number: int) -> None:
    account.create(EndpointName=f"endpoint-{number}")
    resource = {"ResourceId": f"endpoint/endpoint-{number}/variant/AllTraffic"}
    account.autoscaling.register_scalable_target(
        **account.target | resource, MinCapacity=1, MaxCapacity=1
    )


@pytest.mark.parametrize(
    ("limit", "most", "put_one"),
    [
        pytest.param("targets", 500, register_another, id="500 scalable targets in a Region"),
        pytest.param("policies", 50, lambda account, n: account.track(f"Load{n}"),
                     id="50 policies of a target"),
        pytest.param("actions", 200, lambda account, n: account.schedule("rate(1 hour)", f"a{n}"),
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
    code, _ = refusal(lambda: put_one(account, 3))
    assert code == "LimitExceededException"


def test_history_outlives_its_target_for_six_weeks(account: Any) -> None:
    """Facts 3.7."""
    account.in_service()
    account.register(smallest=2)
    account.wait_for("InService")
    account.autoscaling.deregister_scalable_target(**account.target)
    assert len(account.activities) == 1
    account.cloud.clock.move_to(account.cloud.clock.now() + timedelta(weeks=6))
    assert account.activities == []


def test_a_change_that_another_takes_the_place_of_is_overridden(open_account: Any) -> None:
    """The endpoint is in service between two steps, when another person asks for more."""
    account = open_account(CloudSettings(provisioning_s=(24.0, 24.0), update_s=24.0))
    account.in_service()
    account.register(smallest=2)
    account.wait(seconds=25)
    account.scale(3)
    account.wait(minutes=2)
    assert [each["StatusCode"] for each in account.activities] == ["Overridden"]


def test_a_variant_of_ml_t2_medium_cannot_be_registered(account: Any) -> None:
    """Facts 4."""
    account.configure(InstanceType="ml.t2.medium", InstancePools=None,
                      VariantInstanceProvisionTimeoutInSeconds=None)  # fmt: skip
    account.create()
    account.wait_for("InService")
    with pytest.raises(ClientError, match=r"You cannot register a variant with ml\.t2\.medium"):
        account.register()
