"""Waits until an endpoint is as it was asked for, and says what happens meanwhile."""

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import typer
from rich.console import Console

from lowtide_cli.status import wording as words

NOT_YET = 3  # exit code: not so within --timeout
_LOOK_EVERY_S = 10

type Answer = Mapping[str, Any]


_WANTED = {"wake": "InService", "sleep": "Absent"}  # the others: as the desired state says


def reached(action: str, answer: Answer) -> bool:
    """Whether nothing is left to do, and the endpoint is as the action asked for."""
    desired = "InService" if answer["desired_state"] == "awake" else "Absent"
    in_sync = answer["status"] == desired and answer["next"]["action"] == "Rest"
    return bool(in_sync and answer["status"] == _WANTED.get(action, desired))


def wait_until_reached(
    action: str, read: Callable[[], Answer], longest: timedelta, console: Console
) -> Answer:
    """Returns the answer that has reached what `action` asked for; exits with 3 after `longest`,
    or at once while the endpoint is paused or observed.

    On a terminal one line shows the state; elsewhere each change of it is a line.
    """
    deadline, said = time.monotonic() + longest.total_seconds(), ""
    with console.status("Waiting") as line:
        while True:
            answer = read()
            if "error" not in answer and reached(action, answer):
                return answer
            if (state := _state(answer)) != said:
                said = state
                line.update(state)
                if not console.is_terminal:
                    console.print(state, soft_wrap=True)
            if time.monotonic() >= deadline or _is_paused(answer):
                break
            time.sleep(_LOOK_EVERY_S)
    console.print(f"Not so yet: {said}", style="red", soft_wrap=True)
    raise typer.Exit(NOT_YET)


def _is_paused(answer: Answer) -> bool:
    """Whether nothing will happen before a person ends the pause, or `mode` is manage."""
    return "error" not in answer and answer["next"]["action"] == "Paused"


def _state(answer: Answer) -> str:
    if "error" in answer:
        return f"unreadable: {answer['error']}"
    blocked = f"; blocked: {answer['blocked']}" if answer.get("blocked") else ""
    return f"{words.actual(answer)}; {words.next_step(answer)}{blocked}"
