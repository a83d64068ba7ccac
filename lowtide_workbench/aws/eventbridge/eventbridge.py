"""Runs the schedules and rules that were made through the API, which moto stores.

Not played: flexible windows (a schedule fires as its window begins), input transformers, retries of
deliveries that a queue or a topic refuses, dead-letter queues.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from lowtide_workbench.aws.eventbridge.bus import Event
from lowtide_workbench.aws.eventbridge.targets import Targets
from lowtide_workbench.aws.protocol import moto_patches as moto_internals
from lowtide_workbench.aws.schedule_expressions import next_run

type Document = Mapping[str, Any]
type Key = tuple[str, str, float]  # ARN, expression, creation: a new schedule starts anew


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as GetSchedule shows it."""

    document: Document

    @property
    def key(self) -> Key:
        return (
            self.document["Arn"],
            self.document["ScheduleExpression"],
            self.document["CreationDate"],
        )

    @property
    def created(self) -> datetime:
        return datetime.fromtimestamp(float(self.document["CreationDate"]), UTC)

    def next_run(self, after: datetime) -> datetime | None:
        """The first run after `after`; a rate counts from the start date or the creation."""
        start, end = self._instant("StartDate"), self._instant("EndDate")
        base = (start or self.created).replace(second=0, microsecond=0)
        if start is not None:
            after = max(after, start - timedelta(seconds=1))
        expression, zone = (
            self.document["ScheduleExpression"],
            self.document["ScheduleExpressionTimezone"],
        )
        run = next_run(expression, zone, base, after)
        return None if run is None or (end is not None and run > end) else run

    def _instant(self, field: str) -> datetime | None:
        value = self.document.get(field)
        return datetime.fromtimestamp(float(value), UTC) if value else None


class EventBridge:
    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self._checked: dict[Key, datetime] = {}

    def run_schedules(self, now: datetime) -> None:
        """Delivers what is due; called once a minute."""
        for document in moto_internals.schedules():
            schedule = Schedule(document)
            after = self._checked.get(schedule.key, schedule.created)
            self._checked[schedule.key] = now
            run = schedule.next_run(after)
            if document["State"] == "ENABLED" and run is not None and run <= now:
                self._fire(schedule, run)

    def on_event(self, event: Event) -> None:
        for target in moto_internals.rule_targets(event):
            self._targets.deliver(target, target.get("Input") or json.dumps(event))

    def _fire(self, schedule: Schedule, run: datetime) -> None:
        target = schedule.document["Target"]
        stamp = run.strftime("%Y-%m-%dT%H:%M:%SZ")
        payload = target.get("Input", "{}").replace("<aws.scheduler.scheduled-time>", stamp)
        payload = payload.replace("<aws.scheduler.schedule-arn>", schedule.document["Arn"])
        self._targets.deliver(target, payload)
        last = schedule.next_run(run) is None
        if last and schedule.document["ActionAfterCompletion"] == "DELETE":
            moto_internals.drop_schedule(schedule.document["GroupName"], schedule.document["Name"])
