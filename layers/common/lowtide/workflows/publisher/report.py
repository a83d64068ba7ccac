"""Logs and counts what a run published. UnreadableAlarm watches UnreadableMinutes."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from lowtide.domain.load import LoadMetrics, MissingReading
from lowtide.observability import Reporter
from lowtide.workflows.publisher.publish import PublishResult
from lowtide.workflows.publisher.run import PublishedBatch, latest_results


def unreadable(results: Iterable[PublishResult]) -> set[str]:
    """The endpoints that serve, and of which all or some metrics are missing."""
    return {
        result.endpoint
        for result in results
        if isinstance(result.outcome, MissingReading) and not result.outcome.is_expected
    }


def report(
    batches: Sequence[PublishedBatch], reporter: Reporter, observed: Collection[str] = ()
) -> None:
    """The counts of all batches, and a log line for each latest result that is of interest.

    UnreadableMinutes counts each unreadable endpoint once: as one minute without a reading. It
    leaves out those `observed`, for which no alarm is to go off.
    """
    results = [result for batch in batches for result in batch.results]
    missing = Counter(r.outcome.code for r in results if isinstance(r.outcome, MissingReading))
    late = sum(len(batch.late) for batch in batches)
    latest = latest_results(batches)
    reporter.count("Readings", len(results))
    for code, count in missing.items():
        reporter.count_by_reason("NoReading", code, count)
    reporter.gauge("UnreadableMinutes", len(unreadable(latest).difference(observed)))
    if late:
        reporter.count("LateSlots", late)
    for result in latest:
        _log(result, reporter)
    summary = {"steps": len(batches), "read": len(results) - missing.total()}
    reporter.logger.info("published", extra=summary | {"unread": missing, "late_slots": late})


def _log(result: PublishResult, reporter: Reporter) -> None:
    """Only what may need attention: a line a minute for each of a thousand endpoints is costly."""
    fields = {"endpoint": result.endpoint, "variant": result.variant}
    outcome = result.outcome
    if isinstance(outcome, MissingReading):
        if not outcome.is_expected:
            fields |= {"code": outcome.code, "reason": outcome.reason}
            reporter.logger.warning("no reading", extra=fields)
    elif isinstance(outcome, LoadMetrics) and outcome.notes:
        reporter.logger.info("on the safe side", extra=fields | {"notes": outcome.notes})
