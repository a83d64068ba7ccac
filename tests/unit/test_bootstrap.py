"""How long the clients wait, against the time that the functions have."""

import threading
from collections.abc import Sequence
from typing import Any

import boto3
import pytest

from lowtide.bootstrap import lifecycle
from lowtide.bootstrap.clients import THREADS, WITHIN_S
from lowtide.bootstrap.publisher import publisher_services
from lowtide.settings import LifecycleSettings

SCHEDULER_HAS_S = CONTROL_HAS_S = PUBLISHER_HAS_S = 60
PARTS_OF_SCALING = 4  # target, policies, alarms, activities, one after the other
LONG_S = 60
ENVIRONMENT = {
    "LOWTIDE_CONFIG": "file.yaml",
    "LOWTIDE_STACK": "lowtide-dev",
    "LOWTIDE_TABLE": "table",
    "LOWTIDE_LEAD_MINUTES": "30",
}
SETTINGS = LifecycleSettings.from_env(ENVIRONMENT)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Sequence[tuple[str, Any]]:
    """The clients that are made: service and configuration."""
    made: list[tuple[str, Any]] = []
    real: dict[str, Any] = {"client": boto3.client, "resource": boto3.resource}

    def recording(kind: str) -> Any:
        def make(service: str, config: Any) -> Any:
            made.append((service, config))
            return real[kind](service, config=config, region_name="us-east-1")

        return make

    for kind in real:
        monkeypatch.setattr(boto3, kind, recording(kind))
    return made


def test_a_question_before_a_delete_that_hangs_leaves_time_for_the_other_endpoints(
    made: Sequence[tuple[str, Any]],
) -> None:
    lifecycle.services_for_many(SETTINGS, prices={})
    longest = {
        service: min(_longest_s(config) for name, config in made if name == service)
        for service in ("iam", "cloudwatch")
    }
    assert all(seconds < WITHIN_S for seconds in longest.values()), longest


def test_many_endpoints_have_a_thread_and_a_connection_each(
    made: Sequence[tuple[str, Any]],
) -> None:
    services = lifecycle.services_for_many(SETTINGS, prices={})
    lifecycle.steps_queue("https://queue")
    together = threading.Barrier(THREADS, timeout=LONG_S)
    assert all(services.each(lambda _: together.wait() >= 0, range(THREADS)))
    assert {config.max_pool_connections for _, config in made} == {THREADS}


def test_a_table_that_hangs_leaves_time_for_all_endpoints(
    made: Sequence[tuple[str, Any]],
) -> None:
    """Listed endpoints, then who has left the file, then those: each part is bounded."""
    lifecycle.services_for_many(SETTINGS, prices={})
    (table,) = [config for service, config in made if service == "dynamodb"]
    needed = WITHIN_S + _longest_s(table) + WITHIN_S
    assert needed < min(SCHEDULER_HAS_S, CONTROL_HAS_S)


def test_services_that_hang_leave_control_time_to_answer(made: Sequence[tuple[str, Any]]) -> None:
    lifecycle.scaling_views()
    assert PARTS_OF_SCALING * max(_longest_s(config) for _, config in made) < CONTROL_HAS_S


def test_each_thread_of_the_publisher_has_a_connection(made: Sequence[tuple[str, Any]]) -> None:
    publisher_services()
    assert sorted(service for service, _ in made) == ["cloudwatch", "sagemaker"]
    assert {config.max_pool_connections for _, config in made} == {THREADS}
    assert {config.retries["mode"] for _, config in made} == {"adaptive"}
    assert max(_longest_s(config) for _, config in made) < PUBLISHER_HAS_S / 2


def _attempts(config: Any) -> int:
    """botocore counts `max_attempts` without the first call, `total_max_attempts` with it."""
    attempts: int = config.retries.get("total_max_attempts") or config.retries["max_attempts"] + 1
    return attempts


def _longest_s(config: Any) -> float:
    attempts = _attempts(config)
    pauses = attempts - 1  # seconds, at most, between two of them
    return attempts * float(config.connect_timeout + config.read_timeout) + pauses
