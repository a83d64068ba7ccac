"""Jobs of an asynchronous endpoint: how they wait, run, expire, and what removals do to them."""

from datetime import timedelta

import pytest

from lowtide_workbench.aws.settings import RemovedWork
from tests.integration.workbench.aws.sagemaker_runtime.conftest import (
    AsynchronousEndpoint,
    Deploy,
    content,
    keys,
)


def test_an_instance_works_on_as_many_jobs_at_once_as_its_configuration_says(
    endpoint: AsynchronousEndpoint,
) -> None:
    """Facts A2, A24."""
    for _ in range(3):
        endpoint.invoke(seconds=60)
    endpoint.account.wait(seconds=10)
    assert (endpoint.jobs.running, endpoint.jobs.waiting) == (2, 1)
    endpoint.account.wait(seconds=50)
    assert (endpoint.jobs.processed, endpoint.jobs.running, endpoint.jobs.waiting) == (2, 1, 0)
    endpoint.account.wait(seconds=60)
    assert endpoint.jobs.processed == len(keys()) == 3


def test_a_faster_type_takes_less_time(deploy: Deploy) -> None:
    endpoint = deploy(speed={"ml.g6.2xlarge": 3.0})
    endpoint.invoke(seconds=90)
    endpoint.account.wait(seconds=20)
    assert keys() == []
    endpoint.account.wait(seconds=10)
    assert len(keys()) == 1


def test_without_an_instance_requests_wait(endpoint: AsynchronousEndpoint) -> None:
    """Facts A58."""
    endpoint.scale(0)
    endpoint.invoke()
    endpoint.account.wait(minutes=30)
    assert keys() == []
    endpoint.scale(1)
    endpoint.account.wait(seconds=10)
    assert len(keys()) == 1


def test_a_request_expires_while_it_waits(endpoint: AsynchronousEndpoint) -> None:
    """Facts A13; the other one has six hours."""
    endpoint.scale(0)
    endpoint.minute()
    answer = endpoint.invoke(RequestTTLSeconds=600)
    endpoint.invoke()
    endpoint.account.wait(seconds=590)
    assert keys() == []
    endpoint.account.wait(seconds=10)
    assert b"longer than RequestTTLSeconds" in content(answer["FailureLocation"])
    assert endpoint.metric("ExpiredRequests", "Sum", VariantName="AllTraffic") == 1
    assert (endpoint.jobs.expired, endpoint.jobs.failed, endpoint.jobs.waiting) == (1, 0, 1)


def test_a_request_that_expires_before_its_turn_is_not_begun(
    endpoint: AsynchronousEndpoint,
) -> None:
    """Within one step of the clock: it expires at 65 seconds, and both workers are free at 68."""
    for _ in range(2):
        endpoint.invoke(seconds=68)
    endpoint.account.wait(seconds=5)
    endpoint.invoke(RequestTTLSeconds=60)
    endpoint.account.wait(seconds=65)
    assert (endpoint.jobs.expired, endpoint.jobs.running, endpoint.jobs.processed) == (1, 0, 2)


def test_nothing_begins_while_an_endpoint_is_out_of_service(
    endpoint: AsynchronousEndpoint,
) -> None:
    endpoint.minute()
    endpoint.invoke(seconds=40)
    account = endpoint.account
    account.cloud.impose(account.name, "OutOfService", timedelta(seconds=60))
    account.wait(seconds=70)
    assert (endpoint.jobs.running, endpoint.jobs.processed) == (1, 0)


def test_traffic_is_played_as_jobs(endpoint: AsynchronousEndpoint) -> None:
    """What arrives while the endpoint does not serve is refused, and no job."""
    now = endpoint.account.cloud.clock.seconds()
    endpoint.account.cloud.traffic(endpoint.account.name, [(now + 5, 30.0), (now + 65, 30.0)])
    endpoint.account.wait(seconds=40)
    assert (endpoint.jobs.accepted, endpoint.jobs.processed) == (1, 1)
    endpoint.account.delete()
    endpoint.account.wait(seconds=40)
    assert endpoint.jobs.accepted == 1
    assert endpoint.account.cloud.tally(endpoint.account.name).unserved == 1


@pytest.mark.parametrize(
    ("removed", "after_removal", "in_the_end"),
    [
        pytest.param(RemovedWork.FINISHED, {"running": 1}, {"processed": 2},
                     id="the instance finishes it"),
        pytest.param(RemovedWork.REDELIVERED, {"waiting": 1}, {"processed": 2},
                     id="it waits again, and is done when an instance comes"),
        pytest.param(RemovedWork.FAILED, {"failed": 1}, {"processed": 1, "failed": 1},
                     id="it fails"),
        pytest.param(RemovedWork.LOST, {"lost": 1}, {"processed": 1, "lost": 1},
                     id="it is lost without a trace"),
    ],
)  # fmt: skip
def test_the_job_on_an_instance_that_is_removed(
    deploy: Deploy,
    removed: RemovedWork,
    after_removal: dict[str, int],
    in_the_end: dict[str, int],
) -> None:
    """Unknown: users report it killed (facts A86). What has ended before is not touched."""
    endpoint = deploy(removed_work=removed)
    endpoint.invoke(seconds=5)
    endpoint.invoke(seconds=600)
    endpoint.account.wait(seconds=60)
    endpoint.scale(0)
    assert {each: getattr(endpoint.jobs, each) for each in after_removal} == after_removal
    endpoint.scale(1)
    endpoint.account.wait(seconds=620)
    ends = ("processed", "failed", "lost")
    assert {each: count for each in ends if (count := getattr(endpoint.jobs, each))} == in_the_end


@pytest.mark.parametrize(
    ("outlives", "counts"),
    [
        pytest.param(False, {"lost": 3}, id="is lost with it"),
        pytest.param(True, {"lost": 2, "processed": 1}, id="is the next endpoint's; work is lost"),
    ],
)
def test_the_queue_of_an_endpoint_that_is_deleted(
    deploy: Deploy, counts: dict[str, int], *, outlives: bool
) -> None:
    """Unknown (facts A81 to A83)."""
    endpoint = deploy(queue_outlives_endpoint=outlives)
    for _ in range(3):
        endpoint.invoke(seconds=600)
    endpoint.account.wait(seconds=60)
    endpoint.account.delete()
    endpoint.account.wait(minutes=5)
    endpoint.create()
    endpoint.account.wait(seconds=620)
    ends = ("processed", "failed", "lost")
    assert {each: count for each in ends if (count := getattr(endpoint.jobs, each))} == counts
