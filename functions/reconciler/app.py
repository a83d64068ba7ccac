"""Takes one endpoint a message, which may be old, and does at most one step: as of now."""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.batch import SqsFifoPartialProcessor, process_partial_response

from lowtide import config
from lowtide.bootstrap import lifecycle
from lowtide.observability import Reporter
from lowtide.settings import LifecycleSettings
from lowtide.workflows.decision_report import report_decisions
from lowtide.workflows.reconciler.reconcile import reconcile_named

settings = LifecycleSettings.from_env()
file = config.load(settings.config)
services = lifecycle.services(settings, file.prices)
reporter = Reporter(settings.stack)
processor = SqsFifoPartialProcessor(skip_group_on_error=True)


def step(record: Any) -> None:
    managed, now = settings.managed(file.endpoints), datetime.now(UTC)
    report_decisions([reconcile_named(record.json_body, managed, services, now)], reporter)


@reporter.logger.inject_lambda_context
@reporter.metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return dict(process_partial_response(event, step, processor, context))
