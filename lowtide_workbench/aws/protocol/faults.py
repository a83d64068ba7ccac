"""Faults on demand: which call goes wrong, for whom, how often, and how.

    cloud.faults.add(Fault(Throttled(), service="sagemaker", operation="DeleteEndpoint", times=2))
    cloud.faults.add(Fault(Killed(), function="reconciler", nth=7))

A call is one request, so each of botocore's own retries is a call as well. Effects sit between
botocore and whoever answers (our services, or moto), so botocore's retries are real.
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
    """Killed in the middle: out of memory, say, or a machine that died."""


class Call(NamedTuple):
    """An AWS operation that was called, named as boto3 and IAM name it."""

    service: str
    operation: str

    @property
    def action(self) -> str:
        return f"{self.service}:{self.operation}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request on its way."""

    call: Call
    caller: str | None  # a function's folder, POLLER, or None for a client of somebody else
    request: AWSPreparedRequest


class Effect(Protocol):
    def apply(self, attempt: Attempt, act: Act) -> AWSResponse | None:
        """`act` lets the call happen, and returns its answer."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Refused with an error, without having acted."""

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
    """Done at once, answered after a while."""

    by: timedelta

    def apply(self, attempt: Attempt, act: Act) -> AWSResponse | None:
        del attempt
        answer = act()
        pass_time(self.by.total_seconds())
        return answer


@dataclass(frozen=True, slots=True)
class ResponseLost:
    """Done, but the caller does not learn it: a connection that closes, or a read that times out.

    The read time-out passes in full; botocore's default is the time-out of a function of ours.
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
    """Not done: the request never arrived."""

    def apply(self, attempt: Attempt, act: Act) -> AWSResponse | None:
        del act
        raise EndpointConnectionError(endpoint_url=attempt.request.url, error="no route to host")


@dataclass(frozen=True, slots=True)
class Killed:
    """The caller ends after the call (or just before it), and what it has done stays done."""

    before: bool = False

    def apply(self, attempt: Attempt, act: Act) -> AWSResponse | None:
        if not self.before:
            act()
        end_invocation(KilledError(attempt.call.action))
        return None


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """After the call, and before its answer arrives, somebody else does something."""

    action: Callable[[], object]

    def apply(self, attempt: Attempt, act: Act) -> AWSResponse | None:
        del attempt
        answer = act()
        with calling_as(None):
            self.action()
        return answer


@dataclass(frozen=True, slots=True)
class Fault:
    """The effect meets the calls numbered nth .. nth + times - 1 of those that match.

    Calls are counted from when the fault is added. `times=None`: all from the nth on.
    """

    effect: Effect
    service: str = "*"  # as boto3.client() takes it
    operation: str = "*"
    function: str | None = None  # its folder under functions/; None: every caller
    nth: int = 1
    times: int | None = 1
    probability: float = 1.0  # of each call that is in turn; drawn from the settings' seed

    def matches(self, attempt: Attempt) -> bool:
        return (
            self.service in ("*", attempt.call.service)
            and self.operation in ("*", attempt.call.operation)
            and self.function in (None, attempt.caller)
        )


class Faults:
    """Those in force; `hits` tells which calls they met."""

    def __init__(self, seed: int = 0) -> None:
        self.hits: list[tuple[Fault, Call]] = []
        self._rng = random.Random(seed)
        self._armed: list[_Armed] = []

    def add(self, *faults: Fault) -> None:
        self._armed.extend(_Armed(fault) for fault in faults)

    def clear(self) -> None:
        self._armed.clear()

    def around(self, attempt: Attempt, act: Act) -> AWSResponse | None:
        """What the caller gets; of several faults at once, the last added is the outermost."""
        stop_if_ended()
        for armed in self._armed:
            if armed.takes(attempt, self._rng):
                self.hits.append((armed.fault, attempt.call))
                act = partial(armed.fault.effect.apply, attempt, act)
        return act()


class _Armed:
    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self._seen = 0

    def takes(self, attempt: Attempt, rng: random.Random) -> bool:
        fault = self.fault
        if not fault.matches(attempt):
            return False
        self._seen += 1
        past = None if fault.times is None else fault.nth + fault.times
        in_turn = fault.nth <= self._seen and (past is None or self._seen < past)
        return in_turn and (fault.probability >= 1 or rng.random() < fault.probability)


@contextmanager
def calling_as(caller: str | None) -> Iterator[None]:
    """Whose calls those inside are."""
    token = _caller.set(caller)
    try:
        yield
    finally:
        _caller.reset(token)


def attempt(event_name: str, request: AWSPreparedRequest) -> Attempt:
    """Of botocore's event before-send.<service>.<operation>."""
    _event, service, operation = event_name.split(".")
    call = Call(_CLIENT_NAMES.get(service, service), operation)
    return Attempt(call, _caller.get(), request)
