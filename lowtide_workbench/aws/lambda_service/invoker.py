"""Asynchronous invocations: delivered to Lambda, run, retried, measured.

There are two queues with retries of their own, as in AWS. EventBridge calls Lambda's Invoke, and
retries where that is refused or not answered (RetryPolicy). Lambda runs the function, and retries
where the function fails (EventInvokeConfig), after one minute and then after two.
"""

from collections.abc import Mapping
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
    def __init__(
        self,
        functions: Mapping[str, Function],
        retries: Mapping[str, Retries],
        clock: VirtualClock,
        metrics: MetricStore,
        faults: Faults,
        sleepers: Sleepers,
    ) -> None:
        self.failures: list[InvocationFailure] = []
        self.timers = Timers()
        self._functions = functions
        self._retries = retries
        self._clock = clock
        self._metrics = metrics
        self._faults = faults
        self._sleepers = sleepers
        for function in functions.values():
            function.watch(self._measure)

    def send(self, function: str, event: object, retries: Retries) -> None:
        """Delivers an event from EventBridge."""
        self._deliver(Delivery(function, event, self._clock.now(), retries))

    def queue(self, function: str, event: object) -> None:
        """Accepts an event from a client that does not wait (InvocationType Event)."""
        self._run(Delivery(function, event, self._clock.now(), self._retries[function]))

    def wait(self, function: str, event: object) -> Any:
        """The result for a caller that waits; a failure is recorded and raised to the caller.

        The cloud's clock stops meanwhile.
        """
        try:
            return self._functions[function].invoke(event)
        except FunctionError as error:
            self._record_failure(function, error)
            raise

    def _deliver(self, delivery: Delivery) -> None:
        now = self._clock.now()
        queued = replace(delivery, queued=now, retries=self._retries[delivery.function], tries=0)
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
            self._count(delivery.function, "Throttles", self._clock.now(), 1)
        return answer is None

    def _run(self, delivery: Delivery) -> None:
        run = self._functions[delivery.function].begin(delivery.event)
        self._sleepers.follow(run, partial(self._on_end, delivery, run))

    def _on_end(self, delivery: Delivery, run: Run) -> None:
        if not isinstance(run.error, FunctionError):
            return
        self._record_failure(delivery.function, run.error)
        if when := delivery.next_try(self._clock.now(), _MINUTE * (delivery.tries + 1)):
            following = replace(delivery, tries=delivery.tries + 1)
            self.timers.at(when, partial(self._run, following))

    def _record_failure(self, function: str, error: FunctionError) -> None:
        self.failures.append(InvocationFailure(self._clock.now(), function, error))

    def _measure(self, invocation: Invocation) -> None:
        """Puts AWS/Lambda's metrics, and those in the function's log lines (EMF)."""
        name, at = invocation.function, invocation.at
        self._count(name, "Invocations", at, 1)
        self._count(name, "Errors", at, 1 if invocation.error else 0)
        self._count(name, "Duration", at, invocation.duration_s * 1000, unit="Milliseconds")
        emf.extract(invocation.lines, self._metrics)

    def _count(
        self, function: str, what: str, at: datetime, value: float, unit: str = "Count"
    ) -> None:
        deployed = self._functions[function].function_name
        name = metric("AWS/Lambda", what, FunctionName=deployed)
        self._metrics.put(name, at.timestamp(), of([value]), unit=unit)
