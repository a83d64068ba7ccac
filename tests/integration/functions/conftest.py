"""The whole stack in the embedded AWS, and the words that its stories are told with."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import boto3
import pytest

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.deployment.stack import Stack
from lowtide_workbench.aws.lambda_service.sandbox import OwnModules
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.demo.endpoint import ENDPOINT, STACK, create_endpoint
from lowtide_workbench.demo.scenario import Scenario
from lowtide_workbench.report.model import Span
from tests.integration.manual import set_up_all_scaling

NEW_YORK = ZoneInfo("America/New_York")
MONDAY_EVENING = datetime(2026, 11, 23, 19, 15, tzinfo=NEW_YORK).astimezone(UTC)
ANY_SPAN = Span(MONDAY_EVENING, MONDAY_EVENING)
# Two hours of sleep tell what a night would, in a sixth of the time.
EVENING_PAUSE = f"""
timezone: America/New_York
endpoints:
  - name: {ENDPOINT}
    schedule:
      windows: [{{start: "0 22 * * *", stop: "0 20 * * *"}}]
    drain: {{deadline: 20m}}
    scaling:
      capacity: {{ml.g6.2xlarge: 10, ml.g6e.2xlarge: 20}}
"""
# For stories of two nights: the second begins at 23:00.
TWO_PAUSES = EVENING_PAUSE.replace(
    '{start: "0 22 * * *", stop: "0 20 * * *"}',
    '{start: "0 22 * * *", stop: "0 23 * * *"}, {start: "0 1 * * *", stop: "0 20 * * *"}',
)
SCENARIO = Scenario(
    traffic="",
    sessions=(),
    start=MONDAY_EVENING,
    end=MONDAY_EVENING,
    windows=(),
    opens=time(8),
    closes=time(20),
    drought=ANY_SPAN,
    morning_floor=2,
    most=6,
)


class Town:
    """An endpoint that its owner set up on a Monday evening, managed by Lowtide."""

    def __init__(self, cloud: Cloud, stack: Stack, file: Path) -> None:
        self.cloud = cloud
        self.stack = stack
        self._file = file

    @property
    def status(self) -> str:
        return self.cloud.status(ENDPOINT)

    def until(self, day_and_time: str) -> None:
        """On New York's clock, for example "Tue 07:45", within the next days."""
        now = self.cloud.clock.now().astimezone(NEW_YORK)
        day, clock = day_and_time.split()
        hours, minutes = map(int, clock.split(":"))
        at = now.replace(hour=hours, minute=minutes, second=0, microsecond=0)
        while at <= now or f"{at:%a}" != day:
            at += timedelta(days=1)
        self.cloud.advance(at.astimezone(UTC))

    def pass_minutes(self, minutes: float) -> None:
        self.cloud.advance(self.cloud.clock.now() + timedelta(minutes=minutes))

    def deploy(self, file: str) -> None:
        """Another version of the file that people write."""
        self._file.write_text(file)
        for function in self.stack.functions.values():
            function.end_environment()

    def calls(self, *calls: tuple[str, int]) -> None:
        """Each call begins at an instant of this evening and lasts some minutes."""
        day = MONDAY_EVENING.astimezone(NEW_YORK)
        begun = []
        for clock, lasts in calls:
            hours, minutes = map(int, clock.split(":"))
            at = day.replace(hour=hours, minute=minutes)
            begun.append((at.timestamp(), lasts * 60.0))
        self.cloud.traffic(ENDPOINT, sorted(begun))

    def control(self, **request: Any) -> Any:
        return self.stack.invoke("control", request)

    def ledger(self) -> list[str]:
        """The steps done, oldest first."""
        return [step for step, _ in self.entries()]

    def entries(self) -> list[tuple[str, str]]:
        scheduler = next(s for s in self.stack.template.functions() if s.name == "scheduler")
        table = boto3.resource("dynamodb").Table(scheduler.environment["LOWTIDE_TABLE"])
        items: Iterable[Any] = table.scan()["Items"]
        done = [item for item in items if item["item"].startswith("ledger#")]
        return [(i["step"], i["outcome"]) for i in sorted(done, key=lambda i: i["item"])]

    def statuses(self) -> list[str]:
        return [status for _, _, status in self.cloud.statuses]

    def said(self, function: str) -> list[dict[str, Any]]:
        """What a function logged, line by line."""
        lines = self.stack.functions[function].log
        return [json.loads(line) for line in lines if line.startswith("{")]


type TownMaker = Callable[..., Town]


@pytest.fixture
def town_with(tmp_path: Path) -> Iterator[TownMaker]:
    with ExitStack() as cleanup:

        def make(
            file: str = EVENING_PAUSE,
            settings: CloudSettings | None = None,
            own_modules: OwnModules = OwnModules.WITH_STATE,
            **parameters: str,
        ) -> Town:
            cloud = cleanup.enter_context(Cloud(MONDAY_EVENING, settings))
            create_endpoint()
            cloud.advance(MONDAY_EVENING + timedelta(minutes=15))
            set_up_all_scaling(SCENARIO)
            config = tmp_path / "endpoints.yaml"
            config.write_text(file)
            root = Path(__file__).parents[3]
            stack = Stack.deploy(
                cloud,
                root / "template.yaml",
                config_path=config,
                name=STACK,
                parameters=parameters,
                own_modules=own_modules,
            )
            return Town(cloud, stack, config)

        yield make


@pytest.fixture
def town(town_with: TownMaker) -> Town:
    return town_with()
