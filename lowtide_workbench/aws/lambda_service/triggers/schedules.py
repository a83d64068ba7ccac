"""EventBridge Scheduler: moto keeps the schedules, and they fire here."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule, scheduler_backends

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.cloudwatch.metric_store import MetricStore, metric, of
from lowtide_workbench.aws.lambda_service.api.names import function_name
from lowtide_workbench.aws.lambda_service.invoker import Invoker
from lowtide_workbench.aws.lambda_service.roles import is_assumable, may
from lowtide_workbench.aws.schedule_expressions import next_run
from lowtide_workbench.aws.template_specs import EVENTBRIDGE_RETRIES, Retries

SERVICE = "scheduler.amazonaws.com"
_FUNCTION = "arn:aws:lambda:"


@dataclass(frozen=True, slots=True)
class _Plan:
    """When a schedule fires next, as long as it says what it said."""

    made_of: tuple[object, ...]
    due: datetime | None


class Schedules:
    def __init__(self, invoker: Invoker, metrics: MetricStore) -> None:
        self._invoker = invoker
        self._metrics = metrics
        self._plans: dict[str, _Plan] = {}

    def run(self, now: datetime) -> None:
        """Fires the schedules that are due; a run that was missed while disabled is not made up."""
        plans, self._plans = self._plans, {}
        for schedule in list(_of_functions()):
            plan = plans.get(schedule.arn)
            if plan is None or plan.made_of != _made_of(schedule):
                plan = _plan(schedule, _begin(schedule))
            while plan.due is not None and plan.due <= now:
                self._fire(schedule, plan.due, now)
                plan = _plan(schedule, plan.due)
            if plan.due is None and schedule.action_after_completion == "DELETE":
                _backend().delete_schedule(schedule.group_name, schedule.name)
            else:
                self._plans[schedule.arn] = plan

    def _fire(self, schedule: Schedule, due: datetime, now: datetime) -> None:
        target: Mapping[str, Any] = schedule.target
        function, role = target["Arn"], target["RoleArn"]
        allowed = is_assumable(role, SERVICE, _group_arn(schedule)) and may(
            role, "lambda:InvokeFunction", function
        )
        if not allowed:
            name = metric("AWS/Scheduler", "TargetErrorCount", ScheduleGroup=schedule.group_name)
            self._metrics.put(name, now.timestamp(), of([1]), unit="Count")
            return
        retries = Retries.read(target.get("RetryPolicy", {}), EVENTBRIDGE_RETRIES)
        self._invoker.send(function_name(function), _event(schedule, due), retries)


def _backend() -> EventBridgeSchedulerBackend:
    backend: EventBridgeSchedulerBackend = scheduler_backends[ACCOUNT][REGION]
    return backend


def _of_functions() -> Iterator[Schedule]:
    for group in _backend().schedule_groups.values():
        for schedule in group.schedules.values():
            if schedule.target["Arn"].startswith(_FUNCTION):
                yield schedule


def _made_of(schedule: Schedule) -> tuple[object, ...]:
    return (
        schedule.schedule_expression,
        schedule.schedule_expression_timezone,
        schedule.state,
        schedule.start_date,
        schedule.end_date,
        schedule.last_modified_date,
    )


def _begin(schedule: Schedule) -> datetime:
    """From when on it may fire: a changed schedule begins anew."""
    modified = datetime.fromtimestamp(schedule.last_modified_date, UTC)
    return max(modified, _instant(schedule.start_date) or modified)


def _plan(schedule: Schedule, after: datetime) -> _Plan:
    begin = _instant(schedule.start_date) or datetime.fromtimestamp(schedule.creation_date, UTC)
    zone = schedule.schedule_expression_timezone
    due = next_run(schedule.schedule_expression, zone, begin, after)
    end = _instant(schedule.end_date)
    is_over = due is None or schedule.state != "ENABLED" or (end is not None and due > end)
    return _Plan(_made_of(schedule), None if is_over else due)


def _instant(value: Any) -> datetime | None:
    """moto keeps what the request had: seconds, or ISO 8601."""
    if value is None:
        return None
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    return datetime.fromisoformat(str(value)).astimezone(UTC)


def _group_arn(schedule: Schedule) -> str:
    """The source that a trust policy may name: the group, not the schedule."""
    return f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/{schedule.group_name}"


def _event(schedule: Schedule, due: datetime) -> object:
    time = due.strftime("%Y-%m-%dT%H:%M:%SZ")
    given = schedule.target.get("Input")
    if given is None:
        return {
            "version": "0",
            "id": _execution_id(due),
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": ACCOUNT,
            "time": time,
            "region": REGION,
            "resources": [schedule.arn],
            "detail": "{}",
        }
    words = {
        "scheduled-time": time,
        "schedule-arn": schedule.arn,
        "execution-id": _execution_id(due),
        "attempt-number": "1",
    }
    for word, value in words.items():
        given = given.replace(f"<aws.scheduler.{word}>", value)
    try:
        return json.loads(given)
    except ValueError:
        return given  # Lambda gets it as text


def _execution_id(due: datetime) -> str:
    return f"{int(due.timestamp()):032x}"
