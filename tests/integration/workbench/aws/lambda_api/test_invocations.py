"""Invoke, and what a function leaves behind: answers, logs, metrics."""

import base64
import json
from typing import Any

import pytest

from lowtide_workbench.aws.protocol.faults import Failed, Fault
from tests.integration.workbench.aws.conftest import refusal
from tests.integration.workbench.aws.lambda_api.conftest import LOGS, PRINTS, Lambda

SLEEPS = """
    import time

    def lambda_handler(event, context):
        time.sleep(25)
        return "done"
"""


@pytest.mark.parametrize(
    ("kind", "status", "answer"),
    [
        pytest.param("RequestResponse", 200, b'"hello Ann"', id="the caller waits"),
        pytest.param("Event", 202, b"", id="the caller does not wait"),
        pytest.param("DryRun", 204, b"", id="nothing runs"),
    ],
)
def test_a_function_is_invoked(aws: Lambda, kind: str, status: int, answer: bytes) -> None:
    aws.create()
    sent = {"FunctionName": "greet", "Payload": '{"name": "Ann"}', "InvocationType": kind}
    invoked = aws.api.invoke(**sent, LogType="Tail")
    assert (invoked["StatusCode"], invoked["Payload"].read()) == (status, answer)
    if kind == "DryRun":
        assert not aws.client("logs").describe_log_groups()["logGroups"]
    else:
        assert aws.logged() == ["greeting"]
    if kind == "RequestResponse":
        assert base64.b64decode(invoked["LogResult"]) == b"greeting"


@pytest.mark.parametrize(
    ("code", "fields", "error_type", "message"),
    [
        pytest.param(
            "def lambda_handler(event, context):\n    raise ValueError('why')",
            {},
            "ValueError",
            "why",
            id="its handler raises",
        ),
        pytest.param(
            "import nowhere",
            {},
            "Runtime.ImportModuleError",
            "Unable to import module 'app': No module named 'nowhere'",
            id="a module is missing",
        ),
        pytest.param(
            "import lowtide",
            {},
            "Runtime.ImportModuleError",
            "Unable to import module 'app': No module named 'lowtide'",
            id="it needs a layer that it has not: the working tree does not stand in",
        ),
        pytest.param(
            "",
            {"Handler": "main.run"},
            "Runtime.ImportModuleError",
            "Unable to import module 'main': No module named 'main'",
            id="no file of its handler",
        ),
        pytest.param(
            "",
            {},
            "Runtime.HandlerNotFound",
            "Handler 'lambda_handler' missing on module 'app'",
            id="no handler in its file",
        ),
        pytest.param(
            "def",
            {},
            "Runtime.UserCodeSyntaxError",
            "Syntax error in module 'app': invalid syntax (app.py, line 1)",
            id="its file is no Python",
        ),
        pytest.param(
            SLEEPS,
            {"Timeout": 10},
            "Sandbox.Timedout",
            "Task timed out after 10.00 seconds",
            id="it takes too long",
        ),
    ],
)
def test_a_failure_is_an_answer_that_is_marked(
    aws: Lambda, code: str, fields: dict[str, Any], error_type: str, message: str
) -> None:
    aws.create(code, **fields)
    invoked = aws.api.invoke(FunctionName="greet")
    assert (invoked["StatusCode"], invoked["FunctionError"]) == (200, "Unhandled")
    error = json.loads(invoked["Payload"].read())
    assert error["errorType"] == error_type
    assert error["errorMessage"].endswith(message)
    if error_type.startswith("Runtime."):
        assert f"[ERROR] {error_type}: {message}" in aws.logged()


def test_a_caller_waits_while_a_function_sleeps(aws: Lambda) -> None:
    aws.create(SLEEPS, Timeout=30)
    before = aws.cloud.clock.now()
    assert aws.invoke() == "done"
    assert (aws.cloud.clock.now() - before).total_seconds() == 25


