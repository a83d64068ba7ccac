"""Publishes the capacity-weighted figures of every endpoint whose load can be read."""

import os
import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from lowtide import bootstrap, config
from lowtide.events import event_time, shard_of
from lowtide.observability import Reporter
from lowtide.settings import Settings
from lowtide.workflows.publisher.fault_age import Lasting
from lowtide.workflows.publisher.run import Time, faulty, newest, publish_minute, raise_unpublished

settings = Settings.from_env(os.environ)
file = config.load(settings.config)
aws = bootstrap.publisher()
lasting = Lasting()
reporter = Reporter(settings.stack)


def clock() -> datetime:
    return datetime.now(UTC)


@reporter.logger.inject_lambda_context
@reporter.metrics.log_metrics
def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    shard, begin = shard_of(event), event_time(event, clock())
    mine = [entry for entry in file.endpoints if shard.holds(entry.name)]
    steps = publish_minute(mine, aws, begin, Time(clock, time.sleep))
    results = newest(steps)
    measured = {result.endpoint for result in results}
    reporter.published(steps, lasting.note(faulty(results), measured, begin), begin)
    raise_unpublished(steps)
    return {"published": [asdict(result) for result in results]}
