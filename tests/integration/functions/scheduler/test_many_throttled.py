"""Forty endpoints, and a SageMaker that throttles the calls about them."""

from collections import Counter

from lowtide_workbench.aws.protocol.faults import Fault, Throttled
from lowtide_workbench.demo.endpoint import CONFIG
from tests.integration.functions.conftest import Town, TownMaker

NAMES = [f"endpoint-{number:02}" for number in range(40)]
FILE = "timezone: America/New_York\nendpoints:\n" + "".join(
    f"  - {{name: {name}, config: {CONFIG}, schedule: always}}\n" for name in NAMES
)
EVERY_OTHER = Fault(
    Throttled(), "sagemaker", "DescribeEndpoint", "scheduler", times=None, probability=0.5
)


def test_all_are_created_once_though_no_minute_is_long_enough_for_all(town_with: TownMaker) -> None:
    """Worse than in AWS: here threads wait one after the other, and the scheduler times out."""
    town = town_with(FILE)
    town.cloud.faults.add(EVERY_OTHER)
    town.pass_minutes(1)
    assert absent(town)
    for _ in range(20):
        if absent(town):
            town.pass_minutes(1)
    created = Counter(name for _, name, status in town.cloud.statuses if status == "Creating")
    assert {name: created[name] for name in NAMES} == dict.fromkeys(NAMES, 1)


def absent(town: Town) -> list[str]:
    return [name for name in NAMES if town.cloud.status(name) == "Absent"]
