"""The one thread that touches the cloud: requests and the clock run in it one after the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


class EventLoop(ThreadPoolExecutor):
    """A thread, not a lock: a sleeping function is a greenlet, which cannot change its thread."""

    def __init__(self) -> None:
        super().__init__(max_workers=1, thread_name_prefix="cloud")

    def run[T](self, action: Callable[[], T]) -> T:
        """Returns what `action` returns, or raises what it raises, once its turn has come."""
        return self.submit(action).result()
