"""Service Quotas, beyond which requests are refused."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.aws.settings import AWS_DEFAULTS, Quotas
from tests.integration.workbench.aws.conftest import refusal

SMALL, LARGE = "ml.g6.2xlarge", "ml.g6e.2xlarge"


def text(quota: str, limit: int, used: int, more: int) -> str:
    return (
        f"The account-level service limit '{quota}' is {limit} Instances, with current "
        f"utilization of {used} Instances and a request delta of {more} Instances. Please use AWS "
        "Service Quotas to request an increase for this quota. If AWS Service Quotas is not "
        "available, contact AWS support to request an increase for this quota."
    )


@pytest.mark.parametrize(
    ("quotas", "expected"),
    [
        pytest.param(
            Quotas(by_type={LARGE: 0}),
            text(f"{LARGE} for endpoint usage", 0, 0, 2),
            id="one type of the pools at 0 is enough (facts 0.9, 1.4)",
        ),
        pytest.param(
            AWS_DEFAULTS,
            text(f"{LARGE} for endpoint usage", 0, 0, 2),
            id="a new account has no ml.g6e (facts 1.4)",
        ),
        pytest.param(
            Quotas(instances_per_endpoint=1),
            text("Maximum number of instances per endpoint", 1, 0, 2),
            id="instances per endpoint (facts 1.4)",
        ),
        pytest.param(
            Quotas(instances=1),
            text("Number of instances across active endpoints", 1, 0, 2),
            id="instances across active endpoints (facts 1.4)",
        ),
    ],
)
def test_create_is_refused_at_once(open_account: Any, quotas: Quotas, expected: str) -> None:
    account = open_account(CloudSettings(quotas=quotas))
    account.configure(count=2)
    assert refusal(account.create) == ("ResourceLimitExceeded", expected)
    assert account.status == "Absent"


def test_what_other_endpoints_use_counts_until_they_are_deleted(open_account: Any) -> None:
    account = open_account(CloudSettings(quotas=Quotas(instances=3)))
    account.in_service(count=2)
    expected = text("Number of instances across active endpoints", 3, 2, 2)
    assert refusal(lambda: account.create(EndpointName="another"))[1] == expected
    account.delete()
    account.create(EndpointName="another")


def test_a_scale_out_beyond_the_quota_is_refused_whole_and_the_endpoint_stays(
    open_account: Any,
) -> None:
    """Facts 1.4. By Application Auto Scaling it is a failed activity."""
    account = open_account(CloudSettings(quotas=Quotas(other_types=3)))
    account.in_service(count=2)
    with pytest.raises(ClientError, match=f"'{SMALL} for endpoint usage' is 3 .* of 2 .* of 2 "):
        account.scale(4)
    assert (account.status, account.desired) == ("InService", 2)
    account.register(4, 4)
    (activity,) = account.activities
    assert activity["StatusCode"] == "Failed"
    assert f"{SMALL} for endpoint usage" in activity["StatusMessage"]


def test_an_update_needs_room_for_both_fleets(open_account: Any) -> None:
    """Facts 5: blue/green needs double quota."""
    account = open_account(CloudSettings(quotas=Quotas(other_types=1)))
    account.in_service()
    account.configure(name="other")
    with pytest.raises(ClientError, match=r"is 1 .* utilization of 1 .* delta of 1 "):
        account.sagemaker.update_endpoint(EndpointName=account.name, EndpointConfigName="other")
    assert account.status == "InService"
