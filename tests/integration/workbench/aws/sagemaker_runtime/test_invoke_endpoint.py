"""InvokeEndpoint, at once or as a stream: who answers, what, and when it is refused."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest

from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.aws.settings import ModelFailure
from tests.integration.workbench.aws.conftest import OVER_HTTP, refusal
from tests.integration.workbench.aws.sagemaker_runtime.conftest import AsynchronousEndpoint

ABSENT = "Endpoint My-Endpoint of account 123456789012 not found."
NOT_IN_SERVICE = "Endpoint My-Endpoint of account 123456789012 is not in service: it is {}."


def message_of(call: Callable[..., object], **request: Any) -> str:
    """The message of the ValidationError with which the runtime refuses."""
    code, message = refusal(lambda: call(**{"EndpointName": "My-Endpoint"} | request))
    assert code == "ValidationError"
    return message


@OVER_HTTP
def test_an_endpoint_that_does_not_exist_is_refused_with_the_text_of_aws(
    account: Any, runtime: Any
) -> None:
    """Facts 13."""
    assert account.status == "Absent"
    assert message_of(runtime.invoke_endpoint, Body=b"{}") == ABSENT


CSV, JSON = "text/csv", "application/json"


@pytest.mark.parametrize(
    ("content_type", "accept", "body", "answered_type", "answered"),
    [
        pytest.param(CSV, None, b"1,2", JSON, b'"1,2"', id="text comes back as a JSON string"),
        pytest.param(CSV, CSV, b"1,2", CSV, b"1,2", id="CSV comes back as CSV if it is accepted"),
        pytest.param("audio/wav", JSON, b"RIFF\xff", JSON, b'{"bytes": 5}', id="binary: a length"),
        pytest.param(None, None, b"[1]", JSON, b"[1]", id="without a type it is JSON"),
        pytest.param(JSON, CSV, b"{", JSON, b'"{"', id="what is no JSON comes back as a string"),
        pytest.param(JSON, None, b"[" * 100_000, JSON, b'"' + b"[" * 100_000 + b'"',
                     id="JSON too deep to read is a string"),
    ],
)  # fmt: skip
def test_the_echo_is_json_unless_the_client_accepts_the_type_it_sent(
    account: Any,
    runtime: Any,
    content_type: str | None,
    accept: str | None,
    body: bytes,
    answered_type: str,
    answered: bytes,
) -> None:
    account.in_service()
    given = {"ContentType": content_type, "Accept": accept}
    fields = {name: value for name, value in given.items() if value is not None}
    answer = runtime.invoke_endpoint(EndpointName=account.name, Body=body, **fields)
    assert (answer["ContentType"], answer["Body"].read()) == (answered_type, answered)


def bring(account: Any, status: str) -> None:
    if status in ("Creating", "Failed"):
        account.configure()
        account.create()
        account.wait_for(status)
        return
    account.in_service()
    if status == "Deleting":
        account.delete()
    elif status == "Updating":
        account.configure(name="other")
        account.sagemaker.update_endpoint(EndpointName=account.name, EndpointConfigName="other")
    else:
        account.cloud.impose(account.name, status, timedelta(minutes=5))


@pytest.mark.parametrize("status", ["Creating", "Deleting", "Failed", "OutOfService"])
def test_an_endpoint_that_does_not_serve_is_refused(open_account: Any, status: str) -> None:
    failures = {"model": ModelFailure.SERVICE} if status == "Failed" else {}
    account = open_account(CloudSettings(failures=failures))
    bring(account, status)
    runtime = boto3.client("sagemaker-runtime")
    for call in (
        runtime.invoke_endpoint,
        runtime.invoke_endpoint_with_response_stream,
        runtime.invoke_endpoint_async,
    ):
        assert message_of(call, Body=b"{}") == NOT_IN_SERVICE.format(status)


@pytest.mark.parametrize("status", ["Updating", "SystemUpdating"])
def test_an_endpoint_that_changes_still_serves(account: Any, runtime: Any, status: str) -> None:
    bring(account, status)
    assert account.status == status
    assert runtime.invoke_endpoint(EndpointName=account.name, Body=b"1")["Body"].read() == b"1"


def two_variants(account: Any, *, weights: tuple[float, float]) -> None:
    account.model()
    common = {"ModelName": "model", "InstanceType": "ml.g6.2xlarge", "InitialInstanceCount": 1}
    account.sagemaker.create_endpoint_config(
        EndpointConfigName="config",
        ProductionVariants=[
            {"VariantName": name, "InitialVariantWeight": weight, **common}
            for name, weight in zip(("Blue", "Green"), weights, strict=True)
        ],
    )
    account.create()
    account.wait_for("InService")


def invoked(account: Any, runtime: Any, **request: Any) -> str:
    answer = runtime.invoke_endpoint(EndpointName=account.name, Body=b"{}", **request)
    return str(answer["InvokedProductionVariant"])


def test_a_variant_answers_by_weight_or_by_name(account: Any, runtime: Any) -> None:
    two_variants(account, weights=(0, 1))
    assert {invoked(account, runtime) for _ in range(20)} == {"Green"}
    assert invoked(account, runtime, TargetVariant="Blue") == "Blue"
    for target in ("Red", "blue"):
        message = message_of(runtime.invoke_endpoint, Body=b"{}", TargetVariant=target)
        assert message == f"Variant {target} not found for endpoint My-Endpoint."


def test_variants_without_any_weight_share_the_invocations(account: Any, runtime: Any) -> None:
    two_variants(account, weights=(0, 0))
    assert {invoked(account, runtime) for _ in range(50)} == {"Blue", "Green"}


def test_a_component_is_asked_for_where_variants_have_no_model(account: Any, runtime: Any) -> None:
    """Facts 13: AWS's text."""
    account.configure(ModelName=None)
    account.create()
    account.wait_for("InService")
    message = message_of(runtime.invoke_endpoint, Body=b"{}")
    assert message.startswith("Inference Component Name header is required for endpoints")


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        pytest.param({"InferenceComponentName": "part"}, "has no inference components",
                     id="a component of an endpoint without any"),
        pytest.param({"SessionId": "-"}, "Value '-' at 'sessionId'",
                     id="a member against its pattern"),
        pytest.param({"InferenceId": "x" * 65}, "at 'inferenceId' failed",
                     id="a member that is too long"),
        pytest.param({"Body": b"x" * (25 * 1024 * 1024 + 1)}, "has 26214401 bytes",
                     id="a body of more than 25 MB (facts 13)"),
    ],
)  # fmt: skip
def test_a_request_that_aws_does_not_take_is_refused(
    account: Any, runtime: Any, request_: dict[str, Any], message: str
) -> None:
    account.in_service()
    assert message in message_of(runtime.invoke_endpoint, **{"Body": b"{}"} | request_)


