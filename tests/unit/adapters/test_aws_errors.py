"""What each of AWS's refusals means; a wrong guess here deletes or creates the wrong thing."""

from collections.abc import Iterable

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ParamValidationError,
    ReadTimeoutError,
)
from hypothesis import given
from hypothesis import strategies as st

from lowtide.adapters.aws_errors import meaning, translated
from lowtide.domain.errors import (
    AbsentError,
    AwsError,
    BusyError,
    DeniedError,
)

VALIDATION = "ValidationException"
ARN = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-endpoint"
NO_DEREGISTER = (
    "An Application AutoScaling scalable target exists for a variant being deleted, and the IAM "
    "identity used to invoke DeleteEndpoint does not have "
    "application-autoscaling:DeregisterScalableTarget permission to deregister the scalable target."
)


def error(code: str, message: str, operation: str = "DescribeEndpoint") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


ERRORS = {
    "SageMaker models no error for an absent endpoint: the message says it (section 5)": (
        VALIDATION, f'Could not find endpoint "{ARN}".', AbsentError,
    ),
    "an absent configuration has the same message (section 5)": (
        VALIDATION, f'Could not find endpoint configuration "{ARN}".', AbsentError,
    ),
    "a delete while Creating or Updating is refused for now (section 5)": (
        VALIDATION, f'Cannot update in-progress endpoint "{ARN}".', BusyError,
    ),
    "the name of an endpoint in Deleting is free a minute later (section 5)": (
        VALIDATION, f'Cannot create already existing endpoint "{ARN}".', BusyError,
    ),
    "without DeregisterScalableTarget a delete is refused by a message (section 4)": (
        VALIDATION, NO_DEREGISTER, DeniedError,
    ),
    "Application Auto Scaling asks to retry a concurrent update (section 4)": (
        "ConcurrentUpdateException", "Already being updated", BusyError,
    ),
    "a policy needs its scalable target first (section 4)": (
        "ObjectNotFoundException", "No scalable target registered for namespace", AbsentError,
    ),
    "an absent table or tagged resource has a code of its own": (
        "ResourceNotFoundException", "Requested resource not found", AbsentError,
    ),
    "SageMaker's throttling passes (section 7)": (
        "ThrottlingException", "Rate exceeded", BusyError,
    ),
    "CloudWatch throttles PutMetricAlarm at 3 a second (section 7)": (
        "Throttling", "Rate exceeded", BusyError,
    ),
    "a limit of requests is a throttle, not a quota": (
        "RequestLimitExceeded", "Throughput exceeds the limit", BusyError,
    ),
    "a lack of permission is denied": (
        "AccessDeniedException", "User is not authorized to perform", DeniedError,
    ),
    "access denied is never absent, whatever its message says": (
        "AccessDenied", f'Could not find endpoint "{ARN}".', DeniedError,
    ),
    "a refused document is neither absent nor busy (section 4)": (
        VALIDATION, "You cannot register a variant with ml.t2.medium instance type", AwsError,
    ),
    "an unknown code is not absent by its message alone": (
        "TeapotException", f'Could not find endpoint "{ARN}".', AwsError,
    ),
    "a region that is disabled for the account knows no one: nothing is absent in it": (
        "UnrecognizedClientException", "The security token included in the request is invalid",
        AwsError,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("code", "message", "kind"), ERRORS.values(), ids=ERRORS)
def test_what_a_rejection_means(code: str, message: str, kind: type[AwsError]) -> None:
    assert type(meaning(error(code, message))) is kind


@given(st.sampled_from(["AccessDenied", "AccessDeniedException"]), st.text())
def test_no_message_makes_a_lack_of_permission_anything_else(code: str, message: str) -> None:
    assert type(meaning(error(code, message))) is DeniedError


def test_the_operation_the_code_and_the_message_are_all_kept() -> None:
    message = str(meaning(error(VALIDATION, "Member must have length", "CreateEndpoint")))
    assert message == "CreateEndpoint: ValidationException: Member must have length"


@pytest.mark.parametrize(
    "raised",
    [
        pytest.param(error(VALIDATION, f"Value '{'x' * 18_000}' at 'tags'", "Op"), id="AWS's"),
        pytest.param(ParamValidationError(report=f"{'x' * 18_000} at 'tags'"), id="botocore's"),
        pytest.param(
            EndpointConnectionError(endpoint_url=f"{'x' * 18_000} at 'tags'"), id="no answer"
        ),
    ],
)
def test_of_a_long_message_both_ends_are_kept(raised: Exception) -> None:
    with pytest.raises(AwsError) as caught:
        list(failing_with(raised))
    assert len(str(caught.value)) < 1_000
    assert "at 'tags'" in str(caught.value)


def failing_with(raised: Exception) -> Iterable[None]:
    with translated():
        raise raised
    yield


def test_a_call_that_aws_refuses_raises_the_domains_error() -> None:
    refused = error(VALIDATION, f'Could not find endpoint "{ARN}".')
    with pytest.raises(AbsentError) as caught:
        list(failing_with(refused))
    assert caught.value.__cause__ is refused


@pytest.mark.parametrize(
    "raised",
    [
        pytest.param(EndpointConnectionError(endpoint_url="https://a"), id="no answer"),
        pytest.param(ConnectTimeoutError(endpoint_url="https://a"), id="no connection in time"),
        pytest.param(ReadTimeoutError(endpoint_url="https://a"), id="the answer took too long"),
        pytest.param(ConnectionClosedError(endpoint_url="https://a"), id="the answer broke off"),
    ],
)
def test_a_call_that_the_network_lost_may_succeed_later(raised: Exception) -> None:
    with pytest.raises(BusyError, match="https://a"):
        list(failing_with(raised))


def test_a_call_that_was_wrong_before_it_was_made_does_not_become_right() -> None:
    with pytest.raises(AwsError, match="Parameter validation failed") as caught:
        list(failing_with(ParamValidationError(report="TargetValue is no number")))
    assert caught.type is AwsError
