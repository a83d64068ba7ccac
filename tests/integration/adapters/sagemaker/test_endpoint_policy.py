"""The resource policy of an endpoint, as far as AWS and boto3 know of one (facts 5)."""

import json
from typing import Any

import pytest

from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.errors import AwsError, BusyError
from lowtide_workbench.aws.protocol.faults import Failed, Fault
from tests.fixtures.newer_botocore import session as newer_session
from tests.integration.adapters.conftest import NAME, Account

POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})


@pytest.fixture
def endpoints(account: Account) -> Endpoints:
    account.configure()
    account.in_service()
    return Endpoints(newer_session().client("sagemaker"))


def fail(account: Account, code: str, operation: str = "GetEndpointPolicy") -> None:
    account.cloud.faults.add(Fault(Failed(code, "no"), "sagemaker", operation, times=None))


def test_a_policy_is_read_as_it_was_put(endpoints: Endpoints) -> None:
    assert endpoints.policy(NAME) == endpoints.policy("gone") == ""
    endpoints.put_policy(NAME, POLICY)
    assert endpoints.policy(NAME) == POLICY


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "UnknownOperationException", "InvalidAction"]
)
def test_a_policy_that_cannot_be_read_is_unknown(
    account: Account, endpoints: Endpoints, code: str
) -> None:
    fail(account, code)
    assert endpoints.policy(NAME) is None


def test_with_a_boto3_without_the_calls_a_policy_is_unknown(account: Account) -> None:
    account.configure()
    account.in_service()
    older: Any = account.sagemaker
    if hasattr(older, "get_endpoint_policy"):
        pytest.skip("the installed botocore has the calls")
    assert Endpoints(older).policy(NAME) is None
    with pytest.raises(AwsError, match="PutEndpointPolicy"):
        Endpoints(older).put_policy(NAME, POLICY)


def test_any_other_error_is_raised(account: Account, endpoints: Endpoints) -> None:
    fail(account, "ThrottlingException")
    with pytest.raises(BusyError):
        endpoints.policy(NAME)


@pytest.mark.parametrize("policy", ["no JSON", "{}", "[]", '{"Statement": 7}', "é", "[" * 20_000])
def test_a_policy_that_aws_refuses_is_an_error(endpoints: Endpoints, policy: str) -> None:
    with pytest.raises(AwsError, match="ValidationException"):
        endpoints.put_policy(NAME, policy)
