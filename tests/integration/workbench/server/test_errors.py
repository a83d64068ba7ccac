"""Errors over HTTP: malformed requests, what is not played, and requests from web pages."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ClientError
from werkzeug.test import Client

from lowtide_workbench.aws import Cloud
from lowtide_workbench.aws.protocol.dispatcher import Reply
from lowtide_workbench.server.admin_api import AdminApi
from lowtide_workbench.server.event_loop import EventLoop
from lowtide_workbench.server.gateway import Gateway
from lowtide_workbench.server.listener import bind, serving

START = datetime(2026, 11, 23, 7, tzinfo=UTC)
CONTROL = {"X-Amz-Target": "SageMaker.ListEndpoints"}


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Cloud(START) as cloud, EventLoop() as loop:
        yield Gateway(loop, [AdminApi(cloud, 60), cloud.dispatcher], lambda: None)


@pytest.fixture
def http(gateway: Gateway) -> Client:
    return Client(gateway)


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("SageMaker.ListEndpoints", id="SageMaker, which is ours"),
        pytest.param("AnyScaleFrontendService.DescribeScalableTargets", id="scaling, ours too"),
        pytest.param("DynamoDB_20120810.ListTables", id="DynamoDB, which is moto's"),
        pytest.param("AmazonSQS.ListQueues", id="SQS, which is moto's"),
    ],
)
@pytest.mark.parametrize(
    "body", [b"[", b"{", b"[" * 200_000, b"[]", b"1", b"\xff"], ids=lambda body: repr(body[:9])
)
def test_a_body_that_is_no_json_object_is_refused_as_aws_does(
    http: Client, target: str, body: bytes
) -> None:
    answer = http.post("/", data=body, headers={"X-Amz-Target": target})
    assert answer.status_code == 400
    assert json.loads(answer.text)["__type"] == "SerializationException"


@pytest.mark.parametrize("target", ["SageMaker.", "DynamoDB_20120810.", "."])
def test_a_target_without_an_operation_is_refused(http: Client, target: str) -> None:
    answer = http.post("/", data=b"{}", headers={"X-Amz-Target": target})
    assert answer.status_code == 400
    assert json.loads(answer.text)["__type"] == "UnknownOperationException"


def test_a_body_that_is_no_gzip_though_it_says_so_is_refused(http: Client) -> None:
    headers = {"X-Amz-Target": "GraniteServiceVersion20100801.PutMetricData"}
    for body in (b"{}", gzip.compress(b"{}")[:-9], gzip.compress(b"{}")[:10] + b"\xff" * 20):
        answer = http.post("/", data=body, headers=headers | {"Content-Encoding": "gzip"})
        assert answer.status_code == 400
        assert json.loads(answer.text)["__type"] == "SerializationException"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "operation", ["invocations", "async-invocations", "invocations-response-stream"]
)
def test_an_invocation_is_a_post(http: Client, method: str, operation: str) -> None:
    answer = http.open(f"/endpoints/my-endpoint/{operation}", method=method, data=b"{}")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert answer.headers["x-amzn-ErrorType"] == "UnknownOperationException"


NOT_PLAYED = "The embedded AWS does not play "


@pytest.mark.parametrize(
    ("service", "method", "operation"),
    [
        pytest.param("cloudformation", "list_types", "cloudformation ListTypes.",
                     id="the query protocol"),
        pytest.param("apigateway", "get_rest_apis", "apigateway GET /restapis.",
                     id="where moto needs more"),
        pytest.param("sagemaker", "list_inference_components", "sagemaker ListInferenceComponents.",
                     id="JSON"),
        pytest.param("sagemaker-geospatial", "list_raster_data_collections",
                     "sagemaker-geospatial GET /raster-data-collections.", id="REST"),
        pytest.param("cloudwatch", "describe_anomaly_detectors",
                     "monitoring DescribeAnomalyDetectors.", id="CBOR"),
    ],
)  # fmt: skip
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_an_operation_that_is_not_played_is_named(
    gateway: Gateway, service: str, method: str, operation: str
) -> None:
    made: Any = boto3.client
    with bind(0) as bound, serving(gateway, bound) as url, pytest.raises(ClientError) as caught:
        getattr(made(service, endpoint_url=url), method)()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert caught.value.response["Error"]["Code"] == "NotImplemented"
    assert caught.value.response["Error"]["Message"].startswith(NOT_PLAYED + operation)


class Broken:
    def reply(self, request: AWSPreparedRequest) -> Reply | None:
        raise KeyError(request.url)


def test_a_service_of_our_own_that_fails_gives_the_reason() -> None:
    with EventLoop() as loop:
        answer = Client(Gateway(loop, [Broken()], lambda: None)).post("/", headers=CONTROL)
    assert answer.status_code == 501
    assert "does not play ListEndpoints. It failed with KeyError" in answer.text


WEB_PAGES = {
    "the page of another site": {"Origin": "https://example.com"},
    "a page without an origin, as of a file": {"Origin": "null"},
    "a page whose name begins like ours": {"Origin": "http://localhost.example.com"},
    "an image in the page of another site": {"Sec-Fetch-Site": "cross-site"},
    "a host name that was made to point here": {"Host": "example.com:4666"},
    "a host name that begins like ours": {"Host": "127.0.0.1.example.com"},
    "an address of the network": {"Host": "192.168.1.2:4666"},
    "no host": {"Host": ""},
    "a host that is none": {"Host": "[::1"},
}


@pytest.mark.parametrize("headers", WEB_PAGES.values(), ids=WEB_PAGES)
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/_lowtide/advance"), ("POST", "/"), ("POST", "/moto-api/reset"),
     ("GET", "/_lowtide/statuses"), ("OPTIONS", "/")],
)  # fmt: skip
def test_a_request_from_a_web_page_is_refused_and_changes_nothing(
    http: Client, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = http.open(path, method=method, headers=CONTROL | headers, json={"seconds": 600})
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert http.get("/_lowtide/clock").json == {"now": START.isoformat(), "speed": 60}


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Host": host}, id=host)
        for host in ("127.0.0.1:4666", "127.0.0.2", "localhost:80", "LOCALHOST", "[::1]:4666",
                     "bucket.localhost:4666")
    ]
    + [
        pytest.param({"Origin": "http://localhost:3000"}, id="a page of this machine"),
        pytest.param({"Sec-Fetch-Site": "none"}, id="an address that a person typed"),
        pytest.param({"Sec-Fetch-Site": "same-origin"}, id="a page of our own"),
    ],
)  # fmt: skip
def test_a_program_of_this_machine_may_enter(http: Client, headers: dict[str, str]) -> None:
    assert http.get("/_lowtide/clock", headers=headers).status_code == 200
