"""Ranges that Application Auto Scaling refuses, at once or when a scheduled action is due."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.workbench.aws.conftest import Account, refusal

ABOVE = "Maximum capacity cannot be less than minimum capacity"
ZERO = "Minimum capacity 0 is only supported for asynchronous endpoints"


@pytest.mark.parametrize(
    ("before", "change", "message"),
    [
        pytest.param(None, (3, 2), ABOVE, id="a new target: minimum above maximum"),
        pytest.param(None, (-1, 2), "cannot be less than 0", id="a new target: below zero"),
        pytest.param(None, (0, 2), ZERO, id="zero for a synchronous variant (facts 4)"),
        pytest.param((1, 4), (5, None), ABOVE, id="minimum alone, above the maximum"),
        pytest.param((1, 4), (None, 0), ABOVE, id="maximum alone, below the minimum"),
    ],
)
def test_an_impossible_range_is_refused_and_the_registration_stays(
    account: Any,
    before: tuple[int, int] | None,
    change: tuple[int | None, int | None],
    message: str,
) -> None:
    account.in_service()
    if before:
        account.register(*before)
    names = ("MinCapacity", "MaxCapacity")
    given = {key: value for key, value in zip(names, change, strict=True) if value is not None}
    with pytest.raises(ClientError, match=message):
        account.autoscaling.register_scalable_target(**account.target, **given)
    assert account.range == before


def test_an_asynchronous_variant_may_have_a_minimum_of_zero(account: Account) -> None:
    """Facts 8."""
    account.model()
    account.sagemaker.create_endpoint_config(
        EndpointConfigName="config",
        ProductionVariants=[
            {
                "VariantName": "AllTraffic",
                "ModelName": "model",
                "InitialInstanceCount": 1,
                "InstanceType": "ml.g6.2xlarge",
            }
        ],
        AsyncInferenceConfig={"OutputConfig": {"S3OutputPath": "s3://answers/out"}},
    )
    account.create()
    account.wait_for("InService")
    account.register(0, 4)
    assert account.range == (0, 4)


def test_a_scheduled_action_that_does_not_fit_fails_each_time_until_it_fits(
    account: Account,
) -> None:
    """Facts 3.8, 4."""
    account.in_service()
    account.register(1, 2)
    actions = {"above": {"MinCapacity": 4}, "below": {"MaxCapacity": 0}, "zero": {"MinCapacity": 0}}
    for name, capacities in actions.items():
        account.schedule("rate(20 minutes)", name, ScalableTargetAction=capacities)
    account.wait(minutes=41)
    assert (account.range, account.desired) == ((1, 2), 1)
    expected = {"above": ABOVE, "below": ABOVE, "zero": ZERO}
    for name, message in expected.items():
        cause = f"scheduled action name {name} was triggered"
        failed = [each for each in account.activities if each["Cause"] == cause]
        assert [each["StatusCode"] for each in failed] == ["Failed", "Failed"]
        assert all(message in each["StatusMessage"] for each in failed)
    account.register(1, 6)
    account.wait(minutes=20)
    assert (account.range, account.desired) == ((4, 6), 4)


@pytest.mark.parametrize("capacities", [(5, 4), (-1, 4)])
def test_a_scheduled_action_that_can_never_fit_is_refused(
    account: Account, capacities: tuple[int, int]
) -> None:
    account.in_service()
    account.register(1, 4)
    action = dict(zip(("MinCapacity", "MaxCapacity"), capacities, strict=True))
    with pytest.raises(ClientError, match="capacity cannot be less than"):
        account.schedule("rate(1 day)", ScalableTargetAction=action)


def test_a_maximum_beyond_32_bits_is_refused(account: Account) -> None:
    account.in_service()
    with pytest.raises(ClientError, match="SerializationException"):
        account.register(1, 10**12)
    account.register(1, 4)
    with pytest.raises(ClientError, match="SerializationException"):
        account.schedule("rate(1 day)", ScalableTargetAction={"MaxCapacity": 10**12})


@pytest.mark.parametrize(
    ("begins", "ends", "message"),
    [
        pytest.param(None, -1, "EndTime must be in the future", id="an end that is past"),
        pytest.param(None, 0, "EndTime must be in the future", id="an end that is now"),
        pytest.param(2, 1, "EndTime must not be before StartTime", id="an end before the start"),
    ],
)
def test_a_scheduled_action_that_never_recurs_is_refused(
    account: Account, begins: int | None, ends: int, message: str
) -> None:
    """Times are in hours from now."""
    account.in_service()
    account.register()
    hours = {"StartTime": begins, "EndTime": ends}
    now = account.cloud.clock.now()
    times: Any = {key: now + timedelta(hours=by) for key, by in hours.items() if by is not None}
    assert refusal(lambda: account.schedule("rate(1 day)", **times)) == (
        "ValidationException",
        message,
    )


@pytest.mark.parametrize("expression", ["cron(0 8 * * MON-FRI *)", "cron(0 8 * * * *)"])
def test_a_scheduled_action_needs_a_question_mark_in_one_day_field(
    account: Account, expression: str
) -> None:
    """Facts 4."""
    account.in_service()
    account.register()
    with pytest.raises(ClientError, match="Invalid schedule expression"):
        account.schedule(expression)
