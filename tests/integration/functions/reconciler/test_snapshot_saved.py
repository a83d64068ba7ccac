"""What dies with an endpoint comes back as it is needed, and as a person left it."""

from typing import Any

import pytest

from lowtide_workbench.aws.autoscaling.api import ApplicationAutoScaling
from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.aws.sagemaker.endpoints_api import EndpointsApi
from lowtide_workbench.demo.endpoint import ALARM, CONFIG, ENDPOINT, RESOURCE
from tests.integration.functions.aws_calls import (
    ACTIONS_BY_HAND,
    POLICIES_BY_HAND,
    STEPS_BY_HAND,
    TRACKING_BY_HAND,
    actions,
    alarm_actions,
    alarms,
    change_alarm,
    create_endpoint,
    delete_endpoint,
    delete_policy,
    endpoint_arn,
    policies,
    put_action,
    put_again,
    remove_scaling,
    sagemaker,
    scaling_range,
    set_on_variant,
    set_range,
    variant,
)
from tests.integration.functions.conftest import Town, TownMaker, no_capacity

DEPLOYMENT: Any = {
    "RollingUpdatePolicy": {
        "MaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": 50},
        "WaitIntervalInSeconds": 60,
    }
}


def update_with_a_deployment_configuration(town: Town) -> None:
    sagemaker().update_endpoint(
        EndpointName=ENDPOINT, EndpointConfigName=CONFIG, DeploymentConfig=DEPLOYMENT
    )
    town.pass_until(lambda: town.status == "InService")


def last_deployment() -> Any:
    return sagemaker().describe_endpoint(EndpointName=ENDPOINT).get("LastDeploymentConfig")


def test_it_wakes_with_the_floor_that_is_needed_now(town: Town) -> None:
    """The evening's floor of 4 was saved; actions that fired meanwhile count."""
    put_action("evening-floor", "cron(33 19 ? * * *)", MinCapacity=4)
    put_action("night-floor", "cron(45 19 ? * 1-7 *)", MinCapacity=2)
    put_action("once", "at(2026-11-23T19:50:00)", MinCapacity=3)
    town.until("Mon 19:36")
    assert scaling_range() == (4, 6)
    town.sleep()
    town.until("Mon 19:52")
    town.wake()
    assert scaling_range() == (3, 6)
    town.pass_until(lambda: variant()["CurrentInstanceCount"] == 3)
    assert "once" not in actions()
    (restored,) = town.outcomes("Restore")
    assert f"{RESOURCE} has the range 3 to 6" in restored
    assert "once is left out: its time has passed" in restored


def test_a_weight_and_a_deployment_configuration_come_back(town: Town) -> None:
    update_with_a_deployment_configuration(town)
    set_on_variant(DesiredWeight=0.25)
    town.pass_minutes(2)
    evening = town.endpoint_state()
    town.sleep()
    town.wake()
    assert (variant()["CurrentWeight"], last_deployment()) == (0.25, DEPLOYMENT)
    assert town.differences(evening) == ()
    assert town.outcomes("Restore")[-1].startswith("back and equal field by field")


