"""The same call for many items, one after the other or in threads."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Protocol

from lowtide.domain.errors import UnreachableError


class Mapper(Protocol):
    """Calls `work` with each item and returns the results in the order of the items."""

    def __call__[A, B](
        self, work: Callable[[A], B], items: Iterable[A]
    ) -> Sequence[B | UnreachableError]: ...


def one_by_one[A, B](work: Callable[[A], B], items: Iterable[A]) -> Sequence[B]:
    return [work(item) for item in items]


class ParallelMap:
    """Maps in `threads`, and waits for `within_s` seconds at most.

    An item without a result by then has an UnreachableError instead, so that one call that hangs
    does not delay the others. A call that runs cannot be stopped: its thread is busy until it ends.
    """

    def __init__(self, threads: int, within_s: float) -> None:
        self._pool = ThreadPoolExecutor(threads)
        self._within_s = within_s

    def __call__[A, B](
        self, work: Callable[[A], B], items: Iterable[A]
    ) -> Sequence[B | UnreachableError]:
        futures = [self._pool.submit(work, item) for item in items]
        wait(futures, self._within_s)
        return [self._timeout(future) or future.result() for future in futures]

    def _timeout(self, future: Future[Any]) -> UnreachableError | None:
        within = f"within {self._within_s:g} s"
        if future.cancel():
            return UnreachableError(f"not started {within}: others took longer")
        return None if future.done() else UnreachableError(f"no answer {within}")
