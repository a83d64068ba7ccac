"""What dies with an endpoint comes back as it is needed, and as a person left it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from lowtide import config
from lowtide.bootstrap import lifecycle
from lowtide.domain.lifecycle.actions import BeginDrain
from lowtide.domain.lifecycle.record import intend
from lowtide.settings import LifecycleSettings
from lowtide.workflows.gather import gather
from lowtide.workflows.reconciler.suspend_scaling import resume_scaling, suspend_scaling
from lowtide.workflows.reconciler.take_snapshot import snapshot_to_keep
from lowtide_workbench.aws.autoscaling.api import ApplicationAutoScaling
from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.aws.sagemaker.endpoints_api import EndpointsApi
from lowtide_workbench.aws.sagemaker.status import Status
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.demo import endpoint_state
from lowtide_workbench.demo.endpoint import ALARM, CONFIG, ENDPOINT, RESOURCE, VARIANT
from lowtide_workbench.fleet.pools import Drought
from tests.integration.functions.conftest import MONDAY_EVENING, NEW_YORK, Town, TownMaker

SCALED: dict[str, str] = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": RESOURCE,
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
FREE = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}
HELD = dict.fromkeys(FREE, True)
NO_SCALE_IN = FREE | {"DynamicScalingInSuspended": True}
NO_SCALE_OUT = FREE | {"DynamicScalingOutSuspended": True}


def sagemaker() -> Any:
    return boto3.client("sagemaker")


def autoscaling() -> Any:
    return boto3.client("application-autoscaling")


def target() -> Any:
    found = autoscaling().describe_scalable_targets(ServiceNamespace="sagemaker")
    return found["ScalableTargets"][0]


def scaling_range() -> tuple[int, int]:
    found = target()
    return found["MinCapacity"], found["MaxCapacity"]


def variant() -> Any:
    (found,) = sagemaker().describe_endpoint(EndpointName=ENDPOINT)["ProductionVariants"]
    return found


def action(name: str, schedule: str, **change: int) -> None:
    autoscaling().put_scheduled_action(
        **SCALED,
        ScheduledActionName=name,
        Schedule=schedule,
        Timezone=NEW_YORK.key,
        ScalableTargetAction=change,
    )


def actions() -> set[str]:
    found = autoscaling().describe_scheduled_actions(ServiceNamespace="sagemaker")
    return {each["ScheduledActionName"] for each in found["ScheduledActions"]}


def follow(goal: float) -> None:
    (policy,) = autoscaling().describe_scaling_policies(
        ServiceNamespace="sagemaker", PolicyNames=["follow-weighted-concurrency"]
    )["ScalingPolicies"]
    kind = "TargetTrackingScalingPolicyConfiguration"
    autoscaling().put_scaling_policy(
        **SCALED,
        PolicyName=policy["PolicyName"],
        PolicyType=policy["PolicyType"],
        **{kind: policy[kind] | {"TargetValue": goal}},
    )


def set_on_variant(**change: float) -> None:
    sagemaker().update_endpoint_weights_and_capacities(
        EndpointName=ENDPOINT, DesiredWeightsAndCapacities=[{"VariantName": VARIANT, **change}]
    )


def restores(town: Town) -> list[str]:
    return [outcome for step, outcome in town.entries() if step == "Restore"]


def test_it_wakes_with_the_floor_that_is_needed_now(town: Town) -> None:
    """The evening's floor of 4 was saved; the action that ends it fired while nobody was there."""
    action("evening-floor", "cron(40 19 ? * * *)", MinCapacity=4)
    action("night-floor", "cron(0 21 ? * 1-7 *)", MinCapacity=3)
    town.until("Mon 19:59")
    assert scaling_range() == (4, 6)
    town.until("Mon 22:00")
    assert scaling_range() == (3, 6)
    assert variant()["CurrentInstanceCount"] == 3
    assert f"{RESOURCE} has the range 3 to 6" in restores(town)[-1]


def test_where_no_action_fired_it_wakes_with_the_floor_that_was_saved(town: Town) -> None:
    action("evening-floor", "cron(40 19 ? * * *)", MinCapacity=4)
    town.until("Mon 22:00")
    assert scaling_range() == (4, 6)
    assert variant()["CurrentInstanceCount"] == 4


