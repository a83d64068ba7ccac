"""One log line a decision, and the counters that the template's alarms watch."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit

from lowtide.domain.load.figures import Figures
from lowtide.domain.load.publish_times import MINUTE
from lowtide.domain.load.reading import MissingReading
from lowtide.validation import FieldError
from lowtide.workflows.decision import Decision
from lowtide.workflows.publisher.publish import Published
from lowtide.workflows.publisher.run import Step, newest

_WRONG: Mapping[str, Callable[[Decision], bool]] = {
    "WantedButNotInService": lambda decision: decision.wake_overdue,
    "CreatingTooLong": lambda decision: decision.creating_too_long,
    "DeletesOverdue": lambda decision: decision.delete_overdue,
    "ScalingHeld": lambda decision: decision.left_suspended,
}


class Reporter:
    """Speaks for one function: Powertools takes the service's name from the environment."""

    def __init__(self, stack: str) -> None:
        self._stack = stack
        self.logger = Logger()
        self.metrics = Metrics()
        self.metrics.set_default_dimensions(stack=stack)

    def errors(self, errors: Iterable[FieldError]) -> None:
        """Says which entries of the file are left out."""
        for field_error in errors:
            self.logger.error("config fault", extra={"fault": str(field_error)})
            self._count("ConfigFaults")

    def decisions(self, decisions: Sequence[Decision]) -> None:
        self._count("Decisions", len(decisions))
        for decision in decisions:
            self._decision(decision)

    def published(
        self, steps: Sequence[Step], wrong_since: Mapping[str, datetime], now: datetime
    ) -> None:
        """`wrong_since`: by endpoint, since when there was no reading although it serves."""
        results = [published for step in steps for published in step.published]
        unread = Counter(r.outcome.code for r in results if isinstance(r.outcome, MissingReading))
        self._count("Readings", len(results))
        for code, count in unread.items():
            self._count_by_reason("NoReading", code, count)
        minutes = max(((now - since) / MINUTE for since in wrong_since.values()), default=0.0)
        self.metrics.add_metric("UnreadableMinutes", MetricUnit.NoUnit, minutes)
        for result in newest(steps):
            self._reading(result, wrong_since)
        self._summary(steps, len(results) - unread.total(), unread)

    def _summary(self, steps: Sequence[Step], read: int, unread: Mapping[str, int]) -> None:
        late = sum(len(step.late) for step in steps)
        if late:
            self._count("LateSlots", late)
        told = {"steps": len(steps), "read": read, "unread": unread, "late_slots": late}
        self.logger.info("published", extra=told)

    def _decision(self, decision: Decision) -> None:
        fields = {
            "endpoint": decision.endpoint,
            "action": decision.action,
            "reason": decision.reason,
        }
        if decision.failed:
            self.logger.error("decision failed", extra=fields)
            self._count("Failures")
        else:
            self.logger.info("decision", extra=fields)
        if decision.blocked:
            self._count("Refusals")
            for code in decision.blocker_codes:
                self._count_by_reason("Refusals", code)
        if decision.restoring_minutes is not None:
            minutes = decision.restoring_minutes
            self.metrics.add_metric("RestorePendingMinutes", MetricUnit.NoUnit, minutes)
        for name, is_so in _WRONG.items():
            if is_so(decision):
                self._count(name)

    def _reading(self, published: Published, wrong_since: Mapping[str, datetime]) -> None:
        """A line for what somebody should look at: a thousand others each minute cost money."""
        fields = {"endpoint": published.endpoint, "variant": published.variant}
        outcome = published.outcome
        if isinstance(outcome, MissingReading) and outcome.is_fault:
            why = {"code": outcome.code, "reason": outcome.reason}
            since = {"since": wrong_since[published.endpoint].isoformat()}
            self.logger.warning("no reading", extra=fields | why | since)
        if isinstance(outcome, Figures) and outcome.notes:
            self.logger.info("on the safe side", extra=fields | {"notes": outcome.notes})

    def _count(self, name: str, count: int = 1) -> None:
        self.metrics.add_metric(name, MetricUnit.Count, count)

    def _count_by_reason(self, name: str, code: str, count: int = 1) -> None:
        with single_metric(name, MetricUnit.Count, count) as counted:
            counted.add_dimension("stack", self._stack)
            counted.add_dimension("reason", code)
