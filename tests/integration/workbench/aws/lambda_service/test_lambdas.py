"""A function behaves on the laptop as it would in Lambda."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

from lowtide_workbench.aws.lambda_service.function import FunctionError

if TYPE_CHECKING:
    from tests.integration.workbench.conftest import Project


@pytest.mark.parametrize(
    ("returned", "received"),
    [
        pytest.param("(1, 2)", [1, 2], id="a tuple arrives as a list"),
        pytest.param("{1: 'one'}", {"1": "one"}, id="keys arrive as text"),
        pytest.param("event['a'] + [2]", [1, 2], id="the event arrived as JSON, too"),
    ],
)
def test_event_and_result_pass_through_json(
    project: Project, returned: str, received: object
) -> None:
    function = project.load(f"def lambda_handler(event, context):\n    return {returned}")
    assert function.invoke({"a": (1,)}) == received


@pytest.mark.parametrize(
    ("body", "error_type", "message"),
    [
        pytest.param("raise ValueError('why')", "ValueError", "why", id="an exception"),
        pytest.param(
            "return {1, 2}",
            "Runtime.MarshalError",
            "Unable to marshal response: Object of type set is not JSON serializable",
            id="a result that is not JSON",
        ),
    ],
)
def test_a_failure_is_reported_as_lambda_does(
    project: Project, body: str, error_type: str, message: str
) -> None:
    function = project.load(f"def lambda_handler(event, context):\n    {body}")
    with pytest.raises(FunctionError) as raised:
        function.invoke({})
    assert (raised.value.error_type, raised.value.error_message) == (error_type, message)


def test_the_traceback_of_a_failure_is_in_the_log(project: Project) -> None:
    function = project.load("def lambda_handler(event, context):\n    raise ValueError('why')")
    with pytest.raises(FunctionError):
        function.invoke({})
    assert function.log[-1] == "ValueError: why"


def test_the_environment_is_the_templates_and_not_the_laptops(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOWTIDE_TABLE", "the developer's own")
    code = """
        import os

        AT_IMPORT = os.environ["LOWTIDE_STACK"]

        def lambda_handler(event, context):
            return [AT_IMPORT, os.environ["LOWTIDE_STACK"], os.environ.get("LOWTIDE_TABLE")]
    """
    function = project.load(code, {"LOWTIDE_STACK": "lowtide-test"})
    assert function.invoke({}) == ["lowtide-test", "lowtide-test", None]
    assert os.environ["LOWTIDE_TABLE"] == "the developer's own"


@pytest.mark.parametrize("prepared", [False, True], ids=["started then", "prepared before"])
def test_other_variables_are_read_by_the_next_invocation(project: Project, prepared: bool) -> None:
    code = """
        import os

        AT_IMPORT = os.environ["COLOUR"]

        def lambda_handler(event, context):
            return AT_IMPORT
    """
    function = project.load(code, {"COLOUR": "red"})
    if prepared:
        function.prepare_cold_start(COLOUR="blue")
    before = function.invoke({})
    function.configure(COLOUR="blue")
    assert [before, function.invoke({})] == ["red", "blue"]


def test_each_function_has_its_own_copy_of_the_layer(project: Project) -> None:
    code = """
        import lowtide

        def lambda_handler(event, context):
            lowtide.seen = getattr(lowtide, "seen", 0) + 1
            import lowtide as again
            return [lowtide.seen, again is lowtide]
    """
    one, other = project.load(code), project.load(code)
    assert [one.invoke({}), one.invoke({}), other.invoke({})] == [[1, True], [2, True], [1, True]]
    assert not hasattr(sys.modules.get("lowtide"), "seen")


def test_the_log_is_kept_and_not_printed(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    code = """
        from aws_lambda_powertools import Logger

        logger = Logger()

        def lambda_handler(event, context):
            logger.info("decision", extra={"reason": event["reason"]})
    """
    environment = {"POWERTOOLS_SERVICE_NAME": "scheduler", "POWERTOOLS_LOG_LEVEL": "INFO"}
    for _ in ("first stack", "second stack"):
        function = project.load(code, environment)
        function.invoke({"reason": "the window opens"})
        (line,) = map(json.loads, function.log)
        assert (line["reason"], line["service"]) == ("the window opens", "scheduler")
    assert capsys.readouterr().out == ""


def test_the_context_has_name_memory_and_time_left(project: Project) -> None:
    code = """
        def lambda_handler(event, context):
            return [
                context.function_name,
                context.invoked_function_arn,
                context.memory_limit_in_mb,
                context.get_remaining_time_in_millis(),
                context.aws_request_id,
            ]
    """
    function = project.load(code)
    name, arn, memory, left, request = function.invoke({})
    assert (name, memory, left) == ("scheduler", "512", 60_000)
    assert arn == "arn:aws:lambda:us-east-1:123456789012:function:scheduler"
    assert request != function.invoke({})[4]


def test_an_environment_that_ended_leaves_nothing_behind(project: Project) -> None:
    """Else what its clients and models take grows with every cold start."""
    function = project.load("def lambda_handler(event, context):\n    return __file__")
    app = function.invoke({})
    function.end_environment()
    files = {getattr(module, "__file__", None) for module in sys.modules.values()}
    assert app not in files
