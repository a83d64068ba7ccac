"""The priority of pools, which only the configuration tells, and which is asked for once."""

from datetime import timedelta
from typing import Any

import pytest

from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.endpoint.observed import Endpoint, Pool
from lowtide.domain.errors import AbsentError, AwsError
from tests.integration.adapters.conftest import NAME, POOLS, Account

G6, G6E = (str(pool["InstanceType"]) for pool in POOLS)
UPSIDE_DOWN = [{"InstanceType": G6, "Priority": 2}, {"InstanceType": G6E, "Priority": 1}]


@pytest.fixture
def endpoints(account: Account) -> Endpoints:
    return Endpoints(account.sagemaker)


@pytest.fixture
def asked(account: Account) -> list[str]:
    """The configurations that were asked for."""
    names: list[str] = []

    def note(params: dict[str, Any], **_: object) -> None:
        names.append(params["EndpointConfigName"])

    account.sagemaker.meta.events.register(
        "provide-client-params.sagemaker.DescribeEndpointConfig", note
    )
    return names


def order(endpoints: Endpoints) -> list[str]:
    (variant,) = endpoints.in_order(endpoints.observe(NAME)).variants
    return [pool.instance_type for pool in variant.pools]


def pools_as(account: Account, *types: str) -> None:
    """However DescribeEndpoint happens to list them."""

    def shown(parsed: dict[str, Any], **_: object) -> None:
        (variant,) = parsed["ProductionVariants"]
        variant["InstancePools"] = [{"InstanceType": t, "CurrentInstanceCount": 1} for t in types]

    account.sagemaker.meta.events.register("after-call.sagemaker.DescribeEndpoint", shown)


@pytest.mark.parametrize("listed", [(G6, G6E), (G6E, G6)])
def test_the_highest_priority_comes_first(
    account: Account, endpoints: Endpoints, listed: tuple[str, str]
) -> None:
    account.configure({"InstancePools": UPSIDE_DOWN})
    account.in_service()
    pools_as(account, *listed)
    assert order(endpoints) == [G6E, G6]


def test_a_configuration_is_asked_for_once(
    account: Account, endpoints: Endpoints, asked: list[str]
) -> None:
    account.configure()
    account.in_service()
    assert [order(endpoints) for _ in range(3)] == [[G6, G6E]] * 3
    assert asked == ["config"]


def test_a_single_type_is_asked_for_once_too(
    account: Account, endpoints: Endpoints, asked: list[str]
) -> None:
    account.configure({"InstanceType": G6, "InitialInstanceCount": 1})
    account.in_service()
    found = [endpoints.observe(NAME).variants[0].pools for _ in range(3)]
    assert found == [(Pool(G6, 1),)] * 3
    assert asked == ["config"]


def test_another_one_of_the_same_name_is_asked_for_when_the_endpoint_has_changed(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure()
    account.in_service()
    assert order(endpoints) == [G6, G6E]
    account.sagemaker.delete_endpoint(EndpointName=NAME)
    account.cloud.advance(account.cloud.clock.now() + timedelta(minutes=10))
    account.sagemaker.delete_endpoint_config(EndpointConfigName="config")
    account.configure({"InstancePools": UPSIDE_DOWN})
    account.in_service()
    assert order(endpoints) == [G6E, G6]


def test_what_was_read_outlives_its_configuration(account: Account, endpoints: Endpoints) -> None:
    account.configure()
    account.in_service()
    order(endpoints)
    account.sagemaker.delete_endpoint_config(EndpointConfigName="config")
    assert order(endpoints) == [G6, G6E]


def test_without_its_configuration_no_one_knows(account: Account, endpoints: Endpoints) -> None:
    account.configure()
    account.in_service()
    account.sagemaker.delete_endpoint_config(EndpointConfigName="config")
    with pytest.raises(AbsentError, match="Could not find endpoint configuration"):
        order(endpoints)


def test_a_type_that_the_configuration_does_not_have_is_no_guess(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure()
    account.in_service()
    pools_as(account, G6, "ml.g5.2xlarge")
    with pytest.raises(AwsError, match=r"gives ml\.g5\.2xlarge of AllTraffic no priority"):
        order(endpoints)


def test_an_endpoint_without_variants_has_no_order(account: Account, endpoints: Endpoints) -> None:
    account.configure()
    account.create()
    bare = Endpoint(NAME, endpoints.observe(NAME).status, config_name="config")
    assert endpoints.in_order(bare) == bare
