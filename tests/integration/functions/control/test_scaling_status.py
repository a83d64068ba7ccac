"""What `status` tells of one endpoint's scaling."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from lowtide_workbench.aws.protocol.faults import Failed, Fault, Meanwhile
from lowtide_workbench.demo.endpoint import ALARM, ENDPOINT, RESOURCE

if TYPE_CHECKING:
    from tests.integration.functions.conftest import Town

LOOKED_AT = {
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "application-autoscaling:DescribeScalingActivities",
    "cloudwatch:DescribeAlarms",
}
DENIED = Failed("AccessDeniedException", "not authorized")


def scaling(town: Town) -> Any:
    return town.control(action="status", endpoint=ENDPOINT)["scaling"]


def variant(town: Town) -> Any:
    (found,) = scaling(town)["variants"]
    return found


def overrun(town: Town) -> None:
    """More calls than the most instances hold, for an hour."""
    town.calls(*[("19:31", 60)] * 80)


def test_target_policies_alarms_and_counts_of_an_endpoint_at_rest(town: Town) -> None:
    found = variant(town)
    assert found["variant"] == "AllTraffic"
    assert found["instances"] == {"current": 2, "desired": 2}
    assert found["target"] == {"min": 1, "max": 6, "suspended": []}
    tracking, stepping = found["policies"]
    assert tracking["tracks"] == "Average of Lowtide WeightedConcurrency"
    assert (tracking["target"], tracking["cooldown"]) == (7.5, {"out": "60 s", "in": "300 s"})
    assert stepping["steps"] == ["from the threshold up: +30 %, at least 1 instance"]
    assert [alarm["name"] for alarm in stepping["alarms"]] == [ALARM]
    assert stepping["alarms"][0]["condition"] == ">= 1, 1 of 1 x 60 s"
    assert found["activities"] == []


def test_why_a_full_endpoint_does_not_grow_is_reported(town: Town) -> None:
    overrun(town)
    town.until("Mon 19:59")
    found = variant(town)
    assert found["instances"] == {"current": 6, "desired": 6}
    newest = found["activities"][0]
    assert newest["not_scaled"] == ["it has its maximum of 6 already (AlreadyAtMaxCapacity)"]
    assert "triggered policy" in newest["cause"]
    assert newest["at"] == max(activity["at"] for activity in found["activities"])
    grown = [each for each in found["activities"] if "not_scaled" not in each]
    assert {each["status"] for each in grown} == {"Successful"}
    high = next(a for a in found["policies"][0]["alarms"] if "AlarmHigh" in a["name"])
    assert (high["state"], high["acts"]) == ("ALARM", True)


def test_while_it_grows_both_counts_are_reported(town: Town) -> None:
    overrun(town)
    town.until("Mon 19:35")
    assert variant(town)["instances"] == {"current": 2, "desired": 6}


def test_a_floor_that_an_idle_endpoint_has_reached_is_reported(town: Town) -> None:
    autoscaling: Any = boto3.client("application-autoscaling")
    autoscaling.register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=RESOURCE,
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=2,
    )
    town.until("Mon 19:55")
    newest = variant(town)["activities"][0]
    assert newest["not_scaled"] == ["it has its minimum of 2 already (AlreadyAtMinCapacity)"]


def test_what_lowtide_suspends_while_it_drains_is_reported(town: Town) -> None:
    overrun(town)
    town.until("Mon 20:05")
    found = scaling(town)
    assert found["shown"] == "as it is now; Lowtide has suspended it while the endpoint drains"
    suspended = found["variants"][0]["target"]["suspended"]
    assert suspended == ["scale-out", "scale-in", "scheduled actions"]


def test_of_an_endpoint_that_sleeps_what_was_saved_is_reported(town: Town) -> None:
    town.until("Mon 20:30")
    found = scaling(town)
    assert found["shown"] == "as it was saved Mon 23 Nov 20:00 EST; it is restored at the next wake"
    (saved,) = found["variants"]
    assert saved["target"] == {"min": 1, "max": 6, "suspended": []}
    assert [each["name"] for each in saved["policies"]] == [
        "follow-weighted-concurrency",
        "jump-when-full",
    ]
    assert "activities" not in saved
    assert not any("alarms" in policy for policy in saved["policies"])


def test_an_endpoint_that_never_was_there_has_nothing_to_tell(
    town_with: Callable[..., Town],
) -> None:
    town = town_with("endpoints: [{name: never, schedule: always}]")
    answer = town.control(action="status", endpoint="never")["scaling"]
    assert (answer["shown"], answer["variants"]) == (
        "not known: it is Absent, and nothing is saved",
        [],
    )


def test_a_policy_of_lowtides_own_is_reported_as_such(town: Town) -> None:
    autoscaling: Any = boto3.client("application-autoscaling")
    autoscaling.put_scaling_policy(
        PolicyName="lowtide-target-tracking",
        ServiceNamespace="sagemaker",
        ResourceId=RESOURCE,
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 7.5,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "SageMakerVariantConcurrentRequestsPerModelHighResolution"
            },
        },
    )
    kept = {policy["name"]: policy["managed_by"] for policy in variant(town)["policies"]}
    assert kept == {
        "follow-weighted-concurrency": "set up outside Lowtide",
        "jump-when-full": "set up outside Lowtide",
        "lowtide-target-tracking": "managed by Lowtide",
    }


@pytest.mark.parametrize(
    ("operation", "unreadable"),
    [
        pytest.param("DescribeScalableTargets", {"target"}, id="the target"),
        pytest.param("DescribeScalingPolicies", {"policies"}, id="the policies"),
        pytest.param("DescribeScalingActivities", {"activities"}, id="the activities"),
        pytest.param("DescribeAlarms", set(), id="the alarms, and not the policies"),
    ],
)
def test_a_part_that_cannot_be_read_says_so_and_costs_nothing_else(
    town: Town, operation: str, unreadable: set[str]
) -> None:
    town.cloud.faults.add(Fault(DENIED, operation=operation, function="control", times=None))
    found = variant(town)
    error = f"{operation}: AccessDeniedException: not authorized"
    wrong = {key for key, part in found.items() if isinstance(part, dict) and "error" in part}
    assert wrong == unreadable
    assert all(found[key] == {"error": error} for key in unreadable)
    alarms = [policy["alarms"] for policy in found["policies"] if "policies" not in unreadable]
    assert ({"error": error} in alarms) is (operation == "DescribeAlarms")


def test_alarms_that_application_auto_scaling_cannot_reach_cost_the_policies_only(
    town: Town,
) -> None:
    town.cloud.faults.add(
        Fault(
            Failed("FailedResourceAccessException", "Failed access to CloudWatch alarms."),
            operation="DescribeScalingPolicies",
            times=None,
        )
    )
    found = variant(town)
    assert "FailedResourceAccessException" in found["policies"]["error"]
    assert found["target"]["max"] == 6


def test_an_alarm_that_goes_while_it_is_looked_for_is_reported(town: Town) -> None:
    cloudwatch: Any = boto3.client("cloudwatch")
    goes = Meanwhile(lambda: cloudwatch.delete_alarms(AlarmNames=[ALARM]))
    town.cloud.faults.add(Fault(goes, operation="DescribeScalingPolicies", function="control"))
    (alarm,) = variant(town)["policies"][1]["alarms"]
    assert alarm == {"name": ALARM, "error": "its policy names it, and there is no such alarm"}


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param({"action": "status"}, id="of all: it would be several calls for each"),
        pytest.param({"action": "auto", "endpoint": ENDPOINT}, id="as the answer to a request"),
    ],
)
def test_only_who_asks_about_one_endpoint_pays_for_its_scaling(
    town: Town, request_: dict[str, str]
) -> None:
    answer = town.control(**request_)
    assert "scaling" not in answer
    called = {call.action for call in town.stack.calls["control"]}
    assert not called & LOOKED_AT
