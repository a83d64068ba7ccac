"""One table for many threads: each query asks for what its own thread named."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from boto3.dynamodb.conditions import ConditionExpressionBuilder

from lowtide.adapters.dynamodb.store import Store

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ENDPOINTS = [f"endpoint-{n}" for n in range(400)]


@pytest.fixture
def switching() -> Iterator[None]:
    """Threads take turns as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def echoing() -> Store:
    """Its table gives back what was asked for, as a refusal."""
    table: Any = boto3.resource("dynamodb").Table("table")

    def answer(params: dict[str, Any], **_: Any) -> Any:
        asked = params["body"].decode()
        found = {"endpoint": "e", "item": "now#refusal", "reason": asked}
        return _Accepted(), {"Items": [{key: {"S": value} for key, value in found.items()}]}

    table.meta.client.meta.events.register("before-call.dynamodb", answer)
    return Store(table)


class _Accepted:
    status_code = 200


@pytest.mark.usefixtures("switching")
def test_each_asks_for_its_own_endpoint() -> None:
    store = echoing()
    with ThreadPoolExecutor(8) as pool:
        asked = list(pool.map(lambda name: store.load(name).blocked, ENDPOINTS))
    for name, request in zip(ENDPOINTS, asked, strict=True):
        assert f'":endpoint": {{"S": "{name}"}}' in request


def test_nothing_that_is_read_needs_placeholders_of_boto3(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their numbers come from one counter for all threads."""

    def shared(*_: Any, **__: Any) -> None:
        raise AssertionError("boto3 has numbered a placeholder")

    monkeypatch.setattr(ConditionExpressionBuilder, "build_expression", shared)
    store = echoing()
    store.load("e")
    store.suspended()
    store.endpoints()