def test_reserved_concurrency_throttles(aws: Lambda) -> None:
    aws.create(SLEEPS, Timeout=30)
    aws.api.put_function_concurrency(FunctionName="greet", ReservedConcurrentExecutions=1)
    aws.api.invoke(FunctionName="greet", InvocationType="Event")
    throttled = ("TooManyRequestsException", "Rate Exceeded.")
    fast: Any = aws.client("lambda")
    fast.meta.events.register("needs-retry.lambda", lambda **_: None)
    assert refusal(lambda: fast.invoke(FunctionName="greet")) == throttled
    aws.wait(seconds=30)
    aws.api.put_function_concurrency(FunctionName="greet", ReservedConcurrentExecutions=0)
    assert refusal(lambda: fast.invoke(FunctionName="greet")) == throttled
    aws.api.invoke(FunctionName="greet", InvocationType="Event")
    aws.wait(minutes=2)
    aws.api.delete_function_concurrency(FunctionName="greet")
    aws.wait(minutes=2)
    record = aws.cloud.lambdas.state.functions["greet"]
    assert len(record.function.invocations) == 1, "an event is dropped at concurrency 0"


def test_an_event_is_retried_as_the_function_says(aws: Lambda) -> None:
    aws.create("def lambda_handler(event, context):\n    print('tried')\n    raise ValueError")
    aws.api.put_function_event_invoke_config(FunctionName="greet", MaximumRetryAttempts=1)
    aws.api.invoke(FunctionName="greet", InvocationType="Event")
    aws.wait(minutes=5)
    assert [line for line in aws.logged() if line == "tried"] == ["tried"] * 2


def test_logs_go_where_the_function_says_in_a_stream_for_each_sandbox(aws: Lambda) -> None:
    code = """
        print("starts")

        def lambda_handler(event, context):
            return [context.log_group_name, context.log_stream_name]
    """
    logs: Any = aws.client("logs")
    logs.create_log_group(logGroupName="speech")
    aws.create(code, LoggingConfig={"LogGroup": "speech"})
    first, again = aws.invoke(), aws.invoke()
    aws.api.update_function_configuration(FunctionName="greet", Description="new")
    second = aws.invoke()
    assert first == again != second
    streams = logs.describe_log_streams(logGroupName="speech")["logStreams"]
    assert {each["logStreamName"] for each in streams} == {first[1], second[1]}
    messages = [
        each["message"]
        for each in logs.get_log_events(
            logGroupName="speech", logStreamName=first[1], startFromHead=True
        )["events"]
    ]
    kinds = [message.partition(" ")[0] for message in messages]
    assert kinds == ["starts", *["START", "END", "REPORT"] * 2]


@pytest.mark.parametrize("missing", LOGS, ids=lambda right: f"without {right}")
def test_without_a_right_nothing_is_logged_and_no_metric_extracted(
    aws: Lambda, missing: str
) -> None:
    measured = {"Namespace": "Speech", "Dimensions": [[]], "Metrics": [{"Name": "Calls"}]}
    at = int(aws.cloud.clock.seconds() * 1000)
    line = {"_aws": {"Timestamp": at, "CloudWatchMetrics": [measured]}, "Calls": 1}
    aws.create(PRINTS)
    aws.allow("function", [right for right in LOGS if right != missing])
    aws.invoke(line)
    listed = aws.client("cloudwatch").list_metrics
    assert not aws.client("logs").describe_log_groups()["logGroups"]
    assert not listed(Namespace="Speech")["Metrics"]
    aws.allow("function", LOGS)
    aws.invoke(line)
    assert aws.logged() == [json.dumps(line)]
    assert listed(Namespace="Speech")["Metrics"]


def test_a_fault_names_a_function_by_the_end_of_its_name(aws: Lambda) -> None:
    code = """
        import boto3

        sagemaker = boto3.client("sagemaker")

        def lambda_handler(event, context):
            return sagemaker.list_endpoints()["Endpoints"]
    """
    aws.allow("function", ["sagemaker:ListEndpoints"])
    for name in ("speech-dev-scheduler", "speech-dev-publisher"):
        aws.create(code, FunctionName=name)
    aws.cloud.faults.add(Fault(Failed("Broken"), "sagemaker", function="scheduler", times=None))
    failed = aws.invoke(FunctionName="speech-dev-scheduler")
    assert "Broken" in failed["errorMessage"]
    assert aws.invoke(FunctionName="speech-dev-publisher") == []
