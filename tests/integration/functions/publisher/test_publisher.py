"""The publisher in the embedded AWS: what it publishes, and what it costs when something fails."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from lowtide_workbench.aws.lambda_service.function import FunctionError
from lowtide_workbench.aws.protocol.faults import Failed, Fault, ResponseLost, Throttled
from lowtide_workbench.demo.endpoint import ENDPOINT
from tests.integration.functions.conftest import TownMaker

if TYPE_CHECKING:
    from tests.integration.functions.conftest import Town

SCALING = "{capacity: {ml.g6.2xlarge: 10, ml.g6e.2xlarge: 20}, resolution: %d}"
FILE = f"""
timezone: America/New_York
endpoints:
  - {{name: {ENDPOINT}, schedule: always, scaling: {SCALING}}}
"""
OTHER = "  - {name: other, schedule: always, scaling: {capacity: {ml.g6.2xlarge: 10}}}\n"


def points(town: Town, since: datetime, period: int) -> dict[datetime, float]:
    """What was published and when, by CloudWatch's own account, oldest first."""
    cloudwatch: Any = boto3.client("cloudwatch")
    found = cloudwatch.get_metric_statistics(
        Namespace="Lowtide",
        MetricName="WeightedConcurrency",
        Dimensions=[
            {"Name": "EndpointName", "Value": ENDPOINT},
            {"Name": "VariantName", "Value": "AllTraffic"},
        ],
        StartTime=since,
        EndTime=town.cloud.clock.now(),
        Period=period,
        Statistics=["Average", "SampleCount"],
    )["Datapoints"]
    assert {point["SampleCount"] for point in found} <= {1.0, 60.0 / 10}
    return dict(sorted((point["Timestamp"], point["Average"]) for point in found))


def called(town: Town, operation: str) -> int:
    calls = town.stack.calls["publisher"]
    return sum(count for call, count in calls.items() if call.operation == operation)


@pytest.mark.parametrize(
    ("resolution", "reads"),
    [
        pytest.param(60, 1, id="once a minute"),
        pytest.param(10, 6, id="every ten seconds, from one invocation a minute"),
    ],
)
def test_points_come_without_a_gap_and_without_a_second_one(
    town_with: TownMaker, resolution: int, reads: int
) -> None:
    town = town_with(FILE % resolution)
    town.pass_minutes(3)
    began, describes = town.cloud.clock.now(), called(town, "DescribeEndpoint")
    read = called(town, "GetMetricData")
    town.pass_minutes(5)
    step = timedelta(seconds=resolution)
    # The minute that begins at the end has not been invoked yet, or has had its first slot.
    expected = [began + n * step for n in range(5 * reads)]
    assert list(points(town, began, resolution))[: 5 * reads] == expected
    assert called(town, "DescribeEndpoint") - describes == 5
    assert called(town, "GetMetricData") - read in (5 * reads, 5 * reads - (reads - 1))
    assert not town.stack.failures


def test_a_burst_of_calls_is_seen_within_half_a_minute(town_with: TownMaker) -> None:
    town = town_with(FILE % 10)
    town.pass_minutes(4 / 3)
    burst = town.cloud.clock.now()
    town.cloud.traffic(ENDPOINT, [(burst.timestamp() + 1, 600.0)] * 16)
    town.pass_minutes(1)
    found = points(town, burst - timedelta(seconds=30), 10)
    full = min(at for at, value in found.items() if value == 8)
    assert full - burst <= timedelta(seconds=30)
    assert set(found.values()) == {0, 8}


def test_an_endpoint_without_an_answer_costs_no_one_else_a_point(town_with: TownMaker) -> None:
    town = town_with(FILE % 60 + OTHER)
    town.pass_minutes(3)
    began = town.cloud.clock.now()
    gone = Fault(ResponseLost(), "sagemaker", "DescribeEndpoint", "publisher", times=3)
    town.cloud.faults.add(gone)
    answer = town.stack.invoke("publisher", {})["published"]
    assert [each["outcome"].get("code") for each in answer] == ["unreachable", "not-in-service"]
    town.pass_minutes(2)
    assert len(points(town, began, 60)) >= 2


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        pytest.param(Failed("AccessDeniedException", "no"), "denied", id="the role was changed"),
        pytest.param(Throttled(), "throttled", id="CloudWatch throttles"),
        pytest.param(Failed("InternalServiceFault", "no", 500), "unreadable", id="it fails"),
    ],
)
def test_a_missing_reading_has_its_reason_in_the_answer_and_the_log(
    town_with: TownMaker, fault: Failed, code: str
) -> None:
    town = town_with(FILE % 60)
    town.pass_minutes(3)
    town.cloud.faults.add(Fault(fault, "cloudwatch", "GetMetricData", "publisher", times=None))
    answer = town.stack.invoke("publisher", {})["published"]
    assert [each["outcome"].get("code") for each in answer] == [code]
    lines = [line for line in town.said("publisher") if line.get("message") == "no reading"]
    assert [line["code"] for line in lines] == [code]


def test_the_counts_of_a_run_have_the_time_of_its_event(town_with: TownMaker) -> None:
    """A run ends up to a minute later: an alarm would see two points in one minute, then none."""
    town = town_with(FILE % 60)
    scheduled = town.cloud.clock.now() - timedelta(seconds=59)
    town.stack.invoke("publisher", {"time": scheduled.isoformat()})
    *_, counts = [line for line in town.said("publisher") if "UnreadableMinutes" in line]
    assert counts["_aws"]["Timestamp"] == int(scheduled.timestamp() * 1000)


def test_metrics_that_are_lost_fail_the_invocation_once(town_with: TownMaker) -> None:
    """Lambda does not run it again: the next minute has newer metrics."""
    town = town_with(FILE % 60)
    town.pass_minutes(3)
    town.cloud.faults.add(
        Fault(Throttled(), "cloudwatch", "PutMetricData", "publisher", times=None)
    )
    with pytest.raises(FunctionError, match="1 of 1 readings did not reach CloudWatch: throttled"):
        town.stack.invoke("publisher", {})
    ran = len(town.stack.functions["publisher"].invocations)
    town.pass_minutes(4)
    assert len(town.stack.functions["publisher"].invocations) == ran + 4
    assert [failure.function for failure in town.stack.failures] == ["publisher"] * 4


def test_each_shard_publishes_its_own(town_with: TownMaker) -> None:
    town = town_with(FILE % 60 + OTHER, PublisherShards="2")
    answers = [
        town.stack.invoke("publisher", {"shard": number, "shards": 2})["published"]
        for number in range(2)
    ]
    shown = sorted(each["endpoint"] for answer in answers for each in answer)
    assert shown == sorted([ENDPOINT, "other"])


def test_an_invocation_without_an_endpoint_warns_of_nothing(town_with: TownMaker) -> None:
    town = town_with("timezone: America/New_York\nendpoints: []\n")
    assert town.stack.invoke("publisher", {}) == {"published": []}
    assert not [line for line in town.stack.functions["publisher"].log if "No application" in line]
