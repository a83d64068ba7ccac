"""What docs/operate/runbook.md tells people to do does end the alarm."""

from typing import Any

from lowtide_workbench.aws.protocol.faults import Failed, Fault
from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT, STACK
from tests.integration.functions.conftest import Town
from tests.integration.functions.reconciler.test_refusals import raised, sagemaker
from tests.integration.functions.reconciler.test_snapshot_saved import (
    FREE,
    HELD,
    SCALED,
    autoscaling,
    target,
)

TAGS = [{"Key": "lowtide:stack", "Value": STACK}]
PAUSE = {"action": "pause", "endpoint": ENDPOINT, "reason": "released by hand", "by": "ann"}


def keep_policies_away(town: Town) -> None:
    refused = Failed("ValidationException", "no")
    town.cloud.faults.add(
        Fault(refused, "application-autoscaling", "PutScalingPolicy", "reconciler", times=None)
    )


def test_what_aws_refuses_to_take_back_is_put_by_hand_under_its_name(town: Town) -> None:
    """Also with other contents: what exists belongs to a person."""
    policies: Any = autoscaling().describe_scaling_policies(ServiceNamespace="sagemaker")
    town.until("Mon 20:10")
    keep_policies_away(town)
    town.until("Mon 21:59")
    assert "RestoreOverdueAlarm" in raised()
    left = town.control(action="status", endpoint=ENDPOINT)["last_steps"][-1]
    for policy in policies["ScalingPolicies"]:
        assert policy["PolicyName"] in left
        kind = f"{policy['PolicyType']}PolicyConfiguration"
        autoscaling().put_scaling_policy(
            **SCALED,
            PolicyName=policy["PolicyName"],
            PolicyType=policy["PolicyType"],
            **{kind: policy[kind]},
        )
    town.until("Mon 22:05")
    assert "RestoreOverdueAlarm" not in raised()


def test_scaling_that_lowtide_may_not_release_is_released_by_hand_then_paused_and_resumed(
    town: Town,
) -> None:
    town.calls(("19:50", 180))
    town.until("Mon 20:05")
    assert target()["SuspendedState"] == HELD
    arn = sagemaker().describe_endpoint(EndpointName=ENDPOINT)["EndpointArn"]
    sagemaker().delete_tags(ResourceArn=arn, TagKeys=["lowtide:stack"])
    town.until("Mon 20:40")
    assert "ScalingHeldAlarm" in raised()
    autoscaling().register_scalable_target(**SCALED, SuspendedState=FREE)
    town.control(**PAUSE)
    town.until("Mon 20:45")
    town.control(action="resume", endpoint=ENDPOINT)
    town.until("Mon 20:55")
    assert "ScalingHeldAlarm" not in raised()
    assert target()["SuspendedState"] == FREE


def test_one_that_lowtide_cannot_create_is_created_by_hand_and_completed(town: Town) -> None:
    saved: Any = autoscaling().describe_scaling_policies(ServiceNamespace="sagemaker")
    names = {policy["PolicyName"] for policy in saved["ScalingPolicies"]}
    town.until("Mon 20:10")
    refused = Failed("ValidationException", "no")
    town.cloud.faults.add(Fault(refused, "sagemaker", "CreateEndpoint", "reconciler", times=None))
    town.until("Mon 22:20")
    assert "NotInServiceAlarm" in raised()
    sagemaker().create_endpoint(EndpointName=ENDPOINT, EndpointConfigName=CONFIG, Tags=TAGS)
    town.until("Mon 22:45")
    assert raised() == []
    now: Any = autoscaling().describe_scaling_policies(ServiceNamespace="sagemaker")
    assert {policy["PolicyName"] for policy in now["ScalingPolicies"]} == names
