"""Failures that show only after a while."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.aws.settings import ModelFailure
from lowtide_workbench.fleet.pools import Drought

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
TYPES = ("ml.g6.2xlarge", "ml.g6e.2xlarge")


@pytest.mark.parametrize(
    ("failure", "minutes", "text"),
    [
        pytest.param(
            ModelFailure.CRASH_LOOP,
            24,
            "The primary container for production variant AllTraffic did not pass the ping health "
            "check. Please check CloudWatch logs for this endpoint.",
            id="a container crash loop lasts 24 min (facts 5)",
        ),
        pytest.param(
            ModelFailure.MISSING_ARTEFACTS,
            60,
            "Failed to download model data",
            id="missing artefacts last an hour (facts 5)",
        ),
        pytest.param(
            ModelFailure.SERVICE,
            3,
            "Request to service failed. If failure persists after retry, contact customer support.",
            id="the service's own failure comes within minutes (facts 5)",
        ),
    ],
)
def test_a_creation_fails_after_its_time_and_can_be_deleted_then(
    open_account: Any, failure: ModelFailure, minutes: int, text: str
) -> None:
    account = open_account(CloudSettings(failures={"model": failure}))
    account.configure()
    account.create()
    account.wait(minutes=minutes, seconds=-10)
    assert account.status == "Creating"
    account.wait(seconds=10)
    assert account.status == "Failed"
    assert account.described["FailureReason"].startswith(text)
    assert "ProductionVariants" not in account.described
    account.delete()


def test_only_the_pool_in_use_matters_where_each_has_its_model(open_account: Any) -> None:
    """Facts 1.1: ModelNameOverride."""
    account = open_account(CloudSettings(failures={"for-large": ModelFailure.CRASH_LOOP}))
    large = {"InstanceType": "ml.g6e.2xlarge", "Priority": 2, "ModelNameOverride": "for-large"}
    account.configure(InstancePools=[{"InstanceType": "ml.g6.2xlarge", "Priority": 1}, large])
    account.create()
    account.wait_for("InService")


@pytest.mark.parametrize(
    ("pools", "least", "most"),
    [
        pytest.param(True, 4, 20, id="pools answer one after the other (facts 1.2)"),
        pytest.param(False, 20, 31, id="a single type takes 20-31 min (facts 5)"),
    ],
)
def test_without_capacity_a_creation_fails_and_the_name_stays_taken(
    open_account: Any, least: int, most: int, *, pools: bool
) -> None:
    account = open_account(CloudSettings(droughts={each: [Drought(0, 1e11)] for each in TYPES}))
    alone = {
        "InstancePools": None,
        "InstanceType": TYPES[0],
        "VariantInstanceProvisionTimeoutInSeconds": None,
    }
    account.configure(**({} if pools else alone))
    account.create()
    account.wait_for("Failed")
    took = account.cloud.clock.now() - START
    assert timedelta(minutes=least) <= took <= timedelta(minutes=most)
    assert account.described["FailureReason"].startswith(
        "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity"
    )
    with pytest.raises(ClientError, match="Cannot create already existing endpoint"):
        account.create()
