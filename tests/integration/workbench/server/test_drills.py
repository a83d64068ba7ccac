"""Drills of the embedded AWS, over HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from werkzeug.test import Client

from lowtide_workbench.aws import Cloud, CloudSettings
from lowtide_workbench.aws.protocol.dispatcher import Answers
from lowtide_workbench.aws.settings import Quotas
from lowtide_workbench.fleet.pools import Drought
from lowtide_workbench.server.admin_api import AdminApi
from lowtide_workbench.server.drilled_calls import DrilledCalls
from lowtide_workbench.server.event_loop import EventLoop
from lowtide_workbench.server.gateway import Gateway
from tests.integration.workbench.aws.conftest import refusal

START = datetime(2026, 11, 23, 7, tzinfo=UTC)
OLD = Drought(START.timestamp() + 1e6, START.timestamp() + 2e6)
SETTINGS = CloudSettings(
    droughts={"ml.g5.xlarge": [OLD]}, quotas=Quotas({"ml.g6": 9}, instances_per_endpoint=4)
)
DRILLS = "/_lowtide/drills"
DENIED = (
    "The caller is not authorized to perform: sagemaker:ListEndpoints with an explicit deny in a "
    "service control policy"
)
THROTTLED = {"kind": "throttle", "service": "sagemaker", "operation": "ListEndpoints"}


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud(START, SETTINGS) as cloud:
        yield cloud


@pytest.fixture
def gateway(cloud: Cloud) -> Iterator[Gateway]:
    answers: list[Answers] = [AdminApi(cloud, 60), DrilledCalls(cloud.faults), cloud.dispatcher]
    with EventLoop() as loop:
        yield Gateway(loop, answers, lambda: None)


@pytest.fixture
def http(gateway: Gateway) -> Client:
    return Client(gateway)


def begin(http: Client, **drill: Any) -> Any:
    answer = http.post(DRILLS, json=drill)
    assert answer.status_code == 201, answer.text
    return answer.json


def advance(http: Client, seconds: int) -> None:
    assert http.post("/_lowtide/advance", json={"seconds": seconds}).status_code == 200


def quota(instance_type: str = "ml.g6.2xlarge") -> float:
    quotas: Any = boto3.client("service-quotas").get_paginator("list_service_quotas")
    pages = quotas.paginate(ServiceCode="sagemaker")
    name = f"{instance_type} for endpoint usage"
    (found,) = [q for page in pages for q in page["Quotas"] if q["QuotaName"] == name]
    return float(found["Value"])


def test_a_drought_and_a_quota_end_by_the_virtual_clock_and_leave_what_was_before(
    http: Client, cloud: Cloud
) -> None:
    begin(http, kind="ice", type="ml.g5.xlarge", **{"for": "2m"})
    begin(http, kind="quota", type="ml.g6.2xlarge", limit=0, **{"for": "1m"})
    now = START.timestamp()
    assert cloud.settings.droughts["ml.g5.xlarge"] == [OLD, Drought(now, now + 120)]
    assert quota() == 0
    advance(http, 60)
    assert quota() == 9
    assert [each["kind"] for each in http.get(DRILLS).json["drills"]] == ["ice"]  # type: ignore[index]
    advance(http, 60)
    assert cloud.settings.droughts == {"ml.g5.xlarge": [OLD]}
    assert cloud.settings.quotas.instances_per_endpoint == 4


def test_the_last_of_two_quotas_holds_and_the_first_one_again_after_it(http: Client) -> None:
    for limit in (3, 1):
        begin(http, kind="quota", type="ml.g6.2xlarge", limit=limit)
    assert quota() == 1
    http.delete(f"{DRILLS}/2")
    assert quota() == 3


@pytest.mark.parametrize(
    ("drill", "error"),
    [
        pytest.param(THROTTLED, ("ThrottlingException", "Rate exceeded"), id="throttled"),
        pytest.param(
            {"kind": "deny", "service": "sagemaker"},
            ("AccessDeniedException", DENIED),
            id="denied, with each operation of the service",
        ),
    ],
)  # fmt: skip
def test_calls_are_refused_until_the_drill_is_stopped(
    http: Client, cloud: Cloud, drill: dict[str, str], error: tuple[str, str]
) -> None:
    client: Any = boto3.client("sagemaker")
    number = begin(http, **drill)["number"]
    assert refusal(client.list_endpoints) == error
    assert http.get(DRILLS).json["drills"][0]["calls"] == len(cloud.faults.hits) > 0  # type: ignore[index]
    stopped = http.delete(f"{DRILLS}/{number}").json
    assert [each["number"] for each in stopped["drills"]] == [number]  # type: ignore[index]
    assert client.list_endpoints()["Endpoints"] == []


def headers(service: str, target: str = "", content: str = "json") -> dict[str, str]:
    scope = f"AWS4-HMAC-SHA256 Credential=testing/20261123/us-east-1/{service}/aws4_request"
    kind = f"application/{content}"
    return {"Authorization": scope, "X-Amz-Target": target, "Content-Type": kind}


@pytest.mark.parametrize(
    ("service", "operation", "path", "sent", "body"),
    [
        pytest.param("sagemaker", "ListEndpoints", "/",
                     headers("sagemaker", "SageMaker.ListEndpoints"), "{}", id="in JSON"),
        pytest.param("iam", "ListRoles", "/", headers("iam", "", "x-www-form-urlencoded"),
                     "Action=ListRoles&Version=2010-05-08", id="in the query protocol"),
        pytest.param("sagemaker-runtime", "InvokeEndpoint", "/endpoints/mine/invocations",
                     headers("sagemaker"), "{}", id="named by its path"),
        pytest.param("cloudwatch", "ListMetrics", "/",
                     headers("monitoring", "GraniteServiceVersion20100801.ListMetrics"), "{}",
                     id="signed by another name"),
    ],
)  # fmt: skip
def test_a_drill_meets_requests_over_http_and_no_others(
    http: Client, service: str, operation: str, path: str, sent: dict[str, str], body: str
) -> None:
    begin(http, kind="throttle", service=service, operation=operation, function="scheduler")
    answer = http.post(path, headers=sent, data=body)
    assert "ThrottlingException" not in answer.text, "it is no call of the scheduler"
    begin(http, kind="throttle", service=service, operation=operation)
    answer = http.post(path, headers=sent, data=body)
    assert (answer.status_code, "ThrottlingException" in answer.text) == (400, True)
    other = http.post("/", headers=headers("sagemaker", "SageMaker.ListModels"), data="{}")
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(b"{", "the body is not JSON", id="no JSON"),
        pytest.param(b"[]", "not a mapping", id="a list"),
        pytest.param(b'{"kind": ["ice"]}', "kind must be given as one of 'ice'", id="no kind"),
        pytest.param(b'{"kind": "ice"}', "type: is required", id="nothing said"),
        pytest.param(b'{"kind": "ice", "type": "ml.g6.3xlarge"}', "did you mean 'ml.g6.xlarge'?",
                     id="a type that does not exist"),
        pytest.param(b'{"kind": "deny", "service": "sage"}', "botocore knows no such service",
                     id="a service that does not exist"),
        pytest.param(b'{"kind": "deny", "service": "sagemaker", "operation": "DescribeEndpoints"}',
                     "operation of sagemaker; did you mean 'DescribeEndpoint'?",
                     id="an operation that does not exist"),
        pytest.param(b'{"kind": "ice", "type": "ml.g6.xlarge", "for": "2 hours"}',
                     "for: '2 hours': not a duration", id="words for a duration"),
        pytest.param(b'{"kind": "ice", "type": "ml.g6.xlarge", "for": "1s"}',
                     "must be at least 10s", id="less than a step of the clock"),
        pytest.param(b'{"kind": "quota", "type": "ml.g6.xlarge", "limit": true}',
                     "limit: true: not a whole number", id="a limit that is no number"),
        pytest.param(b'{"kind": "crash", "function": "scheduler", "service": "s3"}',
                     "service: 's3': unknown key; valid are for, function, kind",
                     id="a key of another kind"),
    ],
)  # fmt: skip
def test_what_is_no_drill_is_refused_with_the_reason(
    http: Client, body: bytes, message: str
) -> None:
    answer = http.post(DRILLS, data=body)
    assert answer.status_code == 400
    assert message in answer.json["message"]  # type: ignore[index]
    assert http.get(DRILLS).json["drills"] == []  # type: ignore[index]