def test_a_deployment_configuration_that_is_refused_once_is_not_forgotten(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It named an alarm, say, that was gone for an hour, or another configuration was in use."""
    update_with_a_deployment_configuration(town)
    town.sleep()
    real = EndpointsApi.create_endpoint

    def refuse(self: EndpointsApi, request: dict[str, Any]) -> Any:
        if "DeploymentConfig" in request:
            raise Refusal("ValidationException", "Alarm not found")
        return real(self, request)

    monkeypatch.setattr(EndpointsApi, "create_endpoint", refuse)
    town.wake()
    town.pass_minutes(2)
    town.sleep()
    assert town.steps()[3:5] == ["Create", "Restore"]
    monkeypatch.setattr(EndpointsApi, "create_endpoint", real)
    town.wake()
    assert last_deployment() == DEPLOYMENT
    snapshots = [i for i in town.table.scan()["Items"] if i["item"].startswith("snapshot#")]
    assert len(snapshots) == 2  # every version is kept


def test_a_count_set_by_hand_comes_back_where_nothing_scales_it(town: Town) -> None:
    remove_scaling()
    set_on_variant(DesiredInstanceCount=3)
    town.pass_until(lambda: variant()["CurrentInstanceCount"] == 3)
    town.sleep()
    town.wake()
    town.pass_until(lambda: variant()["CurrentInstanceCount"] == 3)


def test_what_a_person_changes_while_the_restore_is_pending_stays(town: Town) -> None:
    town.sleep()
    town.refuse("PutScheduledAction")
    town.ask("wake", 60)
    town.pass_until(lambda: bool(town.outcomes("Restore")))
    (failed,) = town.outcomes("Restore")
    assert failed.startswith("failed: the restore is not complete")
    assert f"scheduled_actions[{RESOURCE} morning-floor] is not there yet" in failed
    policy = policies()[TRACKING_BY_HAND]
    kind = "TargetTrackingScalingPolicyConfiguration"
    put_again(policy, **{kind: policy[kind] | {"TargetValue": 5.0}})
    sagemaker().add_tags(ResourceArn=endpoint_arn(), Tags=[{"Key": "auto:by", "Value": "tagger"}])
    town.pass_minutes(2)
    town.cloud.faults.clear()
    town.pass_minutes(3)
    assert "TargetValue: was 7.5, is 5.0" in town.outcomes("Restore")[-1]
    assert "tags.auto:by" in town.outcomes("Restore")[-1]
    assert actions() == ACTIONS_BY_HAND
    restores = len(town.outcomes("Restore"))
    set_range(4, 6)
    town.pass_minutes(3)
    assert (scaling_range(), len(town.outcomes("Restore"))) == ((4, 6), restores)


def test_a_default_that_aws_adds_does_not_keep_the_restore_from_ending(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.sleep()
    real = ApplicationAutoScaling.put_scheduled_action

    def altered(self: ApplicationAutoScaling, request: dict[str, Any]) -> None:
        real(self, request | {"Timezone": "UTC"})

    monkeypatch.setattr(ApplicationAutoScaling, "put_scheduled_action", altered)
    town.ask("wake", 60)
    town.pass_until(lambda: len(town.outcomes("Restore")) == 2)
    assert [outcome.partition(":")[0] for outcome in town.outcomes("Restore")] == [
        "failed",
        "back, with changes made since",
    ]


def test_an_alarm_changed_overnight_keeps_the_change_and_works_again(town: Town) -> None:
    town.sleep()
    change_alarm(Threshold=0.9, AlarmActions=[])
    town.wake()
    assert alarms(ALARM)[0]["Threshold"] == 0.9
    assert [action.rpartition("/")[2] for action in alarm_actions()] == [STEPS_BY_HAND]


def test_what_a_person_changes_after_it_was_saved_is_saved_anew(town: Town) -> None:
    town.ask("sleep", 60)
    town.pass_until(lambda: "BeginDrain" in town.steps())
    delete_policy(STEPS_BY_HAND)
    town.pass_until(lambda: town.status == "Absent")
    looked_again, saved_anew, _ = town.outcomes("Delete")
    assert STEPS_BY_HAND in looked_again
    assert looked_again.endswith("saved, and not there any more; looked at again in a minute")
    assert saved_anew == "put off: it changed after it was saved: it is saved anew"
    town.wake()
    assert set(policies()) == {TRACKING_BY_HAND}


def test_one_made_by_hand_without_scaling_does_not_replace_what_was_saved(town: Town) -> None:
    town.sleep()
    create_endpoint()
    town.pass_minutes(2)
    assert town.status != "Absent"
    town.pass_until(lambda: town.status == "Absent")
    town.wake()
    assert (scaling_range(), set(policies()), actions()) == (
        (1, 6),
        POLICIES_BY_HAND,
        ACTIONS_BY_HAND,
    )


def test_half_of_an_endpoint_that_a_person_takes_down_does_not_replace_what_was_saved(
    town: Town,
) -> None:
    """Its scaling first, at closing time, and then itself; it is in service all the while."""
    town.sleep()
    town.wake()
    remove_scaling()
    town.ask("sleep", 60)
    town.pass_minutes(1.5)
    assert town.status == "InService"
    delete_endpoint()
    town.pass_minutes(2)
    town.wake()
    assert (scaling_range(), set(policies())) == ((1, 6), POLICIES_BY_HAND)


def test_a_failed_endpoint_takes_nothing_of_another(town_with: TownMaker) -> None:
    """It shows no variants, and an empty list of ids would mean everybody's."""
    drought = no_capacity(begins=-60, minutes=600, types=("ml.g5.2xlarge",))
    file = "timezone: UTC\nendpoints: [{name: newcomer, schedule: always}]\n"
    town = town_with(file, drought)
    sagemaker().create_endpoint_config(
        EndpointConfigName="c2",
        ProductionVariants=[
            {
                "VariantName": "AllTraffic",
                "ModelName": "my-model",
                "InitialInstanceCount": 1,
                "InstancePools": [{"InstanceType": "ml.g5.2xlarge", "Priority": 1}],
                "VariantInstanceProvisionTimeoutInSeconds": 300,
            }
        ],
    )
    create_endpoint("newcomer", "c2")
    town.pass_until(lambda: bool(town.outcomes("TakeSnapshot")))
    assert "Failed" in town.statuses()
    assert "0 scalable targets" in town.outcomes("TakeSnapshot")[0]


def test_tags_of_before_come_back_if_one_made_by_hand_sleeps_before_it_is_restored(
    town: Town,
) -> None:
    town.sleep(120)
    create_endpoint()
    town.pass_until(lambda: town.steps()[-1] == "Delete" and town.status == "Absent")
    assert "Restore" not in town.steps()
    town.wake()
    tags = sagemaker().list_tags(ResourceArn=endpoint_arn())["Tags"]
    assert {tag["Key"] for tag in tags} == {"team", "cost-center", "lowtide:stack"}