def test_a_one_time_action_of_the_night_moves_the_floor_and_is_left_out(town: Town) -> None:
    action("once", "at(2026-11-23T21:00:00)", MinCapacity=3)
    town.until("Mon 22:00")
    assert scaling_range() == (3, 6)
    assert "once" not in actions()
    assert "once is left out: its time has passed" in restores(town)[-1]


def test_a_weight_and_a_deployment_configuration_come_back(town: Town) -> None:
    deployment = {
        "RollingUpdatePolicy": {
            "MaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": 50},
            "WaitIntervalInSeconds": 60,
        }
    }
    sagemaker().update_endpoint(
        EndpointName=ENDPOINT, EndpointConfigName=CONFIG, DeploymentConfig=deployment
    )
    while variant() and town.status != "InService":
        town.cloud.advance(town.cloud.clock.now() + timedelta(minutes=1))
    set_on_variant(DesiredWeight=0.25)
    town.until("Mon 19:59")
    evening = endpoint_state.read(town.cloud.clock.now())
    town.until("Mon 22:00")
    assert variant()["CurrentWeight"] == 0.25
    found = sagemaker().describe_endpoint(EndpointName=ENDPOINT)
    assert found["LastDeploymentConfig"] == deployment
    assert (
        endpoint_state.compare(evening, endpoint_state.read(town.cloud.clock.now())).differences
        == ()
    )
    assert restores(town)[-1].startswith("back and equal field by field")


def test_a_count_set_by_hand_comes_back_where_nothing_scales_it(town: Town) -> None:
    autoscaling().deregister_scalable_target(**SCALED)
    set_on_variant(DesiredInstanceCount=3)
    town.until("Mon 22:00")
    assert variant()["CurrentInstanceCount"] == 3


def test_a_creation_that_fails_in_the_night_forgets_neither_weights_nor_floors(
    town_with: TownMaker,
) -> None:
    dry = [
        Drought(
            (MONDAY_EVENING + timedelta(hours=1)).timestamp(),
            (MONDAY_EVENING + timedelta(hours=2.5)).timestamp(),
        )
    ]
    town = town_with(settings=CloudSettings(droughts={"ml.g6.2xlarge": dry, "ml.g6e.2xlarge": dry}))
    set_on_variant(DesiredWeight=0.25)
    action("evening-floor", "cron(40 19 ? * * *)", MinCapacity=4)
    action("night-floor", "cron(20 21 ? * * *)", MinCapacity=3)
    town.until("Mon 22:20")
    assert "Failed" in town.statuses()
    assert town.status == "InService"
    assert (variant()["CurrentWeight"], scaling_range()) == (0.25, (3, 6))


def test_what_a_person_changes_while_the_restore_is_pending_is_not_fought(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = ApplicationAutoScaling.put_scheduled_action

    def refuse(*_: object) -> None:
        raise Refusal("ValidationException", "not now")

    monkeypatch.setattr(ApplicationAutoScaling, "put_scheduled_action", refuse)
    while not restores(town):
        town.cloud.advance(town.cloud.clock.now() + timedelta(minutes=1))
    failed = restores(town)[0]
    assert failed.startswith("failed: the restore is not complete")
    assert f"scheduled_actions[{RESOURCE} morning-floor] is not there yet" in failed
    follow(5.0)
    town.cloud.advance(town.cloud.clock.now() + timedelta(minutes=2))
    monkeypatch.setattr(ApplicationAutoScaling, "put_scheduled_action", real)
    town.until("Mon 22:00")
    assert "TargetValue: was 7.5, is 5.0" in restores(town)[-1]
    assert actions() == {"morning-floor", "release-the-floor"}


def test_a_default_that_aws_adds_does_not_keep_the_restore_from_ending(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.until("Mon 21:00")
    real = ApplicationAutoScaling.put_scheduled_action

    def altered(self: ApplicationAutoScaling, request: dict[str, Any]) -> None:
        real(self, request | {"Timezone": "UTC"})

    monkeypatch.setattr(ApplicationAutoScaling, "put_scheduled_action", altered)
    town.until("Mon 22:00")
    assert [outcome.partition(":")[0] for outcome in restores(town)] == [
        "failed",
        "back, with changes made since",
    ]


def test_an_alarm_changed_overnight_keeps_the_change_and_works_again(town: Town) -> None:
    cloudwatch: Any = boto3.client("cloudwatch")
    town.until("Mon 20:30")
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[ALARM])["MetricAlarms"]
    fields = ("AlarmName", "Namespace", "MetricName", "Dimensions", "Statistic", "Period")
    rest = ("EvaluationPeriods", "ComparisonOperator")
    kept = {field: alarm[field] for field in (*fields, *rest)}
    cloudwatch.put_metric_alarm(**kept, Threshold=0.9)
    town.until("Mon 22:00")
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[ALARM])["MetricAlarms"]
    assert alarm["Threshold"] == 0.9
    assert [action.rpartition("/")[2] for action in alarm["AlarmActions"]] == ["jump-when-full"]


