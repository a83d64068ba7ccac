"""Publishes the load metrics of every endpoint whose load can be read."""

from typing import Any

from lowtide import config
from lowtide.bootstrap.publisher import publisher_services, real_clock
from lowtide.events import parse
from lowtide.observability import Reporter
from lowtide.settings import Settings
from lowtide.workflows.publisher.report import report
from lowtide.workflows.publisher.run import answer, run_publisher

settings = Settings.from_env()
file = config.load(settings.config)
services = publisher_services()
reporter = Reporter(settings.stack)
clock = real_clock()


@reporter.logger.inject_lambda_context
@reporter.metrics.log_metrics
def lambda_handler(event: object, _context: object) -> dict[str, Any]:
    parsed = parse(event)
    begin, shard = parsed.now(clock.now()), parsed.part
    own_endpoints = [entry for entry in file.endpoints if shard.holds(entry.name)]
    batches = run_publisher(own_endpoints, services, begin, clock)
    reporter.metrics.set_timestamp(begin)  # one point a minute: UnreadableAlarm must see no gap
    report(batches, reporter, [entry.name for entry in own_endpoints if entry.mode == "observe"])
    return answer(batches)
