"""The metrics of asynchronous endpoints: under which dimensions, and what of them is unknown."""

from typing import Any

import pytest

from tests.integration.workbench.aws.sagemaker_runtime.conftest import AsynchronousEndpoint, Deploy

VARIANT = {"VariantName": "AllTraffic"}
SIZE, PER_INSTANCE = "ApproximateBacklogSize", "ApproximateBacklogSizePerInstance"
AGE, STUCK = "ApproximateAgeOfOldestRequest", "HasBacklogWithoutCapacity"


@pytest.mark.parametrize(
    ("settings", "instances", "jobs", "expected"),
    [
        pytest.param({}, 1, 5, {SIZE: 3, PER_INSTANCE: 3, AGE: 60, STUCK: 0},
                     id="two of five jobs are in work: they are no backlog (facts A41)"),
        pytest.param({"backlog_has_running": True}, 1, 5, {SIZE: 5, PER_INSTANCE: 5, STUCK: 0},
                     id="or they are (facts A40)"),
        pytest.param({}, 2, 8, {SIZE: 4, PER_INSTANCE: 2}, id="of two instances"),
        pytest.param({}, 0, 3, {SIZE: 3, PER_INSTANCE: None, AGE: 60, STUCK: 1},
                     id="no instance: nothing per instance (facts A42, A43)"),
        pytest.param({"per_instance_at_zero": True}, 0, 3, {SIZE: 3, PER_INSTANCE: 3, STUCK: 1},
                     id="no instance: or the whole backlog"),
        pytest.param({}, 1, 0, {SIZE: 0, PER_INSTANCE: 0, AGE: 0, STUCK: 0}, id="idle"),
        pytest.param({"zeros_when_idle": False}, 1, 0, {SIZE: 0, AGE: None}, id="idle: no age"),
        pytest.param({}, 0, 0, {SIZE: 0, PER_INSTANCE: None, STUCK: 0}, id="idle at zero"),
    ],
)  # fmt: skip
def test_the_backlog_is_published_by_endpoint(
    deploy: Deploy,
    settings: dict[str, Any],
    instances: int,
    jobs: int,
    expected: dict[str, float | None],
) -> None:
    """Facts A34, A45: not by variant."""
    endpoint = deploy(**settings)
    if instances != 1:
        endpoint.scale(instances)
    endpoint.minute()
    for _ in range(jobs):
        endpoint.invoke(seconds=600)
    endpoint.account.wait(seconds=60)
    assert {name: endpoint.metric(name) for name in expected} == expected
    assert endpoint.metric(SIZE, **VARIANT) is None


def test_what_jobs_took_is_published_by_variant(endpoint: AsynchronousEndpoint) -> None:
    """Facts A35: two at once, so the third one waits for 20 seconds."""
    endpoint.minute()
    for _ in range(3):
        endpoint.invoke(seconds=20)
    endpoint.account.wait(seconds=60)
    assert endpoint.metric("InvocationsProcesssed", "Sum", **VARIANT) == 3
    assert endpoint.metric("TimeInBacklog", "Maximum", **VARIANT) == 20_000
    assert endpoint.metric("TotalProcessingTime", "Maximum", **VARIANT) == 40_000
    assert endpoint.metric("ModelLatency", **VARIANT) == 20_000_000
    assert endpoint.metric("InvocationsProcesssed", "Sum") is None


def test_the_processed_jobs_may_be_counted_under_the_name_that_users_write(deploy: Deploy) -> None:
    """Facts A36."""
    endpoint = deploy(processed_metric="InvocationsProcessed")
    endpoint.minute()
    endpoint.invoke()
    endpoint.account.wait(seconds=60)
    assert endpoint.metric("InvocationsProcessed", "Sum", **VARIANT) == 1
    assert endpoint.metric("InvocationsProcesssed", "Sum", **VARIANT) is None
