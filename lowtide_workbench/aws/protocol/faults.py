"""Fault injection: which call of which caller goes wrong, how often, and how.

    cloud.faults.add(Fault(Throttled(), service="sagemaker", operation="DeleteEndpoint", times=2))
    cloud.faults.add(Fault(Killed(), function="reconciler", nth=7))

A call is one request, so each of botocore's own retries is a call as well. Effects sit between
botocore and the service that answers (ours, or moto), so botocore's retries are real.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Literal, NamedTuple, Protocol

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from lowtide_workbench.aws.protocol.error_responses import error_response
from lowtide_workbench.aws.virtual_time.waiting import (
    EndedError,
    end_invocation,
    pass_time,
    stop_if_ended,
)

BOTOCORE_READ_TIMEOUT_S = 60.0
# Where the name in botocore's events is not the one that boto3.client() takes.
_CLIENT_NAMES = {
    "application-auto-scaling": "application-autoscaling",
    "cloudwatch-logs": "logs",
    "eventbridge": "events",
}
_caller: ContextVar[str | None] = ContextVar("caller", default=None)

type Act = Callable[[], AWSResponse | None]


class KilledError(EndedError):
    """The invocation is killed in the middle, as by an out-of-memory error."""


class Call(NamedTuple):
    """An AWS operation that was called, named as boto3 and IAM name it."""

    service: str
    operation: str

    @property
    def action(self) -> str:
        return f"{self.service}:{self.operation}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request before it is sent."""

    call: Call
    caller: str | None  # the name of a function, POLLER, or None for any other client
    request: AWSPreparedRequest


class Effect(Protocol):
    def apply(self, attempt: Attempt, act: Act) -> AWSResponse | None:
        """The response to the caller; `act` performs the call and returns its response."""


@dataclass(frozen=True, slots=True)
class Failed:
    """An error; the call is not performed."""

    code: str
    message: str = ""
    status: int = 400

    def apply(self, attempt: Attempt, act: Act) -> AWSResponse:
        del act
        return error_response(attempt.request, self.status, self.code, self.message)


@dataclass(frozen=True, slots=True)
class Throttled(Failed):
    code: str = "ThrottlingException"
    message: str = "Rate exceeded"


@dataclass(frozen=True, slots=True)
class Late:
    """Performed at once, answered later."""

    by: timedelta

    def apply(self, attempt: Attempt, act: Act) -> AWSResponse | None:
        del attempt
        answer = act()
        pass_time(self.by.total_seconds())
        return answer


@dataclass(frozen=True, slots=True)
class ResponseLost:
    """Performed, but the response is lost: the connection closes, or the read times out.

    The read time-out passes in full; botocore's default equals the time-out of our functions.
    """

    how: Literal["closed", "timed out"] = "closed"

    def apply(self, attempt: Attempt, act: Act) -> AWSResponse | None:
        act()
        url = attempt.request.url
        if self.how == "closed":
            raise ConnectionClosedError(endpoint_url=url, request=attempt.request)
        pass_time(BOTOCORE_READ_TIMEOUT_S)
        raise ReadTimeoutError(endpoint_url=url, request=attempt.request)


@dataclass(frozen=True, slots=True)
class RequestLost:
    """Not performed: the request never arrives."""

    def apply(self, attempt: Attempt, act: Act) -> AWSResponse | None:
        del act
        raise EndpointConnectionError(endpoint_url=attempt.request.url, error="no route to host")


@dataclass(frozen=True, slots=True)
class Killed:
    """The caller ends after the call (or just before it); its earlier calls stand."""

    before: bool = False

    def apply(self, attempt: Attempt, act: Act) -> AWSResponse | None:
        if not self.before:
            act()
        end_invocation(KilledError(attempt.call.action))
        return None


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Another party acts after the call and before its response arrives."""

    action: Callable[[], object]

    def apply(self, attempt: Attempt, act: Act) -> AWSResponse | None:
        del attempt
        answer = act()
        with calling_as(None):
            self.action()
        return answer


@dataclass(frozen=True, slots=True)
class Fault:
    """The effect applies to the calls numbered nth .. nth + times - 1 of those that match.

    Calls are counted from when the fault is added. `times=None`: all from the nth on.
    """

    effect: Effect
    service: str = "*"  # as boto3.client() takes it
    operation: str = "*"
    function: str | None = None  # its name, or the end of it after a "-"; None: every caller
    nth: int = 1
    times: int | None = 1
    probability: float = 1.0  # of each of those calls; drawn from the settings' seed

    def matches(self, attempt: Attempt) -> bool:
        return (
            self.service in ("*", attempt.call.service)
            and self.operation in ("*", attempt.call.operation)
            and (self.function is None or self._is_of(attempt.caller or ""))
        )

    def _is_of(self, caller: str) -> bool:
        return caller == self.function or caller.endswith(f"-{self.function}")


class Faults:
    """The faults in force; `hits` are the calls that they applied to."""

    def __init__(self, seed: int = 0) -> None:
        self.hits: list[tuple[Fault, Call]] = []
        self._rng = random.Random(seed)
        self._armed: list[_Armed] = []

    @property
    def armed(self) -> bool:
        return bool(self._armed)

    def add(self, *faults: Fault) -> None:
        self._armed.extend(_Armed(fault) for fault in faults)

    def remove(self, fault: Fault) -> None:
        self._armed = [armed for armed in self._armed if armed.fault is not fault]

    def clear(self) -> None:
        self._armed.clear()

    def around(self, attempt: Attempt, act: Act) -> AWSResponse | None:
        """The response to the caller; of several faults, the last added is the outermost."""
        stop_if_ended()
        for armed in self._armed:
            if armed.applies(attempt, self._rng):
                self.hits.append((armed.fault, attempt.call))
                act = partial(armed.fault.effect.apply, attempt, act)
        return act()


class _Armed:
    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self._matching = 0

    def applies(self, attempt: Attempt, rng: random.Random) -> bool:
        fault = self.fault
        if not fault.matches(attempt):
            return False
        self._matching += 1
        past = None if fault.times is None else fault.nth + fault.times
        in_turn = fault.nth <= self._matching and (past is None or self._matching < past)
        return in_turn and (fault.probability >= 1 or rng.random() < fault.probability)


def caller() -> str | None:
    """The name of the function that calls now, or POLLER; None for any other client."""
    return _caller.get()


@contextmanager
def calling_as(caller: str | None) -> Iterator[None]:
    """Calls inside are `caller`'s, for faults that name a function."""
    token = _caller.set(caller)
    try:
        yield
    finally:
        _caller.reset(token)


def attempt(event_name: str, request: AWSPreparedRequest) -> Attempt:
    """The attempt behind botocore's event before-send.<service>.<operation>."""
    _event, service, operation = event_name.split(".")
    call = Call(_CLIENT_NAMES.get(service, service), operation)
    return Attempt(call, _caller.get(), request)
