"""A run of a function's code, which is left where it sleeps and gone on with later.

A greenlet is a call stack of its own, in the same thread: a run goes on exactly where somebody says
so, nothing ever happens at the same time, and a fork of the process has the sleeping runs too.
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
    """The cloud came to its end while the run slept."""


class Run:
    """It has begun, and is over unless `wakes` says when it goes on."""

    def __init__(
        self,
        code: Callable[[], Any],
        *,
        caller: str,
        sandbox: Sandbox,
        limit_s: float,
        over: Callable[["Run"], None],
    ) -> None:
        self.own = OwnTime(limit_s, self._leave, sandbox.mute)
        self.error: BaseException | None = None
        self._answer: Any = None
        self._code = code
        self._caller = caller
        self._sandbox = sandbox
        self._over = over
        self._stack = greenlet(self._work)
        self._stack.gr_context = copy_context()
        self.go_on()

    @property
    def wakes(self) -> datetime | None:
        return None if self._stack.dead else self.own.now

    @property
    def result(self) -> Any:
        """Raises what the code raised."""
        if self.error is not None:
            raise self.error
        return self._answer

    def go_on(self) -> None:
        """Until it sleeps again, or to its end."""
        self._stack.parent = getcurrent()
        with self._sandbox.inside(), self.own.shown():
            self._stack.switch()
        if self._stack.dead:
            self._over(self)

    def abandon(self) -> None:
        """Ends here, without a trace."""
        self.own.ended = AbandonedError()
        self._sandbox.mute()
        self._stack.parent = getcurrent()
        with self._sandbox.inside(), self.own.shown():
            self._stack.throw(self.own.ended)

    def _work(self) -> None:
        with calling_as(self._caller), running(self.own):
            try:
                self._answer = self._code()
            except (Exception, EndedError) as error:
                self.error = error

    def _leave(self) -> None:
        """To whoever said that it should go on."""
        parent = self._stack.parent
        if parent is not None:
            parent.switch()
