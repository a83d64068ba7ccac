"""Time inside an invocation: its own time runs ahead of the cloud's, and no thread really sleeps.

There are two kinds of waiting. A late response and botocore's back-off move only the invocation's
own time; the cloud's clock stops. In time.sleep the invocation is suspended, and continues when the
cloud's time reaches its own. Past its time-out a function is ended, as by Lambda.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import SimpleNamespace
from unittest.mock import patch

import botocore.endpoint
import time_machine
from botocore.exceptions import CapacityNotAvailableError
from botocore.retries.bucket import Clock as BucketClock
from botocore.retries.bucket import TokenBucket


class EndedError(BaseException):
    """The invocation is ended; not an Exception, so its code cannot catch it."""


class TimedOutError(EndedError):
    """The invocation lasted longer than its function's time-out."""


class OwnTime:
    """The time of one invocation, which runs ahead of the cloud's."""

    def __init__(self, limit_s: float, leave: Callable[[], None], at_end: Callable[[], None]):
        """`leave` returns when the invocation continues; `at_end` is called if it is ended."""
        self.spent_s = 0.0
        self.ended: EndedError | None = None
        self._began_s = time.time()
        self._limit_s = limit_s
        self._leave = leave
        self._at_end = at_end
        self._traveller: time_machine.Traveller | None = None

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self._began_s + self.spent_s, UTC)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """The time of the process is this one inside."""
        travel = time_machine.travel(self.now, tick=False)
        self._traveller = travel.start()
        try:
            yield
        finally:
            travel.stop()

    def spend(self, seconds: float) -> None:
        allowed = self._spend(seconds)
        if self._traveller is not None:
            self._traveller.shift(float(allowed))
        self._end_if_over(allowed, seconds)

    def sleep(self, seconds: float) -> None:
        if self.ended is not None:
            raise self.ended
        allowed = self._spend(seconds)
        self._leave()
        self._end_if_over(allowed, seconds)

    def end(self, why: EndedError) -> None:
        """Ends the invocation: what its code does after this, in a `finally`, has no effect."""
        if self.ended is None:
            self.ended = why
            self._at_end()
        raise why

    def _spend(self, seconds: float) -> float:
        allowed = min(seconds, self._limit_s - self.spent_s)
        self.spent_s += allowed
        return allowed

    def _end_if_over(self, allowed: float, seconds: float) -> None:
        if allowed < seconds:
            self.end(TimedOutError())


_running: ContextVar[OwnTime | None] = ContextVar("running", default=None)


@contextmanager
def running(own: OwnTime) -> Iterator[None]:
    """Waiting inside spends the time of `own`."""
    token = _running.set(own)
    try:
        yield
    finally:
        _running.reset(token)


def is_invocation() -> bool:
    """Whether the caller is the code of a function."""
    return _running.get() is not None


def pass_time(seconds: float) -> None:
    """Spends the invocation's own time, while the cloud's clock stops; outside of one, nothing."""
    own = _running.get()
    if own is not None and seconds > 0:
        own.spend(seconds)


def sleep(seconds: float) -> None:
    """Replaces time.sleep: suspends the invocation; outside of one, nothing."""
    own = _running.get()
    if own is not None and seconds > 0:
        own.sleep(seconds)


def end_invocation(why: EndedError) -> None:
    """Ends the invocation by raising `why`, which other callers see as well."""
    own = _running.get()
    if own is not None:
        own.end(why)
    raise why


def stop_if_ended() -> None:
    """Raises again what ended the invocation, so that it makes no more calls."""
    own = _running.get()
    if own is not None and own.ended is not None:
        raise own.ended


@contextmanager
def botocore_waits_virtually() -> Iterator[None]:
    """botocore's own waiting passes virtual time; how long it waits is its own decision."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(botocore.endpoint, "time", _time_of_endpoints))
        stack.enter_context(patch.object(BucketClock, "sleep", lambda _, amount: pass_time(amount)))
        stack.enter_context(patch.object(TokenBucket, "_acquire", _acquire))
        yield


_time_of_endpoints = SimpleNamespace(**vars(time) | {"sleep": pass_time})


def _acquire(bucket: TokenBucket, amount: int, block: bool) -> bool:
    """Replaces TokenBucket._acquire, whose condition would never be met in virtual time."""
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
