"""Actions at later instants of the virtual time."""

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime


class Timers:
    def __init__(self) -> None:
        self._order = itertools.count()
        self._entries: list[tuple[datetime, int, Callable[[], object]]] = []

    def at(self, when: datetime, action: Callable[[], object]) -> None:
        heapq.heappush(self._entries, (when, next(self._order), action))

    def run(self, now: datetime) -> None:
        """Runs the actions that are due, in order."""
        while self._entries and self._entries[0][0] <= now:
            heapq.heappop(self._entries)[2]()
