"""The terminal of `lowtide aws`: a line for each change, in one clock, 80 columns wide."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.server import console_log
from lowtide_workbench.server.console_log import ConsoleLog

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
LONGEST_NAME = "a" * 63  # that SageMaker takes


def printed(endpoint: str, status: str, zones: dict[str, ZoneInfo]) -> list[str]:
    cloud, console = Cloud(START), Console(file=StringIO(), width=80)
    log = ConsoleLog(cloud, console, zones)
    cloud.statuses.append((START, endpoint, status))
    log.print_new()
    log.print_new()
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize(
    ("zones", "line"),
    [
        pytest.param(
            {"a": NEW_YORK},
            "Mon 23 Nov 07:00:00 EST  a  Creating",
            id="in the zone of its schedule",
        ),
        pytest.param({}, "Mon 23 Nov 12:00:00 UTC  a  Creating", id="without a schedule in UTC"),
    ],
)
def test_a_change_is_printed_once(zones: dict[str, ZoneInfo], line: str) -> None:
    assert printed("a", "Creating", zones) == [line]


def test_the_longest_name_and_the_longest_status_are_whole() -> None:
    assert printed(LONGEST_NAME, "UpdateRollbackFailed", {"a": NEW_YORK}) == [
        "Mon 23 Nov 12:00:00 UTC",
        f"    {LONGEST_NAME}",
        "    UpdateRollbackFailed",
    ]


class Stack:
    """A stack whose reconciler was called, and the history that it wrote by endpoint."""

    failures = ()

    def __init__(self) -> None:
        scheduler = SimpleNamespace(name="scheduler", environment={"LOWTIDE_TABLE": "table"})
        self.template = SimpleNamespace(functions=lambda: [scheduler])
        self.calls = {"reconciler": Counter(reconciler=0)}
        self.reasons: dict[str, str | Exception] = {}

    def history(self, name: str, count: int) -> list[Any]:
        del count
        reason = self.reasons.get(name)
        if isinstance(reason, Exception):
            raise reason
        at = START + timedelta(minutes=1)
        entry = SimpleNamespace(at=at, step="Delete", outcome="Deleting", reason=reason)
        return [] if reason is None else [entry]

    def work(self, **reasons: str | Exception) -> None:
        self.reasons |= reasons
        self.calls["reconciler"].update(reconciler=1)


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    stack = Stack()
    monkeypatch.setattr(console_log, "Store", lambda _: stack)
    with Cloud(START):
        yield stack


def following(stack: Any, console: Console, *endpoints: str) -> ConsoleLog:
    log = ConsoleLog(Cloud(START), console, dict.fromkeys(endpoints, NEW_YORK))
    log.follow(stack)
    return log


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        pytest.param("see [/tickets/4711]", "see [/tickets/4711]", id="brackets"),
        pytest.param("[bold]now[/bold] :x:", "[bold]now[/bold] :x:", id="markup"),
        pytest.param("\x1b]0;owned\x07", r"\x1b]0;owned\x07", id="a title of the terminal"),
        pytest.param("\x1b[2J", r"\x1b[2J", id="a screen that is wiped"),
        pytest.param("\x9b2J", r"\x9b2J", id="a control character of one byte"),
        pytest.param("\u202eabc", r"\u202eabc", id="text that runs backwards"),
        pytest.param("one\r\ntwo", "one two", id="two lines"),
        pytest.param("Grüße, 東京", "Grüße, 東京", id="letters of other languages"),
    ],
)
def test_a_reason_is_shown_as_it_was_typed(stack: Stack, reason: str, shown: str) -> None:
    console = Console(file=StringIO(), width=200)
    log = following(stack, console, "a")
    stack.work(a=reason)
    log.print_new()
    assert isinstance(console.file, StringIO)
    line = f"Mon 23 Nov 07:01:00 EST  a  Lowtide: Delete: Deleting, {shown}\n"
    assert console.file.getvalue() == line


def test_a_history_that_cannot_be_read_costs_its_own_lines_only_and_is_said_once(
    stack: Stack,
) -> None:
    console = Console(file=StringIO(), width=200)
    log = following(stack, console, "a", "b")
    for _ in range(3):
        stack.work(a=KeyError("at"), b="the window closed")
        log.print_new()
    assert isinstance(console.file, StringIO)
    assert console.file.getvalue().splitlines() == [
        "Mon 23 Nov 07:00:00 EST  a  its history cannot be read: KeyError: 'at'",
        "Mon 23 Nov 07:01:00 EST  b  Lowtide: Delete: Deleting, the window closed",
    ]


class BrokenTerminal(Console):
    def __init__(self, error: BaseException) -> None:
        super().__init__(file=StringIO())
        self.error = error
        self.tries = 0

    def print(self, *_: object, **__: object) -> None:
        self.tries += 1
        raise self.error


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(OSError(28, "No space left on device"), id="a full disk"),
        pytest.param(UnicodeEncodeError("ascii", "ü", 0, 1, "ordinal"), id="an ASCII terminal"),
        pytest.param(SystemExit(1), id="a pipe that is closed, for which rich ends the program"),
    ],
)
def test_a_terminal_that_cannot_be_written_does_not_end_the_cloud(error: BaseException) -> None:
    terminal, cloud = BrokenTerminal(error), Cloud(START)
    log = ConsoleLog(cloud, terminal, {})
    cloud.statuses.append((START, "a", "Creating"))
    log.print_new()
    assert terminal.tries
