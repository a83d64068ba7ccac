"""Many calls at the same time."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Protocol

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
        for future in futures:
            future.cancel()  # those that did not even begin
        late = UnreachableError(f"no answer within {self._within_s:g} s")
        return [f.result() if f.done() and not f.cancelled() else late for f in futures]
