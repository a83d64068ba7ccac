"""What EventBridge Scheduler refuses, before moto keeps a schedule."""

import json
import re
from datetime import UTC, datetime
from typing import cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from botocore.awsrequest import AWSPreparedRequest

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.lambda_service.roles import is_assumable
from lowtide_workbench.aws.lambda_service.triggers.schedules import SERVICE
from lowtide_workbench.aws.protocol.dispatcher import Document, Reply
from lowtide_workbench.aws.protocol.refusal import Refusal, invalid
from lowtide_workbench.aws.schedule_expressions import next_run

_PATH = re.compile(r"/schedules/[^/]+")
_SCOPE = "/scheduler/aws4_request"


class SchedulerChecks:
    def reply(self, request: AWSPreparedRequest) -> Reply | None:
        """The error for a schedule that cannot be; None leaves the request to moto."""
        url = urlsplit(request.url)
        if request.method not in ("POST", "PUT") or not _PATH.fullmatch(url.path):
            return None
        if not (url.netloc.startswith("scheduler.") or _SCOPE in _authorization(request)):
            return None
        try:
            _check(json.loads(cast("bytes", request.body)))
        except Refusal as refusal:
            headers = {"Content-Type": "application/json", "x-amzn-ErrorType": refusal.code}
            return refusal.status, headers, json.dumps({"Message": refusal.message}).encode()
        return None


def _authorization(request: AWSPreparedRequest) -> str:
    value = request.headers.get("Authorization", "")
    return value.decode() if isinstance(value, bytes) else str(value)


def _check(schedule: Document) -> None:
    zone = schedule.get("ScheduleExpressionTimezone") or "UTC"
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise invalid(f"Provided ScheduleExpressionTimezone is not valid: {zone}.") from None
    expression, now = schedule.get("ScheduleExpression", ""), datetime.now(UTC)
    try:
        next_run(expression, zone, now, now)
    except ValueError:
        raise invalid(f"Invalid Schedule Expression {expression}.") from None
    group = schedule.get("GroupName") or "default"
    source = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/{group}"
    if not is_assumable(schedule["Target"]["RoleArn"], SERVICE, source):
        raise invalid(
            "The execution role you provide must allow AWS EventBridge Scheduler to assume the "
            "role."
        )
