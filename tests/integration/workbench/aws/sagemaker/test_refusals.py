"""What may be done to an endpoint in which status, and AWS's words where it may not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.fleet.pools import Drought
from tests.integration.workbench.aws.conftest import refusal

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
WHERE = "arn:aws:sagemaker:us-east-1:123456789012"
ARN = f"{WHERE}:endpoint/my-endpoint"
IN_PROGRESS = f'Cannot update in-progress endpoint "{ARN}".'
ABSENT = f'Could not find endpoint "{ARN}".'
EXISTING = f'Cannot create already existing endpoint "{ARN}".'

# Facts 5: "Deletable: InService, Failed, OutOfService, (UpdateRollbackFailed: L). Not: ..."
ALLOWED: dict[str, set[str]] = {
    "Absent": {"create"},
    "Creating": set(),
    "InService": {"delete", "update", "scale"},
    "Updating": set(),
    "SystemUpdating": set(),
    "RollingBack": set(),
    "Deleting": set(),
    "Failed": {"delete"},  # "the only operation that can be performed on a failed endpoint"
    "OutOfService": {"delete"},
    "UpdateRollbackFailed": {"delete", "update"},
}
RESTING = ("InService", "Failed", "OutOfService", "UpdateRollbackFailed")


def scale(account: Any, name: str) -> None:
    account.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=name,
        DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 3}],
    )


OPERATIONS: dict[str, Callable[[Any, str], object]] = {
    "create": lambda account, name: account.create(EndpointName=name),
    "delete": lambda account, name: account.sagemaker.delete_endpoint(EndpointName=name),
    "update": lambda account, name: account.sagemaker.update_endpoint(
        EndpointName=name, EndpointConfigName="other"
    ),
    "scale": scale,
}


def expected(status: str, operation: str) -> str:
    """The beginning of AWS's text."""
    if operation == "create":
        return EXISTING
    if status == "Absent":
        return ABSENT
    return f'Cannot update endpoint "{ARN}"' if status in RESTING else IN_PROGRESS


# No capacity: for a creation, for what comes after one.
DRY_FROM = {"Failed": 0, "RollingBack": 16}
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
            account.scale(3)
        case "RollingBack":
            account.wait(minutes=2)
            account.scale(5)
        case "SystemUpdating":
            account.cloud.impose(account.name, "SystemUpdating", timedelta(hours=1))
        case "OutOfService" | "UpdateRollbackFailed":
            account.cloud.impose(account.name, status)
        case "Deleting":
            account.delete()


@pytest.mark.parametrize("status", ALLOWED, ids="while {} (facts 5)".format)
def test_what_a_status_does_not_allow_is_refused_and_changes_nothing(
    open_account: Any, status: str
) -> None:
    """A name in another case is the same name."""
    account = bring(open_account, status)
    for operation in OPERATIONS.keys() - ALLOWED[status]:
        code, message = refusal(partial(OPERATIONS[operation], account, "MY-ENDPOINT"))
        assert code == "ValidationException"
        assert message.startswith(expected(status, operation)), operation
        assert account.status == status
    if status != "Absent":
        found = account.sagemaker.describe_endpoint(EndpointName="MY-ENDPOINT")
        assert found["EndpointStatus"] == status


@pytest.mark.parametrize(
    ("status", "operation"),
    [
        pytest.param(status, operation, id=f"{operation} while {status} (facts 5)")
        for status, operations in ALLOWED.items()
        for operation in sorted(operations)
    ],
)
def test_what_a_status_allows_is_accepted(open_account: Any, status: str, operation: str) -> None:
    account = bring(open_account, status)
    OPERATIONS[operation](account, account.name)
    assert account.status != status


def test_an_unknown_configuration_is_refused_by_create_and_update(open_account: Any) -> None:
    """Facts 5."""
    account = open_account(CloudSettings())
    text = f'Could not find endpoint configuration "{WHERE}:endpoint-config/unknown".'
    with pytest.raises(ClientError, match=text):
        account.create(EndpointConfigName="unknown")
    account.in_service()
    with pytest.raises(ClientError, match=text):
        account.sagemaker.update_endpoint(EndpointName=account.name, EndpointConfigName="unknown")


def test_maintenance_ends_by_itself_and_serves_meanwhile(open_account: Any) -> None:
    """Facts 5: SystemUpdating until the maintenance has completed."""
    account = open_account(CloudSettings())
    account.in_service()
    account.cloud.impose(account.name, "SystemUpdating", timedelta(minutes=20))
    account.sessions((60, 30))
    account.wait(minutes=19)
    assert account.status == "SystemUpdating"
    account.wait(minutes=1)
    assert account.status == "InService"
    assert account.cloud.tally(account.name).served == 1


def test_out_of_service_serves_no_one(open_account: Any) -> None:
    account = open_account(CloudSettings())
    account.in_service()
    account.cloud.impose(account.name, "OutOfService")
    account.sessions((60, 30))
    account.wait(minutes=10)
    assert account.status == "OutOfService"
    assert account.cloud.tally(account.name).unserved == 1