class Holding:
    """`hold` and `release` as a step of this minute would do them."""

    def __init__(self, town: Town, file: Path) -> None:
        self._town = town
        self._managed = config.load(file).endpoints[0]
        specs = town.stack.template.functions()
        environment = next(spec for spec in specs if spec.name == "scheduler").environment
        self._world = lifecycle.services(LifecycleSettings.from_env(environment), prices={})

    def _now(self) -> Any:
        return gather(self._managed, self._world, self._town.cloud.clock.now())

    def save(self) -> None:
        self._world.store.save_snapshot(ENDPOINT, snapshot_to_keep(self._now(), self._world))

    def hold(self) -> str:
        context = self._now()
        record, at = context.record, context.endpoint.created_at
        begun = intend(record, BeginDrain("", record.draining_since), at, context.now)
        self._world.store.save_record(ENDPOINT, begun, None, context.now)
        return suspend_scaling(context, self._world)

    def release(self) -> str:
        return resume_scaling(self._now(), self._world)


def suspend(state: dict[str, bool]) -> None:
    autoscaling().register_scalable_target(**SCALED, SuspendedState=state)


@pytest.fixture
def draining(town: Town, tmp_path: Path) -> Holding:
    """Saved at 19:58, as a person had it; streams are open; held at 20:05."""
    suspend(NO_SCALE_IN)
    town.calls(("19:59", 14))
    holding = Holding(town, tmp_path / "endpoints.yaml")
    town.until("Mon 19:58")
    holding.save()
    town.until("Mon 20:05")
    holding.hold()
    assert target()["SuspendedState"] == HELD
    return holding


@pytest.mark.usefixtures("draining")
def test_a_hold_never_gets_into_a_snapshot(town: Town) -> None:
    town.until("Mon 20:30")
    assert town.status == "Absent"
    town.until("Mon 22:00")
    assert target()["SuspendedState"] == NO_SCALE_IN


def test_a_hold_done_twice_is_done_once_and_a_release_too(draining: Holding) -> None:
    assert draining.hold() == "0 scalable targets suspended"
    assert draining.release() == "1 scalable target resumed"
    assert draining.release() == "0 scalable targets resumed"
    assert target()["SuspendedState"] == NO_SCALE_IN


def test_what_a_person_sets_during_the_drain_stays(town: Town, draining: Holding) -> None:
    suspend(NO_SCALE_OUT)
    assert draining.release() == "0 scalable targets resumed"
    town.until("Mon 20:30")
    assert town.status == "Absent"
    town.until("Mon 22:00")
    assert target()["SuspendedState"] == NO_SCALE_OUT


@pytest.mark.usefixtures("draining")
def test_an_action_that_the_hold_kept_from_firing_counts_at_the_wake(town: Town) -> None:
    """Also where the endpoint is saved anew during the drain, after the action."""
    action("late-floor", "cron(7 20 ? * * *)", MinCapacity=3)
    town.until("Mon 20:10")
    assert scaling_range() == (1, 6)
    town.until("Mon 22:00")
    assert scaling_range() == (3, 6)


