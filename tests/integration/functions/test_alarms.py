"""The template's alarms, fed by what the real functions do and write; see also runbook/."""

from typing import Any

from lowtide_workbench.aws.protocol.faults import Failed, Fault, Throttled
from lowtide_workbench.demo.endpoint import ENDPOINT, STACK
from tests.integration.functions.aws_calls import (
    cloudwatch,
    delete_endpoint,
    raised,
)
from tests.integration.functions.conftest import EVENING_PAUSE, TownMaker

CANNOT_DECIDE = Fault(
    Failed("ValidationException", "what?"), "sagemaker", function="scheduler", times=None
)
ALWAYS = f"""
timezone: America/New_York
endpoints:
  - {{name: {ENDPOINT}, schedule: always, scaling: {{capacity: {{ml.g6.2xlarge: 10}}}}}}
"""


def test_short_failures_do_not_add_up_to_one_of_ten_minutes(town_with: TownMaker) -> None:
    town = town_with(ALWAYS)
    throttled = Fault(Throttled(), "sagemaker", "DescribeEndpoint", "publisher", times=None)
    for _ in range(4):
        town.cloud.faults.add(throttled)
        town.pass_minutes(4)
        town.cloud.faults.clear()
        town.pass_minutes(1)
    assert raised() == []


def test_a_broken_entry_of_the_file_raises_an_alarm_and_the_others_are_managed(
    town_with: TownMaker,
) -> None:
    town = town_with(EVENING_PAUSE + "  - name: other\n    schedule: allways\n")
    town.sleep()
    assert raised() == ["AttentionAlarm"]
    error = "endpoints[1].schedule: 'allways': no schedule has this name; did you mean 'always'?"
    assert town.control(action="status")["errors"] == [error]
    assert {line["fault"] for line in town.logged("scheduler") if line.get("fault")} == {error}


def test_a_type_without_a_capacity_makes_the_load_unreadable(town_with: TownMaker) -> None:
    town = town_with(ALWAYS.replace("ml.g6.2xlarge", "ml.g5.2xlarge"), PublisherShards="4")
    town.pass_minutes(10)
    assert raised() == []
    town.pass_minutes(3)
    assert raised() == ["UnreadableAlarm"]


COUNTED = (
    ("Decisions", {"service": "scheduler"}),
    ("Failures", {"service": "scheduler"}),
    ("NoReading", {"service": "publisher", "reason": "not-in-service"}),
)


def test_what_functions_count_in_their_logs_is_a_metric_of_their_minutes(
    town_with: TownMaker,
) -> None:
    town = town_with(ALWAYS)
    began = town.cloud.clock.now()
    town.cloud.faults.add(CANNOT_DECIDE)
    delete_endpoint()
    town.pass_minutes(2)
    for name, dimensions in COUNTED:
        points: Any = cloudwatch().get_metric_statistics(
            Namespace="Lowtide",
            MetricName=name,
            Dimensions=[
                {"Name": key, "Value": value}
                for key, value in ({"stack": STACK} | dimensions).items()
            ],
            StartTime=began,
            EndTime=town.cloud.clock.now(),
            Period=60,
            Statistics=["Sum"],
        )["Datapoints"]
        assert {point["Timestamp"].second for point in points} == {0}, name
