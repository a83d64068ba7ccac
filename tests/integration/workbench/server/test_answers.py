"""What the server adds: the admin API and Lambda's Invoke."""

import base64
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from werkzeug.test import Client

from lowtide_workbench.aws import Cloud
from lowtide_workbench.aws.lambda_service.function import Function, FunctionError
from lowtide_workbench.aws.lambda_service.handler import Configuration
from lowtide_workbench.server.admin_api import AdminApi
from lowtide_workbench.server.event_loop import EventLoop
from lowtide_workbench.server.gateway import Gateway
from lowtide_workbench.server.lambda_api import LambdaApi

START = datetime(2026, 11, 23, 7, tzinfo=UTC)
ARN = "arn:aws:lambda:us-east-1:123456789012:function:greet"


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud(START) as cloud:
        yield cloud


@pytest.fixture
def http(cloud: Cloud) -> Iterator[Client]:
    with EventLoop() as loop:
        yield Client(Gateway(loop, [AdminApi(cloud, 60), cloud.dispatcher], lambda: None))


def test_the_clock_can_be_stepped(http: Client, cloud: Cloud) -> None:
    answer = http.post("/_lowtide/advance", json={"seconds": 600})
    assert answer.json == {"now": "2026-11-23T07:10:00+00:00", "speed": 60}
    assert cloud.clock.now() == datetime(2026, 11, 23, 7, 10, tzinfo=UTC)


def test_a_function_that_sleeps_goes_on_with_the_clock(cloud: Cloud, tmp_path: Path) -> None:
    code = "import time\ndef lambda_handler(event, context):\n    time.sleep(25)\n"
    (tmp_path / "app.py").write_text(code)
    function = Function("greet", Configuration(tmp_path))
    with EventLoop() as loop:
        http = Client(Gateway(loop, [AdminApi(cloud, 60)], lambda: None))
        loop.run(lambda: cloud.sleepers.follow(function.begin({}), lambda: None))
        over = []
        for _ in range(3):
            http.post("/_lowtide/advance", json={"seconds": 10})
            over.append(len(function.invocations))
    assert over == [0, 0, 1]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"seconds": 0}',
        b'{"seconds": true}',
        b'{"seconds": NaN}',
        b'{"seconds": 1e9}',
        b"\xff",
        b"[" * 200_000,
    ],
    ids=lambda body: body[:20].decode(errors="replace"),
)
def test_a_step_that_is_none_is_refused(http: Client, body: bytes) -> None:
    answer = http.post("/_lowtide/advance", data=body)
    assert answer.status_code == 400
    assert answer.json is not None
    assert 'expected {"seconds": n}' in answer.json["message"]


def test_an_unknown_path_of_our_own_names_those_there_are(http: Client) -> None:
    answer = http.get("/_lowtide/time")
    assert answer.status_code == 404
    assert "GET /_lowtide/statuses" in answer.text


def test_the_statuses_are_listed(http: Client, cloud: Cloud) -> None:
    cloud.statuses.append((START, "<speech>", "Creating"))
    assert http.get("/_lowtide/statuses").json == [
        {"at": "2026-11-23T07:00:00+00:00", "endpoint": "<speech>", "status": "Creating"}
    ]


@pytest.fixture
def lambda_api(tmp_path: Path) -> LambdaApi:
    (tmp_path / "app.py").write_text(
        "def lambda_handler(event, context):\n"
        "    print('greeting')\n"
        "    return 'hello ' + event['name']\n"
    )
    function = Function("greet", Configuration(tmp_path))
    return LambdaApi({"greet": function}, Waited(function))


class Waited:
    """Where nothing sleeps, and only one function is."""

    def __init__(self, function: Function) -> None:
        self._function = function

    def invoke(self, function: str, event: object) -> Any:
        assert function == self._function.name
        return self._function.invoke(event)

    def send(self, function: str, event: object) -> None:
        with suppress(FunctionError):
            self.invoke(function, event)


def invoke(api: LambdaApi, name: str, body: bytes, **headers: str) -> Any:
    pairs = {f"X-Amz-{key.replace('_', '-')}": value for key, value in headers.items()}
    url = f"http://127.0.0.1/2015-03-31/functions/{name}/invocations"
    request = AWSPreparedRequest("POST", url, HTTPHeaders.from_dict(pairs), body, False)
    return api.reply(request)


@pytest.mark.parametrize("name", ["greet", "greet:$LATEST", ARN, f"{ARN}:$LATEST", "greet%3Alive"])
def test_a_function_is_found_by(lambda_api: LambdaApi, name: str) -> None:
    status, headers, body = invoke(lambda_api, name, b'{"name": "ann"}')
    assert (status, body) == (200, b'"hello ann"')
    assert headers["X-Amz-Executed-Version"] == "$LATEST"
    assert "X-Amz-Function-Error" not in headers


def test_a_handler_that_raises_is_an_answer_with_a_header(lambda_api: LambdaApi) -> None:
    status, headers, body = invoke(lambda_api, "greet", b"{}")
    assert (status, headers["X-Amz-Function-Error"]) == (200, "Unhandled")
    assert json.loads(body) == {"errorMessage": "'name'", "errorType": "KeyError"}


def test_the_log_comes_if_asked_for(lambda_api: LambdaApi) -> None:
    _, headers, _ = invoke(lambda_api, "greet", b'{"name": "ann"}', Log_Type="Tail")
    assert base64.b64decode(headers["X-Amz-Log-Result"]) == b"greeting"


@pytest.mark.parametrize(
    ("how", "body", "status"),
    [
        ("Event", b"{}", 202),
        ("DryRun", b"{}", 204),
        ("RequestResponse", b"{", 400),
        pytest.param("RequestResponse", b"[" * 200_000, 400, id="deep JSON"),
    ],
)
def test_other_ways_to_invoke(lambda_api: LambdaApi, how: str, body: bytes, status: int) -> None:
    assert invoke(lambda_api, "greet", body, Invocation_Type=how)[0] == status


def test_a_function_that_is_not_ours_is_motos(lambda_api: LambdaApi) -> None:
    assert invoke(lambda_api, "other", b"{}") is None
