"""What two things at a time could lose, where either alone loses nothing."""

from datetime import timedelta
from typing import Any

import boto3
import pytest

from lowtide_workbench.aws.protocol.faults import Fault, Killed, Meanwhile, Throttled
from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.aws.sagemaker.endpoints_api import EndpointsApi
from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT, RESOURCE
from tests.integration.functions.conftest import Town

OVERRIDE = {"endpoint": ENDPOINT, "reason": "overtime", "by": "ann"}
SUSPENDED = {
    "DynamicScalingInSuspended": True,
    "DynamicScalingOutSuspended": True,
    "ScheduledScalingSuspended": True,
}
DEPLOYMENT: Any = {
    "RollingUpdatePolicy": {
        "MaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": 50},
        "WaitIntervalInSeconds": 60,
    }
}


def autoscaling() -> Any:
    return boto3.client("application-autoscaling")


def target() -> Any:
    (found,) = autoscaling().describe_scalable_targets(ServiceNamespace="sagemaker")[
        "ScalableTargets"
    ]
    return found


def suspend_all() -> None:
    autoscaling().register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=RESOURCE,
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        SuspendedState=SUSPENDED,
    )


def suspended_between_two_sleeps(town: Town) -> None:
    """Mon 20:15 to 20:30, and from 20:31 on."""
    town.until("Mon 20:10")
    assert town.status == "Absent"
    town.control(action="wake", **OVERRIDE, **{"for": "20m"})
    town.until("Mon 20:22")
    assert target()["SuspendedState"] != SUSPENDED
    suspend_all()
    assert town.ledger()[-1] == "Restore"


DESCRIBE = ("application-autoscaling", "DescribeScalingPolicies", "reconciler")
KILLED = Fault(Killed(), *DESCRIBE)
THROTTLED = Fault(Throttled(), *DESCRIBE, times=8)


@pytest.mark.parametrize("fault", [KILLED, THROTTLED], ids=["is killed", "is throttled"])
def test_scaling_that_its_owner_suspended_stays_so_though_the_first_save(
    town: Town, fault: Fault
) -> None:
    suspended_between_two_sleeps(town)
    town.cloud.faults.add(fault)
    town.until("Mon 20:50")
    assert town.status == "Absent"
    town.control(action="wake", **OVERRIDE, **{"for": "20m"})
    town.until("Mon 21:05")
    assert town.status == "InService"
    assert target()["SuspendedState"] == SUSPENDED


def test_who_wakes_it_before_it_was_saved_finds_scaling_as_its_owner_suspended_it(
    town: Town,
) -> None:
    suspended_between_two_sleeps(town)
    town.cloud.faults.add(THROTTLED)
    town.until("Mon 20:31")
    town.control(action="wake", **OVERRIDE, **{"for": "20m"})
    town.until("Mon 20:35")
    assert town.ledger()[-1] == "EndDrain"
    assert target()["SuspendedState"] == SUSPENDED


def test_a_deployment_configuration_that_is_refused_one_morning_is_not_forgotten(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It named an alarm, say, that was gone for an hour, or another configuration was in use."""
    sagemaker: Any = boto3.client("sagemaker")
    sagemaker.update_endpoint(
        EndpointName=ENDPOINT, EndpointConfigName=CONFIG, DeploymentConfig=DEPLOYMENT
    )
    town.until("Mon 20:12")
    assert town.status == "Absent"
    real = EndpointsApi.create_endpoint

    def refuse(self: EndpointsApi, request: dict[str, Any]) -> Any:
        if "DeploymentConfig" in request:
            raise Refusal("ValidationException", "Alarm not found")
        return real(self, request)

    monkeypatch.setattr(EndpointsApi, "create_endpoint", refuse)
    town.control(action="wake", **OVERRIDE, **{"for": "20m"})
    town.until("Mon 20:45")
    assert (town.status, town.ledger()[3:5]) == ("Absent", ["Create", "Restore"])
    monkeypatch.setattr(EndpointsApi, "create_endpoint", real)
    town.control(action="wake", **OVERRIDE, **{"for": "20m"})
    town.until("Mon 20:55")
    found = sagemaker.describe_endpoint(EndpointName=ENDPOINT)
    assert found.get("LastDeploymentConfig") == DEPLOYMENT


def deregister() -> None:
    autoscaling().deregister_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=RESOURCE,
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
    )


def test_half_of_an_endpoint_that_a_person_takes_down_does_not_replace_what_was_saved(
    town: Town,
) -> None:
    """Its scaling first, at closing time, and then itself; it is in service all the while."""
    town.until("Mon 20:10")
    town.control(action="wake", **OVERRIDE, **{"for": "20m"})
    town.until("Mon 20:29")
    before = target()
    town.cloud.faults.add(
        Fault(Meanwhile(deregister), "sagemaker", "ListTags", "reconciler", nth=2)
    )
    town.cloud.advance(town.cloud.clock.now() + timedelta(minutes=1, seconds=20))
    assert town.status == "InService"
    assert not autoscaling().describe_scalable_targets(ServiceNamespace="sagemaker")[
        "ScalableTargets"
    ]
    boto3.client("sagemaker").delete_endpoint(EndpointName=ENDPOINT)
    town.until("Mon 20:40")
    town.control(action="wake", **OVERRIDE, **{"for": "20m"})
    town.until("Mon 20:55")
    assert target()["MaxCapacity"] == before["MaxCapacity"]


def test_what_its_owner_took_away_for_good_stays_away_at_the_price_of_a_minute(town: Town) -> None:
    town.until("Mon 20:10")
    town.control(action="wake", **OVERRIDE, **{"for": "20m"})
    town.until("Mon 20:25")
    deregister()
    town.until("Mon 20:40")
    assert town.status == "Absent"
    town.control(action="wake", **OVERRIDE, **{"for": "20m"})
    town.until("Mon 20:55")
    assert town.status == "InService"
    assert not autoscaling().describe_scalable_targets(ServiceNamespace="sagemaker")[
        "ScalableTargets"
    ]
