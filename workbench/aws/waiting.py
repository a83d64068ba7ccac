"""Time inside an invocation: nobody really sleeps, and a function's own clock runs ahead.

The cloud stands still while a function runs. Whatever makes the function wait (a late answer,
botocore's back-off, time.sleep) moves only the time that this function sees; past its time-out it
is ended, as Lambda does.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from types import SimpleNamespace
from unittest.mock import patch

import botocore.endpoint
import time_machine
from botocore.exceptions import CapacityNotAvailableError
from botocore.retries.bucket import Clock as BucketClock
from botocore.retries.bucket import TokenBucket


class EndedError(BaseException):
    """Not an Exception: an invocation that is ended cannot catch it."""


class TimedOutError(EndedError):
    """The invocation lasted longer than its function's time-out."""


class OwnTime:
    """The time of one invocation, which runs ahead of the cloud's."""

    def __init__(self, limit_s: float, at_end: Callable[[], None]) -> None:
        self.spent_s = 0.0
        self.ended: EndedError | None = None
        self._limit_s = limit_s
        self._at_end = at_end
        self._travel = time_machine.travel(time.time(), tick=False)
        self._traveller = self._travel.start()

    def stop(self) -> None:
        self._travel.stop()

    def spend(self, seconds: float) -> None:
        allowed = min(seconds, self._limit_s - self.spent_s)
        self.spent_s += allowed
        self._traveller.shift(float(allowed))
        if allowed < seconds:
            self.end(TimedOutError())

    def end(self, why: EndedError) -> None:
        """From here on nothing that the code does, in a `finally` for example, has happened."""
        if self.ended is None:
            self.ended = why
            self._at_end()
        raise why


_running: ContextVar[OwnTime | None] = ContextVar("running", default=None)


@contextmanager
def own_time(limit_s: float, at_end: Callable[[], None]) -> Iterator[OwnTime]:
    """Of one invocation, from now on; the cloud's time is back at the end."""
    own = OwnTime(limit_s, at_end)
    token = _running.set(own)
    try:
        yield own
    finally:
        _running.reset(token)
        own.stop()


def pass_time(seconds: float) -> None:
    """In place of time.sleep. Outside an invocation there is nobody whose time could pass."""
    own = _running.get()
    if own is not None and seconds > 0:
        own.spend(seconds)


def end_invocation(why: EndedError) -> None:
    """Raises `why`, which also ends whoever is no function."""
    own = _running.get()
    if own is not None:
        own.end(why)
    raise why


def stop_if_ended() -> None:
    """Whoever has ended makes no more calls."""
    own = _running.get()
    if own is not None and own.ended is not None:
        raise own.ended


@contextmanager
def botocore_waits_virtually() -> Iterator[None]:
    """botocore decides as ever whether and how long to wait; only the waiting costs no time."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(botocore.endpoint, "time", _time_of_endpoints))
        stack.enter_context(patch.object(BucketClock, "sleep", lambda _, amount: pass_time(amount)))
        stack.enter_context(patch.object(TokenBucket, "_acquire", _acquire))
        yield


_time_of_endpoints = SimpleNamespace(**vars(time) | {"sleep": pass_time})


def _acquire(bucket: TokenBucket, amount: int, block: bool) -> bool:
    """As botocore's, which waits on a condition that virtual time would never meet."""
    state = vars(bucket)
    state["_last_timestamp"] = min(state["_last_timestamp"], time.time())
    bucket._refill()  # type: ignore[attr-defined]  # noqa: SLF001
    missing = amount - state["_current_capacity"]
    if missing > 0:
        if not block:
            raise CapacityNotAvailableError
        pass_time(missing / bucket.max_rate)
        state["_last_timestamp"] = time.time()
    state["_current_capacity"] = max(0.0, -missing)
    return True
