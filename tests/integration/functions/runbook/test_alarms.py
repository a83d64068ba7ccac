"""Each alarm of docs/operate/runbook.md: a drill raises it, the page's remedy ends it."""

from datetime import timedelta

import boto3

from lowtide.domain.schedule import Pause
from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT
from tests.integration.functions.aws_calls import (
    ALL_SUSPENDED,
    NOT_SUSPENDED,
    ONE_TYPE,
    POLICIES_BY_HAND,
    alarms_of_the_stack,
    config_in_use,
    counted,
    create_config,
    create_endpoint,
    policies,
    put_again,
    raised,
    remove_stack_tag,
    suspend,
    suspended,
)
from tests.integration.functions.conftest import Town, TownMaker, pinned
from tests.integration.functions.runbook.conftest import Drills
from tests.integration.hourly import quick

ALWAYS = f"""
timezone: America/New_York
endpoints:
  - {{name: {ENDPOINT}, schedule: always, scaling: {{capacity: {{ml.g6.2xlarge: 10}}}}}}
"""
SILENCE = ("PublisherSilenceAlarm", "SilenceAlarm")  # they send for INSUFFICIENT_DATA
OF_THE_FILE = ("ml.g6.2xlarge", "ml.g6e.2xlarge")
G5 = "my-g5-config"


def silent() -> list[str]:
    states = alarms_of_the_stack()
    return [name for name in SILENCE if states[name] == "INSUFFICIENT_DATA"]


def test_alarms_about_functions_and_calls_end_with_their_cause(town_with: TownMaker) -> None:
    """And none of them raises another alarm."""
    town = town_with(ALWAYS)
    drills = Drills(town)
    town.pass_minutes(2)

    drills.begin("deny", service="sagemaker", function="scheduler")
    town.pass_until(lambda: bool(raised()))
    assert raised() == ["AttentionAlarm"]
    reasons = {line["endpoint"]: line["reason"] for line in town.logged("scheduler", level="ERROR")}
    assert reasons.keys() == {"what has changed", ENDPOINT}
    assert all("not authorized to perform: sagemaker:" in reason for reason in reasons.values())
    assert drills.stop() > 0
    town.pass_until(lambda: raised() == [])

    drills.begin("crash", function="publisher")
    town.pass_until(lambda: bool(raised()))
    assert raised() == ["FunctionErrorsAlarm"]
    drills.stop()
    town.pass_until(lambda: raised() == [])

    drills.begin("throttle", service="cloudwatch", operation="GetMetricData", function="publisher")
    town.pass_until(lambda: bool(raised()))
    assert raised() == ["UnreadableAlarm"]
    assert town.logged("publisher", level="WARNING", endpoint=ENDPOINT)[-1]
    drills.stop()
    town.pass_until(lambda: raised() == [])

    drills.begin("throttle", service="lambda", operation="Invoke")
    town.pass_until(lambda: len(silent()) == len(SILENCE))
    assert set(raised()) <= {"FunctionErrorsAlarm"}
    town.stack.invoke("scheduler", {})
    drills.stop()
    town.pass_until(lambda: [*raised(), *silent()] == [])

    drills.begin("throttle", service="sqs", operation="ReceiveMessage")
    town.ask("sleep", 120)
    town.pass_until(lambda: bool(raised()), minutes=40)
    assert raised() == ["StepsWaitingAlarm"]
    town.ask("auto")
    drills.stop()
    town.pass_until(lambda: raised() == [])

    drills.begin("crash", function="reconciler")
    town.ask("sleep", 120)
    town.pass_until(lambda: "StepsFailedAlarm" in raised(), minutes=40)
    town.ask("auto")
    drills.stop()
    boto3.client("sqs").purge_queue(QueueUrl=town.stack.resources["StepsDeadLetterQueue"])
    town.pass_until(lambda: raised() == [])


def test_without_capacity_a_configuration_with_other_types_is_tried_once_it_is_deployed(
    town_with: TownMaker,
) -> None:
    """Then the account has no quota for any type, until one is raised and a person sends `wake`."""
    town = town_with(pinned(CONFIG))
    drills = Drills(town)
    create_config(G5, ONE_TYPE | {"InstanceType": "ml.g5.2xlarge"})
    town.sleep()
    for instance_type in OF_THE_FILE:
        drills.begin("ice", type=instance_type, **{"for": "10h"})
    town.ask("wake", 300)
    town.pass_until(lambda: raised() == ["NotInServiceAlarm"], minutes=70)
    assert "capacity" in str(town.show()["last_steps"][-1])
    town.deploy(pinned(CONFIG, G5))
    town.pass_until(lambda: town.status == "InService", minutes=10)
    assert config_in_use() == G5
    drills.stop()
    town.pass_until(lambda: raised() == [])

    town.sleep()
    for instance_type in (*OF_THE_FILE, "ml.g5.2xlarge"):
        drills.begin("quota", type=instance_type, limit=0)
    town.ask("wake", 300)
    town.pass_until(lambda: raised() == ["AttentionAlarm"])
    assert "is 0" in town.show()["blocked"]
    assert town.outcomes("Refuse")[-1] == "quota"
    drills.stop()
    town.wake()
    town.pass_until(lambda: raised() == [])


