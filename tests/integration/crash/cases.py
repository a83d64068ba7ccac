"""From the calls of a path that nothing disturbed: every way in which each can go wrong."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import cache
from typing import NamedTuple

import botocore.session
from botocore.model import StructureShape

from lowtide_workbench.aws.protocol.faults import (
    Effect,
    Failed,
    Killed,
    RequestLost,
    ResponseLost,
    Throttled,
)

# What our clients try before they give up; an error that is tried again must last as long.
TRIES = 5
_SEVERAL = 8  # calls that are throttled: more than one of the function's gives up
QUEUE = "queue"
OVERLAPPED = "a second run meanwhile"
_LATER = (0, 1, 5, 12)  # minutes after which a message comes again
_UNDELIVERED = (3, 8)  # minutes for which nothing is delivered

# AWS's errors that any operation may answer with: the code, the status, whether it is tried again.
_COMMON = {
    "AccessDeniedException": 400,
    "ValidationException": 400,
    "ThrottlingException": 400,
    "InternalFailure": 500,
    "ServiceUnavailable": 503,
}
_TRIED_AGAIN = ("Throttl", "RequestLimitExceeded", "ProvisionedThroughput")


class RecordedCall(NamedTuple):
    """A call that a function made on the path."""

    function: str
    nth: int  # of this function's, from the beginning of the path
    service: str
    operation: str
    first: bool  # of its invocation


class Recording(NamedTuple):
    calls: tuple[RecordedCall, ...]
    messages: int


class Case(NamedTuple):
    path: str
    function: str
    nth: int
    what: str  # the call, or "message"
    fault: str
    minutes: int = 0

    def __str__(self) -> str:
        minutes = f" {self.minutes} min" if self.fault in (_AGAIN, _LATE) else ""
        return f"{self.path}: {self.function} {self.nth} {self.what}: {self.fault}{minutes}"


class Trouble(NamedTuple):
    effect: Effect
    times: int = 1


_AGAIN, _LATE = "comes again after", "comes late by"
_ANY_CALL: Mapping[str, Trouble] = {
    "killed after": Trouble(Killed()),
    "killed before": Trouble(Killed(before=True)),
    "answer lost": Trouble(ResponseLost()),
    "answers lost": Trouble(ResponseLost(), TRIES),
    "answer timed out": Trouble(ResponseLost("timed out")),
    "never sent": Trouble(RequestLost(), TRIES),
    "throttled": Trouble(Throttled(), _SEVERAL),
}
_LOST = ("answer lost", "answers lost", "answer timed out", "never sent")


class Family(StrEnum):
    """A way to go wrong."""

    KILLED = "killed"
    LOST = "lost"
    THROTTLED = "throttled"
    OVERLAPS = "overlapped"
    REFUSED = "refused"
    MESSAGES = "messages"


DAYS = 84  # in which the daily samples play all cases


def generated(path: str, recording: Recording, family: Family) -> Iterator[Case]:
    if family == Family.MESSAGES:
        yield from _of_messages(path, recording.messages)
        return
    for made in recording.calls:
        for fault in _faults(made, family):
            call = f"{made.service}:{made.operation}"
            yield Case(path, made.function, made.nth, call, fault)


def sampled(cases: Sequence[Case], day: date) -> Sequence[Case]:
    """Some of a path's cases, from all over the path; the next day has the ones behind them."""
    every = min(DAYS, len(cases))
    return cases[day.toordinal() % every :: every]


def trouble(case: Case) -> Trouble:
    """What goes wrong with the call; not for messages and second runs."""
    if case.fault in _ANY_CALL:
        return trouble_of(case.fault)
    service, operation = case.what.split(":")
    status = _errors(service, operation)[case.fault]
    repeated = status >= 500 or case.fault.startswith(_TRIED_AGAIN)
    error = Failed(case.fault, "made up by the test", status)
    return Trouble(error, TRIES if repeated else 1)


def trouble_of(fault: str) -> Trouble:
    """Of those that any call may meet."""
    return _ANY_CALL[fault]


def _faults(made: RecordedCall, family: Family) -> Iterable[str]:
    if family == Family.REFUSED:
        return _errors(made.service, made.operation)
    if family == Family.KILLED:  # before a call is after the one before it
        return ("killed before", "killed after") if made.first else ("killed after",)
    if family == Family.OVERLAPS:
        return (OVERLAPPED,) if made.function == "reconciler" else ()
    return _LOST if family == Family.LOST else ("throttled",)


def _of_messages(path: str, messages: int) -> Iterator[Case]:
    for nth in range(1, messages + 1):
        for minutes in _LATER:
            yield Case(path, QUEUE, nth, "message", _AGAIN, minutes)
        for minutes in _UNDELIVERED:
            yield Case(path, QUEUE, nth, "message", _LATE, minutes)


@cache
def _errors(service: str, operation: str) -> Mapping[str, int]:
    """Code and HTTP status of what botocore's model documents for it and what any may answer."""
    model = botocore.session.get_session().get_service_model(service)
    shapes = model.operation_model(operation).error_shapes
    modelled = [shape for shape in shapes if isinstance(shape, StructureShape)]
    return {shape.error_code: _status(shape) for shape in modelled} | _COMMON


def _status(shape: StructureShape) -> int:
    status = shape.metadata.get("error", {}).get("httpStatusCode")
    server = shape.metadata.get("fault") or shape.name.startswith("Internal")
    return int(status or (500 if server else 400))


def is_again(case: Case) -> bool:
    return case.fault == _AGAIN


def is_late(case: Case) -> bool:
    return case.fault == _LATE
