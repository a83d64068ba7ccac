"""The invocations that sleep, and what follows their end."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol


class Sleeper(Protocol):
    @property
    def wakes(self) -> datetime | None:
        """The instant at which it continues; None once it has ended."""

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
        """Calls `then` when the sleeper has ended; at once, if it already has."""
        if sleeper.wakes is None:
            then()
        else:
            self._asleep.append((sleeper.wakes, sleeper, then))

    def wake(self, now: datetime) -> None:
        """Continues those that are due; the one that fell asleep first continues first."""
        due = [entry for entry in self._asleep if entry[0] <= now]
        self._asleep = [entry for entry in self._asleep if entry[0] > now]
        for _, sleeper, then in due:
            sleeper.go_on()
            self.follow(sleeper, then)

    def abandon(self) -> None:
        for _, sleeper, _ in self._asleep:
            sleeper.abandon()
        self._asleep.clear()
