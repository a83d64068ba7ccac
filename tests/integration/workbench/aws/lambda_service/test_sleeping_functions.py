"""A function that sleeps takes virtual time: the cloud moves on meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.cloudwatch.metric_store import metric
from lowtide_workbench.aws.lambda_service.function import FunctionError
from lowtide_workbench.aws.protocol.faults import Fault, Killed, Late, Throttled

if TYPE_CHECKING:
    from lowtide_workbench.aws.deployment.stack import Stack, StackDependencies
    from tests.integration.workbench.conftest import Project

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
# What it says: the time, and what else the function wants to tell. Each makes one call a step.
HEAD = """
    import time
    from datetime import UTC, datetime

    import boto3

    queues = boto3.client("sqs")

    def say(*words):
        print(datetime.now(UTC).strftime("%H:%M:%S"), *words)
"""
IN_STEPS = (
    HEAD
    + """
    def lambda_handler(event, context):
        for step in range({steps}):
            queues.list_queues()
            say({words})
            time.sleep({pause})
        return "done"
"""
)
IN_FINALLY = (
    HEAD
    + """
    def lambda_handler(event, context):
        try:
            say("asleep")
            time.sleep(100)
        finally:
            time.sleep(1)
            queues.create_queue(QueueName="made-in-finally")
            say("cleaned up")
