"""SageMaker hosting: refusals word for word, statuses that take time, fleets, events."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.fleet.fleet import Removal
from lowtide_workbench.fleet.pools import Drought, Window

ARN = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-endpoint"
FOREVER = [Drought(0, 1e11)]
NO_CAPACITY = {"ml.g6.2xlarge": FOREVER, "ml.g6e.2xlarge": FOREVER}


def refusal(call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def creating(account: Any) -> None:
    account.configure()
    account.create()


def updating(account: Any) -> None:
    account.in_service()
    change_count(account)


def deleting(account: Any) -> None:
    account.in_service()
    account.delete()


def change_count(account: Any) -> None:
    account.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=account.name,
        DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 2}],
    )


EXISTING = f'Cannot create already existing endpoint "{ARN}".'


def test_an_endpoint_lives_through_its_statuses_and_its_name_is_free_again(account: Any) -> None:
    account.in_service()
    change_count(account)
    account.wait_for("InService")
    account.delete()
    account.wait_for("Absent")
    account.create()
    history = [status for _, _, status in account.cloud.statuses]
    assert history == [
        "Creating", "InService", "Updating", "InService", "Deleting", "Absent", "Creating",
    ]  # fmt: skip


def test_creation_and_deletion_take_as_long_as_the_settings_say(account: Any) -> None:
    account.in_service()
    account.delete()
    account.wait_for("Absent")
    at = {status: when for when, _, status in account.cloud.statuses}
    assert 300 <= (at["InService"] - at["Creating"]).total_seconds() <= 600 + 30 + 20
    assert 60 <= (at["Absent"] - at["Deleting"]).total_seconds() <= 120 + 10


def test_describe_tells_the_pools_with_their_live_counts(account: Any) -> None:
    account.in_service(count=2)
    (variant,) = account.described["ProductionVariants"]
    assert variant["InstancePools"] == [
        {"InstanceType": "ml.g6.2xlarge", "CurrentInstanceCount": 2},
        {"InstanceType": "ml.g6e.2xlarge", "CurrentInstanceCount": 0},
    ]
    assert (variant["CurrentInstanceCount"], variant["DesiredInstanceCount"]) == (2, 2)
    assert account.described["EndpointArn"] == ARN
    assert account.described["CreationTime"] == datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_the_configuration_comes_back_as_it_was_given(account: Any) -> None:
    account.configure(count=3)
    config = account.sagemaker.describe_endpoint_config(EndpointConfigName="config")
    assert config["ProductionVariants"][0]["InstancePools"][1]["Priority"] == 2
    assert config["ProductionVariants"][0]["InitialInstanceCount"] == 3


@pytest.mark.parametrize("window", Window, ids=lambda window: f"time-out of {window.value}")
def test_without_capacity_creation_fails_with_awss_reason_and_the_name_stays_taken(
    open_account: Any, window: Window
) -> None:
    account = open_account(CloudSettings(droughts=NO_CAPACITY, provisioning_window=window))
    creating(account)
    account.wait_for("Failed")
    assert account.described["FailureReason"].startswith(
        "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity"
    )
    assert refusal(account.create)[1] == EXISTING
    account.delete()
    account.wait_for("Absent")


def test_in_a_drought_the_fallback_joins_and_is_the_first_to_go(open_account: Any) -> None:
    dry = Drought(datetime(2026, 11, 23, 12, 14, tzinfo=UTC).timestamp(), 1e11)
    account = open_account(CloudSettings(droughts={"ml.g6.2xlarge": [dry]}))
    account.in_service()
    change_count(account)
    account.wait_for("InService")
    assert account.cloud.fleet(account.name).counts == {"ml.g6.2xlarge": 1, "ml.g6e.2xlarge": 1}
    account.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=account.name,
        DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 1}],
    )
    account.wait_for("InService")
    assert account.cloud.fleet(account.name).counts == {"ml.g6.2xlarge": 1, "ml.g6e.2xlarge": 0}


def test_a_scale_out_without_capacity_rolls_back_to_what_there_was(open_account: Any) -> None:
    dry = [Drought(datetime(2026, 11, 23, 12, 14, tzinfo=UTC).timestamp(), 1e11)]
    droughts = {"ml.g6.2xlarge": dry, "ml.g6e.2xlarge": dry}
    account = open_account(CloudSettings(droughts=droughts))
    updating(account)
    account.wait_for("RollingBack")
    account.wait_for("InService")
    assert account.desired == 1


@pytest.mark.parametrize(
    ("removal", "cut"),
    [
        pytest.param(Removal.CUT, 3, id="cut at once"),
        pytest.param(Removal.DRAIN, 1, id="those that outlast the deletion are cut"),
    ],
)
def test_sessions_at_deletion(open_account: Any, removal: Removal, cut: int) -> None:
    account = open_account(CloudSettings(on_delete=removal))
    account.in_service()
    now = account.cloud.clock.seconds()
    account.cloud.traffic(account.name, [(now + 1, 20), (now + 1, 20), (now + 1, 5000)])
    account.wait(seconds=10)
    account.delete()
    account.wait_for("Absent")
    account.cloud.traffic(account.name, [(account.cloud.clock.seconds() + 5, 60)])
    account.wait(seconds=10)
    tally = account.cloud.tally(account.name)
    assert (tally.served, tally.cut, tally.unserved) == (3, cut, 1)


def test_nothing_is_served_before_in_service_even_where_instances_are_ready(account: Any) -> None:
    start = account.cloud.clock.seconds()
    account.cloud.traffic(account.name, [(start + second, 1) for second in range(1, 1000)])
    account.configure(count=3)
    account.create()
    account.wait_for("InService")
    tally = account.cloud.tally(account.name)
    assert tally.served == 0
    assert tally.unserved == account.cloud.clock.seconds() - start - 1
    assert tally.instance_seconds["ml.g6.2xlarge"] > 0, "instances are billed once they are ready"


def test_each_change_of_status_is_an_event(open_account: Any) -> None:
    account = open_account(CloudSettings(event_copies=2))
    events: list[dict[str, Any]] = []
    account.cloud.on_event(events.append)
    account.configure()
    account.create(Tags=[{"Key": "team", "Value": "voice"}])
    assert not events, "an event never arrives inside the call that caused it"
    account.wait_for("InService")
    account.wait(seconds=10)
    assert [event["detail"]["EndpointStatus"] for event in events] == [
        "CREATING", "CREATING", "IN_SERVICE", "IN_SERVICE",
    ]  # fmt: skip
    event = events[0]
    assert event["source"] == "aws.sagemaker"
    assert event["detail-type"] == "SageMaker Endpoint State Change"
    assert event["resources"] == [ARN]
    assert event["time"] == "2026-11-23T12:00:00Z"
    assert event["detail"]["EndpointName"] == account.name
    assert event["detail"]["CreationTime"] == 1795435200000.0
    assert event["detail"]["Tags"] == {"team": "voice"}


def test_other_sessions_reach_the_same_cloud(account: Any) -> None:
    account.in_service()
    other = boto3.Session(region_name="us-east-1").client("sagemaker")
    assert [each["ModelName"] for each in other.list_models()["Models"]] == ["model"]
    assert other.describe_endpoint(EndpointName=account.name)["EndpointStatus"] == "InService"


def test_a_client_made_in_one_cloud_reaches_the_next(open_account: Any) -> None:
    first = open_account(CloudSettings())
    first.configure()
    first.cloud.__exit__(None, None, None)
    second = open_account(CloudSettings())
    assert first.sagemaker.list_endpoint_configs()["EndpointConfigs"] == []
    second.configure()
    assert len(first.sagemaker.list_endpoint_configs()["EndpointConfigs"]) == 1
