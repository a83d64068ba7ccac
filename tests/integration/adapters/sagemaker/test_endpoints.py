"""Endpoints as the adapter reads, creates and deletes them."""

from datetime import timedelta
from typing import Any

import pytest

from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.endpoint.observed import (
    ABSENT_VERSION,
    Endpoint,
    Pool,
    Status,
    Variant,
)
from lowtide.domain.errors import AwsError, BusyError, DeniedError
from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.aws.protocol.paging import page
from lowtide_workbench.aws.sagemaker import tags as tags_of_aws
from lowtide_workbench.aws.sagemaker.endpoints_api import EndpointsApi
from lowtide_workbench.fleet.pools import Drought
from tests.integration.adapters.conftest import NAME, NOW, POOLS, Account, OpenAccount, target
from tests.integration.adapters.sagemaker.conftest import (
    SINGLE,
)

DRY = [Drought(NOW.timestamp(), (NOW + timedelta(days=1)).timestamp())]


def test_an_absent_endpoint_has_a_name_and_nothing_else(endpoints: Endpoints) -> None:
    assert endpoints.observe("absent") == Endpoint("absent", Status.ABSENT)


def test_the_list_has_the_version_that_a_description_has(
    account: Account, endpoints: Endpoints
) -> None:
    """Whatever happens to it: only then may the one stand for the other."""
    account.configure()
    assert endpoints.versions(1) == {}
    assert endpoints.observe(NAME).version == ABSENT_VERSION
    account.create()
    seen = [endpoints.observe(NAME).version]
    account.wait_for("InService")
    seen.append(endpoints.observe(NAME).version)
    change = {"VariantName": "AllTraffic", "DesiredInstanceCount": 2}
    endpoints.put_variants(NAME, [change])
    assert endpoints.versions(1) == {NAME: endpoints.observe(NAME).version}
    assert len({*seen, endpoints.observe(NAME).version}) == 3


@pytest.mark.parametrize(("most_pages", "listed"), [(1, None), (2, 101), (3, 101)])
def test_a_list_of_more_pages_is_not_read_to_its_end(
    account: Account, endpoints: Endpoints, most_pages: int, listed: int | None
) -> None:
    account.configure()
    for n in range(101):
        account.sagemaker.create_endpoint(EndpointName=f"e-{n}", EndpointConfigName="config")
    versions = endpoints.versions(most_pages)
    assert (versions and len(versions)) == listed


