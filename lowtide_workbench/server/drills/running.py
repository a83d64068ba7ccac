"""The drills of a cloud: begun, counted, and ended when their time is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from math import inf
from typing import Any

from botocore.awsrequest import AWSResponse

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.protocol.error_responses import error_response
from lowtide_workbench.aws.protocol.faults import (
    Act,
    Attempt,
    Effect,
    Failed,
    Fault,
    Killed,
    Throttled,
)
from lowtide_workbench.aws.virtual_time.clock import STEP_S
from lowtide_workbench.fleet.pools import Drought
from lowtide_workbench.server.drills.requests import Calls, Crash, Ice, Quota, Request

_STEP = timedelta(seconds=STEP_S)
# Where the code differs from ThrottlingException.
_THROTTLED: dict[str, Effect] = {
    "lambda": Failed("TooManyRequestsException", "Rate Exceeded.", 429),
    "s3": Failed("SlowDown", "Please reduce your request rate.", 503),
    "sqs": Failed("RequestThrottled", "Rate exceeded"),
}


@dataclass(frozen=True, slots=True)
class Denied:
    """The call is not allowed, as by a policy of the organization; IAM's simulator misses it."""

    def apply(self, attempt: Attempt, act: Act) -> AWSResponse:
        del act
        message = (
            f"{attempt.caller or 'The caller'} is not authorized to perform: "
            f"{attempt.call.action} with an explicit deny in a service control policy"
        )
        if attempt.call.service == "iam":
            return error_response(attempt.request, 403, "AccessDenied", message)
        return error_response(attempt.request, 400, "AccessDeniedException", message)


@dataclass(frozen=True, slots=True)
class Drill:
    number: int
    request: Request
    since: datetime
    until: datetime | None  # None: until it is stopped
    fault: Fault | None  # of drills about calls


class Drills:
    """Those in force, in the order in which they began; the last of two quotas holds."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._numbers = count(1)
        self._running: list[Drill] = []
        self._droughts = dict(cloud.droughts)  # those of the cloud's own settings
        self._quotas = dict(cloud.quotas)
        cloud.every(_STEP, self._end_due)

    def begin(self, request: Request) -> Drill:
        now, fault = self._cloud.clock.now(), _fault(request)
        until = None if request.lasts is None else now + request.lasts
        drill = Drill(next(self._numbers), request, now, until, fault)
        if fault is not None:
            self._cloud.faults.add(fault)
        self._change_to([*self._running, drill])
        return drill

    def stop(self, numbers: Sequence[int]) -> None:
        for drill in self._running:
            if drill.number in numbers and drill.fault is not None:
                self._cloud.faults.remove(drill.fault)
        self._change_to([drill for drill in self._running if drill.number not in numbers])

    def views(self) -> list[dict[str, Any]]:
        return [self.view(drill) for drill in self._running]

    def view(self, drill: Drill) -> dict[str, Any]:
        """As JSON; `calls` is how many the drill has met, null where it is not about calls."""
        given = drill.request.model_dump(exclude={"lasts"}, exclude_none=True)
        hits = [call for fault, call in self._cloud.faults.hits if fault is drill.fault]
        return {
            "number": drill.number,
            **given,
            "since": drill.since.isoformat(),
            "until": drill.until and drill.until.isoformat(),
            "calls": None if drill.fault is None else len(hits),
            "text": drill.request.text,
        }

    def _end_due(self, now: datetime) -> None:
        self.stop([each.number for each in self._running if each.until and each.until <= now])

    def _change_to(self, running: list[Drill]) -> None:
        self._running = running
        droughts, quotas = self._cloud.droughts, self._cloud.quotas
        droughts.clear()
        droughts.update(self._droughts)
        quotas.clear()
        quotas.update(self._quotas)
        for drill in running:
            match drill.request:
                case Ice(type=type_):
                    ends = drill.until.timestamp() if drill.until else inf
                    span = Drought(drill.since.timestamp(), ends)
                    droughts[type_] = [*droughts.get(type_, ()), span]
                case Quota(type=type_, limit=limit):
                    quotas[type_] = limit


def _fault(request: Request) -> Fault | None:
    match request:
        case Calls(kind="deny"):
            effect: Effect = Denied()
        case Calls():
            effect = _THROTTLED.get(request.service, Throttled())
        case Crash():
            return Fault(Killed(before=True), function=request.function, times=None)
        case _:
            return None
    return Fault(effect, request.service, request.operation, request.function, times=None)
