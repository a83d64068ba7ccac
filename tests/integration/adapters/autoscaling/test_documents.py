"""Everything that dies with an endpoint is read whole, and is equal once it is restored."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lowtide.adapters.autoscaling.documents import ScalingDocuments
from lowtide.domain.snapshot.difference import differences
from lowtide.domain.snapshot.policy_reference import policy_reference
from lowtide.domain.snapshot.restore import changes, completed
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot
from lowtide_workbench.aws.autoscaling.scheduled_actions import ScheduledActions
from lowtide_workbench.aws.protocol.refusal import Refusal
from tests.integration.adapters.conftest import NAME, NOW, POOLS, Account

VARIANTS = ("AllTraffic", "Canary")
ALARM = "it-is-full"


def resource(variant: str = "AllTraffic") -> str:
    return f"endpoint/{NAME}/variant/{variant}"


def of(variant: str = "AllTraffic", **fields: Any) -> dict[str, Any]:
    return {
        "ServiceNamespace": "sagemaker",
        "ResourceId": resource(variant),
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    } | fields


TARGETS = (
    of(
        MinCapacity=1,
        MaxCapacity=6,
        SuspendedState={
            "DynamicScalingInSuspended": True,
            "DynamicScalingOutSuspended": False,
            "ScheduledScalingSuspended": False,
        },
        Tags={"team": "voice", "cost-center": "4711"},
    ),
    of(
        "Canary",
        MinCapacity=1,
        MaxCapacity=2,
        SuspendedState={
            "DynamicScalingInSuspended": False,
            "DynamicScalingOutSuspended": False,
            "ScheduledScalingSuspended": True,
        },
    ),
)
CUSTOMIZED = of(
    PolicyName="follow-weighted-concurrency",
    PolicyType="TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration={
        "TargetValue": 7.5,
        "CustomizedMetricSpecification": {
            "Namespace": "Lowtide",
            "MetricName": "WeightedConcurrency",
            "Dimensions": [
                {"Name": "EndpointName", "Value": NAME},
                {"Name": "VariantName", "Value": "AllTraffic"},
            ],
            "Statistic": "Average",
        },
        "ScaleInCooldown": 300,
        "ScaleOutCooldown": 0,
        "DisableScaleIn": False,
    },
)
PREDEFINED = of(
    "Canary",
    PolicyName="follow-concurrency",
    PolicyType="TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration={
        "TargetValue": 5.0,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "SageMakerVariantConcurrentRequestsPerModelHighResolution"
        },
        "DisableScaleIn": True,
    },
)
STEP = of(
    PolicyName="jump-when-full",
    PolicyType="StepScaling",
    StepScalingPolicyConfiguration={
        "AdjustmentType": "PercentChangeInCapacity",
        "StepAdjustments": [
            {
                "MetricIntervalLowerBound": 0.0,
                "MetricIntervalUpperBound": 0.5,
                "ScalingAdjustment": 30,
            },
            {"MetricIntervalLowerBound": 0.5, "ScalingAdjustment": 60},
        ],
        "MinAdjustmentMagnitude": 1,
        "Cooldown": 120,
        "MetricAggregationType": "Maximum",
    },
)
ACTION = of(
    ScheduledActionName="morning-floor",
    Schedule="cron(45 7 ? * MON-FRI *)",
    Timezone="America/New_York",
    StartTime=datetime(2026, 11, 1, 5, tzinfo=UTC),
    EndTime=datetime(2027, 11, 1, 4, tzinfo=UTC),
    ScalableTargetAction={"MinCapacity": 0, "MaxCapacity": 6},
)
ALARM_SET: dict[str, Any] = {
    "AlarmName": ALARM,
    "AlarmDescription": "Streams meet full instances",
    "ActionsEnabled": True,
    "OKActions": ["arn:aws:sns:us-east-1:123456789012:on-call"],
    "Namespace": "Lowtide",
    "MetricName": "CapacityUtilization",
    "Dimensions": [{"Name": "EndpointName", "Value": NAME}],
    "Statistic": "Maximum",
    "Period": 60,
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 2,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "TreatMissingData": "notBreaching",
}


@pytest.fixture
def scaling(account: Account) -> ScalingDocuments:
    account.configure(
        {"InstancePools": POOLS}, {"VariantName": "Canary", "InstanceType": "ml.g5.2xlarge"}
    )
    account.in_service()
    return ScalingDocuments(account.autoscaling, account.cloudwatch)


@pytest.fixture
def set_up(account: Account, scaling: ScalingDocuments) -> ScalingDocuments:
    """By plain calls, as the owner would make them."""
    autoscaling: Any = account.autoscaling
    for target in TARGETS:
        autoscaling.register_scalable_target(**target)
    for policy in (CUSTOMIZED, PREDEFINED):
        autoscaling.put_scaling_policy(**policy)
    arn = autoscaling.put_scaling_policy(**STEP)["PolicyARN"]
    account.cloudwatch.put_metric_alarm(**ALARM_SET, AlarmActions=[arn])
    autoscaling.put_scheduled_action(**ACTION)
    return scaling


def recreate(account: Account) -> None:
    account.sagemaker.delete_endpoint(EndpointName=NAME)
    account.wait_for("Absent")
    account.in_service()


def described_differences(before: Scaling, after: Scaling) -> list[str]:
    snapshots = [Snapshot(NOW, "config", {}, scaling) for scaling in (before, after)]
    return [str(difference) for difference in differences(*snapshots)]


def alarm_actions(account: Account) -> list[str]:
    (alarm,) = account.cloudwatch.describe_alarms(AlarmNames=[ALARM])["MetricAlarms"]
    return alarm.get("AlarmActions", [])


def step_policy_arn(account: Account) -> str:
    found = account.autoscaling.describe_scaling_policies(
        ServiceNamespace="sagemaker", ResourceId=resource(), PolicyNames=[STEP["PolicyName"]]
    )
    return found["ScalingPolicies"][0]["PolicyARN"]


def test_what_is_read_is_what_the_owner_put(set_up: ScalingDocuments) -> None:
    found = set_up.read(NAME, VARIANTS)
    assert found.targets == TARGETS
    assert sorted(found.policies, key=lambda policy: policy["PolicyName"]) == [
        PREDEFINED, CUSTOMIZED, STEP,
    ]  # fmt: skip
    assert found.scheduled_actions == (ACTION,)
    (alarm,) = found.alarms
    assert ALARM_SET.items() <= alarm.items()


def test_a_saved_alarm_names_its_policy_and_keeps_its_other_actions(
    set_up: ScalingDocuments,
) -> None:
    (alarm,) = set_up.read(NAME, VARIANTS).alarms
    assert alarm["AlarmActions"] == [policy_reference(resource(), "jump-when-full")]
    assert alarm["OKActions"] == ["arn:aws:sns:us-east-1:123456789012:on-call"]


def test_target_trackings_own_alarms_are_not_saved(
    account: Account, set_up: ScalingDocuments
) -> None:
    assert len(account.cloudwatch.describe_alarms()["MetricAlarms"]) == 5
    assert [alarm["AlarmName"] for alarm in set_up.read(NAME, VARIANTS).alarms] == [ALARM]


def test_a_delete_takes_all_of_it_along(account: Account, set_up: ScalingDocuments) -> None:
    recreate(account)
    assert set_up.read(NAME, VARIANTS) == Scaling()
    assert alarm_actions(account) == []


def test_everything_read_can_be_put_back_and_reads_back_equal(
    account: Account, set_up: ScalingDocuments
) -> None:
    saved = set_up.read(NAME, VARIANTS)
    old = step_policy_arn(account)
    recreate(account)
    assert set_up.put(NAME, saved, NOW) == ()
    assert described_differences(saved, set_up.read(NAME, VARIANTS)) == []
    assert alarm_actions(account) == [step_policy_arn(account)]
    assert alarm_actions(account) != [old]


def test_putting_back_twice_changes_nothing(account: Account, set_up: ScalingDocuments) -> None:
    saved = set_up.read(NAME, VARIANTS)
    recreate(account)
    assert set_up.put(NAME, saved, NOW) == set_up.put(NAME, saved, NOW) == ()
    assert described_differences(saved, set_up.read(NAME, VARIANTS)) == []


def test_an_alarm_alone_finds_the_policy_that_is_there_already(
    account: Account, set_up: ScalingDocuments
) -> None:
    """PutMetricAlarm is throttled at 3 a second: a second attempt may put nothing else."""
    saved = set_up.read(NAME, VARIANTS)
    recreate(account)
    assert set_up.put(NAME, replace(saved, alarms=()), NOW) == ()
    assert set_up.put(NAME, Scaling(alarms=saved.alarms), NOW) == ()
    assert alarm_actions(account) == [step_policy_arn(account)]


def test_an_alarm_whose_policy_is_nowhere_is_refused_by_name(
    account: Account, set_up: ScalingDocuments
) -> None:
    saved = set_up.read(NAME, VARIANTS)
    recreate(account)
    (refusal,) = set_up.put(NAME, Scaling(alarms=saved.alarms), NOW)
    assert refusal.startswith(f"{ALARM}: ")
    assert "jump-when-full" in refusal


def test_what_was_not_put_back_is_a_difference(account: Account, set_up: ScalingDocuments) -> None:
    saved = set_up.read(NAME, VARIANTS)
    account.autoscaling.delete_scaling_policy(
        PolicyName="follow-concurrency",
        ServiceNamespace="sagemaker",
        ResourceId=resource("Canary"),
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
    )
    assert any(
        "follow-concurrency" in line
        for line in described_differences(saved, set_up.read(NAME, VARIANTS))
    )


def test_what_is_zero_or_switched_off_is_kept(account: Account, set_up: ScalingDocuments) -> None:
    off = ALARM_SET | {"ActionsEnabled": False, "Threshold": 0.0}
    account.cloudwatch.put_metric_alarm(**off, AlarmActions=[step_policy_arn(account)])
    saved = set_up.read(NAME, VARIANTS)
    recreate(account)
    assert set_up.put(NAME, saved, NOW) == ()
    (alarm,) = set_up.read(NAME, VARIANTS).alarms
    assert (alarm["ActionsEnabled"], alarm["Threshold"]) == (False, 0.0)


def test_a_refused_document_is_named_and_does_not_stop_the_others(
    account: Account, set_up: ScalingDocuments
) -> None:
    saved = set_up.read(NAME, VARIANTS)
    past = ACTION | {"ScheduledActionName": "past", "Schedule": "at(2020-01-01T00:00:00)"}
    stranger = of("Nobody", MinCapacity=1, MaxCapacity=2)
    orphan = STEP | {"PolicyName": "orphan", "ResourceId": resource("Nobody")}
    recreate(account)
    refusals = set_up.put(
        NAME,
        Scaling(
            targets=(stranger, *saved.targets),
            policies=(orphan, *saved.policies),
            scheduled_actions=(past, *saved.scheduled_actions),
            alarms=saved.alarms,
        ),
        NOW,
    )
    assert [refusal.partition(":")[0] for refusal in refusals] == [
        resource("Nobody"), "orphan", "past",
    ]  # fmt: skip
    assert all("Exception" in refusal for refusal in refusals)
    assert described_differences(saved, set_up.read(NAME, VARIANTS)) == []


def test_more_policies_than_a_page_holds_are_all_read(
    account: Account, scaling: ScalingDocuments
) -> None:
    autoscaling: Any = account.autoscaling
    autoscaling.register_scalable_target(**of(MinCapacity=1, MaxCapacity=2))
    names = [f"step-{n:02}" for n in range(23)]
    for name in names:
        autoscaling.put_scaling_policy(**STEP | {"PolicyName": name})
    found = scaling.read(NAME, VARIANTS)
    assert sorted(policy["PolicyName"] for policy in found.policies) == names


def test_the_targets_of_other_endpoints_are_not_this_ones(
    account: Account, set_up: ScalingDocuments
) -> None:
    account.create("other")
    account.wait_for("InService", "other")
    assert set_up.read("other", VARIANTS) == Scaling()


def test_an_endpoint_that_shows_no_variants_has_nothing_to_read(
    set_up: ScalingDocuments,
) -> None:
    """A failed endpoint shows none; an empty filter must not read every target there is."""
    assert set_up.read("failed", ()) == Scaling()
    assert set_up.targets("failed", ()) == ()


def test_what_is_scaled_of_an_endpoint_is_known_without_its_variants(
    account: Account, set_up: ScalingDocuments
) -> None:
    another_endpoint(account)
    assert sorted(set_up.scaled_variants(NAME)) == sorted(VARIANTS)
    assert set_up.scaled_variants("other") == ("AllTraffic",)
    assert set_up.scaled_variants("oth") == ()


def test_targets_alone_are_read_without_their_tags(set_up: ScalingDocuments) -> None:
    bare = tuple({k: v for k, v in target.items() if k != "Tags"} for target in TARGETS)
    assert set_up.targets(NAME, VARIANTS) == bare
    assert set_up.targets(NAME, VARIANTS[1:]) == bare[1:]


def test_a_one_time_action_to_come_is_put_back(account: Account, scaling: ScalingDocuments) -> None:
    autoscaling: Any = account.autoscaling
    autoscaling.register_scalable_target(**of(MinCapacity=1, MaxCapacity=2))
    once = of(
        ScheduledActionName="once",
        Schedule=f"at({NOW + timedelta(days=1):%Y-%m-%dT%H:%M:%S})",
        Timezone="Europe/Berlin",
        ScalableTargetAction={"MinCapacity": 2},
    )
    autoscaling.put_scheduled_action(**once)
    saved = scaling.read(NAME, VARIANTS)
    recreate(account)
    assert scaling.put(NAME, saved, NOW) == ()
    assert scaling.read(NAME, VARIANTS).scheduled_actions == (once,)


METRIC_MATH = of(
    PolicyName="weighted",
    PolicyType="TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration={
        "TargetValue": 0.7,
        "CustomizedMetricSpecification": {
            "Metrics": [
                {
                    "Id": "m1",
                    "MetricStat": {
                        "Metric": {
                            "Namespace": "AWS/SageMaker",
                            "MetricName": "ConcurrentRequestsPerModel",
                            "Dimensions": [{"Name": "EndpointName", "Value": NAME}],
                        },
                        "Stat": "Average",
                    },
                    "ReturnData": False,
                },
                {"Id": "e1", "Expression": "m1 / 10", "Label": "load", "ReturnData": True},
            ]
        },
    },
)


def test_a_policy_of_metric_math_comes_back_as_it_was(
    account: Account, scaling: ScalingDocuments
) -> None:
    autoscaling: Any = account.autoscaling
    autoscaling.register_scalable_target(**of(MinCapacity=1, MaxCapacity=2))
    autoscaling.put_scaling_policy(**METRIC_MATH)
    saved = scaling.read(NAME, VARIANTS)
    assert saved.policies == (METRIC_MATH,)
    recreate(account)
    assert scaling.put(NAME, saved, NOW) == ()
    assert scaling.read(NAME, VARIANTS).policies == (METRIC_MATH,)


def test_more_than_a_page_of_everything_is_read_and_put_back(
    account: Account, scaling: ScalingDocuments
) -> None:
    autoscaling: Any = account.autoscaling
    autoscaling.register_scalable_target(**of(MinCapacity=1, MaxCapacity=2))
    for n in range(55):
        autoscaling.put_scheduled_action(**ACTION | {"ScheduledActionName": f"floor-{n:02}"})
    for n in range(12):
        arn = autoscaling.put_scaling_policy(**STEP | {"PolicyName": f"step-{n:02}"})["PolicyARN"]
        for m in range(10):  # 120 alarms: more than a page, and more than a call may name
            alarm: Any = ALARM_SET | {"AlarmName": f"full-{n:02}-{m}", "AlarmActions": [arn]}
            account.cloudwatch.put_metric_alarm(**alarm)
    saved = scaling.read(NAME, VARIANTS)
    counts = [len(saved.policies), len(saved.scheduled_actions), len(saved.alarms)]
    assert counts == [12, 55, 120]
    recreate(account)
    assert scaling.put(NAME, saved, NOW) == ()
    assert described_differences(saved, scaling.read(NAME, VARIANTS)) == []


def test_a_detached_alarm_is_read_where_it_is_asked_for(
    account: Account, set_up: ScalingDocuments
) -> None:
    recreate(account)
    (alarm,) = set_up.read(NAME, VARIANTS, [ALARM, "nobody's"]).alarms
    assert (alarm["AlarmName"], alarm.get("AlarmActions")) == (ALARM, None)


def test_tags_reach_a_target_that_is_there_and_nothing_else_of_it_changes(
    account: Account, scaling: ScalingDocuments
) -> None:
    autoscaling: Any = account.autoscaling
    autoscaling.register_scalable_target(**of(MinCapacity=2, MaxCapacity=3))
    tagged = of(MinCapacity=1, MaxCapacity=6, Tags={"team": "voice"})
    assert scaling.put(NAME, Scaling(targets=(tagged,)), NOW) == ()
    (found,) = scaling.read(NAME, VARIANTS).targets
    assert (found["MinCapacity"], found["MaxCapacity"]) == (2, 3)
    assert found["Tags"] == {"team": "voice"}


def test_a_change_of_a_target_keeps_what_it_does_not_name(set_up: ScalingDocuments) -> None:
    suspended = dict.fromkeys(TARGETS[0]["SuspendedState"], True)
    assert set_up.change_targets((of(SuspendedState=suspended),)) == ()
    assert set_up.read(NAME, VARIANTS).targets == (
        TARGETS[0] | {"SuspendedState": suspended},
        TARGETS[1],
    )


def test_a_refused_change_of_a_target_is_named(scaling: ScalingDocuments) -> None:
    (refusal,) = scaling.change_targets((of("Nobody", SuspendedState={}),))
    assert refusal.startswith(f"{resource('Nobody')}: ")


def another_endpoint(account: Account) -> str:
    """With a policy of the same name, triggered by the same alarm; returns its ARN."""
    account.create("other")
    account.wait_for("InService", "other")
    autoscaling: Any = account.autoscaling
    theirs = {"ResourceId": "endpoint/other/variant/AllTraffic"}
    autoscaling.register_scalable_target(**of(MinCapacity=1, MaxCapacity=2) | theirs)
    return str(autoscaling.put_scaling_policy(**STEP | theirs)["PolicyARN"])


def test_an_alarm_of_two_endpoints_gets_this_ones_new_policy_and_keeps_the_others(
    account: Account, set_up: ScalingDocuments
) -> None:
    first = another_endpoint(account)
    both = sorted([step_policy_arn(account), first])
    account.cloudwatch.put_metric_alarm(**ALARM_SET, AlarmActions=both)
    saved = set_up.read(NAME, VARIANTS)
    for name in ("other", NAME):  # both sleep, and the other one is back first
        account.sagemaker.delete_endpoint(EndpointName=name)
        account.wait_for("Absent", name)
    second = another_endpoint(account)
    account.cloudwatch.put_metric_alarm(**ALARM_SET, AlarmActions=[second])
    account.in_service()
    live = set_up.read(NAME, VARIANTS, [ALARM])
    assert set_up.put(NAME, changes(live, completed(live, saved)), NOW) == ()
    own = step_policy_arn(account)
    assert sorted(alarm_actions(account)) == sorted([own, second])
    assert not {own, second} & set(both)
    assert described_differences(saved, set_up.read(NAME, VARIANTS)) == []


def test_an_alarm_that_another_endpoint_gets_back_meanwhile_keeps_that_action(
    account: Account, set_up: ScalingDocuments
) -> None:
    """Both wake in the same minute: what was read first was read without the other's."""
    both = [step_policy_arn(account), another_endpoint(account)]
    account.cloudwatch.put_metric_alarm(**ALARM_SET, AlarmActions=both)
    saved = set_up.read(NAME, VARIANTS)
    for name in ("other", NAME):
        account.sagemaker.delete_endpoint(EndpointName=name)
        account.wait_for("Absent", name)
    account.in_service()
    second = another_endpoint(account)
    live = set_up.read(NAME, VARIANTS, [ALARM])
    account.cloudwatch.put_metric_alarm(**ALARM_SET, AlarmActions=[second])
    assert set_up.put(NAME, changes(live, completed(live, saved)), NOW) == ()
    assert sorted(alarm_actions(account)) == sorted([step_policy_arn(account), second])


