"""Publishes the capacity-weighted figures of every endpoint whose load can be read."""

import os
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from lowtide import config, wiring
from lowtide.events import event_time
from lowtide.observability import Reporter
from lowtide.settings import Settings
from lowtide.workflows.publish import publish

settings = Settings.from_env(os.environ)
endpoints = wiring.endpoints()
metrics = wiring.metrics()
file = config.load(settings.config)
reporter = Reporter(settings.stack)


@reporter.logger.inject_lambda_context
@reporter.metrics.log_metrics
def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    now = event_time(event, clock=datetime.now(UTC))
    results = publish(file.endpoints, endpoints, metrics, now)
    reporter.published(results)
    return {"published": [asdict(result) for result in results]}
