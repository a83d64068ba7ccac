"""InvokeEndpointAsync: what is answered at once, and what appears in S3 later."""

import re
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from tests.integration.workbench.aws.conftest import OVER_HTTP, refusal

INPUT = "s3://answers/in/a.json"


def keys() -> list[str]:
    return [
        item["Key"]
        for item in boto3.client("s3").list_objects_v2(Bucket="answers").get("Contents", ())
    ]


def content(location: str) -> bytes:
    bucket, _, key = location.removeprefix("s3://").partition("/")
    return bytes(boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())


@pytest.fixture
def invoke(asynchronous: Any, runtime: Any) -> Callable[..., Any]:
    def call(**request: Any) -> Any:
        return runtime.invoke_endpoint_async(EndpointName=asynchronous.name, **request)

    return call


@OVER_HTTP
def test_the_places_of_the_answer_are_returned_at_once_and_filled_later(
    asynchronous: Any, invoke: Callable[..., Any]
) -> None:
    """Facts 8: they are predictions."""
    answer = invoke(InputLocation=INPUT)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert re.fullmatch(r"s3://answers/out/[0-9a-f-]{36}\.out", answer["OutputLocation"])
    assert re.fullmatch(r"s3://answers/failed/[0-9a-f-]{36}-error\.out", answer["FailureLocation"])
    assert re.fullmatch(r"[0-9a-f-]{36}", answer["InferenceId"])
    assert keys() == []
    asynchronous.wait(seconds=10)
    assert content(answer["FailureLocation"]) == f"ClientError: No object at {INPUT}.".encode()


def test_the_client_may_name_the_answer(asynchronous: Any, invoke: Callable[..., Any]) -> None:
    answer = invoke(
        Body=b"1", InferenceId="mine", S3OutputPathExtension="today", Filename="one.json"
    )
    assert answer["InferenceId"] == "mine"
    assert answer["OutputLocation"] == "s3://answers/out/today/one.json"
    asynchronous.wait(seconds=10)
    assert content("s3://answers/out/today/one.json") == b"1"


def scale(account: Any, count: int) -> None:
    account.scale(count)
    account.wait_for("InService")


def test_without_an_instance_requests_wait(asynchronous: Any, invoke: Callable[..., Any]) -> None:
    scale(asynchronous, 0)
    invoke(Body=b"1")
    asynchronous.wait(minutes=30)
    assert keys() == []
    scale(asynchronous, 1)
    asynchronous.wait(seconds=10)
    assert len(keys()) == 1


def test_a_request_expires_while_it_waits(asynchronous: Any, invoke: Callable[..., Any]) -> None:
    scale(asynchronous, 0)
    answer = invoke(Body=b"1", RequestTTLSeconds=600)
    asynchronous.wait(seconds=590)
    assert keys() == []
    asynchronous.wait(seconds=10)
    assert (
        content(answer["FailureLocation"])
        == b"ClientError: Request failed: it waited longer than RequestTTLSeconds."
    )


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        pytest.param({}, "Exactly one of", id="neither an input location nor a body"),
        pytest.param({"Body": b"1", "InputLocation": INPUT}, "Exactly one of", id="both"),
        pytest.param({"Body": b"1" * 128_001}, "at most 128000", id="a body that is too long"),
        pytest.param({"Body": b"1", "RequestTTLSeconds": 21_601}, "requestTTLSeconds",
                     id="a wait of more than six hours"),
        pytest.param({"Body": b"1", "InvocationTimeoutSeconds": 3601}, "invocationTimeoutSeconds",
                     id="more than an hour of work"),
        pytest.param({"InputLocation": "ftp://in/a"}, "inputLocation", id="an input elsewhere"),
        pytest.param({"Body": b"1", "Filename": "a.b.c"}, "filename", id="a name with two dots"),
    ],
)  # fmt: skip
def test_a_request_that_aws_does_not_take_is_refused(
    invoke: Callable[..., Any], request_: dict[str, Any], message: str
) -> None:
    """Facts 8."""
    code, text = refusal(lambda: invoke(**request_))
    assert code == "ValidationError"
    assert message in text
