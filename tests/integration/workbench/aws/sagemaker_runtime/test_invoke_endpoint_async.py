"""InvokeEndpointAsync: what is answered at once, what is refused, what appears in S3 later."""

import re
from typing import Any

import pytest

from tests.integration.workbench.aws.conftest import OVER_HTTP, refusal
from tests.integration.workbench.aws.sagemaker_runtime.conftest import (
    AsynchronousEndpoint,
    Deploy,
    content,
    keys,
)

INPUT = "s3://answers/in/a.json"
OUT = "s3://answers/out"
MODEL_ERROR = "ClientError: Received server error (500) from model."


@OVER_HTTP
def test_the_places_of_the_answer_are_returned_at_once_and_filled_later(
    endpoint: AsynchronousEndpoint,
) -> None:
    """Facts A11, A21: they are predictions."""
    answer = endpoint.invoke(InputLocation=INPUT)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert re.fullmatch(r"s3://answers/out/[0-9a-f-]{36}\.out", answer["OutputLocation"])
    assert re.fullmatch(r"s3://answers/failed/[0-9a-f-]{36}-error\.out", answer["FailureLocation"])
    assert re.fullmatch(r"[0-9a-f-]{36}", answer["InferenceId"])
    assert keys() == []
    endpoint.account.wait(seconds=10)
    assert content(answer["FailureLocation"]) == f"ClientError: No object at {INPUT}.".encode()


def test_the_client_may_name_the_answer(endpoint: AsynchronousEndpoint) -> None:
    answer = endpoint.invoke(InferenceId="mine", S3OutputPathExtension="today", Filename="one.json")
    assert answer["InferenceId"] == "mine"
    assert answer["OutputLocation"] == "s3://answers/out/today/one.json"
    endpoint.account.wait(seconds=10)
    assert content("s3://answers/out/today/one.json") == b"1"


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        pytest.param({"Body": b""}, "Exactly one of", id="neither an input location nor a body"),
        pytest.param({"Body": b"1", "InputLocation": INPUT}, "Exactly one of", id="both"),
        pytest.param({"Body": b"1" * 128_001}, "at most 128000", id="a body that is too long"),
        pytest.param({"RequestTTLSeconds": 21_601}, "requestTTLSeconds",
                     id="a wait of more than six hours"),
        pytest.param({"InvocationTimeoutSeconds": 3601}, "invocationTimeoutSeconds",
                     id="more than an hour of work"),
        pytest.param({"InputLocation": "ftp://in/a"}, "inputLocation", id="an input elsewhere"),
        pytest.param({"Filename": "a.b.c"}, "filename", id="a name with two dots"),
    ],
)  # fmt: skip
def test_a_request_that_aws_does_not_take_is_refused(
    endpoint: AsynchronousEndpoint, request_: dict[str, Any], message: str
) -> None:
    """Facts A12 to A14."""
    code, text = refusal(lambda: endpoint.invoke(**request_))
    assert code == "ValidationError"
    assert message in text


@pytest.mark.parametrize(
    ("request_", "output", "after_s", "text", "metric"),
    [
        pytest.param({"seconds": 30, "CustomAttributes": "seconds=30&status=500"}, OUT, 30,
                     MODEL_ERROR, "InvocationFailures",
                     id="the model fails: it is not asked again (facts A22)"),
        pytest.param({"seconds": 300, "InvocationTimeoutSeconds": 60}, OUT, 60,
                     "longer than InvocationTimeoutSeconds", "InvocationFailures",
                     id="the work takes longer than its time-out"),
        pytest.param({"InputLocation": INPUT}, OUT, 10,
                     f"No object at {INPUT}", "RequestDownloadFailures", id="there is no input"),
        pytest.param({}, "s3://elsewhere/out", 10,
                     "cannot be written to s3://elsewhere/out", "ResponseUploadFailures",
                     id="there is no bucket for the answer"),
    ],
)  # fmt: skip
def test_a_job_that_fails_leaves_its_reason_and_is_counted(
    deploy: Deploy, request_: dict[str, Any], output: str, after_s: int, text: str, metric: str
) -> None:
    endpoint = deploy(output={"S3OutputPath": output})
    endpoint.minute()
    answer = endpoint.invoke(**request_)
    endpoint.account.wait(seconds=after_s - 10)
    assert keys() == []
    endpoint.account.wait(seconds=10)
    assert text in content(answer["FailureLocation"]).decode()
    if after_s < 60:
        endpoint.minute()
    assert endpoint.metric(metric, "Sum", VariantName="AllTraffic") == 1
    assert endpoint.jobs.failed == 1
