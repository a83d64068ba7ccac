"""UpdateEndpoint: the old fleet serves until the new one is in; what fails is rolled back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.aws.settings import ModelFailure
from lowtide_workbench.fleet.pools import Drought

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
TYPES = ("ml.g6.2xlarge", "ml.g6e.2xlarge")


def update(account: Any, **fields: Any) -> None:
    account.sagemaker.update_endpoint(
        **({"EndpointName": account.name, "EndpointConfigName": "other"} | fields)
    )


def blue_green(routing: str, **sizes: Any) -> dict[str, Any]:
    return {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": {"Type": routing, "WaitIntervalInSeconds": 600, **sizes},
            "TerminationWaitInSeconds": 300,
        }
    }


def rolling(batch: int) -> dict[str, Any]:
    return {
        "RollingUpdatePolicy": {
            "MaximumBatchSize": {"Type": "INSTANCE_COUNT", "Value": batch},
            "WaitIntervalInSeconds": 60,
        }
    }


def percent(value: int) -> dict[str, Any]:
    return {"Type": "CAPACITY_PERCENT", "Value": value}


def ready(account: Any, count: int = 2, **other: Any) -> Any:
    account.in_service(count=count)
    account.configure(**({"name": "other", "count": count} | other))
    return account


def live(account: Any) -> int:
    return sum(len(each.live) for each in account.cloud.fleets(account.name))


def dry_from(minutes: float) -> CloudSettings:
    dry = [Drought((START + timedelta(minutes=minutes)).timestamp(), 1e11)]
    return CloudSettings(droughts=dict.fromkeys(TYPES, dry))


def test_a_pending_deployment_is_described_until_it_serves(account: Any) -> None:
    account.configure()
    account.create()
    (variant,) = account.described["PendingDeploymentSummary"]["ProductionVariants"]
    assert "ProductionVariants" not in account.described
    (image,) = variant["DeployedImages"]
    assert image["SpecifiedImage"].endswith("model:1")
    assert "model@sha256:" in image["ResolvedImage"]
    account.wait_for("InService")
    account.configure(name="other", InstancePools=None, InstanceType="ml.g5.2xlarge",
                      VariantInstanceProvisionTimeoutInSeconds=None)  # fmt: skip
    update(account)
    during = account.described
    assert (during["EndpointStatus"], during["EndpointConfigName"]) == ("Updating", "config")
    pending = during["PendingDeploymentSummary"]
    assert pending["EndpointConfigName"] == "other"
    assert pending["StartTime"] == account.cloud.clock.now()
    (variant,) = pending["ProductionVariants"]
    assert variant["InstanceType"] == "ml.g5.2xlarge"
    assert (variant["CurrentInstanceCount"], variant["DesiredInstanceCount"]) == (0, 1)
    assert variant["VariantStatus"][0]["Status"] == "Creating"
    account.wait_for("InService")
    assert account.described["EndpointConfigName"] == "other"
    assert "PendingDeploymentSummary" not in account.described


def test_it_needs_both_fleets_at_once_and_no_one_goes_unserved(account: Any) -> None:
    """Facts 5: double capacity."""
    ready(account)
    account.sessions(*((second, 30.0) for second in range(1, 2000)))
    update(account)
    most = 0
    while account.status == "Updating":
        account.wait(seconds=10)
        most = max(most, live(account))
    assert most == 4
    account.wait(minutes=10)
    tally = account.cloud.tally(account.name)
    assert (tally.unserved, tally.cut) == (0, 0)
    assert live(account) == 2


@pytest.mark.parametrize(
    ("settings", "model", "reason"),
    [
        pytest.param(
            dry_from(14), "model", "Unable to provision requested ML compute", id="no capacity"
        ),
        pytest.param(
            CloudSettings(failures={"broken": ModelFailure.CRASH_LOOP}), "broken",
            "The primary container", id="a container that crashes",
        ),
    ],
)  # fmt: skip
def test_an_update_that_fails_leaves_the_old_fleet_and_a_reason_until_the_next_one(
    open_account: Any, settings: CloudSettings, model: str, reason: str
) -> None:
    """Facts 1.2, 5; users see InService with a FailureReason after a failed update."""
    account = ready(open_account(settings), ModelName=model)
    update(account)
    before = len(account.cloud.statuses)
    account.wait_for("InService")
    assert [status for _, _, status in account.cloud.statuses[before:]] == ["InService"]
    described = account.described
    assert described["EndpointConfigName"] == "config"
    assert described["FailureReason"].startswith(reason)
    assert live(account) == 2
    update(account)
    assert "FailureReason" not in account.described


RETAIN = {"RetainAllVariantProperties": True}
COUNT = {"VariantPropertyType": "DesiredInstanceCount"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({}, (4, 0.5), id="nothing retained: what the configuration says"),
        pytest.param(RETAIN, (3, 2.0), id="all retained"),
        pytest.param(
            RETAIN | {"ExcludeRetainedVariantProperties": [COUNT]}, (4, 2.0), id="all but the count"
        ),
    ],
)
def test_variant_properties(
    account: Any, fields: dict[str, Any], expected: tuple[int, float]
) -> None:
    ready(account, count=1)
    account.configure(name="third", count=4, InitialVariantWeight=0.5)
    account.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=account.name,
        DesiredWeightsAndCapacities=[
            {"VariantName": "AllTraffic", "DesiredInstanceCount": 3, "DesiredWeight": 2.0}
        ],
    )
    account.wait_for("InService")
    update(account, EndpointConfigName="third", **fields)
    account.wait_for("InService")
    (variant,) = account.described["ProductionVariants"]
    assert (variant["DesiredInstanceCount"], variant["CurrentWeight"]) == expected


@pytest.mark.parametrize("retained", [True, False])
def test_the_deployment_configuration_is_kept_as_the_last(account: Any, *, retained: bool) -> None:
    ready(account, count=1)
    update(account, DeploymentConfig=blue_green("ALL_AT_ONCE"))
    account.wait_for("InService")
    assert account.described["LastDeploymentConfig"] == blue_green("ALL_AT_ONCE")
    update(account, EndpointConfigName="config", RetainDeploymentConfig=retained)
    assert ("LastDeploymentConfig" in account.described) is retained


@pytest.mark.parametrize(
    ("config", "text"),
    [
        pytest.param(blue_green("ALL_AT_ONCE") | rolling(1), "cannot both", id="both policies"),
        pytest.param(blue_green("CANARY"), "CanarySize is required", id="a canary of no size"),
        pytest.param(
            blue_green("CANARY", CanarySize=percent(51)), "CanarySize must", id="a large canary"
        ),
        pytest.param(
            blue_green("LINEAR", LinearStepSize=percent(9)), "LinearStepSize", id="a small step"
        ),
        pytest.param(rolling(2), "MaximumBatchSize must be between 5", id="a batch of everything"),
    ],
)
def test_a_deployment_configuration_is_refused(
    account: Any, config: dict[str, Any], text: str
) -> None:
    ready(account)
    with pytest.raises(ClientError, match=text):
        update(account, DeploymentConfig=config)


def test_an_endpoint_whose_configuration_is_gone_cannot_be_updated(account: Any) -> None:
    """As Terraform's users found: the old configuration is needed."""
    ready(account)
    account.sagemaker.delete_endpoint_config(EndpointConfigName="config")
    with pytest.raises(ClientError, match=r'configuration "arn:.*endpoint-config/config"'):
        update(account)


def test_a_scaled_variant_keeps_its_instance_type(account: Any) -> None:
    """Facts 4: "updates fail when instance type changes while a target is registered"."""
    ready(account, InstancePools=[{"InstanceType": "ml.g5.2xlarge", "Priority": 1}])
    account.register()
    with pytest.raises(ClientError, match=r'variant\(s\) "\[AllTraffic\]" must be deregistered'):
        update(account)
