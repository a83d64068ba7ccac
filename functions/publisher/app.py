"""Publishes the load metrics of every endpoint whose load can be read."""

import os
import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from lowtide import config
from lowtide.bootstrap.publisher import publisher_services
from lowtide.events import parse
from lowtide.observability import Reporter
from lowtide.settings import Settings
from lowtide.workflows.publisher.report import report
from lowtide.workflows.publisher.run import Clock, latest_results, raise_unpublished, run_publisher

settings = Settings.from_env(os.environ)
file = config.load(settings.config)
services = publisher_services()
reporter = Reporter(settings.stack)
clock = Clock(now=lambda: datetime.now(UTC), sleep=time.sleep)


@reporter.logger.inject_lambda_context
@reporter.metrics.log_metrics
def lambda_handler(event: object, _context: object) -> dict[str, Any]:
    parsed = parse(event)
    begin, shard = parsed.now(clock.now()), parsed.part
    own_endpoints = [entry for entry in file.endpoints if shard.holds(entry.name)]
    batches = run_publisher(own_endpoints, services, begin, clock)
    # One point in each minute, however long a run takes: UnreadableAlarm must not see a gap.
    reporter.metrics.set_timestamp(begin)
    report(batches, reporter)
    raise_unpublished(batches)
    return {"published": [asdict(result) for result in latest_results(batches)]}
