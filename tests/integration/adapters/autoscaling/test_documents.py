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
from tests.integration.adapters.conftest import NAME, NOW, POOLS, Account, target

VARIANTS = ("AllTraffic", "Canary")
ALARM = "it-is-full"


def resource(variant: str = "AllTraffic") -> str:
    return f"endpoint/{NAME}/variant/{variant}"


SUSPENDED = {
    "DynamicScalingInSuspended": True,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}
TARGETS = (
    target(
        MinCapacity=1,
        MaxCapacity=6,
        SuspendedState=SUSPENDED,
        Tags={"team": "voice", "cost-center": "4711"},
    ),
    target("Canary", MinCapacity=1, MaxCapacity=2, SuspendedState=dict.fromkeys(SUSPENDED, False)),
)
PREDEFINED = target(
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
STEP = target(
    PolicyName="jump-when-full",
    PolicyType="StepScaling",
    StepScalingPolicyConfiguration={
        "AdjustmentType": "PercentChangeInCapacity",
        "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 30}],
        "MinAdjustmentMagnitude": 1,
        "Cooldown": 120,
        "MetricAggregationType": "Maximum",
    },
)
ACTION = target(
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
    "ActionsEnabled": False,
    "OKActions": ["arn:aws:sns:us-east-1:123456789012:on-call"],
    "Namespace": "Lowtide",
    "MetricName": "CapacityUtilization",
    "Dimensions": [{"Name": "EndpointName", "Value": NAME}],
    "Statistic": "Maximum",
    "Period": 60,
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 2,
    "Threshold": 0.0,
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
    """As a user sets it up."""
    autoscaling: Any = account.autoscaling
    for each in TARGETS:
        autoscaling.register_scalable_target(**each)
    autoscaling.put_scaling_policy(**PREDEFINED)
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


def another_endpoint(account: Account) -> str:
    """With a policy of the same name, triggered by the same alarm; returns its ARN."""
    account.create("other")
    account.wait_for("InService", "other")
    autoscaling: Any = account.autoscaling
    other = {"ResourceId": "endpoint/other/variant/AllTraffic"}
    autoscaling.register_scalable_target(**target(MinCapacity=1, MaxCapacity=2) | other)
    return str(autoscaling.put_scaling_policy(**STEP | other)["PolicyARN"])


def test_scaling_is_read_as_it_was_put(account: Account, set_up: ScalingDocuments) -> None:
    found = set_up.read(NAME, VARIANTS)
    assert found.targets == TARGETS
    assert sorted(found.policies, key=lambda policy: policy["PolicyName"]) == [PREDEFINED, STEP]
    assert found.scheduled_actions == (ACTION,)
    assert len(account.cloudwatch.describe_alarms()["MetricAlarms"]) == 3
    (alarm,) = found.alarms  # without those that target tracking makes
    assert ALARM_SET.items() <= alarm.items()
    assert alarm["AlarmActions"] == [policy_reference(resource(), "jump-when-full")]
    untagged = tuple({k: v for k, v in each.items() if k != "Tags"} for each in TARGETS)
    assert set_up.targets(NAME, VARIANTS) == untagged
    assert set_up.targets(NAME, VARIANTS[1:]) == untagged[1:]


def test_scaling_of_other_endpoints_is_not_read(account: Account, set_up: ScalingDocuments) -> None:
    """A failed endpoint shows no variants: an empty filter would match every target there is."""
    another_endpoint(account)
    assert sorted(set_up.scaled_variants(NAME)) == sorted(VARIANTS)
    assert set_up.scaled_variants("other") == ("AllTraffic",)
    assert set_up.scaled_variants("oth") == ()
    assert set_up.read("other", VARIANTS[1:]) == Scaling()
    assert set_up.read("failed", ()) == Scaling()
    assert set_up.targets("failed", ()) == ()


def test_everything_can_be_put_again_also_twice_and_reads_equal(
    account: Account, set_up: ScalingDocuments
) -> None:
    saved, old = set_up.read(NAME, VARIANTS), step_policy_arn(account)
    recreate(account)
    assert set_up.read(NAME, VARIANTS) == Scaling()
    (detached,) = set_up.read(NAME, VARIANTS, [ALARM, "absent"]).alarms
    assert (detached["AlarmName"], detached.get("AlarmActions")) == (ALARM, None)
    for _ in range(2):
        assert set_up.put(NAME, saved, NOW) == ()
        assert described_differences(saved, set_up.read(NAME, VARIANTS)) == []
        assert alarm_actions(account) == [step_policy_arn(account)] != [old]


def test_an_alarm_needs_its_policy_and_finds_one_that_is_there_already(
    account: Account, set_up: ScalingDocuments
) -> None:
    """PutMetricAlarm is throttled at 3 a second: a second attempt may put nothing else."""
    saved = set_up.read(NAME, VARIANTS)
    recreate(account)
    (refusal,) = set_up.put(NAME, Scaling(alarms=saved.alarms), NOW)
    assert refusal == f"{ALARM}: the policy jump-when-full that it triggers is not there"
    assert set_up.put(NAME, replace(saved, alarms=()), NOW) == ()
    assert set_up.put(NAME, Scaling(alarms=saved.alarms), NOW) == ()
    assert alarm_actions(account) == [step_policy_arn(account)]


def test_a_refused_document_is_named_and_does_not_stop_the_others(
    account: Account, set_up: ScalingDocuments
) -> None:
    saved = set_up.read(NAME, VARIANTS)
    past = ACTION | {"ScheduledActionName": "past", "Schedule": "at(2020-01-01T00:00:00)"}
    absent = target("Absent", MinCapacity=1, MaxCapacity=2)
    orphan = STEP | {"PolicyName": "orphan", "ResourceId": resource("Absent")}
    recreate(account)
    refusals = set_up.put(
        NAME,
        Scaling(
            targets=(absent, *saved.targets),
            policies=(orphan, *saved.policies),
            scheduled_actions=(past, *saved.scheduled_actions),
            alarms=saved.alarms,
        ),
        NOW,
    )
    assert [refusal.partition(":")[0] for refusal in refusals] == [
        resource("Absent"), "orphan", "past",
    ]  # fmt: skip
    assert all("Exception" in refusal for refusal in refusals)
    assert described_differences(saved, set_up.read(NAME, VARIANTS)) == []


def test_all_pages_are_read(account: Account, scaling: ScalingDocuments) -> None:
    autoscaling: Any = account.autoscaling
    autoscaling.register_scalable_target(**target(MinCapacity=1, MaxCapacity=2))
    for n in range(51):
        autoscaling.put_scheduled_action(**ACTION | {"ScheduledActionName": f"floor-{n:02}"})
    arns = [
        autoscaling.put_scaling_policy(**STEP | {"PolicyName": f"step-{n:02}"})["PolicyARN"]
        for n in range(11)
    ]
    for n in range(101):
        alarm: Any = ALARM_SET | {"AlarmName": f"full-{n:03}", "AlarmActions": [arns[n % 11]]}
        account.cloudwatch.put_metric_alarm(**alarm)
    asked: list[int] = []
    account.cloudwatch.meta.events.register(
        "provide-client-params.cloudwatch.DescribeAlarms",
        lambda params, **_: asked.append(len(params["AlarmNames"])),
    )
    found = scaling.read(NAME, VARIANTS)
    assert max(asked) == 100  # DescribeAlarms takes no more names
    names = [
        {policy["PolicyName"] for policy in found.policies},
        {action["ScheduledActionName"] for action in found.scheduled_actions},
        {alarm["AlarmName"] for alarm in found.alarms},
    ]
    assert list(map(len, names)) == [11, 51, 101]


def test_tags_are_put_on_a_target_that_is_there_and_its_range_stays(
    account: Account, scaling: ScalingDocuments
) -> None:
    autoscaling: Any = account.autoscaling
    autoscaling.register_scalable_target(**target(MinCapacity=2, MaxCapacity=3))
    tagged = target(MinCapacity=1, MaxCapacity=6, Tags={"team": "voice"})
    assert scaling.put(NAME, Scaling(targets=(tagged,)), NOW) == ()
    (found,) = scaling.read(NAME, VARIANTS).targets
    assert (found["MinCapacity"], found["MaxCapacity"]) == (2, 3)
    assert found["Tags"] == {"team": "voice"}


def test_a_change_of_a_target_keeps_what_it_does_not_name(set_up: ScalingDocuments) -> None:
    suspended = dict.fromkeys(SUSPENDED, True)
    changes = (target("Absent", SuspendedState={}), target(SuspendedState=suspended))
    (refusal,) = set_up.change_targets(changes)
    assert refusal.startswith(f"{resource('Absent')}: ")
    assert set_up.read(NAME, VARIANTS).targets == (
        TARGETS[0] | {"SuspendedState": suspended},
        TARGETS[1],
    )


@pytest.mark.parametrize("is_read_later", [True, False], ids=["before", "after it is read"])
def test_an_alarm_keeps_the_action_that_another_endpoint_has_put(
    account: Account, set_up: ScalingDocuments, *, is_read_later: bool
) -> None:
    """Both wake in the same minute, and share the alarm."""
    both = sorted([step_policy_arn(account), another_endpoint(account)])
    account.cloudwatch.put_metric_alarm(**ALARM_SET, AlarmActions=both)
    saved = set_up.read(NAME, VARIANTS)
    for name in ("other", NAME):
        account.sagemaker.delete_endpoint(EndpointName=name)
        account.wait_for("Absent", name)
    account.in_service()
    second = another_endpoint(account)
    live = set_up.read(NAME, VARIANTS, [ALARM])
    account.cloudwatch.put_metric_alarm(**ALARM_SET, AlarmActions=[second])
    if is_read_later:
        live = set_up.read(NAME, VARIANTS, [ALARM])
    assert set_up.put(NAME, changes(live, completed(live, saved)), NOW) == ()
    own = step_policy_arn(account)
    assert sorted(alarm_actions(account)) == sorted([own, second])
    assert not {own, second} & set(both)
    assert described_differences(saved, set_up.read(NAME, VARIANTS)) == []


def test_an_alarm_that_is_gone_is_put_without_the_action_of_an_endpoint_that_is_asleep(
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
        pytest.param(timedelta(days=-1), 1, id="a start that has passed is left out"),
        pytest.param(timedelta(days=1), 0, id="one to come is not: it would fire too early"),
    ],
)
def test_an_action_whose_start_is_refused(
    account: Account,
    scaling: ScalingDocuments,
    monkeypatch: pytest.MonkeyPatch,
    start: timedelta,
    put: int,
) -> None:
    real = ScheduledActions.put_scheduled_action

    def picky(self: ScheduledActions, request: dict[str, Any]) -> None:
        if "StartTime" in request:
            raise Refusal("ValidationException", "Given start time is in the past")
        real(self, request)

    account.autoscaling.register_scalable_target(**target(MinCapacity=1, MaxCapacity=2))
    monkeypatch.setattr(ScheduledActions, "put_scheduled_action", picky)
    now = account.cloud.clock.now()
    action = ACTION | {"StartTime": (now + start).isoformat()}
    refusals = scaling.put(NAME, Scaling(scheduled_actions=(action,)), now)
    found = scaling.read(NAME, VARIANTS).scheduled_actions
    assert (len(refusals), len(found)) == (1 - put, put)


def test_policies_and_alarms_are_removed_also_twice(set_up: ScalingDocuments) -> None:
    before = set_up.read(NAME, VARIANTS)
    kept = tuple(p for p in before.policies if p["PolicyName"] != STEP["PolicyName"])
    removed = tuple(p for p in before.policies if p not in kept)
    for _ in range(2):
        assert set_up.remove(Scaling(policies=removed, alarms=before.alarms)) == ()
        after = set_up.read(NAME, VARIANTS, [ALARM])
        assert after == replace(before, policies=kept, alarms=())