"""
)
SPEAKS = HEAD + "\n    def lambda_handler(event, context):\n        say()\n"


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud(START) as cloud:
        yield cloud


@pytest.fixture
def project(
    tmp_path: Path, cloud: Cloud, project_in: Callable[[Path, StackDependencies], Project]
) -> Project:
    return project_in(tmp_path, cloud)


def in_steps(steps: int = 6, pause: float = 10, words: str = "step") -> str:
    return IN_STEPS.format(steps=steps, pause=pause, words=words)


def logged(stack: Stack, function: str = "publisher") -> list[str]:
    return [line for line in stack.functions[function].log if line[2:3] == ":"]


def test_the_clock_goes_on_while_it_sleeps(project: Project, cloud: Cloud) -> None:
    project.write("publisher", in_steps(3))
    stack = project.deploy()
    cloud.advance(START + timedelta(seconds=75))
    assert logged(stack) == ["12:01:00 0", "12:01:10 1"]
    assert not stack.functions["publisher"].invocations, "it is not over yet"
    cloud.advance(START + timedelta(seconds=110))
    assert logged(stack) == ["12:01:00 0", "12:01:10 1", "12:01:20 2"]
    (invocation,) = stack.functions["publisher"].invocations
    assert invocation.duration_s == 30
    assert [call.action for call in invocation.calls] == ["sqs:ListQueues"] * 3
    assert len(invocation.lines) == 3
    assert invocation.at == START + timedelta(minutes=1)


@pytest.mark.parametrize("pause", [0.25, 3.5, 17])
def test_it_wakes_at_the_very_instant(project: Project, cloud: Cloud, pause: float) -> None:
    words = 'datetime.now(UTC).strftime("%S.%f")'
    project.write("publisher", in_steps(2, pause, words))
    stack = project.deploy()
    cloud.advance(START + timedelta(seconds=100))
    assert logged(stack)[1].split()[1] == f"{pause:09.6f}"


def test_what_others_have_done_meanwhile_is_seen(project: Project, cloud: Cloud) -> None:
    count = 'len(queues.list_queues(QueueNamePrefix="from-others").get("QueueUrls", ()))'
    project.write("publisher", in_steps(3, 10, count))
    stack = project.deploy()
    cloud.advance(START + timedelta(seconds=75))
    boto3.client("sqs").create_queue(QueueName="from-others")
    cloud.advance(START + timedelta(seconds=100))
    assert [line.split()[1] for line in logged(stack)] == ["0", "0", "1"]


def test_no_one_else_waits_for_it(project: Project, cloud: Cloud) -> None:
    project.write("publisher", in_steps())
    project.write("scheduler", SPEAKS)
    stack = project.deploy()
    cloud.advance(START + timedelta(minutes=3))
    assert logged(stack, "scheduler") == ["12:01:00", "12:02:00", "12:03:00"]


def test_invocations_of_one_function_overlap_each_in_an_environment_of_its_own(
    project: Project, cloud: Cloud
) -> None:
    project.rewrite("rate(1 minute)", "rate(10 minutes)")
    project.timeout("publisher", 90)
    project.write("publisher", in_steps(2, 40, 'event["who"], id(queues)'))
    stack = project.deploy()
    for second, who in ((0, "first"), (20, "second")):
        cloud.advance(START + timedelta(seconds=second))
        stack.send("publisher", {"who": who})
    cloud.advance(START + timedelta(seconds=59))
    lines = [line.split() for line in logged(stack)]
    order = [("12:00:00", "first"), ("12:00:20", "second"), ("12:00:40", "first")]
    assert [(at, who) for at, who, _ in lines] == order
    environments = [environment for *_, environment in lines]
    assert environments[0] == environments[2] != environments[1]
    cloud.advance(START + timedelta(seconds=100))
    over = stack.functions["publisher"].invocations
    assert [(run.duration_s, len(run.lines), len(run.calls)) for run in over] == [(80, 2, 2)] * 2


def test_an_environment_that_is_free_again_is_used_again(project: Project, cloud: Cloud) -> None:
    project.write("publisher", in_steps(1, 10, "id(queues)"))
    stack = project.deploy()
    cloud.advance(START + timedelta(minutes=5))
    assert len({line.split()[1] for line in logged(stack)}) == 1


def test_a_deployment_lets_what_runs_come_to_its_end(project: Project, cloud: Cloud) -> None:
    project.write("publisher", in_steps(2, 30, "id(queues)"))
    stack = project.deploy()
    cloud.advance(START + timedelta(seconds=70))
    project.write("publisher", in_steps(2, 30, '"new"'))
    stack.functions["publisher"].end_environment()
    cloud.advance(START + timedelta(seconds=155))
    old = logged(stack)[0].split()[1]
    assert [line.split()[1] for line in logged(stack)] == [old, old, "new", "new"]


@pytest.mark.parametrize(
    ("late_s", "steps"),
    [
        pytest.param(0, 3, id="by its sleep alone"),
        pytest.param(4, 2, id="by its sleep and late answers"),
    ],
)
def test_it_is_ended_at_its_time_out(
    project: Project, cloud: Cloud, late_s: float, steps: int
) -> None:
    project.timeout("publisher", 25)
    project.write("publisher", in_steps())
    project.invoke_config("publisher", {"MaximumRetryAttempts": 0})
    stack = project.deploy()
    cloud.faults.add(Fault(Late(timedelta(seconds=late_s)), function="publisher", times=None))
    cloud.advance(START + timedelta(seconds=119))
    assert len(logged(stack)) == steps
    assert stack.functions["publisher"].invocations[-1].duration_s == 25
    (failure,) = stack.failures
    assert failure.error.error_type == "Sandbox.Timedout"
    assert failure.at == START + timedelta(seconds=85)
    name = metric("AWS/Lambda", "Duration", FunctionName="lowtide-dev-publisher")
    begin = START.timestamp()
    found = cloud.metrics.read(name, begin, begin + 120, 60, begin + 120)
    assert [each.total for each in found.values()] == [25_000]


def test_what_it_waits_for_and_what_it_sleeps_add_up(project: Project, cloud: Cloud) -> None:
    project.write("publisher", in_steps(2))
    stack = project.deploy()
    cloud.faults.add(Fault(Late(timedelta(seconds=3)), function="publisher", times=None))
    cloud.advance(START + timedelta(seconds=110))
    assert logged(stack) == ["12:01:03 0", "12:01:16 1"]
    assert stack.functions["publisher"].invocations[-1].duration_s == 26


def test_a_fault_meets_it_after_it_has_slept(project: Project, cloud: Cloud) -> None:
    project.invoke_config("publisher", {"MaximumRetryAttempts": 0})
    project.write("publisher", in_steps(3))
    stack = project.deploy()
    cloud.faults.add(Fault(Throttled(), function="publisher", nth=2))
    cloud.faults.add(Fault(Killed(), function="publisher", nth=4))
    cloud.advance(START + timedelta(seconds=119))
    (invocation,) = stack.functions["publisher"].invocations
    assert [len(invocation.calls), len(invocation.lines)] == [4, 2]
    (failure,) = stack.failures
    assert failure.error.error_type == "Runtime.ExitError"


def test_it_is_tried_again_after_it_has_failed_in_its_sleep(project: Project, cloud: Cloud) -> None:
    project.invoke_config("publisher", {"MaximumRetryAttempts": 1})
    project.rewrite("rate(1 minute)", "rate(10 minutes)")
    project.write("publisher", in_steps(2, 10, "1 / (1 - step)"))
    stack = project.deploy()
    cloud.advance(START + timedelta(minutes=15))
    assert [line.split()[0] for line in logged(stack)] == ["12:10:00", "12:11:10"]


def test_the_clock_runs_for_a_person_who_waits_for_the_answer(
    project: Project, cloud: Cloud
) -> None:
    project.write("publisher", in_steps(3))
    project.write("scheduler", SPEAKS)
    stack = project.deploy()
    cloud.advance(START + timedelta(seconds=50))
    assert stack.invoke("publisher", {}) == "done"
    assert cloud.clock.now() == datetime.now(UTC) == START + timedelta(seconds=80)
    assert logged(stack, "scheduler") == ["12:01:00"]


def test_a_person_learns_of_the_time_out(project: Project, cloud: Cloud) -> None:
    project.write("control", in_steps())
    project.timeout("control", 30)
    stack = project.deploy()
    with pytest.raises(FunctionError, match="timed out after 30"):
        stack.invoke("control", {})
    assert cloud.clock.now() == START + timedelta(seconds=30)


def test_one_that_sleeps_when_the_cloud_ends_does_no_more(project: Project, cloud: Cloud) -> None:
    project.write("publisher", IN_FINALLY)
    stack = project.deploy()
    with cloud:
        cloud.advance(START + timedelta(seconds=70))
    assert logged(stack) == ["12:01:00 asleep"]
    assert not stack.functions["publisher"].invocations


def test_a_fork_of_the_process_has_those_that_sleep(project: Project, cloud: Cloud) -> None:
    project.write("publisher", in_steps(2))
    stack = project.deploy()
    cloud.advance(START + timedelta(seconds=65))
    child = os.fork()
    if child == 0:
        cloud.advance(START + timedelta(seconds=75))
        os._exit(len(logged(stack)))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
    assert len(logged(stack)) == 1


POOLED = """
    import threading
    import time
    from concurrent.futures import ThreadPoolExecutor

    import boto3

    queues = boto3.client("sqs")

    def ask(number):
        queues.list_queues()
        return number / (3 - number)

    def lambda_handler(event, context):
        before = threading.active_count()
        with ThreadPoolExecutor(4) as pool:
            asked = [pool.submit(ask, number) for number in range(5)]
            more = threading.active_count() - before
        failed = [type(each.exception()).__name__ for each in asked]
        return [failed, more]
"""


def test_what_a_function_submits_to_threads_is_done_in_turn_and_is_its_own(
    project: Project, cloud: Cloud
) -> None:
    project.write("publisher", POOLED)
    stack = project.deploy()
    cloud.faults.add(Fault(Late(timedelta(seconds=2)), function="publisher", nth=2))
    failed, more_threads = stack.invoke("publisher", {})
    assert failed == ["NoneType"] * 3 + ["ZeroDivisionError", "NoneType"]
    (invocation,) = stack.functions["publisher"].invocations
    assert len(invocation.calls) == 5
    assert invocation.duration_s == 2
    assert more_threads == 0
