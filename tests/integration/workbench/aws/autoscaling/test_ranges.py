"""Ranges that Application Auto Scaling refuses, at once or when a scheduled action is due."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from lowtide_workbench.aws import CloudSettings

ABOVE = "Maximum capacity cannot be less than minimum capacity"
ZERO = "Minimum capacity 0 is only supported for asynchronous endpoints"


def capacity_range(account: Any) -> tuple[int, int] | None:
    found = account.autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker")
    ranges = [(each["MinCapacity"], each["MaxCapacity"]) for each in found["ScalableTargets"]]
    return ranges[0] if ranges else None


def schedule(account: Any, **capacities: int) -> None:
    account.autoscaling.put_scheduled_action(
        ScheduledActionName="night",
        Schedule="cron(0 20 * * ? *)",
        ScalableTargetAction=capacities,
        **account.target,
    )


@pytest.mark.parametrize(
    ("smallest", "largest", "message"),
    [
        pytest.param(3, 2, ABOVE, id="minimum above maximum"),
        pytest.param(-1, 2, "cannot be less than 0", id="a minimum below zero"),
        pytest.param(0, 2, ZERO, id="zero for a synchronous variant (facts 4)"),
    ],
)
def test_a_range_that_is_none_is_refused_and_nothing_is_registered(
    account: Any, smallest: int, largest: int, message: str
) -> None:
    account.in_service()
    with pytest.raises(ClientError, match=message):
        account.register(smallest, largest)
    assert capacity_range(account) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"MinCapacity": 5}, ABOVE, id="minimum alone, above the maximum"),
        pytest.param({"MaxCapacity": 0}, ABOVE, id="maximum alone, below the minimum"),
        pytest.param({"MinCapacity": 0}, ZERO, id="zero for a synchronous variant (facts 4)"),
    ],
)
def test_one_side_that_does_not_fit_the_other_is_refused_and_the_range_stays(
    account: Any, change: dict[str, int], message: str
) -> None:
    account.in_service()
    account.register(1, 4)
    with pytest.raises(ClientError, match=message):
        account.autoscaling.register_scalable_target(**account.target, **change)
    assert capacity_range(account) == (1, 4)


def test_an_asynchronous_variant_may_have_a_minimum_of_zero(account: Any) -> None:
    """Facts 8."""
    account.model()
    variant = {"VariantName": "AllTraffic", "ModelName": "model", "InitialInstanceCount": 1}
    account.sagemaker.create_endpoint_config(
        EndpointConfigName="config",
        ProductionVariants=[variant | {"InstanceType": "ml.g6.2xlarge"}],
        AsyncInferenceConfig={"OutputConfig": {"S3OutputPath": "s3://answers/out"}},
    )
    account.create()
    account.wait_for("InService")
    account.register(0, 4)
    assert capacity_range(account) == (0, 4)


def test_that_zero_is_refused_is_a_setting(open_account: Any) -> None:
    """Facts 12.16: it is not known."""
    account = open_account(CloudSettings(zero_is_for_asynchronous=False))
    account.in_service()
    account.register(0, 4)
    assert capacity_range(account) == (0, 4)


@pytest.mark.parametrize(
    ("capacities", "message"),
    [
        pytest.param({"MinCapacity": 5}, ABOVE, id="minimum above the maximum"),
        pytest.param({"MaxCapacity": 0}, ABOVE, id="maximum below the minimum"),
        pytest.param({"MinCapacity": 0}, ZERO, id="zero for a synchronous variant"),
    ],
)
def test_a_scheduled_action_that_does_not_fit_fails_each_time_and_the_range_stays(
    account: Any, capacities: dict[str, int], message: str
) -> None:
    """Facts 4."""
    account.in_service()
    account.register(1, 4)
    schedule(account, **capacities)
    account.wait(days=2)
    assert capacity_range(account) == (1, 4)
    assert account.desired == 1
    failed = [each for each in account.activities if each["StatusCode"] == "Failed"]
    assert len(failed) == 2
    assert all(message in each["StatusMessage"] for each in failed)
    assert all("scheduled action name night" in each["Cause"] for each in failed)


def test_a_scheduled_action_that_fits_once_the_range_is_changed_takes_effect(
    account: Any,
) -> None:
    account.in_service()
    account.register(1, 2)
    schedule(account, MinCapacity=4)
    account.wait(hours=9)
    assert capacity_range(account) == (1, 2)
    account.register(1, 6)
    account.wait(days=1)
    assert (capacity_range(account), account.desired) == ((4, 6), 4)


@pytest.mark.parametrize("capacities", [(5, 4), (-1, 4)])
def test_a_scheduled_action_that_can_never_fit_is_refused_when_it_is_put(
    account: Any, capacities: tuple[int, int]
) -> None:
    account.in_service()
    account.register(1, 4)
    with pytest.raises(ClientError, match="capacity cannot be less than"):
        schedule(account, MinCapacity=capacities[0], MaxCapacity=capacities[1])


@pytest.mark.parametrize("expression", ["cron(0 8 * * MON-FRI *)", "cron(0 8 * * * *)"])
def test_a_scheduled_action_needs_a_question_mark_in_one_day_field(
    account: Any, expression: str
) -> None:
    """Facts 4."""
    account.in_service()
    account.register()
    with pytest.raises(ClientError, match="Invalid schedule expression"):
        account.autoscaling.put_scheduled_action(
            ScheduledActionName="x", Schedule=expression, **account.target
        )
