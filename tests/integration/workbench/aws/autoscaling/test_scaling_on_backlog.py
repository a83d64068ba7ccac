"""Asynchronous endpoints between zero and several instances, by the policies of AWS's page."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.workbench.aws.conftest import Account, refusal
from tests.integration.workbench.aws.sagemaker_runtime.conftest import (
    AsynchronousEndpoint,
    Deploy,
    deploy,
)

__all__ = ["deploy"]  # a fixture


def track_backlog(account: Account) -> None:
    """Facts A47."""
    account.track(
        goal=5.0,
        ScaleInCooldown=300,
        ScaleOutCooldown=300,
        CustomizedMetricSpecification={
            "MetricName": "ApproximateBacklogSizePerInstance",
            "Namespace": "AWS/SageMaker",
            "Dimensions": [{"Name": "EndpointName", "Value": account.name}],
            "Statistic": "Average",
        },
    )


def wake_from_zero(account: Account) -> None:
    """Facts A48, A49."""
    account.alarm(
        "from-zero",
        account.step_policy(Cooldown=300, MetricAggregationType="Average"),
        Namespace="AWS/SageMaker",
        MetricName="HasBacklogWithoutCapacity",
        EvaluationPeriods=2,
        DatapointsToAlarm=2,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="missing",
    )


def at_zero(endpoint: AsynchronousEndpoint) -> None:
    """Registered, and idle until the endpoint has no instance, for longer than the low alarm sees.

    Before, an instance that comes back is removed at once: the points from before are still seen.
    """
    endpoint.account.register(0, 5)
    track_backlog(endpoint.account)
    endpoint.account.wait(minutes=18)
    assert endpoint.account.desired == 0, "15 points of no backlog (facts A52)"
    endpoint.account.wait(minutes=18)


@pytest.mark.parametrize(
    ("policy", "settings", "jobs", "instances"),
    [
        pytest.param(wake_from_zero, {}, 1, 1, id="the step policy brings one for one job"),
        pytest.param(None, {}, 12, 0, id="target tracking alone strands it (facts T3)"),
        pytest.param(None, {"per_instance_at_zero": True}, 12, 3,
                     id="unless there is a backlog per instance (facts A43)"),
        pytest.param(None, {"per_instance_at_zero": True}, 4, 0,
                     id="and then only above the target"),
    ],
)  # fmt: skip
def test_an_endpoint_without_instances_leaves_zero(
    deploy: Deploy,
    policy: Callable[[Account], None] | None,
    settings: dict[str, Any],
    jobs: int,
    instances: int,
) -> None:
    endpoint = deploy(**settings)
    at_zero(endpoint)
    if policy:
        policy(endpoint.account)
    for _ in range(jobs):
        endpoint.invoke(seconds=600)
    endpoint.account.wait(minutes=6)
    assert endpoint.account.desired == instances


@pytest.mark.parametrize("accepted", [True, False], ids=["is accepted", "or is refused"])
def test_a_maximum_of_zero(deploy: Deploy, *, accepted: bool) -> None:
    """Unknown (facts A53b): it holds the endpoint at zero, whatever waits."""
    endpoint = deploy(zero_maximum=accepted)
    if not accepted:
        code, _ = refusal(lambda: endpoint.account.register(0, 0))
        assert code == "ValidationException"
        return
    endpoint.account.register(0, 0)
    wake_from_zero(endpoint.account)
    endpoint.invoke()
    endpoint.account.wait(minutes=10)
    assert (endpoint.account.desired, endpoint.jobs.waiting) == (0, 1)
