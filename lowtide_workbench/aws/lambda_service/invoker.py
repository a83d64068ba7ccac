"""Asynchronous invocations: delivered to Lambda, run, retried, measured.

There are two queues with retries of their own, as in AWS. EventBridge calls Lambda's Invoke, and
retries where that is refused or not answered (RetryPolicy). Lambda runs the function, and retries
where the function fails (EventInvokeConfig), after one minute and then after two.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import HTTPClientError

from lowtide_workbench.aws.account import REGION
from lowtide_workbench.aws.cloudwatch import emf
from lowtide_workbench.aws.cloudwatch.metric_store import MetricStore, metric, of
from lowtide_workbench.aws.lambda_service.function import Function, FunctionError, Invocation
from lowtide_workbench.aws.lambda_service.run import Run
from lowtide_workbench.aws.protocol.faults import Attempt, Call, Faults
from lowtide_workbench.aws.template_specs import Retries
from lowtide_workbench.aws.virtual_time.clock import VirtualClock
from lowtide_workbench.aws.virtual_time.sleepers import Sleepers
from lowtide_workbench.aws.virtual_time.timers import Timers

INVOKE = Call("lambda", "Invoke")
_EVENTBRIDGE = "eventbridge"  # the caller, for faults: rules and schedules
_MINUTE = timedelta(minutes=1)
_FIRST_PAUSE = timedelta(seconds=10)  # unknown; AWS says exponential back-off
_THROTTLED = 429


@dataclass(frozen=True, slots=True)
class InvocationFailure:
    """A failed invocation, except of a client that waits: it has the error itself."""

    at: datetime
    function: str
    error: FunctionError


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way to a function."""

    function: str
    event: object
    queued: datetime
    retries: Retries
    tries: int = 0

    def next_try(self, now: datetime, pause: timedelta) -> datetime | None:
        """The instant of the next try; None where it is given up."""
        when = now + pause
        in_time = (when - self.queued).total_seconds() <= self.retries.max_age_s
        return when if self.tries < self.retries.attempts and in_time else None


class Invoker:
    """`function` and `retries` are asked at each delivery, by the function's name."""

    def __init__(
        self,
        function: Callable[[str], Function | None],
        retries: Callable[[str], Retries],
        clock: VirtualClock,
        metrics: MetricStore,
        faults: Faults,
        sleepers: Sleepers,
        log: Callable[[Invocation], bool] = lambda _: True,
    ) -> None:
        """`log` writes to CloudWatch Logs, and says whether it could: else EMF is lost, too."""
        self.failures: list[InvocationFailure] = []
        self.timers = Timers()
        self._function = function
        self._retries = retries
        self._clock = clock
        self._metrics = metrics
        self._faults = faults
        self._sleepers = sleepers
        self._log = log

    def measure(self, function: Function) -> None:
        """Publishes Lambda's metrics of the function from now on."""
        function.watch(self._measure)

    def count_throttle(self, function: str) -> None:
        self._count(function, "Throttles", self._clock.now(), 1)

    def send(self, function: str, event: object, retries: Retries) -> None:
        """Delivers an event from EventBridge."""
        self._deliver(Delivery(function, event, self._clock.now(), retries))

    def queue(self, function: str, event: object) -> None:
        """Accepts an event from a client that does not wait (InvocationType Event)."""
        self._run(Delivery(function, event, self._clock.now(), self._retries(function)))

    def wait(self, function: str, event: object) -> Any:
        """The result for a caller that waits; a failure is recorded and raised to the caller.

        The cloud's clock stops meanwhile.
        """
        called = self._function(function)
        try:
            return None if called is None else called.invoke(event)
        except FunctionError as error:
            self._record_failure(function, error)
            raise

    def _deliver(self, delivery: Delivery) -> None:
        now = self._clock.now()
        if self._function(delivery.function) is None:  # ResourceNotFoundException: no retry
            return
        queued = replace(delivery, queued=now, retries=self._retries(delivery.function), tries=0)
        if self._is_accepted(queued):
            return
        if when := delivery.next_try(now, _FIRST_PAUSE * 2**delivery.tries):
            following = replace(delivery, tries=delivery.tries + 1)
            self.timers.at(when, partial(self._deliver, following))

    def _is_accepted(self, delivery: Delivery) -> bool:
        """Whether Lambda's Invoke accepts the event, as EventBridge sees it."""
        url = f"https://lambda.{REGION}.amazonaws.com/"
        request = AWSPreparedRequest("POST", url, HTTPHeaders(), b"", stream_output=False)

        def act() -> AWSResponse | None:
            self._run(delivery)
            return None

        try:
            answer = self._faults.around(Attempt(INVOKE, _EVENTBRIDGE, request), act)
        except HTTPClientError:
            return False
        if answer is not None and answer.status_code == _THROTTLED:
            self.count_throttle(delivery.function)
        return answer is None

    def _run(self, delivery: Delivery) -> None:
        function = self._function(delivery.function)
        if function is None:  # deleted since
            return
        if function.is_throttled:
            self._put_back(delivery, function)
            return
        run = function.begin(delivery.event)
        self._sleepers.follow(run, partial(self._on_end, delivery, run))

    def _on_end(self, delivery: Delivery, run: Run) -> None:
        if not isinstance(run.error, FunctionError):
            return
        self._record_failure(delivery.function, run.error)
        if when := delivery.next_try(self._clock.now(), _MINUTE * (delivery.tries + 1)):
            following = replace(delivery, tries=delivery.tries + 1)
            self.timers.at(when, partial(self._run, following))

    def _put_back(self, delivery: Delivery, function: Function) -> None:
        """Lambda tries again for as long as the event may live; at concurrency 0 it drops it."""
        self.count_throttle(delivery.function)
        when = self._clock.now() + _FIRST_PAUSE
        age_s = (when - delivery.queued).total_seconds()
        if function.reserved_concurrency and age_s <= delivery.retries.max_age_s:
            self.timers.at(when, partial(self._run, delivery))

    def _record_failure(self, function: str, error: FunctionError) -> None:
        self.failures.append(InvocationFailure(self._clock.now(), function, error))

    def _measure(self, invocation: Invocation) -> None:
        """Puts AWS/Lambda's metrics, and those in the function's log lines (EMF)."""
        name, at = invocation.function, invocation.at
        self._count(name, "Invocations", at, 1)
        self._count(name, "Errors", at, 1 if invocation.error else 0)
        self._count(name, "Duration", at, invocation.duration_s * 1000, unit="Milliseconds")
        if self._log(invocation):
            emf.extract(invocation.lines, self._metrics)

    def _count(
        self, function: str, what: str, at: datetime, value: float, unit: str = "Count"
    ) -> None:
        known = self._function(function)
        deployed = known.function_name if known else function  # deleted while it ran
        name = metric("AWS/Lambda", what, FunctionName=deployed)
        self._metrics.put(name, at.timestamp(), of([value]), unit=unit)
