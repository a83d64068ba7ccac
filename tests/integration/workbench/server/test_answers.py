"""What the server adds: the admin API."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from werkzeug.test import Client

from lowtide_workbench.aws import Cloud
from lowtide_workbench.aws.lambda_service.function import Function
from lowtide_workbench.aws.lambda_service.handler import Configuration
from lowtide_workbench.server.admin_api import AdminApi
from lowtide_workbench.server.event_loop import EventLoop
from lowtide_workbench.server.gateway import Gateway

START = datetime(2026, 11, 23, 7, tzinfo=UTC)


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
