"""How scaling stands is read whole, page by page, and without touching it."""

from typing import Any

import pytest

from lowtide.adapters.autoscaling.views import ScalingViews
from lowtide.domain.errors import AwsError, DeniedError
from lowtide_workbench.aws.protocol.faults import Failed, Fault
from tests.integration.adapters.conftest import NAME, POOLS, Account

VARIANTS = ("AllTraffic", "Canary")


def of(variant: str = "AllTraffic", **fields: Any) -> dict[str, Any]:
    return {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/{NAME}/variant/{variant}",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    } | fields


STEP = of(
    PolicyType="StepScaling",
    StepScalingPolicyConfiguration={
        "AdjustmentType": "ChangeInCapacity",
        "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
    },
)
TRACKING = of(
    PolicyName="follow",
    PolicyType="TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration={
        "TargetValue": 5.0,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "SageMakerVariantConcurrentRequestsPerModelHighResolution"
        },
    },
)
ALARM: dict[str, Any] = {
    "Namespace": "Test",
    "MetricName": "Load",
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 10.0,
    "ComparisonOperator": "GreaterThanThreshold",
}


@pytest.fixture
def views(account: Account) -> ScalingViews:
    account.configure(
        {"InstancePools": POOLS}, {"VariantName": "Canary", "InstanceType": "ml.g5.2xlarge"}
    )
    account.in_service()
    for variant in VARIANTS:
        account.autoscaling.register_scalable_target(**of(variant, MinCapacity=1, MaxCapacity=4))
    return ScalingViews(account.autoscaling, account.cloudwatch)


def test_each_variant_has_its_own_target(account: Account, views: ScalingViews) -> None:
    account.autoscaling.register_scalable_target(
        **of("Canary", MaxCapacity=2, SuspendedState={"DynamicScalingInSuspended": True})
    )
    found = {each.variant: each for each in views.targets(NAME, VARIANTS)}
    assert (found["AllTraffic"].most, found["AllTraffic"].suspended) == (4, ())
    assert (found["Canary"].most, found["Canary"].suspended) == (2, ("scale-in",))


def test_an_endpoint_without_variants_is_not_everybodys_targets(views: ScalingViews) -> None:
    assert views.targets(NAME, ()) == ()


def test_more_policies_and_alarms_than_a_page_and_a_call_hold_are_all_read(
    account: Account, views: ScalingViews
) -> None:
    autoscaling: Any = account.autoscaling
    for n in range(12):
        arn = autoscaling.put_scaling_policy(**STEP | {"PolicyName": f"step-{n:02}"})["PolicyARN"]
        for m in range(10):
            account.cloudwatch.put_metric_alarm(
                AlarmName=f"full-{n:02}-{m}", AlarmActions=[arn], **ALARM
            )
    policies = views.policies(NAME, VARIANTS)
    assert [len(policy.alarms) for policy in policies] == [10] * 12
    alarms = views.alarms(name for policy in policies for name in policy.alarms)
    assert len(alarms) == 120
    assert {alarm.condition for alarm in alarms.values()} == {"> 10, 1 of 1 x 60 s"}


def test_an_alarm_that_is_gone_is_left_out(views: ScalingViews) -> None:
    assert views.alarms(["gone"]) == {}
    assert views.alarms([]) == {}, "no names would ask for every alarm there is"


def test_target_trackings_own_alarms_are_read_by_the_names_its_policy_gives(
    account: Account, views: ScalingViews
) -> None:
    autoscaling: Any = account.autoscaling
    autoscaling.put_scaling_policy(**TRACKING)
    (policy,) = views.policies(NAME, VARIANTS)
    alarms = views.alarms(policy.alarms)
    assert sorted(alarm.condition for alarm in alarms.values()) == [
        "< 4.5, 90 of 90 x 10 s",
        "> 5, 3 of 3 x 10 s",
    ]
    assert {alarm.state for alarm in alarms.values()} == {"INSUFFICIENT_DATA"}


def test_activities_are_the_newest_of_every_variant_first(
    account: Account, views: ScalingViews
) -> None:
    for count, variant in ((2, "AllTraffic"), (2, "Canary"), (3, "AllTraffic")):
        account.autoscaling.register_scalable_target(**of(variant, MinCapacity=count))
        account.wait_for("InService")
    found = views.activities(NAME, VARIANTS)
    assert [(each.variant, each.what.split()[-1]) for each in found] == [
        ("AllTraffic", "3."),
        ("Canary", "2."),
        ("AllTraffic", "2."),
    ]
    assert {each.status for each in found} == {"Successful"}


@pytest.mark.parametrize(
    ("code", "error"),
    [
        pytest.param("AccessDeniedException", DeniedError, id="a right that is missing"),
        pytest.param("FailedResourceAccessException", AwsError, id="alarms out of AWS's reach"),
    ],
)
def test_a_refusal_is_an_error_of_the_domain(
    account: Account, views: ScalingViews, code: str, error: type[AwsError]
) -> None:
    account.cloud.faults.add(Fault(Failed(code, "no"), operation="DescribeScalingPolicies"))
    with pytest.raises(error, match=f"DescribeScalingPolicies: {code}: no"):
        views.policies(NAME, VARIANTS)


def test_nothing_is_changed_by_looking(account: Account, views: ScalingViews) -> None:
    asked: list[str] = []
    for client in (account.autoscaling, account.cloudwatch):
        client.meta.events.register(
            "before-call", lambda model, **_: asked.append(model.name), unique_id="asked"
        )
    views.targets(NAME, VARIANTS)
    views.policies(NAME, VARIANTS)
    views.activities(NAME, VARIANTS)
    views.alarms(["any"])
    assert {name.startswith("Describe") for name in asked} == {True}
