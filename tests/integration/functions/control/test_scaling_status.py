"""What `status` shows of one endpoint's scaling."""

from typing import Any

from lowtide_workbench.aws.protocol.faults import Failed, Fault, Meanwhile
from lowtide_workbench.demo.endpoint import ALARM, CONFIG
from tests.integration.functions.aws_calls import (
    POLICIES_BY_HAND,
    TRACKING_BY_HAND,
    cloudwatch,
    policies,
    put_again,
)
from tests.integration.functions.conftest import Town

LOOKED_AT = {
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "application-autoscaling:DescribeScalingActivities",
    "cloudwatch:DescribeAlarms",
}
DENIED = Failed("AccessDeniedException", "not authorized")


def variant(town: Town) -> Any:
    (found,) = town.show()["scaling"]["variants"]
    return found


def test_of_an_endpoint_at_rest_it_shows_target_policies_alarms_and_counts(town: Town) -> None:
    for answer in (town.control(action="status"), town.ask("auto")):
        assert "scaling" not in answer  # several calls for each endpoint, and not asked for
    assert not {call.action for call in town.stack.calls["control"]} & LOOKED_AT
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
    predefined = "SageMakerVariantConcurrentRequestsPerModelHighResolution"
    metric = {"PredefinedMetricSpecification": {"PredefinedMetricType": predefined}}
    put_again(
        policies()[TRACKING_BY_HAND],
        PolicyName="lowtide-target-tracking",
        TargetTrackingScalingPolicyConfiguration={"TargetValue": 7.5, **metric},
    )
    assert {policy["name"]: policy["managed_by"] for policy in variant(town)["policies"]} == {
        **dict.fromkeys(POLICIES_BY_HAND, "set up outside Lowtide"),
        "lowtide-target-tracking": "managed by Lowtide",
    }


def test_from_full_to_absent_it_shows_why_it_does_not_grow_then_what_is_saved(town: Town) -> None:
    town.calls(*[("19:31", 20)] * 80)  # more than the most instances hold
    town.pass_until(lambda: variant(town)["instances"] == {"current": 2, "desired": 6})
    town.until("Mon 19:50")
    found = variant(town)
    assert found["instances"] == {"current": 6, "desired": 6}
    newest, *grown = found["activities"]
    assert newest["not_scaled"] == ["it has its maximum of 6 already (AlreadyAtMaxCapacity)"]
    assert "triggered policy" in newest["cause"]
    assert newest["at"] >= max(activity["at"] for activity in grown)
    assert {each["status"] for each in grown if "not_scaled" not in each} == {"Successful"}
    high = next(a for a in found["policies"][0]["alarms"] if "AlarmHigh" in a["name"])
    assert (high["state"], high["acts"]) == ("ALARM", True)
    town.ask("sleep", 60)
    town.pass_until(lambda: bool(variant(town)["target"]["suspended"]), minutes=3)
    shown = town.show()["scaling"]
    assert shown["shown"] == "as it is now; Lowtide has suspended it while the endpoint drains"
    suspended = ["scale-out", "scale-in", "scheduled actions"]
    assert shown["variants"][0]["target"]["suspended"] == suspended
    town.pass_until(lambda: town.status == "Absent")
    assert_saved(town)


def assert_saved(town: Town) -> None:
    status = town.show()
    saved = status["saved"]
    assert (saved["config"], saved["left_out"]) == (CONFIG, None)
    assert saved["contents"] == (
        "3 tags, 1 scalable target, 2 scaling policies, 2 scheduled actions, 1 alarm"
    )
    shown = status["scaling"]["shown"]
    assert shown.startswith("as it was saved Mon 23 Nov 19:")
    assert shown.endswith(" EST; it is restored at the next wake")
    (variant,) = status["scaling"]["variants"]
    assert variant["target"] == {"min": 1, "max": 6, "suspended": []}
    assert {each["name"] for each in variant["policies"]} == POLICIES_BY_HAND
    assert "activities" not in variant
    assert not any("alarms" in policy for policy in variant["policies"])


UNREADABLE = {
    "DescribeScalableTargets": {"target"},
    "DescribeScalingPolicies": {"policies"},
    "DescribeScalingActivities": {"activities"},
    "DescribeAlarms": set[str](),
}


def test_a_part_that_cannot_be_read_is_reported_and_costs_nothing_else(town: Town) -> None:
    for operation, unreadable in UNREADABLE.items():
        town.cloud.faults.add(Fault(DENIED, operation=operation, function="control", times=None))
        found = variant(town)
        town.cloud.faults.clear()
        error = {"error": f"{operation}: AccessDeniedException: not authorized"}
        wrong = {k: part for k, part in found.items() if isinstance(part, dict) and "error" in part}
        assert wrong == dict.fromkeys(unreadable, error)
        alarms = [policy["alarms"] for policy in found["policies"] if "policies" not in unreadable]
        assert (error in alarms) is (operation == "DescribeAlarms")
    goes = Meanwhile(lambda: cloudwatch().delete_alarms(AlarmNames=[ALARM]))
    town.cloud.faults.add(Fault(goes, operation="DescribeScalingPolicies", function="control"))
    (alarm,) = variant(town)["policies"][1]["alarms"]
    assert alarm == {"name": ALARM, "error": "its policy names it, and there is no such alarm"}