def test_what_aws_refuses_to_take_back_is_put_by_hand_under_its_name(town: Town) -> None:
    """Also with other contents: what exists belongs to a person."""
    before = policies()
    town.sleep()
    Drills(town).begin(
        "deny",
        service="application-autoscaling",
        operation="PutScalingPolicy",
        function="reconciler",
    )
    town.ask("wake", 120)
    town.pass_until(lambda: "RestoreOverdueAlarm" in raised(), minutes=40)
    left = town.show()["last_steps"][-1]
    for name, policy in before.items():
        assert name in left
        put_again(policy)
    town.pass_minutes(5)
    assert "RestoreOverdueAlarm" not in raised()


def test_scaling_that_lowtide_may_not_resume_is_resumed_by_hand_then_paused_and_resumed(
    town: Town,
) -> None:
    town.calls(("19:31", 180))
    town.pass_minutes(1)
    town.ask("sleep", 180)
    town.pass_until(lambda: suspended() == ALL_SUSPENDED)
    remove_stack_tag()
    town.until("Mon 20:05")
    assert "ScalingHeldAlarm" not in raised()
    town.until("Mon 20:12")
    assert "ScalingHeldAlarm" in raised()
    assert counted("ScalingHeld", service="scheduler") > 0
    reason = town.show()["blocked"]
    assert "does not carry the tag" in reason
    assert reason.endswith("its scaling is still suspended, as it was draining")
    suspend(NOT_SUSPENDED)
    town.ask("pause")
    town.pass_minutes(5)
    town.ask("resume")
    town.pass_minutes(10)
    assert "ScalingHeldAlarm" not in raised()
    assert suspended() == NOT_SUSPENDED


def test_a_pause_without_an_end_is_reported_after_a_day(town: Town) -> None:
    since = town.cloud.clock.now() - timedelta(hours=23, minutes=50)
    town.store.save_pause(ENDPOINT, Pause(since, "by hand", "ann"))
    town.pass_minutes(6)
    assert "ForgottenPauseAlarm" not in raised()
    town.pass_minutes(12)
    assert "ForgottenPauseAlarm" in raised()
    assert "paused it" in town.ask("pause", 60)["replaced"]
    town.pass_until(lambda: "ForgottenPauseAlarm" not in raised())
    assert town.show()["paused"] is not None
    town.pass_minutes(55)
    assert town.show()["paused"] is None, "the pause is over by itself"


def test_one_that_lowtide_cannot_create_is_created_by_hand_and_completed(town: Town) -> None:
    drills = Drills(town)
    town.sleep()
    drills.begin("deny", service="sagemaker", operation="CreateEndpoint", function="reconciler")
    town.ask("wake", 120)
    town.pass_until(lambda: town.show()["blocked"] is not None)
    assert "not authorized to perform: sagemaker:CreateEndpoint" in town.show()["blocked"]
    town.pass_until(lambda: raised() == ["AttentionAlarm"])
    assert town.outcomes("Refuse") == ["creation-refused"]
    create_endpoint()
    town.pass_until(lambda: raised() == [])
    assert set(policies()) == POLICIES_BY_HAND


def test_while_one_is_created_for_too_long_another_is_created_under_another_name(
    town_with: TownMaker,
) -> None:
    """Its only type is waited for; the other has pools."""
    town = town_with(pinned("single"), quick(), LongestCreationMinutes="5")
    create_config("single", ONE_TYPE)
    town.sleep()
    Drills(town).begin("ice", type="ml.g6.2xlarge", **{"for": "20m"})
    town.ask("wake", 120)
    town.pass_until(lambda: raised() == ["CreatingTooLongAlarm"])
    assert town.show()["status"] == town.status == "Creating"
    create_endpoint("another")
    town.pass_until(lambda: town.cloud.status("another") == "InService", minutes=10)
    assert town.status == "Creating"
    town.pass_until(lambda: raised() == [])
    assert town.status == "InService"
