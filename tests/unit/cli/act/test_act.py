"""What the commands that act send, and when a wait for them ends."""

from collections.abc import Mapping
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from lowtide_cli.act import command, wait
from lowtide_cli.main import app

AWAKE = {"desired_state": "awake", "status": "InService", "next": {"action": "Rest", "reason": ""}}
CREATING = AWAKE | {"status": "Creating", "next": {"action": "Wait", "reason": "it is created"}}
ASLEEP = AWAKE | {"desired_state": "asleep", "status": "Absent"}
COMMON = {"endpoint": "calls", "because": "ann wants it so", "instances": {}}


class Stack:
    """Answers with one after the other, the last one again and again."""

    def __init__(self, *answers: Mapping[str, Any]) -> None:
        self.asked: list[Mapping[str, str]] = []
        self._answers = list(answers)

    def ask(self, request: Mapping[str, str], *_: object) -> Mapping[str, Any]:
        self.asked.append(request)
        answer = self._answers[0] if len(self._answers) == 1 else self._answers.pop(0)
        return {**COMMON, **answer}


def run(monkeypatch: pytest.MonkeyPatch, stack: Stack, *arguments: str) -> Result:
    monkeypatch.setattr(command, "ask", stack.ask)
    monkeypatch.setattr(command, "invoke", lambda _stack, request, *_: stack.ask(request))
    monkeypatch.setattr(command, "caller", lambda *_: "ann")
    monkeypatch.setattr("time.sleep", lambda _: None)
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "80"})


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        pytest.param(
            "wake calls --for 3d --reason test",
            {"action": "wake", "for": "3d", "reason": "test", "by": "ann"},
            id="the caller's name is filled in",
        ),
        pytest.param(
            "sleep calls --until 2030-01-01T20:00Z --reason test --by bob",
            {"action": "sleep", "until": "2030-01-01T20:00Z", "reason": "test", "by": "bob"},
            id="another name and an instant are sent as they are",
        ),
        pytest.param(
            "pause calls --reason test",
            {"action": "pause", "reason": "test", "by": "ann"},
            id="a pause needs no end",
        ),
        pytest.param("resume calls", {"action": "resume"}, id="resume needs no reason"),
        pytest.param("auto calls", {"action": "auto"}, id="auto needs no reason"),
    ],
)
def test_a_request_is_sent(
    arguments: str, sent: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = Stack(AWAKE | {"replaced": "bob wants it asleep"})
    result = run(monkeypatch, stack, *arguments.split())
    assert result.exit_code == 0, result.output
    assert stack.asked == [{"endpoint": "calls"} | sent]
    assert "Replaced: bob wants it asleep" in result.output
    assert "desired awake, actual InService" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param("wake calls --reason x", "exactly one of --for and --until", id="no end"),
        pytest.param(
            "wake calls --reason x --for 2h --until 2030-01-01T20:00Z",
            "exactly one of --for and --until",
            id="two ends",
        ),
        pytest.param("sleep calls --reason x --for soon", "--for: 'soon'", id="no duration"),
        pytest.param(
            "wake calls --reason x --for 2h --wait --timeout x", "--timeout: 'x'", id="no time-out"
        ),
        pytest.param("wake calls --for 2h", "--reason", id="no reason"),
    ],
)
def test_a_request_that_is_not_valid_is_not_sent(
    arguments: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = Stack(AWAKE)
    result = run(monkeypatch, stack, *arguments.split())
    assert (result.exit_code, stack.asked) == (2, [])
    assert message in result.output


@pytest.mark.parametrize(
    ("action", "answers", "looks"),
    [
        pytest.param("wake", (ASLEEP, CREATING, CREATING, AWAKE), 3, id="until it is in service"),
        pytest.param("sleep", (AWAKE, AWAKE, ASLEEP), 2, id="until it is absent"),
        pytest.param("wake", (CREATING, {"error": "throttled"}, AWAKE), 2, id="over an error"),
    ],
)
def test_a_wait_ends_when_it_is_so(
    action: str, answers: Any, looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = Stack(*answers)
    options = ("calls", "--for", "2h", "--reason", "test", "--wait")
    result = run(monkeypatch, stack, action, *options)
    assert result.exit_code == 0, result.output
    assert [each["action"] for each in stack.asked] == [action, *["status"] * looks]


def test_a_wait_for_what_is_paused_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    paused = ASLEEP | {"next": {"action": "Paused", "reason": "bob paused it"}}
    stack = Stack(paused)
    result = run(monkeypatch, stack, "resume", "calls", "--wait")
    assert (result.exit_code, len(stack.asked)) == (wait.NOT_YET, 2)
    assert "Not so yet: Absent; Paused: bob paused it" in result.output


def test_a_wait_that_is_over_exits_with_3_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = Stack(CREATING | {"blocked": "no capacity"})
    options = ("--for", "2h", "--reason", "test", "--wait", "--timeout", "0m")
    result = run(monkeypatch, stack, "wake", "calls", *options)
    assert result.exit_code == wait.NOT_YET
    assert "Not so yet: Creating; Wait: it is created; blocked: no capacity" in result.output
