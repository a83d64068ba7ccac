"""What could cost a customer an outage or a policy, and must not."""

from datetime import timedelta
from typing import Any

import boto3
import pytest

from lowtide_workbench.aws.protocol.faults import Fault, Killed
from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.aws.sagemaker.endpoints_api import EndpointsApi
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.demo import endpoint_state
from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT, RESOURCE
from lowtide_workbench.fleet.pools import Drought
from tests.integration.functions.conftest import EVENING_PAUSE, MONDAY_EVENING, Town, TownMaker

TAGS = [{"Key": "lowtide:stack", "Value": "lowtide-demo"}]
DIMENSION = "sagemaker:variant:DesiredInstanceCount"


def sagemaker() -> Any:
    return boto3.client("sagemaker")


def autoscaling() -> Any:
    return boto3.client("application-autoscaling")


def scaling_range(resource: str = RESOURCE) -> tuple[int, int] | None:
    found = autoscaling().describe_scalable_targets(
        ServiceNamespace="sagemaker", ResourceIds=[resource]
    )["ScalableTargets"]
    return (found[0]["MinCapacity"], found[0]["MaxCapacity"]) if found else None


def set_range(smallest: int, largest: int, resource: str = RESOURCE) -> None:
    autoscaling().register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=resource,
        ScalableDimension=DIMENSION,
        MinCapacity=smallest,
        MaxCapacity=largest,
    )


def policies() -> set[str]:
    found = autoscaling().describe_scaling_policies(
        ServiceNamespace="sagemaker", ResourceId=RESOURCE
    )["ScalingPolicies"]
    return {policy["PolicyName"] for policy in found}


def actions() -> set[str]:
    found = autoscaling().describe_scheduled_actions(
        ServiceNamespace="sagemaker", ResourceId=RESOURCE
    )["ScheduledActions"]
    return {action["ScheduledActionName"] for action in found}


ALL_POLICIES = {"follow-weighted-concurrency", "jump-when-full"}
ALL_ACTIONS = {"morning-floor", "release-the-floor"}


def test_a_mistyped_pin_keeps_the_endpoint(town_with: TownMaker) -> None:
    town = town_with(EVENING_PAUSE.replace("    drain:", "    config: my-confg\n    drain:"))
    town.until("Mon 20:30")
    assert town.status == "InService"
    decisions = [line for line in town.said("scheduler") if line.get("message") == "decision"]
    assert "endpoint configuration my-confg is missing" in decisions[-1]["reason"]


def test_what_its_owner_changes_while_it_drains_comes_back_changed(town: Town) -> None:
    town.calls(("19:59", 12))
    town.until("Mon 20:08")
    set_range(2, 5)
    town.until("Mon 22:00")
    assert scaling_range() == (2, 5)


def test_what_its_owner_changes_after_it_was_saved_is_saved_anew(town: Town) -> None:
    town.until("Mon 20:02")
    assert town.ledger()[-1] == "BeginDrain"
    autoscaling().delete_scaling_policy(
        PolicyName="jump-when-full",
        ServiceNamespace="sagemaker",
        ResourceId=RESOURCE,
        ScalableDimension=DIMENSION,
    )
    town.until("Mon 20:10")
    assert town.status == "Absent"
    (_, looked_again), (_, saved_anew) = town.entries()[2:4]
    assert "jump-when-full" in looked_again
    assert looked_again.endswith("saved, and not there any more; looked at again in a minute")
    assert saved_anew == "put off: it changed after it was saved: it is saved anew"
    town.until("Mon 22:00")
    assert policies() == {"follow-weighted-concurrency"}


def test_an_endpoint_made_by_hand_without_scaling_does_not_replace_what_was_saved(
    town: Town,
) -> None:
    town.until("Mon 20:10")
    sagemaker().create_endpoint(EndpointName=ENDPOINT, EndpointConfigName=CONFIG, Tags=TAGS)
    town.until("Mon 20:50")
    assert town.status == "Absent"
    town.until("Mon 22:00")
    assert scaling_range() == (1, 6)
    assert policies() == ALL_POLICIES
    assert actions() == ALL_ACTIONS