def test_an_alarm_that_is_gone_comes_back_without_the_action_of_one_that_sleeps(
    account: Account, set_up: ScalingDocuments
) -> None:
    both = [step_policy_arn(account), another_endpoint(account)]
    account.cloudwatch.put_metric_alarm(**ALARM_SET, AlarmActions=both)
    saved = set_up.read(NAME, VARIANTS)
    account.sagemaker.delete_endpoint(EndpointName="other")
    recreate(account)
    account.cloudwatch.delete_alarms(AlarmNames=[ALARM])
    assert set_up.put(NAME, saved, NOW) == ()
    assert alarm_actions(account) == [step_policy_arn(account)]


@pytest.mark.parametrize(
    ("start", "put"),
    [
        pytest.param(timedelta(days=-1), True, id="a start that has passed is left out"),
        pytest.param(timedelta(days=1), False, id="one to come is not: it would fire too early"),
    ],
)
def test_an_action_whose_start_is_refused(
    account: Account,
    scaling: ScalingDocuments,
    monkeypatch: pytest.MonkeyPatch,
    start: timedelta,
    *,
    put: bool,
) -> None:
    real = ScheduledActions.put_scheduled_action

    def picky(self: ScheduledActions, request: dict[str, Any]) -> None:
        if "StartTime" in request:
            raise Refusal("ValidationException", "Given start time is in the past")
        real(self, request)

    autoscaling: Any = account.autoscaling
    autoscaling.register_scalable_target(**of(MinCapacity=1, MaxCapacity=2))
    monkeypatch.setattr(ScheduledActions, "put_scheduled_action", picky)
    now = account.cloud.clock.now()
    action = ACTION | {"StartTime": (now + start).isoformat()}
    refusals = scaling.put(NAME, Scaling(scheduled_actions=(action,)), now)
    found = scaling.read(NAME, VARIANTS).scheduled_actions
    assert (len(refusals), len(found)) == ((0, 1) if put else (1, 0))


def test_what_is_removed_is_gone_and_to_remove_it_twice_is_no_fault(
    set_up: ScalingDocuments,
) -> None:
    before = set_up.read(NAME, VARIANTS)
    unwanted = Scaling(
        policies=tuple(p for p in before.policies if p["PolicyName"] == STEP["PolicyName"]),
        alarms=before.alarms,
    )
    assert set_up.remove(unwanted) == ()
    after = set_up.read(NAME, VARIANTS, [ALARM])
    assert after == replace(
        before,
        policies=tuple(p for p in before.policies if p["PolicyName"] != STEP["PolicyName"]),
        alarms=(),
    )
    assert set_up.remove(unwanted) == ()
