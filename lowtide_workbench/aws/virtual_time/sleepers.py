"""Invocations that sleep, and who is told of their end."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol


class Sleeper(Protocol):
    @property
    def wakes(self) -> datetime | None:
        """None once it is over."""

    def go_on(self) -> None: ...
    def abandon(self) -> None: ...


class Sleepers:
    def __init__(self) -> None:
        self._asleep: list[tuple[datetime, Sleeper, Callable[[], object]]] = []

    @property
    def first(self) -> datetime | None:
        """When the next one wakes."""
        return min((wakes for wakes, _, _ in self._asleep), default=None)

    def follow(self, sleeper: Sleeper, then: Callable[[], object]) -> None:
        """`then` is called when it is over: now, if it already is."""
        if sleeper.wakes is None:
            then()
        else:
            self._asleep.append((sleeper.wakes, sleeper, then))

    def wake(self, now: datetime) -> None:
        """Those that are due; who sleeps longest goes on first."""
        due = [each for each in self._asleep if each[0] <= now]
        self._asleep = [each for each in self._asleep if each[0] > now]
        for _, sleeper, then in due:
            sleeper.go_on()
            self.follow(sleeper, then)

    def abandon(self) -> None:
        for _, sleeper, _ in self._asleep:
            sleeper.abandon()
        self._asleep.clear()
