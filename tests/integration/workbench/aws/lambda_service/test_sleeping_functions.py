"""A function that sleeps takes virtual time: the cloud moves on meanwhile."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
import pytest

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.cloudwatch.metric_store import metric
from lowtide_workbench.aws.lambda_service.function import FunctionError
from lowtide_workbench.aws.protocol.faults import Fault, Killed, Late, Throttled

if TYPE_CHECKING:
    from lowtide_workbench.aws.stack import Stack
    from tests.integration.workbench.conftest import Project

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
# It prints the time, and more as a test needs it. Each makes one call a step.
HEAD = """
    import time
    from datetime import UTC, datetime

    import boto3

    queues = boto3.client("sqs")

    def write(*words):
        print(datetime.now(UTC).strftime("%H:%M:%S"), *words)
"""
IN_STEPS = (
    HEAD
    + """
    def lambda_handler(event, context):
        for step in range({steps}):
            found = queues.list_queues(QueueNamePrefix="from-others").get("QueueUrls", ())
            write({words})
            time.sleep({pause})
        return "done"
"""
)
IN_FINALLY = (
    HEAD
    + """
    def lambda_handler(event, context):
        try:
            write("asleep")
            time.sleep(100)
        finally:
            time.sleep(1)
            queues.create_queue(QueueName="made-in-finally")
            write("cleaned up")
"""
)
SPEAKS = HEAD + "\n    def lambda_handler(event, context):\n        write()\n"


def in_steps(steps: int = 6, pause: float = 10, words: str = "step") -> str:
    return IN_STEPS.format(steps=steps, pause=pause, words=words)


def logged(stack: Stack, function: str = "publisher") -> list[str]:
    return [line for line in stack.functions[function].log if line[2:3] == ":"]


def test_the_clock_goes_on_for_all_while_it_sleeps(project: Project, cloud: Cloud) -> None:
    """What others do meanwhile is seen; no other function waits."""
    project.write("publisher", in_steps(3, 30, "step, len(found)"))
    project.write("scheduler", SPEAKS)
    stack = project.deploy()
    cloud.advance(START + timedelta(seconds=115))
    assert logged(stack) == ["12:01:00 0 0", "12:01:30 1 0"]
    assert not stack.functions["publisher"].invocations, "it is not over yet"
    boto3.client("sqs").create_queue(QueueName="from-others")
    cloud.advance(START + timedelta(seconds=150))
    assert logged(stack)[:2] == ["12:01:00 0 0", "12:01:30 1 0"]
    assert "12:02:00 2 1" in logged(stack)
    assert logged(stack, "scheduler") == ["12:01:00", "12:02:00"]
    (invocation,) = stack.functions["publisher"].invocations
    assert invocation.duration_s == 90
    assert [call.action for call in invocation.calls] == ["sqs:ListQueues"] * 3
    assert len(invocation.lines) == 3
    assert invocation.at == START + timedelta(minutes=1)


def test_it_wakes_at_the_very_instant(project: Project, cloud: Cloud) -> None:
    words = 'datetime.now(UTC).strftime("%S.%f")'
    project.write("publisher", in_steps(4, 0.25, words))
    stack = project.deploy()
    cloud.advance(START + timedelta(seconds=100))
    assert logged(stack)[1].split()[1] == "00.250000"
    assert logged(stack)[3].split()[1] == "00.750000"


def test_invocations_of_one_function_overlap_each_in_an_environment_of_its_own(
    project: Project, cloud: Cloud
) -> None:
    """A free environment is used again."""
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
    stack.send("publisher", {"who": "third"})
    assert logged(stack)[-1].split()[2] in environments


def test_a_deployment_lets_what_runs_come_to_its_end(project: Project, cloud: Cloud) -> None:
    project.write("publisher", in_steps(2, 30, "id(queues)"))
    stack = project.deploy()
    cloud.advance(START + timedelta(seconds=70))
    project.write("publisher", in_steps(2, 30, '"new"'))
    project.deploy()
    cloud.advance(START + timedelta(seconds=155))
    old = logged(stack)[0].split()[1]
    assert [line.split()[1] for line in logged(stack)] == [old, old, "new", "new"]


def test_it_is_ended_at_its_time_out_which_counts_its_sleep_and_late_answers(
    project: Project, cloud: Cloud
) -> None:
    project.timeout("publisher", 25)
    project.write("publisher", in_steps())
    project.invoke_config("publisher", {"MaximumRetryAttempts": 0})
    stack = project.deploy()
    cloud.faults.add(Fault(Late(timedelta(seconds=4)), function="publisher", times=None))
    cloud.advance(START + timedelta(seconds=119))
    assert logged(stack) == ["12:01:04 0", "12:01:18 1"]
    assert stack.functions["publisher"].invocations[-1].duration_s == 25
    (failure,) = stack.failures
    assert failure.error.error_type == "Sandbox.Timedout"
    assert failure.at == START + timedelta(seconds=85)
    name = metric("AWS/Lambda", "Duration", FunctionName="lowtide-dev-publisher")
    begin = START.timestamp()
    found = cloud.metrics.read(name, begin, begin + 120, 60, begin + 120)
    assert [each.total for each in found.values()] == [25_000]


def test_a_fault_meets_it_after_it_has_slept_and_it_is_tried_again(
    project: Project, cloud: Cloud
) -> None:
    project.invoke_config("publisher", {"MaximumRetryAttempts": 1})
    project.rewrite("rate(1 minute)", "rate(10 minutes)")
    project.write("publisher", in_steps(3))
    stack = project.deploy()
    cloud.faults.add(Fault(Throttled(), function="publisher", nth=2))
    cloud.faults.add(Fault(Killed(), function="publisher", nth=4))
    cloud.advance(START + timedelta(minutes=12))
    first, second = stack.functions["publisher"].invocations
    assert [len(first.calls), len(first.lines)] == [4, 2]
    assert second.at - START == timedelta(minutes=11, seconds=30)  # ended at 12:10:20
    (failure,) = stack.failures
    assert failure.error.error_type == "Runtime.ExitError"


def test_the_clock_runs_for_a_client_that_waits_for_the_answer(
    project: Project, cloud: Cloud
) -> None:
    project.write("publisher", in_steps(3))
    project.write("scheduler", SPEAKS)
    project.write("control", in_steps())
    project.timeout("control", 25)
    stack = project.deploy()
    with pytest.raises(FunctionError, match="timed out after 25"):
        stack.invoke("control", {})
    assert cloud.clock.now() == START + timedelta(seconds=25)
    cloud.advance(START + timedelta(seconds=50))
    assert stack.invoke("publisher", {}) == "done"
    assert cloud.clock.now() == datetime.now(UTC) == START + timedelta(seconds=80)
    assert logged(stack, "scheduler") == ["12:01:00"]


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
