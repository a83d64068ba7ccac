"""Pipelines and people who delete an endpoint and create it again: Lowtide keeps out of the way."""

from typing import Any

import boto3
import pytest

from lowtide_workbench.demo import endpoint_state
from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT, STACK
from lowtide_workbench.demo.endpoint_state import EndpointState
from tests.integration.functions.conftest import EVENING_PAUSE, Town, TownMaker

NEW = "my-new-config"
TAG = {"Key": "lowtide:stack", "Value": STACK}
PINNED = EVENING_PAUSE.replace("    drain:", f"    config: {CONFIG}\n    drain:")
WAKE = {"action": "wake", "endpoint": ENDPOINT, "for": "1h", "reason": "now", "by": "ann"}


def sagemaker() -> Any:
    return boto3.client("sagemaker")


def configure() -> None:
    """Like the first, under another name."""
    first = sagemaker().describe_endpoint_config(EndpointConfigName=CONFIG)
    sagemaker().create_endpoint_config(
        EndpointConfigName=NEW, ProductionVariants=first["ProductionVariants"]
    )


def delete(town: Town) -> None:
    sagemaker().delete_endpoint(EndpointName=ENDPOINT)
    while town.status != "Absent":
        town.pass_minutes(1 / 12)


def next_step(town: Town) -> Any:
    return town.control(action="status", endpoint=ENDPOINT)["next"]


@pytest.mark.parametrize("absent_s", [40, 200])
def test_a_pipeline_may_replace_an_endpoint_in_its_window(
    town_with: TownMaker, absent_s: int
) -> None:
    town = town_with(PINNED)
    town.until("Mon 19:40")
    configure()
    delete(town)
    town.pass_minutes(absent_s / 60)
    sagemaker().create_endpoint(EndpointName=ENDPOINT, EndpointConfigName=NEW, Tags=[TAG])
    town.until("Mon 19:59")
    assert town.status == "InService"
    assert sagemaker().describe_endpoint(EndpointName=ENDPOINT)["EndpointConfigName"] == NEW
    assert "Create" not in town.steps()


def test_during_the_grace_status_says_until_when(town: Town) -> None:
    town.until("Mon 19:40")
    delete(town)
    town.pass_minutes(2)
    following = next_step(town)
    assert following["action"] == "Wait"
    assert following["reason"].startswith("it was deleted, and not by Lowtide")
    assert "it is created at Mon 23 Nov 19:4" in following["reason"]


@pytest.mark.parametrize(
    ("minutes", "created"),
    [
        pytest.param("0", 2, id="no grace: created in the next minute"),
        pytest.param("20", 22, id="twenty minutes"),
    ],
)
def test_after_the_grace_it_is_created_again(
    town_with: TownMaker, minutes: str, created: int
) -> None:
    town = town_with(PINNED, DeletionGraceMinutes=minutes)
    town.until("Mon 19:31")
    delete(town)
    town.pass_minutes(max(int(minutes) - 1, 0))
    assert town.status == "Absent"
    town.pass_minutes(created - max(int(minutes) - 1, 0))
    assert town.status in ("Creating", "InService")


def test_a_request_ends_the_grace(town_with: TownMaker) -> None:
    town = town_with(PINNED)
    town.until("Mon 19:40")
    delete(town)
    town.pass_minutes(2)
    town.control(**WAKE)
    town.pass_minutes(1)
    assert town.status in ("Creating", "InService")


def test_a_sleep_of_lowtide_has_no_grace(town: Town) -> None:
    town.until("Mon 20:02")
    while town.status != "Absent":
        town.pass_minutes(1 / 12)
    town.control(**WAKE)
    town.pass_minutes(2)
    assert town.status in ("Creating", "InService")


def recreated_without_tag(town: Town) -> EndpointState:
    """After a night and a wake; returns the state before."""
    town.until("Mon 22:15")
    before = endpoint_state.read(town.cloud.clock.now())
    delete(town)
    sagemaker().create_endpoint(EndpointName=ENDPOINT, EndpointConfigName=CONFIG)
    town.until("Mon 22:45")
    assert town.status == "InService"
    return before


def test_an_endpoint_recreated_without_the_tag_is_left_alone_until_it_has_it(town: Town) -> None:
    before = recreated_without_tag(town)
    autoscaling: Any = boto3.client("application-autoscaling")
    targets = autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker")
    assert targets["ScalableTargets"] == []
    assert town.steps().count("Refuse") == 1
    assert town.steps()[-1] == "Refuse"
    following = next_step(town)
    assert "lowtide:stack" in following["reason"]
    assert following["reason"].endswith("and is left alone until it does")
    arn = sagemaker().describe_endpoint(EndpointName=ENDPOINT)["EndpointArn"]
    sagemaker().add_tags(ResourceArn=arn, Tags=[TAG])
    town.until("Mon 22:50")
    assert "Restore" in town.steps()[-2:]
    after = endpoint_state.read(town.cloud.clock.now())
    differences = endpoint_state.compare(before, after).differences
    assert [d for d in differences if not d.startswith("tags.")] == []
