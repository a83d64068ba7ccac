"""What may be done to an endpoint in which status, and AWS's words where it may not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.fleet.pools import Drought

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
WHERE = "arn:aws:sagemaker:us-east-1:123456789012"
ARN = f"{WHERE}:endpoint/my-endpoint"
IN_PROGRESS = f'Cannot update in-progress endpoint "{ARN}".'
ABSENT = f'Could not find endpoint "{ARN}".'
EXISTING = f'Cannot create already existing endpoint "{ARN}".'

# Facts 5: "Deletable: InService, Failed, OutOfService, (UpdateRollbackFailed: L). Not: ..."
STATUSES = (
    "Absent",
    "Creating",
    "InService",
    "Updating",
    "SystemUpdating",
    "RollingBack",
    "Deleting",
    "Failed",
    "OutOfService",
    "UpdateRollbackFailed",
)
MOVING = ("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting")
RESTING_ALLOWS = {
    "InService": {"delete", "update", "scale"},
    "Failed": {"delete"},  # "the only operation that can be performed on a failed endpoint"
    "OutOfService": {"delete"},
    "UpdateRollbackFailed": {"delete", "update"},
}


def scale(account: Any, name: str, count: int = 3) -> None:
    account.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=name,
        DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": count}],
    )


OPERATIONS: dict[str, Callable[[Any, str], object]] = {
    "create": lambda account, name: account.create(EndpointName=name),
    "describe": lambda account, name: account.sagemaker.describe_endpoint(EndpointName=name),
    "delete": lambda account, name: account.sagemaker.delete_endpoint(EndpointName=name),
    "update": lambda account, name: account.sagemaker.update_endpoint(
        EndpointName=name, EndpointConfigName="other"
    ),
    "scale": scale,
}


def expected(status: str, operation: str) -> str | None:
    """None: allowed. Otherwise the beginning of what AWS says."""
    if operation == "create":
        return None if status == "Absent" else EXISTING
    if status == "Absent":
        return ABSENT
    if operation == "describe":
        return None
    if status in MOVING:
        return IN_PROGRESS
    return None if operation in RESTING_ALLOWS[status] else f'Cannot update endpoint "{ARN}"'


# No capacity: for a creation, for what comes after one.
DRY_FROM = {"Failed": 0, "RollingBack": 16, "UpdateRollbackFailed": 16}
TYPES = ("ml.g6.2xlarge", "ml.g6e.2xlarge")


def bring(open_account: Any, status: str) -> Any:
    dry = Drought((START + timedelta(minutes=DRY_FROM.get(status, 10_000))).timestamp(), 1e11)
    account = open_account(CloudSettings(droughts={each: [dry] for each in TYPES}))
    account.configure(count=2)
    account.configure(name="other", count=2)
    if status == "Absent":
        return account
    account.create()
    if status not in ("Creating", "Failed"):
        account.wait(minutes=15)
    reach(account, status)
    account.wait_for(status)
    return account


def reach(account: Any, status: str) -> None:
    match status:
        case "Updating":
            scale(account, account.name)
        case "RollingBack":
            account.wait(minutes=2)
            scale(account, account.name, count=5)
        case "SystemUpdating":
            account.cloud.impose(account.name, "SystemUpdating", timedelta(hours=1))
        case "OutOfService":
            account.cloud.impose(account.name, "OutOfService")
        case "Deleting":
            account.delete()
        case "UpdateRollbackFailed":
            roll(account)


def roll(account: Any) -> None:
    """The first batch still finds capacity; the second does not, nor do those it would restore."""
    account.sagemaker.update_endpoint(
        EndpointName=account.name,
        EndpointConfigName="other",
        DeploymentConfig={
            "RollingUpdatePolicy": {
                "MaximumBatchSize": {"Type": "INSTANCE_COUNT", "Value": 1},
                "WaitIntervalInSeconds": 60,
            }
        },
    )


@pytest.mark.parametrize(
    ("status", "operation"),
    [
        pytest.param(status, operation, id=f"{operation} while {status} (facts 5)")
        for status, operation in product(STATUSES, OPERATIONS)
    ],
)
@pytest.mark.parametrize("name", ["My-Endpoint", "MY-ENDPOINT"])
def test_an_operation(open_account: Any, status: str, operation: str, name: str) -> None:
    account = bring(open_account, status)
    refusal = expected(status, operation)
    if refusal is None:
        OPERATIONS[operation](account, name)
        return
    with pytest.raises(ClientError) as caught:
        OPERATIONS[operation](account, name)
    error = caught.value.response["Error"]
    assert error["Code"] == "ValidationException"
    assert error["Message"].startswith(refusal)
    assert account.status == status, "what is refused changes nothing"


def test_an_unknown_configuration_is_refused_by_create_and_update(open_account: Any) -> None:
    """Facts 5."""
    account = open_account(CloudSettings())
    text = f'Could not find endpoint configuration "{WHERE}:endpoint-config/unknown".'
    with pytest.raises(ClientError, match=text):
        account.create(EndpointConfigName="unknown")
    account.in_service()
    with pytest.raises(ClientError, match=text):
        account.sagemaker.update_endpoint(EndpointName=account.name, EndpointConfigName="unknown")


def test_nothing_can_be_imposed_on_an_endpoint_that_is_not_in_service(open_account: Any) -> None:
    account = bring(open_account, "Creating")
    with pytest.raises(ValueError, match="InService"):
        account.cloud.impose(account.name, "SystemUpdating")


def test_maintenance_ends_by_itself_and_serves_meanwhile(open_account: Any) -> None:
    """Facts 5: SystemUpdating until the maintenance has completed."""
    account = open_account(CloudSettings())
    account.in_service()
    account.cloud.impose(account.name, "SystemUpdating", timedelta(minutes=20))
    account.cloud.traffic(account.name, [(account.cloud.clock.seconds() + 60, 30)])
    account.wait(minutes=19)
    assert account.status == "SystemUpdating"
    account.wait(minutes=1)
    assert account.status == "InService"
    assert account.cloud.tally(account.name).served == 1


def test_out_of_service_serves_no_one(open_account: Any) -> None:
    account = open_account(CloudSettings())
    account.in_service()
    account.cloud.impose(account.name, "OutOfService")
    account.cloud.traffic(account.name, [(account.cloud.clock.seconds() + 60, 30)])
    account.wait(hours=1)
    assert account.status == "OutOfService"
    assert account.cloud.tally(account.name).unserved == 1
