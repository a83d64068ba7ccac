"""The stacks of an account, and the time that their operations take."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from lowtide_workbench.aws.cloudformation.actions import Actions
from lowtide_workbench.aws.cloudformation.deployment import Deployment
from lowtide_workbench.aws.cloudformation.rollback import Rollback
from lowtide_workbench.aws.cloudformation.stack import Stack, StackStore
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.aws.virtual_time.clock import VirtualClock
from lowtide_workbench.aws.virtual_time.timers import Timers


class Operations:
    """Runs what changes stacks; with `stack_step_s` 0 an operation ends before its call returns.

    SAM's waiters sleep in real time, 15 and 30 seconds, whenever a stack is not ready yet.
    """

    def __init__(self, clock: VirtualClock, settings: CloudSettings) -> None:
        self.store = StackStore(clock)
        actions = Actions(self.store, settings.seed)
        self.deployment = Deployment(self.store, actions)
        self.rollback = Rollback(self.store, actions)
        self._clock = clock
        self._step = timedelta(seconds=settings.stack_step_s)
        self._timers = Timers()

    def start(self, stack: Stack, steps: Iterator[None]) -> None:
        """Begins an operation in place of the stack's former; its status shows at once."""
        stack.running = steps
        self._continue(stack, steps)

    def _continue(self, stack: Stack, steps: Iterator[None]) -> None:
        for _ in steps:
            if self._step:
                when = self._clock.now() + self._step
                self._timers.at(when, partial(self._continue_if_running, stack, steps))
                return

    def _continue_if_running(self, stack: Stack, steps: Iterator[None]) -> None:
        if stack.running is steps:
            self._continue(stack, steps)

    def run_due(self, now: datetime) -> None:
        self._timers.run(now)
