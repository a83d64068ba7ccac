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
from lowtide_workbench.aws.lambda_service.function import FunctionError
from lowtide_workbench.aws.lambda_service.invoker import InvocationFailure
from lowtide_workbench.server import console_log
from lowtide_workbench.server.console_log import ConsoleLog

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
LONGEST_NAME = "a" * 63  # that SageMaker takes


@pytest.mark.parametrize(
    ("endpoint", "status", "lines"),
    [
        pytest.param("a", "Creating", ["Mon 23 Nov 07:00:00 EST  a  Creating"],
                     id="in the zone of its schedule"),
        pytest.param("b", "Creating", ["Mon 23 Nov 12:00:00 UTC  b  Creating"],
                     id="without a schedule in UTC"),
        pytest.param(LONGEST_NAME, "UpdateRollbackFailed",
                     ["Mon 23 Nov 12:00:00 UTC", f"    {LONGEST_NAME}", "    UpdateRollbackFailed"],
                     id="the longest name and the longest status"),
    ],
)  # fmt: skip
def test_a_change_is_printed_once_and_whole(endpoint: str, status: str, lines: list[str]) -> None:
    cloud, page = Cloud(START), StringIO()
    log = ConsoleLog(cloud, Console(file=page, width=80), {"a": NEW_YORK})
    cloud.statuses.append((START, endpoint, status))
    log.print_new()
    log.print_new()
    assert page.getvalue().splitlines() == lines


class Account:
    """An account with a stack whose reconciler was called, and the history that it wrote."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.calls = Counter[str]()
        self.reasons: dict[str, str | Exception] = {}
        variables = {"LOWTIDE_TABLE": "table"}
        reconciler: Any = SimpleNamespace(
            settings={"Environment": {"Variables": variables}},
            function=SimpleNamespace(calls=self.calls),
        )
        cloud.lambdas.state.functions["stack-reconciler"] = reconciler

    def history(self, name: str, _count: int) -> list[Any]:
        reason = self.reasons.get(name)
        if isinstance(reason, Exception):
            raise reason
        at = START + timedelta(minutes=1)
        entry = SimpleNamespace(at=at, step="Delete", outcome="Deleting", reason=reason)
        return [] if reason is None else [entry]


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    with Cloud(START) as cloud:
        account = Account(cloud)
        monkeypatch.setattr(console_log, "Store", lambda _: account)
        yield account


def printed(account: Account, times: int = 1, **reasons: str | Exception) -> list[str]:
    page = StringIO()
    zones = dict.fromkeys("ab", NEW_YORK)
    log = ConsoleLog(account.cloud, Console(file=page, width=200), zones)
    account.reasons = reasons
    for _ in range(times):
        account.calls.update(reconciler=1)
        log.print_new()
    return page.getvalue().splitlines()


def test_a_failed_invocation_of_any_function_is_printed_once(account: Account) -> None:
    error = FunctionError("KeyError", "'at'")
    failure = InvocationFailure(START, "another-scheduler", error)
    account.cloud.lambdas.invoker.failures.append(failure)
    line = "Mon 23 Nov 12:00:00 UTC  another-scheduler  failed: KeyError: 'at'"
    assert printed(account, times=2) == [line]


def test_steps_are_printed_for_an_endpoint_that_no_file_of_the_command_lists(
    account: Account,
) -> None:
    """As after `sam deploy`: only its status is known."""
    account.cloud.statuses.append((START, "c", "InService"))
    assert printed(account, times=2, c="closed") == [
        "Mon 23 Nov 12:01:00 UTC  c  Lowtide: Delete: Deleting; closed"
    ]


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        pytest.param("[bold]now[/bold] :x:", "[bold]now[/bold] :x:", id="markup"),
        pytest.param("\x1b]0;title\x07", r"\x1b]0;title\x07", id="a title of the terminal"),
        pytest.param("\x9b2J", r"\x9b2J", id="a control character of one byte"),
        pytest.param("\u202eabc", r"\u202eabc", id="text that runs backwards"),
        pytest.param("one\r\ntwo", "one two", id="two lines"),
        pytest.param("Grüße, 東京", "Grüße, 東京", id="letters of other languages"),
    ],
)
def test_a_reason_is_shown_as_it_was_typed(account: Account, reason: str, shown: str) -> None:
    line = f"Mon 23 Nov 07:01:00 EST  a  Lowtide: Delete: Deleting; {shown}"
    assert printed(account, a=reason) == [line]


def test_a_history_that_cannot_be_read_is_one_line_and_does_not_affect_others(
    account: Account,
) -> None:
    assert printed(account, times=3, a=KeyError("at"), b="the window closed") == [
        "Mon 23 Nov 07:00:00 EST  a  its history cannot be read: KeyError: 'at'",
        "Mon 23 Nov 07:01:00 EST  b  Lowtide: Delete: Deleting; the window closed",
    ]


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(OSError(28, "No space left on device"), id="a full disk"),
        pytest.param(UnicodeEncodeError("ascii", "ü", 0, 1, "ordinal"), id="an ASCII terminal"),
        pytest.param(SystemExit(1), id="a pipe that is closed, for which rich ends the program"),
    ],
)
def test_a_terminal_that_cannot_be_written_does_not_end_the_cloud(
    monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    console, cloud, tries = Console(file=StringIO()), Cloud(START), []

    def fail(*_: object, **__: object) -> None:
        tries.append(error)
        raise error

    monkeypatch.setattr(console, "print", fail)
    log = ConsoleLog(cloud, console, {})
    cloud.statuses.append((START, "a", "Creating"))
    log.print_new()
    assert tries == [error]
