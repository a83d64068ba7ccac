"""Carries out one request of a person or a workload."""

from datetime import UTC, datetime
from typing import Any

from lowtide import config
from lowtide.bootstrap import lifecycle
from lowtide.observability import Reporter
from lowtide.settings import LifecycleSettings
from lowtide.workflows.control.dispatch import ControlContext, control
from lowtide.workflows.control.requests import parse

settings = LifecycleSettings.from_env()
file = config.load(settings.config)
context = ControlContext(
    file.endpoints,
    lifecycle.services_for_many(settings, file.prices),
    lifecycle.scaling_views(),
    tuple(map(str, file.errors)),
)
reporter = Reporter(settings.stack)


@reporter.logger.inject_lambda_context
def lambda_handler(event: object, _context: object) -> dict[str, Any]:
    request = parse(event)  # logged once it is known to be of a bounded length
    reporter.logger.info("request", extra={"request": event})
    return control(request, context, now=datetime.now(UTC))