def test_what_its_owner_takes_away_stays_away_though_the_first_save_was_cut_short(
    town: Town,
) -> None:
    written = Fault(Killed(), "dynamodb", "PutItem", "reconciler", nth=3)  # now#snapshot
    town.cloud.faults.add(written)
    town.until("Mon 20:02")
    wake = {"action": "wake", "endpoint": ENDPOINT, "reason": "overtime", "by": "ann"}
    town.control(**wake, **{"for": "20m"})
    town.until("Mon 20:15")
    autoscaling().delete_scaling_policy(
        PolicyName="jump-when-full",
        ServiceNamespace="sagemaker",
        ResourceId=RESOURCE,
        ScalableDimension=DIMENSION,
    )
    town.until("Mon 20:40")
    assert town.status == "Absent"
    town.until("Mon 22:00")
    assert policies() == {"follow-weighted-concurrency"}


def test_an_endpoint_made_by_hand_after_a_crash_drains_anew(town: Town) -> None:
    """The drain of the deleted one, whose end was never written down, does not count for it."""
    town.until("Mon 20:02")
    table = next(s for s in town.stack.template.functions() if s.name == "scheduler").environment[
        "LOWTIDE_TABLE"
    ]
    records = boto3.resource("dynamodb").Table(table)
    key = {"endpoint": ENDPOINT, "item": "now#record"}
    record = records.get_item(Key=key)["Item"]
    town.until("Mon 20:10")
    records.put_item(Item=record)
    sagemaker().create_endpoint(EndpointName=ENDPOINT, EndpointConfigName=CONFIG, Tags=TAGS)
    while town.status != "InService":
        town.cloud.advance(town.cloud.clock.now() + timedelta(minutes=1))
    assert town.ledger()[-1] == "BeginDrain"


def test_a_delete_that_takes_the_scaling_and_then_fails_loses_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = EndpointsApi.delete_endpoint

    def half(self: EndpointsApi, request: dict[str, Any]) -> Any:
        self._scaling.forget(request["EndpointName"])
        raise Refusal("InternalFailure", "half done")

    monkeypatch.setattr(EndpointsApi, "delete_endpoint", half)
    town.until("Mon 20:04")
    assert scaling_range() is None
    monkeypatch.setattr(EndpointsApi, "delete_endpoint", real)
    wake = {"action": "wake", "endpoint": ENDPOINT, "reason": "overtime", "by": "ann"}
    town.control(**wake, **{"for": "20m"})
    town.until("Mon 20:10")
    assert town.status == "InService"
    assert policies() == ALL_POLICIES
    town.until("Mon 22:00")
    assert scaling_range() == (1, 6)
    assert policies() == ALL_POLICIES


def test_a_tag_that_another_person_adds_does_not_keep_the_restore_from_ending(town: Town) -> None:
    town.until("Mon 21:33")
    arn = sagemaker().describe_endpoint(EndpointName=ENDPOINT)["EndpointArn"]
    sagemaker().add_tags(ResourceArn=arn, Tags=[{"Key": "auto:by", "Value": "tagger"}])
    town.until("Mon 21:45")
    set_range(4, 6)
    town.until("Mon 21:55")
    assert town.ledger().count("Restore") == 1
    assert scaling_range() == (4, 6)
    assert "tags.auto:by" in town.entries()[-1][1]


def test_a_failed_endpoint_takes_nothing_of_another(town_with: TownMaker) -> None:
    """It shows no variants, and an empty list of ids would mean everybody's."""
    town = town_with(
        """
timezone: America/New_York
endpoints:
  - {name: newcomer, schedule: always}
""",
        CloudSettings(droughts={"ml.g5.2xlarge": [Drought(0, 4e9)]}),
    )
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": "my-model",
        "InitialInstanceCount": 1,
        "InstancePools": [{"InstanceType": "ml.g5.2xlarge", "Priority": 1}],
        "VariantInstanceProvisionTimeoutInSeconds": 300,
    }
    sagemaker().create_endpoint_config(EndpointConfigName="c2", ProductionVariants=[variant])
    sagemaker().create_endpoint(EndpointName="newcomer", EndpointConfigName="c2", Tags=TAGS)
    town.until("Mon 20:20")
    assert "Failed" in town.statuses()
    outcomes = [outcome for step, outcome in town.entries() if step == "TakeSnapshot"]
    assert "0 scalable targets" in outcomes[0]


