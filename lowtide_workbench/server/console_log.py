"""The terminal of `lowtide aws`: an entry for each change of a status and each step of Lowtide."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import boto3
from rich.console import Console
from rich.text import Text

from lowtide.adapters.dynamodb.store import Store
from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.deployment.stack import Stack
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
        self._steps = _Steps(stack, list(self._zones))

    def print_new(self) -> None:
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
        text = f"{local:%a %d %b %H:%M:%S %Z}  {line.subject}  {line.text}"
        for row in hanging(text, self._console.width, indent=4):
            self._console.print(Text(row, line.colour), soft_wrap=True)


class _Steps:
    """New entries of Lowtide's history, and invocations that failed."""

    def __init__(self, stack: Stack, endpoints: list[str]) -> None:
        self._stack = stack
        scheduler = next(spec for spec in stack.template.functions() if spec.name == "scheduler")
        self._store = Store(
            boto3.resource("dynamodb").Table(scheduler.environment["LOWTIDE_TABLE"])
        )
        self._calls = 0
        self._failures = 0
        self._last = {name: self._newest(name) for name in endpoints}

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
        for name, last in self._last.items():
            for entry in self._store.history(name, _NEWEST):
                if entry.at > last:
                    text = f"Lowtide: {entry.step}: {entry.outcome}, {entry.reason}"
                    yield _Line(entry.at, name, text, "cyan")
        self._last = {name: self._newest(name) for name in self._last}

    def _newest(self, name: str) -> datetime:
        return max((entry.at for entry in self._store.history(name, 1)), default=_LONG_AGO)
