"""Logs and counts what a run of the planner did."""

from collections.abc import Iterable
from typing import Any

from lowtide.observability import Reporter
from lowtide.workflows.planner.run import FloorsResult


def report(results: Iterable[FloorsResult], reporter: Reporter) -> None:
    """Publishes ForecastRatio of each endpoint whose level is new; logs what has changed."""
    failed = 0
    for result in results:
        applied = result.applied
        if applied and result.is_new:
            reporter.gauge_of_endpoint("ForecastRatio", result.endpoint, applied.level)
        failed += bool(result.error)
        state = (applied.floor, applied.registered, applied.differs) if applied else ()
        if reporter.is_new(result.endpoint, (*state, result.error)) and (state or result.error):
            _log(result, reporter)
    if failed:
        reporter.count_at_once("Failures", failed)


def answer(results: Iterable[FloorsResult]) -> dict[str, Any]:
    """Returns what an invocation answers."""
    return {
        "floors": [
            {
                "endpoint": result.endpoint,
                "floor": result.applied.floor if result.applied else None,
                "minimum": result.applied.registered if result.applied else None,
                "error": result.error or None,
            }
            for result in results
        ]
    }


def _log(result: FloorsResult, reporter: Reporter) -> None:
    fields: dict[str, object] = {"endpoint": result.endpoint}
    if applied := result.applied:
        fields |= {"floor": applied.floor, "minimum": applied.registered, "ratio": applied.level}
        fields |= {"differs": applied.differs} if applied.differs else {}
    if result.error:
        reporter.logger.error("floors", extra=fields | {"error": result.error})
    else:
        reporter.logger.info("floors", extra=fields)