def test_a_response_stream_comes_in_parts_which_make_up_the_answer(
    account: Any, runtime: Any
) -> None:
    account.in_service()
    body = json.dumps({"inputs": "word " * 1000}).encode()
    answer = runtime.invoke_endpoint_with_response_stream(EndpointName=account.name, Body=body)
    parts = [event["PayloadPart"]["Bytes"] for event in answer["Body"]]
    assert len(parts) > 1
    assert b"".join(parts) == body


def test_each_kind_of_endpoint_takes_its_own_requests_only(
    endpoint: AsynchronousEndpoint,
) -> None:
    """Facts A16."""
    account, runtime = endpoint.account, endpoint.runtime
    expected = "Endpoint My-Endpoint is asynchronous: use InvokeEndpointAsync."
    assert message_of(runtime.invoke_endpoint, Body=b"{}") == expected
    assert message_of(runtime.invoke_endpoint_with_response_stream, Body=b"{}") == expected
    account.configure(name="synchronous")
    account.create(EndpointName="other", EndpointConfigName="synchronous")
    account.wait(minutes=15)
    message = message_of(
        runtime.invoke_endpoint_async, EndpointName="other", InputLocation="s3://in/a.json"
    )
    assert message == "Endpoint other is not asynchronous: use InvokeEndpoint."
