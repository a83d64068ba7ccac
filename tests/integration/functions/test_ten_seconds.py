"""`resolution: 10` through the whole stack: an invocation a minute, six points, no gap or drift."""

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from workbench.demo.endpoint import ENDPOINT, VARIANT

FILE = f"""
timezone: America/New_York
endpoints:
  - name: {ENDPOINT}
    schedule: always
    scaling:
      capacity: {{ml.g6.2xlarge: 10, ml.g6e.2xlarge: 20}}
      resolution: 10
"""
MINUTES = 5


def published(start: datetime, end: datetime) -> dict[datetime, float]:
    cloudwatch: Any = boto3.client("cloudwatch")
    found = cloudwatch.get_metric_statistics(
        Namespace="Lowtide",
        MetricName="WeightedConcurrency",
        Dimensions=[
            {"Name": "EndpointName", "Value": ENDPOINT},
            {"Name": "VariantName", "Value": VARIANT},
        ],
        Period=10,
        StartTime=start,
        EndTime=end,
        Statistics=["Average", "SampleCount"],
    )["Datapoints"]
    assert {point["SampleCount"] for point in found} == {1}
    return {point["Timestamp"].astimezone(UTC): point["Average"] for point in found}


def test_one_invocation_a_minute_publishes_every_ten_seconds(town_with: Any) -> None:
    town = town_with(FILE)
    town.cloud.advance(town.cloud.clock.now() + timedelta(minutes=1))
    begin = town.cloud.clock.now()
    end = begin + timedelta(minutes=MINUTES)
    town.cloud.advance(end)
    points = published(begin, end)
    assert list(points) == [begin + n * timedelta(seconds=10) for n in range(6 * MINUTES)]
    runs = [run for run in town.stack.functions["publisher"].invocations if run.at >= begin]
    assert len(runs) == MINUTES
    assert not town.stack.failures


def test_a_burst_of_calls_is_seen_within_half_a_minute(town_with: Any) -> None:
    town = town_with(FILE)
    town.cloud.advance(town.cloud.clock.now() + timedelta(minutes=1, seconds=20))
    burst = town.cloud.clock.now()
    town.cloud.traffic(ENDPOINT, [(burst.timestamp() + 1, 600.0)] * 16)
    town.cloud.advance(burst + timedelta(minutes=1))
    points = published(burst - timedelta(seconds=30), town.cloud.clock.now())
    full = min(at for at, value in points.items() if value == 8)
    assert full - burst <= timedelta(seconds=30)
    assert set(points.values()) == {0, 8}
