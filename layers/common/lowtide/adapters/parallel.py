"""Many calls at the same time."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Protocol

from lowtide.domain.errors import UnreachableError


class Each(Protocol):
    """Does the same work on many; the results are in the order of the items."""

    def __call__[A, B](
        self, work: Callable[[A], B], items: Iterable[A]
    ) -> Sequence[B | UnreachableError]: ...


def one_by_one[A, B](work: Callable[[A], B], items: Iterable[A]) -> Sequence[B]:
    return [work(item) for item in items]


class InThreads:
    """One who does not answer in time is not waited for, so that the others need not be late."""

    def __init__(self, threads: int, within_s: float) -> None:
        self._pool = ThreadPoolExecutor(threads)
        self._within_s = within_s

    def __call__[A, B](
        self, work: Callable[[A], B], items: Iterable[A]
    ) -> Sequence[B | UnreachableError]:
        futures = [self._pool.submit(work, item) for item in items]
        wait(futures, self._within_s)
        return [self._missed(future) or future.result() for future in futures]

    def _missed(self, future: Future[Any]) -> UnreachableError | None:
        within = f"within {self._within_s:g} s"
        if future.cancel():
            return UnreachableError(f"not its turn {within}: others took longer")
        return None if future.done() else UnreachableError(f"no answer {within}")