@pytest.mark.usefixtures("draining")
def test_a_delete_that_took_the_scaling_and_failed_leaves_the_owners_state(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = EndpointsApi.delete_endpoint

    def half(self: EndpointsApi, request: dict[str, Any]) -> Any:
        self._scaling.forget(request["EndpointName"])
        raise Refusal("InternalFailure", "half done")

    monkeypatch.setattr(EndpointsApi, "delete_endpoint", half)
    town.until("Mon 20:25")
    monkeypatch.setattr(EndpointsApi, "delete_endpoint", real)
    wake = {"action": "wake", "endpoint": ENDPOINT, "reason": "overtime", "by": "ann"}
    town.control(**wake, **{"for": "20m"})
    town.until("Mon 20:30")
    assert town.status == "InService"
    assert target()["SuspendedState"] == NO_SCALE_IN


@pytest.mark.usefixtures("draining")
@pytest.mark.parametrize(
    "then",
    [
        pytest.param("Failed", id="fails after it was accepted"),
        pytest.param("InService", id="is not seen for a few minutes"),
    ],
)
def test_a_hold_does_not_get_into_a_snapshot_where_the_delete(
    town: Town, monkeypatch: pytest.MonkeyPatch, then: Status
) -> None:
    """Its scaling is still there, and still suspended."""

    def accepted(self: EndpointsApi, request: dict[str, Any]) -> None:
        endpoint = self._hosting.find(request["EndpointName"])
        endpoint.impose(then, None, self._clock.seconds())

    with monkeypatch.context() as patch:
        patch.setattr(EndpointsApi, "delete_endpoint", accepted)
        town.until("Mon 20:17")
        assert "Delete" in town.ledger()
    town.until("Mon 20:30")
    assert town.status == "Absent"
    town.until("Mon 22:00")
    assert target()["SuspendedState"] == NO_SCALE_IN


@pytest.mark.usefixtures("draining")
def test_a_range_set_by_hand_during_a_drain_outlasts_an_action_that_the_hold_kept_back(
    town: Town,
) -> None:
    action("floor", "cron(7 20 ? * * *)", MinCapacity=3)
    town.until("Mon 20:09")
    autoscaling().register_scalable_target(**SCALED, MinCapacity=2, MaxCapacity=5)
    town.until("Mon 22:00")
    assert scaling_range() == (2, 5)


@pytest.mark.usefixtures("draining")
def test_an_action_after_a_range_set_by_hand_during_a_drain_counts_at_the_wake(
    town: Town,
) -> None:
    action("night-floor", "cron(0 21 ? * * *)", MinCapacity=3)
    autoscaling().register_scalable_target(**SCALED, MinCapacity=2, MaxCapacity=5)
    town.until("Mon 22:00")
    assert scaling_range() == (3, 5)


def test_everything_suspended_by_hand_before_the_evening_is_the_owners(
    town: Town, tmp_path: Path
) -> None:
    """Lowtide's own hold looks the same, but nothing drains yet."""
    holding = Holding(town, tmp_path / "endpoints.yaml")
    holding.save()
    suspend(HELD)
    town.until("Mon 19:58")
    holding.save()
    town.until("Mon 20:02")
    assert holding.hold() == "0 scalable targets suspended"
    town.until("Mon 22:00")
    assert target()["SuspendedState"] == HELD


def test_what_changed_since_it_was_saved_is_saved_before_it_is_suspended(
    town: Town, tmp_path: Path
) -> None:
    holding = Holding(town, tmp_path / "endpoints.yaml")
    holding.save()
    suspend(NO_SCALE_OUT)
    assert holding.hold() == "1 scalable target suspended"
    assert holding.release() == "1 scalable target resumed"
    assert target()["SuspendedState"] == NO_SCALE_OUT


def test_without_a_snapshot_nothing_is_suspended(town: Town, tmp_path: Path) -> None:
    holding = Holding(town, tmp_path / "endpoints.yaml")
    assert holding.hold() == "nothing is saved: scaling is left as it is"
    assert holding.release() == "nothing was suspended"
    assert target()["SuspendedState"] == FREE
