"""Events that nobody waits for: handed to Lambda, run, tried again, counted.

Two queues with retries of their own, as in AWS. EventBridge hands an event to Lambda's Invoke, and
repeats where that is refused or unanswered (RetryPolicy). Lambda runs the function, and repeats
where the function fails (EventInvokeConfig), after one minute and then after two.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import HTTPClientError

from lowtide_workbench.aws.account import REGION
from lowtide_workbench.aws.cloudwatch import emf
from lowtide_workbench.aws.cloudwatch.metric_store import MetricStore, metric, of
from lowtide_workbench.aws.eventbridge.targets import EVENTBRIDGE
from lowtide_workbench.aws.lambda_service.function import Function, FunctionError, Invocation
from lowtide_workbench.aws.lambda_service.run import Run
from lowtide_workbench.aws.protocol.faults import Attempt, Call, Faults
from lowtide_workbench.aws.template_specs import Retries
from lowtide_workbench.aws.virtual_time.sleepers import Sleepers
from lowtide_workbench.aws.virtual_time.timers import Timers

INVOKE = Call("lambda", "Invoke")
_MINUTE = timedelta(minutes=1)
_FIRST_PAUSE = timedelta(seconds=10)  # unknown; AWS says exponential back-off
_THROTTLED = 429


class Clock(Protocol):
    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class InvocationFailure:
    """An invocation that nobody waited for and that went wrong: an error metric, in AWS."""

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

    def again(self, now: datetime, pause: timedelta) -> datetime | None:
        """When it is tried again; None: it is given up."""
        when = now + pause
        in_time = (when - self.queued).total_seconds() <= self.retries.max_age_s
        return when if self.tries < self.retries.attempts and in_time else None


class Invoker:
    def __init__(
        self,
        functions: Mapping[str, Function],
        retries: Mapping[str, Retries],
        clock: Clock,
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
        """From EventBridge."""
        self._hand_over(Delivery(function, event, self._clock.now(), retries))

    def queue(self, function: str, event: object) -> None:
        """From a client that does not wait; Lambda has it."""
        self._run(Delivery(function, event, self._clock.now(), self._retries[function]))

    def wait(self, function: str, event: object) -> Any:
        """The answer; a failure is noted and raised, since it is its caller who tries again.

        The cloud stands still until then.
        """
        try:
            return self._functions[function].invoke(event)
        except FunctionError as error:
            self._failed(function, error)
            raise

    def _hand_over(self, delivery: Delivery) -> None:
        now = self._clock.now()
        accepted = Delivery(
            delivery.function, delivery.event, now, self._retries[delivery.function]
        )
        if self._accepts(accepted):
            return
        pause = _FIRST_PAUSE * 2**delivery.tries
        if when := delivery.again(now, pause):
            following = replace(delivery, tries=delivery.tries + 1)
            self.timers.at(when, partial(self._hand_over, following))

    def _accepts(self, delivery: Delivery) -> bool:
        """What EventBridge sees of Lambda's Invoke."""
        url = f"https://lambda.{REGION}.amazonaws.com/"
        request = AWSPreparedRequest("POST", url, HTTPHeaders(), b"", stream_output=False)

        def act() -> AWSResponse | None:
            self._run(delivery)
            return None

        try:
            answer = self._faults.around(Attempt(INVOKE, EVENTBRIDGE, request), act)
        except HTTPClientError:
            return False
        if answer is not None and answer.status_code == _THROTTLED:
            self._count(delivery.function, "Throttles", self._clock.now(), 1)
        return answer is None

    def _run(self, delivery: Delivery) -> None:
        run = self._functions[delivery.function].begin(delivery.event)
        self._sleepers.follow(run, partial(self._over, delivery, run))

    def _over(self, delivery: Delivery, run: Run) -> None:
        if not isinstance(run.error, FunctionError):
            return
        self._failed(delivery.function, run.error)
        pause = _MINUTE * (delivery.tries + 1)
        if when := delivery.again(self._clock.now(), pause):
            following = replace(delivery, tries=delivery.tries + 1)
            self.timers.at(when, partial(self._run, following))

    def _failed(self, function: str, error: FunctionError) -> None:
        self.failures.append(InvocationFailure(self._clock.now(), function, error))

    def _measure(self, invocation: Invocation) -> None:
        """AWS/Lambda's metrics, and those that the function wrote into its log."""
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
