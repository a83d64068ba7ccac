"""The priority of pools, which only the configuration has, and which is read once."""

from datetime import timedelta
from typing import Any

import pytest

from lowtide.adapters.sagemaker.endpoints import Endpoints
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


@pytest.mark.parametrize("variant", [{"InstancePools": POOLS}, {"InstanceType": G6}])
def test_a_configuration_is_read_once(
    account: Account, endpoints: Endpoints, asked: list[str], variant: dict[str, Any]
) -> None:
    account.configure(variant)
    account.in_service()
    assert {order(endpoints)[0] for _ in range(3)} == {G6}
    assert asked == ["config"]


def test_a_configuration_of_the_same_name_is_read_when_the_endpoint_has_changed(
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


def test_priorities_that_were_read_are_known_without_the_configuration(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure()
    account.in_service()
    order(endpoints)
    account.sagemaker.delete_endpoint_config(EndpointConfigName="config")
    assert order(endpoints) == [G6, G6E]
    with pytest.raises(AbsentError, match="Could not find endpoint configuration"):
        order(Endpoints(account.sagemaker))


def test_a_type_that_the_configuration_does_not_have_is_an_error(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure()
    account.in_service()
    pools_as(account, G6, "ml.g5.2xlarge")
    with pytest.raises(AwsError, match=r"gives ml\.g5\.2xlarge of AllTraffic no priority"):
        order(endpoints)
