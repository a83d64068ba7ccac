"""The expressions that AWS publishes for mixed fleets, as policies over a fleet that is known."""

from datetime import timedelta
from typing import Any

import pytest


def pools(*types: str) -> list[dict[str, Any]]:
    return [{"InstanceType": each, "Priority": n} for n, each in enumerate(types, start=1)]


def stat(account: Any, id_: str, instance_type: str, kind: str = "Average") -> dict[str, Any]:
    dimensions = {
        "EndpointName": account.name,
        "VariantName": "AllTraffic",
        "InstanceType": instance_type,
    }
    return {
        "Id": id_,
        "ReturnData": False,
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/SageMaker",
                "MetricName": "ConcurrentRequestsPerModel",
                "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
            },
            "Stat": kind,
        },
    }


DOC = {"cr_g6": "ml.g6.2xlarge", "cr_g6e": "ml.g6e.2xlarge"}
BLOG = {"p5_concurrency": "ml.p5.48xlarge", "g6_concurrency": "ml.g6.48xlarge"}
NOTEBOOK = {
    "concurrency_0": "ml.g6.24xlarge",
    "concurrency_1": "ml.g5.48xlarge",
    "concurrency_2": "ml.g5.12xlarge",
}
NOTEBOOK_EXPRESSION = "(concurrency_0 / 12 + concurrency_1 / 16 + concurrency_2 / 7) / 3"


def policy(account: Any, types: dict[str, str], expression: str) -> list[dict[str, Any]]:
    metrics = [stat(account, id_, instance_type) for id_, instance_type in types.items()]
    return [*metrics, {"Id": "load", "Expression": expression, "ReturnData": True}]


def derived(account: Any) -> list[dict[str, Any]]:
    """Facts 1.8, with the notebook's capacities."""
    types = list(enumerate(NOTEBOOK.values()))
    sums = [stat(account, f"s{n}", each, "Sum") for n, each in types]
    counts = [stat(account, f"c{n}", each, "SampleCount") for n, each in types]
    expression = "(s0 + s1 + s2) / (c0*12 + c1*16 + c2*7)"
    return [*sums, *counts, {"Id": "load", "Expression": expression, "ReturnData": True}]


def saturated(account: Any, types: dict[str, str], capacity: int, count: int = 2) -> None:
    """Every instance on the first pool, every instance full."""
    account.configure(count=count, InstancePools=pools(*types.values()))
    account.create()
    account.wait_for("InService")
    account.register(1, 4)
    account.sessions(*[(1, 36_000)] * (capacity * count))
    account.wait(seconds=70)


def track(account: Any, metrics: list[dict[str, Any]], target: float = 0.7) -> None:
    account.autoscaling.put_scaling_policy(
        PolicyName="weighted-utilization-scaling",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": target,
            "CustomizedMetricSpecification": {"Metrics": metrics},
        },
        **account.target,
    )


def reading(account: Any, metrics: list[dict[str, Any]]) -> float:
    """The newest whole minute."""
    queries = [
        each | {"MetricStat": each["MetricStat"] | {"Period": 60}} if "MetricStat" in each else each
        for each in metrics
    ]
    now = account.cloud.clock.now()
    (found,) = account.cloudwatch.get_metric_data(
        StartTime=now.replace(second=0) - timedelta(minutes=1),
        EndTime=now.replace(second=0),
        MetricDataQueries=queries,
    )["MetricDataResults"]
    return float(found["Values"][0])


@pytest.mark.parametrize(
    ("types", "expression", "capacity", "expected"),
    [
        pytest.param(DOC, "0.5 * cr_g6 + 0.5 * cr_g6e", 10, 5.0, id="1.6 (a): 5 of a target of 10"),
        pytest.param(BLOG, "(p5_concurrency / 20 + g6_concurrency / 8) / 2", 20, 0.5,
                     id="1.6 (b): a full fleet reads 0.50"),
        pytest.param(NOTEBOOK, NOTEBOOK_EXPRESSION, 12, 1 / 3,
                     id="1.6 (c): a full fleet reads 0.33"),
    ],
)  # fmt: skip
def test_a_published_formula_misreads_a_full_first_pool(
    account: Any, types: dict[str, str], expression: str, capacity: int, expected: float
) -> None:
    """Facts 1.7: missing pools count as 0 and still divide."""
    saturated(account, types, capacity)
    metrics = policy(account, types, expression)
    track(account, metrics)
    account.wait(minutes=2)
    assert reading(account, metrics) == pytest.approx(expected)


def test_the_published_policy_scales_a_full_fleet_in(account: Any) -> None:
    """Facts 1.7, its consequence: 0.33 is below 0.9 x 0.7."""
    saturated(account, NOTEBOOK, 12)
    track(account, policy(account, NOTEBOOK, NOTEBOOK_EXPRESSION))
    account.wait(minutes=20)
    assert account.desired == 1
    assert "AlarmLow" in account.activities[0]["Cause"]


def test_the_derived_policy_reads_the_truth_and_scales_out(account: Any) -> None:
    """Facts 1.8."""
    saturated(account, NOTEBOOK, 12)
    track(account, derived(account))
    assert reading(account, derived(account)) == pytest.approx(1.0)
    account.wait(minutes=5)
    assert account.desired == 3
    assert "AlarmHigh" in account.activities[0]["Cause"]