def test_an_endpoint_name_in_another_case_is_an_error(
    account: Account, endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Application Auto Scaling knows it by its own name only: nothing would seem to scale it."""
    account.configure()
    account.in_service()
    real = EndpointsApi.describe_endpoint
    monkeypatch.setattr(
        EndpointsApi,
        "describe_endpoint",
        lambda self, request: real(self, request | {"EndpointName": NAME}),
    )
    with pytest.raises(AwsError, match=f"SageMaker calls it {NAME}: write it like that"):
        endpoints.observe(NAME.title())


def test_an_endpoint_in_service_has_its_pools_by_type_and_the_type_of_other_variants(
    account: Account, endpoints: Endpoints
) -> None:
    """Only the configuration has the instance type of a variant without pools."""
    account.configure({"InstancePools": POOLS[:1], "InitialInstanceCount": 2}, SINGLE)
    account.in_service()
    assert endpoints.observe(NAME) == Endpoint(
        NAME,
        Status.IN_SERVICE,
        arn=f"arn:aws:sagemaker:us-east-1:123456789012:endpoint/{NAME}",
        config_name="config",
        created_at=NOW,
        modified_at=account.cloud.clock.now(),
        variants=(
            Variant("AllTraffic", (Pool("ml.g6.2xlarge", 2),), desired=2),
            Variant("Canary", (Pool("ml.g5.2xlarge", 1),), pooled=False, desired=1),
        ),
        reported="InService",
    )


def test_pools_that_an_old_boto3_drops_are_an_error(account: Account, endpoints: Endpoints) -> None:
    """An endpoint without pools would look as if it had no instances."""

    def drop(parsed: dict[str, Any], **_: object) -> None:
        for variant in parsed["ProductionVariants"]:
            variant.pop("InstancePools", None)

    account.configure()
    account.in_service()
    for operation in ("DescribeEndpoint", "DescribeEndpointConfig"):
        account.after(operation, drop)
    with pytest.raises(AwsError, match=r"AllTraffic shows neither .* boto3 older than 1\.43\.1"):
        endpoints.observe(NAME)


def test_a_failed_endpoint_has_a_reason_and_its_variants_only_in_its_configuration(
    open_account: OpenAccount,
) -> None:
    account = open_account(CloudSettings(droughts={"ml.g6.2xlarge": DRY, "ml.g6e.2xlarge": DRY}))
    account.configure()
    account.create()
    account.wait_for("Failed")
    endpoints = Endpoints(account.sagemaker)
    found = endpoints.observe(NAME)
    assert (found.status, found.variants) == (Status.FAILED, ())
    assert "InsufficientInstanceCapacity" in found.failure
    assert endpoints.variant_names(found) == ("AllTraffic",)


def test_without_its_configuration_an_endpoint_has_variants_of_an_unknown_type(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure({"InstanceType": "ml.g5.2xlarge", "InitialInstanceCount": 2}, SINGLE)
    account.in_service()
    account.sagemaker.delete_endpoint_config(EndpointConfigName="config")
    found = endpoints.observe(NAME)
    assert [v.pools for v in found.variants] == [(Pool("unknown", 2),), (Pool("unknown", 1),)]
    assert endpoints.variant_names(found) == ("AllTraffic", "Canary")


def test_a_status_that_aws_has_added_is_unknown_and_reported(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure()
    account.create()
    account.after("DescribeEndpoint", lambda parsed, **_: parsed.update(EndpointStatus="Resting"))
    observed = endpoints.observe(NAME)
    assert (observed.status, observed.reported) == (Status.UNKNOWN, "Resting")


@pytest.mark.parametrize(
    ("metrics", "seconds"),
    [
        pytest.param({}, 10, id="SageMaker's own"),
        pytest.param({"MetricPublishFrequencyInSeconds": 300}, 10, id="of other metrics"),
        pytest.param(
            {"EnableEnhancedMetrics": True, "MetricPublishFrequencyInSeconds": 30}, 30,
            id="of enhanced metrics",
        ),
        pytest.param({"EnableEnhancedMetrics": True}, 60, id="the default of enhanced metrics"),
    ],
)  # fmt: skip
def test_how_often_samples_come(
    account: Account, endpoints: Endpoints, metrics: dict[str, Any], seconds: int
) -> None:
    account.configure()
    account.create()
    account.after("DescribeEndpoint", lambda parsed, **_: parsed.update(MetricsConfig=metrics))
    assert endpoints.observe(NAME).samples_every == timedelta(seconds=seconds)


def test_tags_are_read_from_all_pages(
    account: Account, endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        tags_of_aws, "page", lambda all_, request, **_: page(all_, request, size=30)
    )
    tags = {f"tag-{n}": str(n) for n in range(50)}
    account.configure()
    endpoints.create(NAME, "config", tags, {})
    assert endpoints.tags(endpoints.observe(NAME).arn) == tags


def test_a_deleted_endpoint_is_absent_in_the_end(account: Account, endpoints: Endpoints) -> None:
    account.configure()
    account.in_service()
    endpoints.delete(NAME)
    assert endpoints.observe(NAME).status == Status.DELETING
    account.wait_for("Absent")
    endpoints.delete(NAME)  # to delete what is absent is a success


def test_an_endpoint_that_is_being_created_can_be_neither_deleted_nor_created(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure()
    account.create()
    with pytest.raises(BusyError, match="Cannot update in-progress endpoint"):
        endpoints.delete(NAME)
    with pytest.raises(BusyError, match="Cannot create already existing endpoint"):
        endpoints.create(NAME, "config", {}, {})


def test_a_delete_without_the_permission_to_deregister_is_denied(open_account: OpenAccount) -> None:
    account = open_account(CloudSettings(may_deregister=False))
    account.configure()
    account.in_service()
    account.autoscaling.register_scalable_target(**target(MinCapacity=1, MaxCapacity=2))
    with pytest.raises(DeniedError):
        Endpoints(account.sagemaker).delete(NAME)
