"""The terminal of `lowtide aws`: an entry for each change of a status and each step of Lowtide."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import boto3
from rich.console import Console
from rich.text import Text

from lowtide.adapters.dynamodb.store import Store
from lowtide.domain.wording import printable
from lowtide_cli.status.wording import action_in_words
from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.stack import Stack
from lowtide_workbench.report.terminal import hanging

_NEWEST = 100
_LONG_AGO = datetime.fromtimestamp(0, UTC)
_COLOURS = {"InService": "green", "Failed": "red", "RollingBack": "red", "Absent": "dim"}


@dataclass(frozen=True, slots=True)
class _Line:
    at: datetime
    subject: str  # an endpoint or a function
    text: str
    colour: str


class ConsoleLog:
    """Times are in the zone of the endpoint's schedule; in UTC where the file does not list it."""

    def __init__(self, cloud: Cloud, console: Console, zones: Mapping[str, ZoneInfo]) -> None:
        self._cloud = cloud
        self._console = console
        self._zones = zones
        self._printed_statuses = len(cloud.statuses)
        self._steps: _Steps | None = None

    def follow(self, stack: Stack) -> None:
        """From now on also the steps of this stack's functions, and invocations that failed."""
        self._steps = _Steps(stack, list(self._zones), self._cloud.clock.now)

    def print_new(self) -> None:
        """Prints what is new. A terminal that cannot be written never ends the cloud."""
        with suppress(OSError, UnicodeError, SystemExit):  # rich exits where the pipe is closed
            self._print_new()

    def _print_new(self) -> None:
        changes = self._cloud.statuses[self._printed_statuses :]
        self._printed_statuses += len(changes)
        lines = [
            _Line(at, name, status, _COLOURS.get(status, "yellow")) for at, name, status in changes
        ]
        if self._steps:
            lines += self._steps.new()
        for line in sorted(lines, key=lambda line: line.at):
            self._print(line)

    def _print(self, line: _Line) -> None:
        local = line.at.astimezone(self._zones.get(line.subject, UTC))
        text = f"{local:%a %d %b %H:%M:%S %Z}  {line.subject}  {_one_line(line.text)}"
        for row in hanging(text, self._console.width, indent=4):
            self._console.print(Text(row, line.colour), soft_wrap=True)


class _Steps:
    """New entries of Lowtide's history, and invocations that failed."""

    def __init__(self, stack: Stack, endpoints: list[str], now: Callable[[], datetime]) -> None:
        self._stack = stack
        self._now = now
        self._store = Store(boto3.resource("dynamodb").Table(stack.resources["Table"]))
        self._calls = 0
        self._failures = 0
        self._last = {name: self._newest(name) for name in endpoints}
        self._unreadable: dict[str, str] = {}

    def new(self) -> Iterator[_Line]:
        failures = self._stack.failures[self._failures :]
        self._failures += len(failures)
        for failure in failures:
            yield _Line(failure.at, failure.function, f"failed: {failure.error}", "red")
        calls = self._stack.calls["reconciler"].total()
        if calls != self._calls:  # the history changes only where the reconciler has worked
            self._calls = calls
            yield from self._new_entries()

    def _new_entries(self) -> Iterator[_Line]:
        for name in list(self._last):
            try:
                yield from self._new_entries_of(name)
            except Exception as error:  # stored data is input: it costs this endpoint's lines only
                text = f"its history cannot be read: {type(error).__name__}: {error}"
                if self._unreadable.get(name) != text:
                    self._unreadable[name] = text
                    yield _Line(self._now(), name, text, "red")

    def _new_entries_of(self, name: str) -> Iterator[_Line]:
        last = self._last[name]
        for entry in self._store.history(name, _NEWEST):
            if entry.at > last:
                step = action_in_words(entry.step)
                text = f"Lowtide: {step}: {entry.outcome}; {entry.reason}"
                yield _Line(entry.at, name, text, "cyan")
        self._last[name] = self._newest(name)

    def _newest(self, name: str) -> datetime:
        return max((entry.at for entry in self._store.history(name, 1)), default=_LONG_AGO)


def _one_line(text: str) -> str:
    return printable(" ".join(text.split()))
