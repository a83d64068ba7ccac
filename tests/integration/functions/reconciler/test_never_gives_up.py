"""Droughts, quotas and unknown failures: it is created as soon as any configuration can be."""

from datetime import timedelta
from typing import Any

import boto3

from lowtide_workbench.aws.protocol.faults import Failed, Fault
from lowtide_workbench.aws.settings import CloudSettings, ModelFailure, Quotas
from lowtide_workbench.demo.endpoint import CONFIG, STACK
from lowtide_workbench.fleet.pools import Drought
from tests.integration.functions.conftest import MONDAY_EVENING, TownMaker

G5, G4 = "my-g5-config", "my-g4-config"
NOW_ON = """
timezone: America/New_York
endpoints: [{{name: mine, schedule: always, config: {configs}}}]
"""
IN_TURN = """
timezone: America/New_York
endpoints:
  - {{name: evening, schedule: {{windows: [{{start: "0 19 * * *", stop: "0 20 * * *"}}]}}, config: {g5}}}
  - {{name: night, schedule: {{windows: [{{start: "0 20 * * *", stop: "0 23 * * *"}}]}}, config: [{night}]}}
"""  # noqa: E501


def create_config(name: str, instance_type: str, model: str = "my-model") -> None:
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": model,
        "InitialInstanceCount": 1,
        "InstanceType": instance_type,
    }
    sagemaker: Any = boto3.client("sagemaker")
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])


def config_of(endpoint: str) -> str:
    sagemaker: Any = boto3.client("sagemaker")
    return str(sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointConfigName"])


def raised() -> list[str]:
    cloudwatch: Any = boto3.client("cloudwatch")
    alarms = cloudwatch.describe_alarms(StateValue="ALARM", AlarmNamePrefix=STACK)["MetricAlarms"]
    return [alarm["AlarmName"].removeprefix(f"{STACK}-") for alarm in alarms]


def no_capacity_until(clock_minutes: float, *types: str) -> dict[str, list[Drought]]:
    begins = MONDAY_EVENING + timedelta(minutes=15)
    ends = MONDAY_EVENING + timedelta(minutes=clock_minutes)
    return {kind: [Drought(begins.timestamp(), ends.timestamp())] for kind in types}


def test_a_quota_that_another_endpoint_uses_is_used_once_that_one_sleeps(
    town_with: TownMaker,
) -> None:
    town = town_with(IN_TURN.format(g5=G5, night=G5), CloudSettings(quotas=Quotas({"ml.g5": 1})))
    create_config(G5, "ml.g5.2xlarge")
    town.until("Mon 20:20")
    assert (town.cloud.status("evening"), town.cloud.status("night")) == ("Absent", "InService")


def test_a_shared_quota_and_a_drought_together_give_way_to_what_ends_first(
    town_with: TownMaker,
) -> None:
    """The drought ends at 21:15, the other endpoint sleeps at 20:00."""
    settings = CloudSettings(
        quotas=Quotas({"ml.g5": 1}),
        droughts=no_capacity_until(120, "ml.g4dn.2xlarge"),
        provisioning_timeout_s=120,
    )
    town = town_with(IN_TURN.format(g5=G5, night=f"{G4}, {G5}"), settings)
    create_config(G5, "ml.g5.2xlarge")
    create_config(G4, "ml.g4dn.2xlarge")
    town.until("Mon 20:30")
    assert (town.cloud.status("night"), config_of("night")) == ("InService", G5)


def test_a_quota_of_one_configuration_does_not_delay_another_after_a_drought(
    town_with: TownMaker,
) -> None:
    settings = CloudSettings(
        quotas=Quotas({"ml.g5": 0}),
        droughts=no_capacity_until(50, "ml.g4dn.2xlarge"),
        provisioning_timeout_s=120,
    )
    town = town_with(NOW_ON.format(configs=f"[{G5}, {G4}]"), settings)
    create_config(G5, "ml.g5.2xlarge")
    create_config(G4, "ml.g4dn.2xlarge")
    town.until("Mon 20:35")
    assert (town.cloud.status("mine"), config_of("mine")) == ("InService", G4)


def test_a_quota_not_in_use_raises_the_alarm_and_a_fallback_is_tried_once_it_is_deployed(
    town_with: TownMaker,
) -> None:
    town = town_with(NOW_ON.format(configs=G5), CloudSettings(quotas=Quotas({"ml.g5": 0})))
    create_config(G5, "ml.g5.2xlarge")
    create_config(G4, "ml.g4dn.2xlarge")
    town.until("Mon 19:37")
    assert raised() == ["AttentionAlarm"]
    assert town.steps() == ["Create", "Refuse"]
    town.deploy(NOW_ON.format(configs=f"[{G5}, {G4}]"))
    town.until("Mon 19:50")
    assert (town.cloud.status("mine"), config_of("mine")) == ("InService", G4)


def test_a_quota_that_is_raised_is_used_without_a_request(town_with: TownMaker) -> None:
    """And its failure that lasts has one entry, not one for each try."""
    town = town_with(NOW_ON.format(configs=G5))
    create_config(G5, "ml.g5.2xlarge")
    limit = "The account-level service limit 'x' is 0 Instances, with current utilization of 0"
    refused = Fault(
        Failed("ResourceLimitExceeded", limit), "sagemaker", "CreateEndpoint", "reconciler", times=3
    )
    town.cloud.faults.add(refused)
    town.until("Mon 20:12")
    assert town.steps() == ["Create", "Refuse"]
    town.until("Mon 20:30")
    assert town.cloud.status("mine") == "InService"


def test_a_refusal_of_one_configuration_does_not_take_the_fallback_away(
    town_with: TownMaker,
) -> None:
    town = town_with(NOW_ON.format(configs=f"[{G5}, {G4}]"))
    create_config(G5, "ml.g5.2xlarge")
    create_config(G4, "ml.g4dn.2xlarge")
    refused = Failed("AccessDeniedException", "not authorized: kms:CreateGrant")
    town.cloud.faults.add(Fault(refused, "sagemaker", "CreateEndpoint", "reconciler", times=1))
    town.until("Mon 19:45")
    assert (town.cloud.status("mine"), config_of("mine")) == ("InService", G4)


def test_a_creation_that_aws_refuses_has_pauses_in_which_the_alarm_stays_on(
    town_with: TownMaker,
) -> None:
    town = town_with(NOW_ON.format(configs=CONFIG))
    refused = Failed("ValidationException", "aws: prefixed tag key names are not allowed")
    fault = Fault(refused, "sagemaker", "CreateEndpoint", "reconciler", times=8)
    town.cloud.faults.add(fault)
    town.until("Mon 19:36")
    for _ in range(20):
        town.pass_minutes(1)
        assert "AttentionAlarm" in raised()
    town.until("Mon 20:10")
    assert town.cloud.status("mine") == "InService"


def test_a_failure_with_an_unknown_reason_moves_on_to_the_next_configuration(
    town_with: TownMaker,
) -> None:
    town = town_with(
        NOW_ON.format(configs=f"[{G5}, {CONFIG}]"),
        CloudSettings(failures={"broken": ModelFailure.SERVICE}),
    )
    create_config(G5, "ml.g5.2xlarge", model="broken")
    town.until("Mon 19:50")
    assert (town.cloud.status("mine"), config_of("mine")) == ("InService", CONFIG)
