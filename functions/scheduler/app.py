"""Does any endpoint need a step? Queues those that do; changes nothing itself."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from lowtide import config
from lowtide.bootstrap import lifecycle
from lowtide.events import parse
from lowtide.observability import Reporter
from lowtide.settings import SchedulerSettings
from lowtide.workflows.decision_report import report_decisions
from lowtide.workflows.scheduler import tick

settings = SchedulerSettings.from_env()
file = config.load(settings.config)
services = lifecycle.services_for_many(settings, file.prices)
queue = lifecycle.steps_queue(settings.queue_url)
reporter = Reporter(settings.stack)


@reporter.logger.inject_lambda_context
@reporter.metrics.log_metrics
def lambda_handler(event: object, _context: object) -> dict[str, Any]:
    parsed = parse(event)
    managed, now = settings.managed(file.endpoints), parsed.now(datetime.now(UTC))
    reporter.file_errors((*file.errors, *settings.errors))
    decisions = tick(managed, services, queue, now, parsed.cause(now), parsed.endpoint)
    report_decisions(decisions, reporter, repeats=False)
    return {"decisions": [asdict(decision) for decision in decisions]}
