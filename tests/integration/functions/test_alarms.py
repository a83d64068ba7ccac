"""The template's alarms, fed by what the real functions do and write."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from lowtide_workbench.aws.lambda_service.invoker import INVOKE
from lowtide_workbench.aws.protocol.faults import Failed, Fault, Killed, Throttled
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT, STACK
from lowtide_workbench.fleet.pools import Drought
from tests.integration.functions.conftest import MONDAY_EVENING

if TYPE_CHECKING:
    from tests.integration.functions.conftest import Town, TownMaker

ALARMS = (
    "AttentionAlarm",
    "CreatingTooLongAlarm",
    "FunctionErrorsAlarm",
    "NotInServiceAlarm",
    "PublisherSilenceAlarm",
    "RestoreOverdueAlarm",
    "ScalingHeldAlarm",
    "SilenceAlarm",
    "StepsFailedAlarm",
    "UnreadableAlarm",
)
UNREADABLE = Fault(
    Failed("ValidationException", "what?"), "sagemaker", "DescribeEndpoint", "scheduler"
)
BROKEN_ENTRY = f"""
timezone: America/New_York
endpoints:
  - {{name: {ENDPOINT}, schedule: always, scaling: {{capacity: {{ml.g6.2xlarge: 10}}}}}}
  - {{name: other, schedule: no-such-schedule}}
"""
ALWAYS = f"""
timezone: America/New_York
endpoints:
  - {{name: {ENDPOINT}, schedule: always, scaling: {{capacity: {{ml.g6.2xlarge: 10}}}}}}
"""


def raised() -> list[str]:
    """The alarms of the stack that are in ALARM."""
    alarms = boto3.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{STACK}-")["MetricAlarms"]
    names = [alarm["AlarmName"].removeprefix(f"{STACK}-") for alarm in alarms]
    assert sorted(names) == sorted(ALARMS)
    states = zip(names, (alarm["StateValue"] for alarm in alarms), strict=True)
    return [name for name, state in states if state == "ALARM"]


def queue_a_step(town: Town) -> None:
    boto3.client("sqs").send_message(
        QueueUrl=town.stack.template.known["StepsQueue"],
        MessageBody=json.dumps({"endpoint": ENDPOINT}),
        MessageGroupId=ENDPOINT,
        MessageDeduplicationId="test",
    )


def test_no_alarm_while_all_is_well(town_with: TownMaker) -> None:
    town = town_with(ALWAYS)
    town.pass_minutes(12)
    assert raised() == []


@pytest.mark.parametrize(
    ("alarm", "fault", "minutes"),
    [
        pytest.param(
            "AttentionAlarm",
            Fault(
                Failed("ValidationException", "what?"), "sagemaker", "DescribeEndpoint", "scheduler"
            ),
            5,
            id="decisions fail minute after minute",
        ),
        pytest.param(
            "FunctionErrorsAlarm",
            Fault(Killed(), function="publisher"),
            5,
            id="a function dies minute after minute",
        ),
        pytest.param(
            "StepsFailedAlarm",
            Fault(Killed(), function="reconciler"),
            21,
            id="a step fails three times",
        ),
    ],
)
def test_each_alarm_is_raised_by_what_it_is_for_and_only_that(
    town_with: TownMaker, alarm: str, fault: Fault, minutes: int
) -> None:
    town = town_with(ALWAYS)
    town.pass_minutes(12)
    town.cloud.faults.add(replace(fault, times=None))
    queue_a_step(town)
    town.pass_minutes(minutes)
    assert raised() == [alarm]
    town.cloud.faults.clear()


def test_no_one_runs_them_for_ten_minutes(town_with: TownMaker) -> None:
    town = town_with(ALWAYS)
    town.pass_minutes(12)
    refused = Failed("TooManyRequestsException", "Rate Exceeded.", 429)
    town.cloud.faults.add(Fault(refused, *INVOKE, times=None))
    town.pass_minutes(13)
    assert sorted(raised()) == ["PublisherSilenceAlarm", "SilenceAlarm"]
    town.cloud.faults.clear()


def test_a_broken_entry_of_the_file_wants_attention(town_with: TownMaker) -> None:
    town = town_with(BROKEN_ENTRY)
    town.pass_minutes(5)
    assert raised() == ["AttentionAlarm"]
    (fault,) = town.control(action="status")["faults"]
    assert "no-such-schedule" in fault


def test_an_endpoint_that_aws_cannot_create_is_not_in_service(town_with: TownMaker) -> None:
    soon = MONDAY_EVENING + timedelta(minutes=20)
    dry = [Drought(soon.timestamp(), (soon + timedelta(hours=9)).timestamp())]
    pinned = ALWAYS.replace("schedule: always", f"schedule: always, config: {CONFIG}")
    town = town_with(pinned, CloudSettings(droughts={"ml.g6.2xlarge": dry, "ml.g6e.2xlarge": dry}))
    town.pass_minutes(12)
    boto3.client("sagemaker").delete_endpoint(EndpointName=ENDPOINT)
    town.pass_minutes(20)
    assert raised() == ["NotInServiceAlarm"]


@pytest.mark.parametrize("shards", ["1", "4"])
def test_a_type_without_a_capacity_makes_the_load_unreadable(
    town_with: TownMaker, shards: str
) -> None:
    town = town_with(ALWAYS.replace("ml.g6.2xlarge", "ml.g5.2xlarge"), PublisherShards=shards)
    town.pass_minutes(10)
    assert raised() == []
    town.pass_minutes(3)
    assert raised() == ["UnreadableAlarm"]


def test_short_failures_do_not_add_up_to_one_of_ten_minutes(town_with: TownMaker) -> None:
    town = town_with(ALWAYS)
    throttled = Fault(Throttled(), "sagemaker", "DescribeEndpoint", "publisher", times=None)
    for _ in range(4):
        town.cloud.faults.add(throttled)
        town.pass_minutes(4)
        town.cloud.faults.clear()
        town.pass_minutes(1)
    assert raised() == []


@pytest.mark.parametrize(
    ("name", "dimensions"),
    [
        pytest.param("Decisions", {"service": "scheduler"}, id="decisions of the scheduler"),
        pytest.param("Failures", {"service": "scheduler"}, id="its failures"),
        pytest.param(
            "NoReading",
            {"service": "publisher", "reason": "not-in-service"},
            id="readings that the publisher could not make, by reason",
        ),
    ],
)
def test_what_functions_count_in_their_logs_is_a_metric(
    town_with: TownMaker, name: str, dimensions: dict[str, str]
) -> None:
    town = town_with(ALWAYS)
    began = town.cloud.clock.now()
    town.cloud.faults.add(UNREADABLE)
    boto3.client("sagemaker").delete_endpoint(EndpointName=ENDPOINT)
    town.pass_minutes(2)
    cloudwatch: Any = boto3.client("cloudwatch")
    listed = cloudwatch.list_metrics(Namespace="Lowtide", MetricName=name)["Metrics"]
    found = [{d["Name"]: d["Value"] for d in metric["Dimensions"]} for metric in listed]
    assert {"stack": STACK} | dimensions in found, found
    points = cloudwatch.get_metric_statistics(
        Namespace="Lowtide",
        MetricName=name,
        Dimensions=[{"Name": k, "Value": v} for k, v in ({"stack": STACK} | dimensions).items()],
        StartTime=began,
        EndTime=began + timedelta(minutes=3),
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    assert points
    assert {point["Timestamp"].second for point in points} == {0}
