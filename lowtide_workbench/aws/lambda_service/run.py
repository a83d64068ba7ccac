"""A run of a function's code, which is suspended where it sleeps and continued later.

A greenlet is a call stack of its own in the same thread: a run continues only when it is resumed,
no two run at the same time, and a fork of the process has the sleeping runs too.
"""

from collections.abc import Callable
from contextvars import copy_context
from datetime import datetime
from typing import Any

from greenlet import getcurrent, greenlet

from lowtide_workbench.aws.lambda_service.sandbox import Sandbox
from lowtide_workbench.aws.protocol.faults import calling_as
from lowtide_workbench.aws.virtual_time.waiting import EndedError, OwnTime, running


class AbandonedError(EndedError):
    """The cloud ended while the run slept."""


class Run:
    """It has started, and has ended unless `wakes` is the instant at which it continues."""

    def __init__(
        self,
        code: Callable[[], Any],
        *,
        caller: str,
        sandbox: Sandbox,
        limit_s: float,
        on_end: Callable[["Run"], None],
    ) -> None:
        self.own = OwnTime(limit_s, self._suspend, sandbox.mute)
        self.error: BaseException | None = None
        self._result: Any = None
        self._code = code
        self._caller = caller
        self._sandbox = sandbox
        self._on_end = on_end
        self._stack = greenlet(self._main)
        self._stack.gr_context = copy_context()
        self.go_on()

    @property
    def wakes(self) -> datetime | None:
        return None if self._stack.dead else self.own.now

    @property
    def result(self) -> Any:
        """The result of the code; raises what the code raised."""
        if self.error is not None:
            raise self.error
        return self._result

    def go_on(self) -> None:
        """Continues until it sleeps again or ends."""
        self._stack.parent = getcurrent()
        with self._sandbox.inside(), self.own.shown():
            self._stack.switch()
        if self._stack.dead:
            self._on_end(self)

    def abandon(self) -> None:
        """Ends the run where it sleeps; it leaves no record."""
        self.own.ended = AbandonedError()
        self._sandbox.mute()
        self._stack.parent = getcurrent()
        with self._sandbox.inside(), self.own.shown():
            self._stack.throw(self.own.ended)

    def _main(self) -> None:
        with calling_as(self._caller), running(self.own):
            try:
                self._result = self._code()
            except (Exception, EndedError) as error:
                self.error = error

    def _suspend(self) -> None:
        """Returns to the caller of `go_on`."""
        parent = self._stack.parent
        if parent is not None:
            parent.switch()
