"""An endpoint through its nights: asleep, awake in time, and nothing lost."""

from datetime import timedelta
from typing import Any

import boto3
import pytest

from lowtide_workbench.aws.autoscaling.api import ApplicationAutoScaling
from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.demo import endpoint_state
from lowtide_workbench.demo.endpoint import ENDPOINT, RESOURCE
from lowtide_workbench.fleet.pools import Drought
from tests.integration.functions.conftest import EVENING_PAUSE, MONDAY_EVENING, Town, TownMaker

ONE_NIGHT = ["TakeSnapshot", "BeginDrain", "Delete", "Create", "Restore"]


def test_it_sleeps_through_the_night_and_is_there_when_the_window_opens(town: Town) -> None:
    town.until("Mon 19:59")
    evening = endpoint_state.read(town.cloud.clock.now())
    assert town.status == "InService"

    town.until("Mon 20:10")
    assert town.status == "Absent"

    town.until("Mon 21:29")
    assert town.status == "Absent"

    town.until("Mon 21:44")
    assert town.status == "InService"
    morning = endpoint_state.read(town.cloud.clock.now())
    assert endpoint_state.compare(evening, morning).differences == ()
    assert len(evening.fields) > 60

    town.until("Mon 22:00")
    assert town.ledger() == ONE_NIGHT
    assert town.stack.failures == []


def test_open_streams_hold_the_delete_off_until_they_end(town: Town) -> None:
    town.calls(("19:50", 22))
    town.until("Mon 20:12")
    assert town.status == "InService"
    town.until("Mon 20:20")
    assert town.status == "Absent"
    assert town.cloud.tally(ENDPOINT).cut == 0


def test_streams_that_outlast_the_deadline_are_given_up(town: Town) -> None:
    town.calls(("19:50", 90))
    town.until("Mon 20:19")
    assert town.status == "InService"
    town.until("Mon 20:26")
    assert town.status == "Absent"
    assert town.cloud.tally(ENDPOINT).cut == 1


def test_with_then_stay_open_streams_keep_the_endpoint(town_with: TownMaker) -> None:
    town = town_with(EVENING_PAUSE.replace("deadline: 20m", "deadline: 20m, then: stay"))
    town.calls(("19:50", 90))
    town.until("Mon 21:15")
    assert town.status == "InService"
    town.until("Mon 21:28")
    assert town.status == "Absent"


def test_without_the_stacks_tag_it_is_never_deleted(town: Town) -> None:
    sagemaker = boto3.client("sagemaker")
    arn = sagemaker.describe_endpoint(EndpointName=ENDPOINT)["EndpointArn"]
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["lowtide:stack"])
    town.until("Mon 21:00")
    assert town.status == "InService"
    assert town.ledger() == ["Refuse"]
    last = next(said for said in reversed(town.said("scheduler")) if "action" in said)
    assert last["action"] == "Refuse"
    assert "does not carry the tag lowtide:stack=lowtide-demo" in last["reason"]


def test_what_could_not_be_created_again_is_not_deleted(town: Town) -> None:
    boto3.client("sagemaker").delete_model(ModelName="my-model")
    town.until("Mon 21:00")
    assert town.status == "InService"
    assert "model my-model is missing" in town.control(action="status", endpoint=ENDPOINT)[
        "next"
    ]["reason"]  # fmt: skip


def test_a_creation_that_fails_is_cleaned_up_and_tried_again(town_with: TownMaker) -> None:
    night = MONDAY_EVENING + timedelta(hours=1)
    dry = [Drought(night.timestamp(), (night + timedelta(hours=1.5)).timestamp())]
    town = town_with(settings=CloudSettings(droughts={"ml.g6.2xlarge": dry, "ml.g6e.2xlarge": dry}))
    town.until("Mon 19:59")
    evening = endpoint_state.read(town.cloud.clock.now())
    town.until("Mon 22:10")
    assert "Failed" in town.statuses()
    assert town.status == "InService"
    assert (
        endpoint_state.compare(evening, endpoint_state.read(town.cloud.clock.now())).differences
        == ()
    )


def test_a_restore_that_fails_halfway_is_done_again_a_minute_later(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.until("Mon 19:59")
    evening = endpoint_state.read(town.cloud.clock.now())
    town.until("Mon 21:31")
    real = ApplicationAutoScaling.put_scaling_policy
    refused: list[str] = []

    def refuse_twice(self: ApplicationAutoScaling, request: dict[str, Any]) -> Any:
        if len(refused) < 2:
            refused.append(request["PolicyName"])
            raise Refusal("ValidationException", "not now")
        return real(self, request)

    monkeypatch.setattr(ApplicationAutoScaling, "put_scaling_policy", refuse_twice)
    town.until("Mon 21:44")
    assert len(refused) == 2
    attempts = [outcome for step, outcome in town.entries() if step == "Restore"]
    assert attempts[0].startswith("failed: the restore is not complete")
    assert attempts[-1].startswith("back and equal field by field")
    morning = endpoint_state.read(town.cloud.clock.now())
    assert endpoint_state.compare(evening, morning).differences == ()


def test_a_window_that_opens_while_it_drains_keeps_it(town: Town) -> None:
    town.calls(("19:50", 60))
    town.until("Mon 20:05")
    town.control(action="wake", endpoint=ENDPOINT, reason="overtime", by="ann", **{"for": "1h"})
    town.until("Mon 20:30")
    assert town.status == "InService"
    assert town.ledger() == ["TakeSnapshot", "BeginDrain", "EndDrain"]


def test_an_endpoint_deleted_by_hand_comes_back_with_what_was_saved_last(town: Town) -> None:
    town.until("Mon 22:10")
    boto3.client("sagemaker").delete_endpoint(EndpointName=ENDPOINT)
    town.until("Mon 22:40")
    assert town.status == "InService"
    assert town.ledger() == [*ONE_NIGHT, "Absent", "Create", "Restore"]
    target = boto3.client("application-autoscaling").describe_scalable_targets(
        ServiceNamespace="sagemaker", ResourceIds=[RESOURCE]
    )
    assert len(target["ScalableTargets"]) == 1


def test_every_version_of_a_snapshot_is_kept(town: Town) -> None:
    town.until("Mon 22:00")
    town.control(action="sleep", endpoint=ENDPOINT, reason="x", by="ann", **{"for": "1h"})
    town.until("Mon 22:10")
    scheduler = next(s for s in town.stack.template.functions() if s.name == "scheduler")
    table = boto3.resource("dynamodb").Table(scheduler.environment["LOWTIDE_TABLE"])
    kept = [str(i["item"]) for i in table.scan()["Items"] if str(i["item"]).startswith("snapshot#")]
    assert len(kept) == 2


def test_a_broken_entry_is_left_out_and_said_and_the_others_are_managed(
    town_with: TownMaker,
) -> None:
    town = town_with(EVENING_PAUSE + "  - name: other\n    schedule: allways\n")
    town.until("Mon 20:30")
    assert town.status == "Absent"
    faults = {line["fault"] for line in town.said("scheduler") if line.get("fault")}
    assert faults == {
        "endpoints[1].schedule: 'allways': no schedule has this name; did you mean 'always'?"
    }