def test_a_status_that_no_one_knows_stops_only_its_own_endpoint(
    town_with: TownMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = town_with(EVENING_PAUSE + "  - {name: other, schedule: always}\n")
    real = EndpointsApi.describe_endpoint

    def described(self: EndpointsApi, request: dict[str, Any]) -> Any:
        if request["EndpointName"] != "other":
            return real(self, request)
        found = real(self, {"EndpointName": ENDPOINT})
        return found | {"EndpointName": "other", "EndpointStatus": "Stopping"}

    monkeypatch.setattr(EndpointsApi, "describe_endpoint", described)
    town.until("Mon 20:10")
    assert town.status == "Absent"
    lines = [line for line in town.said("scheduler") if line.get("endpoint") == "other"]
    assert "reports the status Stopping" in lines[0]["reason"]


def test_a_fleet_of_one_type_is_measured_and_sleeps(town_with: TownMaker) -> None:
    town = town_with(
        EVENING_PAUSE
        + """
  - name: single
    schedule:
      windows: [{start: "0 22 * * *", stop: "0 20 * * *"}]
    drain: {then: stay}
    scaling:
      capacity: {ml.g6.2xlarge: 10}
"""
    )
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": "my-model",
        "InitialInstanceCount": 1,
        "InstanceType": "ml.g6.2xlarge",
    }
    sagemaker().create_endpoint_config(EndpointConfigName="c1", ProductionVariants=[variant])
    sagemaker().create_endpoint(EndpointName="single", EndpointConfigName="c1", Tags=TAGS)
    town.until("Mon 19:55")
    published = town.stack.invoke("publisher", {})["published"]
    assert {p["endpoint"]: p["outcome"].get("utilization") for p in published}["single"] == 0
    town.until("Mon 20:10")
    assert town.cloud.status("single") == "Absent"


def test_a_window_without_capacity_is_said_to_the_alarm(town_with: TownMaker) -> None:
    night = MONDAY_EVENING + timedelta(hours=1)
    dry = [Drought(night.timestamp(), (night + timedelta(hours=12)).timestamp())]
    town = town_with(settings=CloudSettings(droughts={"ml.g6.2xlarge": dry, "ml.g6e.2xlarge": dry}))
    town.until("Mon 22:20")
    missed = [line for line in town.said("scheduler") if line.get("WantedButNotInService")]
    assert town.status != "InService"
    assert len(missed) >= 15


@pytest.mark.parametrize(
    "woken",
    [
        pytest.param(False, id="a creation that begins with the window"),
        pytest.param(True, id="a creation that a person asks for"),
    ],
)
def test_what_comes_in_good_time_is_not_said_to_the_alarm(
    town_with: TownMaker, woken: bool
) -> None:
    town = town_with(EVENING_PAUSE.replace("drain:", "ready: after-start\n    drain:"))
    town.until("Mon 20:30")
    if woken:
        town.control(action="wake", endpoint=ENDPOINT, reason="a", by="ann", **{"for": "20m"})
    town.until("Mon 20:49" if woken else "Mon 22:15")
    assert town.status == "InService"
    assert not [line for line in town.said("scheduler") if line.get("WantedButNotInService")]


def test_the_endpoint_state_shows_what_was_lost(town: Town) -> None:
    before = endpoint_state.read(town.cloud.clock.now())
    set_range(2, 6)
    after = endpoint_state.read(town.cloud.clock.now())
    assert endpoint_state.compare(before, after).differences == (
        "target [0].MinCapacity: 1 became 2",
    )
