"""The publisher in the embedded AWS: what it publishes, and what it costs when something fails."""

from collections import Counter
from datetime import timedelta

import pytest

from lowtide_workbench.aws.lambda_service.function import FunctionError
from lowtide_workbench.aws.protocol.faults import Failed, Fault, ResponseLost, Throttled
from lowtide_workbench.demo.endpoint import ENDPOINT
from tests.integration.functions.aws_calls import published
from tests.integration.functions.conftest import Town, TownMaker

SCALING = "{capacity: {ml.g6.2xlarge: 10, ml.g6e.2xlarge: 20}, resolution: %d}"
FILE = f"""
timezone: America/New_York
endpoints:
  - {{name: {ENDPOINT}, schedule: always, scaling: {SCALING}}}
"""
OTHER = "  - {name: other, schedule: always, scaling: {capacity: {ml.g6.2xlarge: 10}}}\n"


def called(town: Town) -> Counter[str]:
    calls = town.stack.calls["publisher"]
    return Counter({call.operation: count for call, count in calls.items()})


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
    town.pass_minutes(2)
    began, before = town.cloud.clock.now(), called(town)
    town.pass_minutes(4)
    # The minute that begins at the end has not been invoked yet, or has had its first slot.
    points = published(began, town.cloud.clock.now(), resolution)[: 4 * reads]
    step = timedelta(seconds=resolution)
    assert [point["Timestamp"] for point in points] == [began + n * step for n in range(4 * reads)]
    assert {point["SampleCount"] for point in points} <= {1.0, 60.0 / 10}
    calls = called(town) - before
    assert calls["DescribeEndpoint"] == 4
    assert calls["GetMetricData"] in (4 * reads, 4 * reads - (reads - 1))
    assert not town.stack.failures


def test_a_burst_of_calls_is_seen_within_half_a_minute(town_with: TownMaker) -> None:
    town = town_with(FILE % 10)
    town.pass_minutes(4 / 3)
    burst = town.cloud.clock.now()
    town.cloud.traffic(ENDPOINT, [(burst.timestamp() + 1, 600.0)] * 16)
    town.pass_minutes(1)
    points = published(burst - timedelta(seconds=30), town.cloud.clock.now(), 10)
    full = min(point["Timestamp"] for point in points if point["Average"] == 8)
    assert full - burst <= timedelta(seconds=30)
    assert {point["Average"] for point in points} == {0, 8}


def test_a_missing_reading_is_reported_with_its_reason_and_the_next_minute_has_one(
    town_with: TownMaker,
) -> None:
    town = town_with(FILE % 60 + OTHER)
    town.pass_minutes(2)
    began = town.cloud.clock.now()
    for fault in (
        Fault(Failed("AccessDeniedException", "no"), "cloudwatch", "GetMetricData", "publisher"),
        Fault(ResponseLost(), "sagemaker", "DescribeEndpoint", "publisher", times=3),
    ):
        town.cloud.faults.add(fault)
        town.stack.invoke("publisher", {})
    lines = town.logged("publisher", message="no reading", endpoint=ENDPOINT)
    assert [line["code"] for line in lines] == ["denied", "unreachable"]
    town.pass_minutes(2)
    assert len(published(began, town.cloud.clock.now())) >= 2


def test_the_counts_of_a_run_have_the_time_of_its_event(town_with: TownMaker) -> None:
    """A run ends up to a minute later: an alarm would see two points in one minute, then none."""
    town = town_with(FILE % 60)
    scheduled = town.cloud.clock.now() - timedelta(seconds=59)
    town.stack.invoke("publisher", {"time": scheduled.isoformat()})
    *_, counts = [line for line in town.logged("publisher") if "UnreadableMinutes" in line]
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


def test_each_shard_publishes_its_own_and_one_without_an_endpoint_warns_of_nothing(
    town_with: TownMaker,
) -> None:
    town = town_with(FILE % 60 + OTHER, PublisherShards="2")
    answers = [
        town.stack.invoke("publisher", {"shard": number, "shards": 3})["published"]
        for number in range(3)
    ]
    assert [] in answers
    shown = sorted(each["endpoint"] for answer in answers for each in answer)
    assert shown == sorted([ENDPOINT, "other"])
    assert not [line for line in town.stack.functions["publisher"].log if "No application" in line]
