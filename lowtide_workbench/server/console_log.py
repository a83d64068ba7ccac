"""The terminal of `lowtide aws`: a line for each change of a status, each step of Lowtide, and each
failed invocation, whoever deployed the stack."""

from collections.abc import Callable, Iterable, Iterator, Mapping
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
from lowtide_workbench.aws.lambda_service.api.state import FunctionRecord
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
        self._printed_failures = 0
        self._steps: dict[str, _Steps] = {}  # by table: stacks come and go

    def print_new(self) -> None:
        """Prints what is new. A terminal that cannot be written never ends the cloud."""
        with suppress(OSError, UnicodeError, SystemExit):  # rich exits where the pipe is closed
            self._print_new()

    def _print_new(self) -> None:
        for line in sorted(self._new_lines(), key=lambda line: line.at):
            self._print(line)

    def _new_lines(self) -> Iterator[_Line]:
        changes = self._cloud.statuses[self._printed_statuses :]
        self._printed_statuses += len(changes)
        for at, name, status in changes:
            yield _Line(at, name, status, _COLOURS.get(status, "yellow"))
        failures = self._cloud.lambdas.invoker.failures[self._printed_failures :]
        self._printed_failures += len(failures)
        for failure in failures:
            yield _Line(failure.at, failure.function, f"failed: {failure.error}", "red")
        names = self._zones.keys() | {name for _, name, _ in self._cloud.statuses}
        for reconciler, table in _reconcilers(self._cloud):
            if table not in self._steps:
                self._steps[table] = _Steps(table, self._cloud.clock.now)
            yield from self._steps[table].new(reconciler.function.calls.total(), names)

    def _print(self, line: _Line) -> None:
        local = line.at.astimezone(self._zones.get(line.subject, UTC))
        text = f"{local:%a %d %b %H:%M:%S %Z}  {line.subject}  {_one_line(line.text)}"
        for row in hanging(text, self._console.width, indent=4):
            self._console.print(Text(row, line.colour), soft_wrap=True)


class _Steps:
    """The new entries of the history in one table."""

    def __init__(self, table: str, now: Callable[[], datetime]) -> None:
        self._now = now
        self._store = Store(boto3.resource("dynamodb").Table(table))
        self._calls = 0
        self._last: dict[str, datetime] = {}
        self._unreadable: dict[str, str] = {}

    def new(self, calls: int, endpoints: Iterable[str]) -> Iterator[_Line]:
        """`calls` is the count of the reconciler's calls of AWS: only it writes the history."""
        if calls == self._calls:
            return
        self._calls = calls
        for name in endpoints:
            try:
                yield from self._new_entries_of(name)
            except Exception as error:  # stored data is input: it costs this endpoint's lines only
                text = f"its history cannot be read: {type(error).__name__}: {error}"
                if self._unreadable.get(name) != text:
                    self._unreadable[name] = text
                    yield _Line(self._now(), name, text, "red")

    def _new_entries_of(self, name: str) -> Iterator[_Line]:
        last = self._last.get(name, _LONG_AGO)
        for entry in self._store.history(name, _NEWEST):
            if entry.at > last:
                step = action_in_words(entry.step)
                text = f"Lowtide: {step}: {entry.outcome}; {entry.reason}"
                yield _Line(entry.at, name, text, "cyan")
                self._last[name] = max(self._last.get(name, _LONG_AGO), entry.at)


def _reconcilers(cloud: Cloud) -> Iterator[tuple[FunctionRecord, str]]:
    """The reconciler of each stack of Lowtide that is deployed now, and the name of its table."""
    for name, record in cloud.lambdas.state.functions.items():
        variables = record.settings.get("Environment", {}).get("Variables", {})
        if name.endswith("-reconciler") and "LOWTIDE_TABLE" in variables:
            yield record, variables["LOWTIDE_TABLE"]


def _one_line(text: str) -> str:
    return printable(" ".join(text.split()))
