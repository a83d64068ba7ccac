"""Scaling as `status` shows it. Pages are read as for documents: see test_documents."""

from typing import Any

import pytest

from lowtide.adapters.autoscaling.views import ScalingViews
from lowtide.domain.errors import DeniedError
from lowtide.domain.scaling import alarm_in_words, target_in_words
from lowtide_workbench.aws.protocol.faults import Failed, Fault
from tests.integration.adapters.conftest import NAME, POOLS, Account, target

VARIANTS = ("AllTraffic", "Canary")


TRACKING = target(
    PolicyName="follow",
    PolicyType="TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration={
        "TargetValue": 5.0,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "SageMakerVariantConcurrentRequestsPerModelHighResolution"
        },
    },
)


@pytest.fixture
def views(account: Account) -> ScalingViews:
    account.configure(
        {"InstancePools": POOLS}, {"VariantName": "Canary", "InstanceType": "ml.g5.2xlarge"}
    )
    account.in_service()
    for variant in VARIANTS:
        account.autoscaling.register_scalable_target(
            **target(variant, MinCapacity=1, MaxCapacity=4)
        )
    return ScalingViews(account.autoscaling, account.cloudwatch)


def test_each_variant_has_its_own_target(account: Account, views: ScalingViews) -> None:
    account.autoscaling.register_scalable_target(
        **target("Canary", MaxCapacity=2, SuspendedState={"DynamicScalingInSuspended": True})
    )
    found = {each["ResourceId"]: target_in_words(each) for each in views.targets(NAME, VARIANTS)}
    assert found == {
        f"endpoint/{NAME}/variant/AllTraffic": {"min": 1, "max": 4, "suspended": []},
        f"endpoint/{NAME}/variant/Canary": {"min": 1, "max": 2, "suspended": ["scale-in"]},
    }


def test_nothing_is_read_where_nothing_is_named(views: ScalingViews) -> None:
    """AWS would answer with every target and every alarm there is."""
    assert views.targets(NAME, ()) == ()
    assert views.alarms([]) == ()
    assert views.alarms(["absent"]) == ()


def test_the_alarms_of_target_tracking_are_read_by_the_names_that_its_policy_has(
    account: Account, views: ScalingViews
) -> None:
    autoscaling: Any = account.autoscaling
    autoscaling.put_scaling_policy(**TRACKING)
    (policy,) = views.policies(NAME, VARIANTS)
    read = views.alarms(alarm["AlarmName"] for alarm in policy["Alarms"])
    alarms = [alarm_in_words(alarm) for alarm in read]
    assert sorted(alarm["condition"] for alarm in alarms) == [
        "< 4.5, 90 of 90 x 10 s",
        "> 5, 3 of 3 x 10 s",
    ]
    assert {alarm["state"] for alarm in alarms} == {"INSUFFICIENT_DATA"}


def test_activities_of_all_variants_are_read_newest_first(
    account: Account, views: ScalingViews
) -> None:
    for count, variant in ((2, "AllTraffic"), (2, "Canary"), (3, "AllTraffic")):
        account.autoscaling.register_scalable_target(**target(variant, MinCapacity=count))
        account.wait_for("InService")
    found = views.activities(NAME, VARIANTS)
    assert [(each["ResourceId"], each["Description"].split()[-1]) for each in found] == [
        (f"endpoint/{NAME}/variant/AllTraffic", "3."),
        (f"endpoint/{NAME}/variant/Canary", "2."),
        (f"endpoint/{NAME}/variant/AllTraffic", "2."),
    ]
    assert {each["StatusCode"] for each in found} == {"Successful"}


def test_an_error_of_aws_is_one_of_the_domain(account: Account, views: ScalingViews) -> None:
    denied = Failed("AccessDeniedException", "no")
    account.cloud.faults.add(Fault(denied, operation="DescribeScalingPolicies"))
    with pytest.raises(DeniedError, match="DescribeScalingPolicies: AccessDeniedException: no"):
        views.policies(NAME, VARIANTS)
