"""An empty run, to which each test adds its records."""

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta

import pytest

from lowtide_workbench.demo.play import Run
from lowtide_workbench.demo.scenario import Scenario
from lowtide_workbench.fleet.tally import Tally
from lowtide_workbench.report.model import Span

MORNING = datetime(2026, 1, 5, 14, tzinfo=UTC)
DROUGHT = Span(MORNING + timedelta(hours=1), MORNING + timedelta(hours=2))


@pytest.fixture
def run() -> Run:
    scenario = Scenario(
        traffic="made by hand",
        sessions=(),
        start=MORNING - timedelta(hours=12),
        end=MORNING + timedelta(hours=24),
        windows=(Span(MORNING, MORNING + timedelta(hours=8)),),
        opens=time(9),
        closes=time(17),
        drought=DROUGHT,
        morning_floor=2,
        max_instances=6,
    )
    return Run(
        scenario=scenario,
        minutes=(),
        comparisons=(),
        history=(),
        activities=(),
        statuses=(),
        requests=(),
        tally=Tally(instance_seconds=defaultdict(float)),
        failures=(),
    )
