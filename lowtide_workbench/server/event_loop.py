"""The one thread that touches the cloud: requests and the clock run in it one after the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self


class EventLoop:
    """A thread, not a lock: a sleeping function is a greenlet, which cannot change its thread."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="cloud")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.shutdown()

    def run[T](self, action: Callable[[], T]) -> T:
        """What `action` returns or raises, once its turn has come."""
        return self._thread.submit(action).result()
