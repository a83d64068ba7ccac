"""Tells on the terminal what happens: one row for each status and each step of Lowtide."""

from collections.abc import Callable, Sequence
from datetime import datetime

import boto3
from rich.console import Console
from rich.table import Table

from lowtide.adapters.dynamodb.store import Store
from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.deployment.stack import Stack

_NEWEST = 100

type Row = tuple[datetime, str, str, str]  # at, endpoint or function, what, colour


class Narrator:
    def __init__(self, cloud: Cloud, console: Console) -> None:
        self._cloud = cloud
        self._console = console
        self._told = len(cloud.statuses)
        self._others: list[Callable[[], Sequence[Row]]] = []

    def follow(self, stack: Stack, endpoints: Sequence[str]) -> None:
        self._others.append(_Steps(stack, endpoints).new)

    def tell(self) -> None:
        changes = self._cloud.statuses[self._told :]
        self._told += len(changes)
        rows = [(at, name, status, _colour(status)) for at, name, status in changes]
        rows += [row for new in self._others for row in new()]
        for row in sorted(rows, key=lambda row: row[0]):
            self._print(row)

    def _print(self, row: Row) -> None:
        at, who, what, colour = row
        table = Table.grid(padding=(0, 2))
        table.add_column(width=19, no_wrap=True, style="dim")
        table.add_column(width=22, overflow="fold")
        table.add_column(style=colour)
        table.add_row(f"{at:%Y-%m-%d %H:%M:%S}", who, what)
        self._console.print(table)


class _Steps:
    """New entries of Lowtide's ledger, and invocations that failed."""

    def __init__(self, stack: Stack, endpoints: Sequence[str]) -> None:
        self._stack = stack
        self._store = _store(stack)
        self._endpoints = endpoints
        self._calls = 0
        self._failures = 0
        self._last = {name: self._newest(name) for name in endpoints}

    def new(self) -> list[Row]:
        failures = self._stack.failures[self._failures :]
        self._failures += len(failures)
        return [
            *((each.at, each.function, f"failed: {each.error}", "red") for each in failures),
            *self._steps(),
        ]

    def _steps(self) -> list[Row]:
        calls = self._stack.calls["reconciler"].total()
        if calls == self._calls:
            return []  # the ledger is only read after the reconciler has worked
        self._calls = calls
        rows: list[Row] = []
        for name in self._endpoints:
            for entry in self._store.history(name, _NEWEST):
                if entry.at > self._last[name]:
                    text = f"Lowtide: {entry.step}: {entry.outcome}, {entry.reason}"
                    rows.append((entry.at, name, text, "cyan"))
            self._last[name] = self._newest(name)
        return rows

    def _newest(self, name: str) -> datetime:
        return max((entry.at for entry in self._store.history(name, 1)), default=_LONG_AGO)


_LONG_AGO = datetime.fromisoformat("1970-01-01T00:00:00Z")
_COLOURS = {"InService": "green", "Failed": "red", "RollingBack": "red", "Absent": "dim"}


def _colour(status: str) -> str:
    return _COLOURS.get(status, "yellow")


def _store(stack: Stack) -> Store:
    scheduler = next(spec for spec in stack.template.functions() if spec.name == "scheduler")
    return Store(boto3.resource("dynamodb").Table(scheduler.environment["LOWTIDE_TABLE"]))
