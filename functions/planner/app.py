"""Learns floors from the published load, and keeps them in force."""

from datetime import UTC, datetime
from typing import Any

from lowtide import config
from lowtide.bootstrap.planner import planner_services
from lowtide.events import parse
from lowtide.observability import Reporter
from lowtide.settings import PlannerSettings
from lowtide.workflows.planner.report import answer, report
from lowtide.workflows.planner.run import run_planner

settings = PlannerSettings.from_env()
file = config.load(settings.config)
services = planner_services(settings.table)
reporter = Reporter(settings.stack)


@reporter.logger.inject_lambda_context
def lambda_handler(event: object, _context: object) -> dict[str, Any]:
    now = parse(event).now(datetime.now(UTC))
    results = run_planner(file.endpoints, services, now)
    report(results, reporter)
    return answer(results)
