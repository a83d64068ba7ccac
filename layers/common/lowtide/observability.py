"""One log line a decision, and the counters that the template's alarms watch."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit

from lowtide.domain.readings import NoReading
from lowtide.validation import Fault
from lowtide.workflows.publish import Published
from lowtide.workflows.tick import Decision

_WRONG: Mapping[str, Callable[[Decision], bool]] = {
    "WantedButNotInService": lambda decision: decision.missed,
    "CreatingTooLong": lambda decision: decision.overdue,
    "DeletesOverdue": lambda decision: decision.outstays,
    "ScalingHeld": lambda decision: decision.left_held,
}


class Reporter:
    """Speaks for one function: Powertools takes the service's name from the environment."""

    def __init__(self, stack: str) -> None:
        self._stack = stack
        self.logger = Logger()
        self.metrics = Metrics()
        self.metrics.set_default_dimensions(stack=stack)

    def faults(self, faults: Iterable[Fault]) -> None:
        """Says which entries of the file are left out."""
        for fault in faults:
            self.logger.error("config fault", extra={"fault": str(fault)})
            self._count("ConfigFaults")

    def decisions(self, decisions: Sequence[Decision]) -> None:
        self._count("Decisions", len(decisions))
        for decision in decisions:
            self._decision(decision)

    def published(self, results: Sequence[Published]) -> None:
        self._count("Readings", len(results))
        for result in results:
            self._reading(result)

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
        if decision.refused:
            self._count("Refusals")
            for kind in decision.refusal_kinds:
                self._count_by_reason("Refusals", kind)
        if decision.restoring_minutes is not None:
            minutes = decision.restoring_minutes
            self.metrics.add_metric("RestorePendingMinutes", MetricUnit.NoUnit, minutes)
        for name, is_so in _WRONG.items():
            if is_so(decision):
                self._count(name)

    def _reading(self, published: Published) -> None:
        fields = {"endpoint": published.endpoint, "variant": published.variant}
        outcome = published.outcome
        if isinstance(outcome, NoReading):
            why = {"code": outcome.code, "reason": outcome.reason}
            self.logger.info("no reading", extra=fields | why)
            self._count_by_reason("NoReading", outcome.code)
            if outcome.code != "not-in-service":
                self._count("Unreadable")
        else:
            self.logger.info("published", extra=fields | {"utilization": outcome.utilization})

    def _count(self, name: str, count: int = 1) -> None:
        self.metrics.add_metric(name, MetricUnit.Count, count)

    def _count_by_reason(self, name: str, code: str) -> None:
        with single_metric(name, MetricUnit.Count, 1) as counted:
            counted.add_dimension("stack", self._stack)
            counted.add_dimension("reason", code)
