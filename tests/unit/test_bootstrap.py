"""What the clients are given to wait, against what the functions have."""

import threading
from typing import Any

import boto3
import pytest

from lowtide import bootstrap
from lowtide.settings import LifecycleSettings

SCHEDULER_HAS_S = 60
CONTROL_HAS_S = 60
PARTS_OF_SCALING = 4  # target, policies, alarms, activities, each read by itself
PUBLISHER_HAS_S = 60
PATIENT_S = 60
ENVIRONMENT = {
    "LOWTIDE_CONFIG": "file.yaml",
    "LOWTIDE_STACK": "lowtide-dev",
    "LOWTIDE_TABLE": "table",
    "LOWTIDE_LEAD_MINUTES": "30",
}


def test_a_question_that_hangs_leaves_time_for_the_other_endpoints(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[tuple[str, Any]] = []
    real = boto3.client

    def client(service: Any, config: Any) -> Any:
        made.append((service, config))
        return real(service, config=config, region_name="us-east-1")

    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(boto3, "client", client)
    bootstrap.services_for_many(LifecycleSettings.from_env(ENVIRONMENT), prices={})
    longest = {
        service: min(_longest_s(config) for name, config in made if name == service)
        for service in ("iam", "cloudwatch")
    }
    assert all(seconds < bootstrap.WITHIN_S for seconds in longest.values()), longest


def test_those_who_ask_about_all_have_a_thread_and_a_connection_for_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[Any] = []
    real_client, real_resource = boto3.client, boto3.resource

    def client(service: Any, config: Any) -> Any:
        made.append(config)
        return real_client(service, config=config, region_name="us-east-1")

    def resource(service: Any, config: Any) -> Any:
        made.append(config)
        return real_resource(service, config=config, region_name="us-east-1")

    monkeypatch.setattr(boto3, "client", client)
    monkeypatch.setattr(boto3, "resource", resource)
    services = bootstrap.services_for_many(LifecycleSettings.from_env(ENVIRONMENT), prices={})
    bootstrap.steps_queue("https://queue")
    together = threading.Barrier(bootstrap.THREADS, timeout=PATIENT_S)
    assert all(services.each(lambda _: together.wait() >= 0, range(bootstrap.THREADS)))
    assert {config.max_pool_connections for config in made} == {bootstrap.THREADS}


def test_a_table_that_hangs_leaves_time_for_all_who_are_asked_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Listed endpoints, then who left the file, then those: what each has is bounded."""
    made: list[Any] = []
    real = boto3.resource

    def resource(service: Any, config: Any) -> Any:
        made.append(config)
        return real(service, config=config, region_name="us-east-1")

    monkeypatch.setattr(boto3, "resource", resource)
    bootstrap.services_for_many(LifecycleSettings.from_env(ENVIRONMENT), prices={})
    (table,) = made
    needed = bootstrap.WITHIN_S + _longest_s(table) + bootstrap.WITHIN_S
    assert needed < min(SCHEDULER_HAS_S, CONTROL_HAS_S)


def test_services_that_hang_leave_control_time_to_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    monkeypatch.setattr(boto3, "client", lambda _service, config: made.append(config))
    bootstrap.scaling_views()
    assert PARTS_OF_SCALING * max(map(_longest_s, made)) < CONTROL_HAS_S


def test_each_thread_of_the_publisher_has_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    real = boto3.client

    def client(service: Any, config: Any) -> Any:
        made.append(config)
        return real(service, config=config, region_name="us-east-1")

    monkeypatch.setattr(boto3, "client", client)
    bootstrap.publisher()
    assert {config.max_pool_connections for config in made} == {bootstrap.THREADS}
    assert {config.retries["mode"] for config in made} == {"adaptive"}
    assert max(map(_longest_s, made)) < PUBLISHER_HAS_S / 2


def _longest_s(config: Any) -> float:
    tries: int = config.retries.get("total_max_attempts") or config.retries["max_attempts"] + 1
    pauses = tries - 1  # seconds, at most, between two of them
    return tries * float(config.connect_timeout + config.read_timeout) + pauses
