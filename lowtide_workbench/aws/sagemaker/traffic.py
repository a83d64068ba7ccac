"""The sessions that clients start, whether or not an endpoint exists."""

from collections.abc import Iterable, Iterator

from lowtide_workbench.fleet.fleet import Session


class Traffic:
    def __init__(self, sessions: Iterable[Session], since: float) -> None:
        self._sessions: Iterator[Session] = iter(sessions)
        self._next = next(self._sessions, None)
        self.take(since)

    def take(self, until: float) -> list[Session]:
        """The sessions that arrive before `until` and have not been taken yet."""
        taken: list[Session] = []
        while self._next is not None and self._next[0] < until:
            taken.append(self._next)
            self._next = next(self._sessions, None)
        return taken
