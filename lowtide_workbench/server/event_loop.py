"""Requests and the clock take turns in one thread, which alone touches the cloud."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self


class Turns:
    """One thread and no lock: a function that sleeps can only go on in the thread it began in."""

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

    def take[T](self, action: Callable[[], T]) -> T:
        return self._thread.submit(action).result()
