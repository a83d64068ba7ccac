"""What the clients are given to wait, against what the functions have."""

from typing import Any

import boto3
import pytest

from lowtide import wiring
from lowtide.settings import LifecycleSettings

SCHEDULER_HAS_S = 50
CONTROL_HAS_S = 50
PARTS_OF_SCALING = 4  # target, policies, alarms, activities, each read by itself
PUBLISHER_HAS_S = 60
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
    wiring.world(LifecycleSettings.from_env(ENVIRONMENT), prices={})
    longest = {
        service: min(_longest_s(config) for name, config in made if name == service)
        for service in ("iam", "cloudwatch")
    }
    assert all(seconds < SCHEDULER_HAS_S / 3 for seconds in longest.values()), longest


def test_services_that_hang_leave_control_time_to_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    monkeypatch.setattr(boto3, "client", lambda _service, config: made.append(config))
    wiring.scaling_views()
    assert PARTS_OF_SCALING * max(map(_longest_s, made)) < CONTROL_HAS_S


def test_each_thread_of_the_publisher_has_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    real = boto3.client

    def client(service: Any, config: Any) -> Any:
        made.append(config)
        return real(service, config=config, region_name="us-east-1")

    monkeypatch.setattr(boto3, "client", client)
    wiring.publisher()
    assert {config.max_pool_connections for config in made} == {wiring.THREADS}
    assert {config.retries["mode"] for config in made} == {"adaptive"}
    assert max(map(_longest_s, made)) < PUBLISHER_HAS_S / 2


def _longest_s(config: Any) -> float:
    tries: int = config.retries.get("total_max_attempts") or config.retries["max_attempts"] + 1
    pauses = tries - 1  # seconds, at most, between two of them
    return tries * float(config.connect_timeout + config.read_timeout) + pauses
