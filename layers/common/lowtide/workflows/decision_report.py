"""Logs and counts decisions. The template's alarms watch these metrics."""

from collections.abc import Callable, Mapping, Sequence

from lowtide.observability import Reporter
from lowtide.workflows.decision import Decision

_COUNTED: Mapping[str, Callable[[Decision], bool]] = {
    "WantedButNotInService": lambda decision: decision.wake_overdue,
    "CreatingTooLong": lambda decision: decision.creating_too_long,
    "DeletesOverdue": lambda decision: decision.delete_overdue,
    "ForgottenPauses": lambda decision: decision.forgotten,
    "ScalingHeld": lambda decision: decision.left_suspended,
}


def report_decisions(
    decisions: Sequence[Decision], reporter: Reporter, *, repeats: bool = True
) -> None:
    """Logs and counts each. Without `repeats` only those are logged that failed, or say something
    else than the last one about the endpoint."""
    reporter.count("Decisions", len(decisions))
    for decision in decisions:
        is_new = reporter.is_new(decision.endpoint, (decision.action, decision.reason))
        if is_new or decision.failed or repeats:
            _log(decision, reporter)
        _count(decision, reporter)


def _log(decision: Decision, reporter: Reporter) -> None:
    fields = {
        "endpoint": decision.endpoint,
        "action": decision.action,
        "reason": decision.reason,
    }
    if decision.failed:
        reporter.logger.error("decision failed", extra=fields)
    else:
        reporter.logger.info("decision", extra=fields)


def _count(decision: Decision, reporter: Reporter) -> None:
    if decision.failed:
        reporter.count("Failures")
    if decision.blocked:
        reporter.count("Refusals")
        for code in decision.blocker_codes:
            reporter.count_by_reason("Refusals", code)
    if decision.restoring_minutes is not None:
        reporter.gauge("RestorePendingMinutes", decision.restoring_minutes)
    for name, applies in _COUNTED.items():
        if applies(decision):
            reporter.count(name)
