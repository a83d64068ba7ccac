"""The whole stack in the embedded AWS, and what a story does with it."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import boto3
import pytest

from lowtide.adapters.dynamodb.store import Store
from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.lambda_service.sandbox import OwnModules
from lowtide_workbench.aws.protocol.faults import Failed, Fault
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.aws.stack import Stack
from lowtide_workbench.demo import endpoint_state
from lowtide_workbench.demo.endpoint import ENDPOINT, STACK, create_endpoint
from lowtide_workbench.demo.endpoint_state import EndpointState
from lowtide_workbench.demo.scenario import Scenario
from lowtide_workbench.fleet.pools import Drought
from lowtide_workbench.report.model import Span
from tests.integration.hourly import quick
from tests.integration.manual import set_up_all_scaling

NEW_YORK = ZoneInfo("America/New_York")
MONDAY_EVENING = datetime(2026, 11, 23, 19, 15, tzinfo=NEW_YORK).astimezone(UTC)
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
    drought=Span(MONDAY_EVENING, MONDAY_EVENING),
    morning_floor=2,
    max_instances=6,
)
REFUSED = Failed("ValidationException", "no")


def pinned(*configs: str) -> str:
    return EVENING_PAUSE.replace("    drain:", f"    config: [{', '.join(configs)}]\n    drain:")


def no_capacity(
    begins: float, minutes: float, types: Sequence[str] = ("ml.g6.2xlarge", "ml.g6e.2xlarge")
) -> CloudSettings:
    """None of the types from so many minutes after 19:30 on, for so many minutes."""
    start = MONDAY_EVENING + timedelta(minutes=15 + begins)
    drought = [Drought(start.timestamp(), (start + timedelta(minutes=minutes)).timestamp())]
    return quick(droughts=dict.fromkeys(types, drought))


class Town:
    """An endpoint that a person set up on a Monday evening, managed by Lowtide from 19:30 on."""

    def __init__(self, cloud: Cloud, stack: Stack, file: Path) -> None:
        self.cloud = cloud
        self.stack = stack
        self._file = file

    # Time

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

    def pass_until(self, condition: Callable[[], bool], *, minutes: int = 30) -> None:
        """Looks each minute, at most so many times."""
        for _ in range(minutes):
            if condition():
                return
            self.pass_minutes(1)
        raise AssertionError(f"not within {minutes} minutes: it is {self.status}")

    # What people ask for

    def control(self, **request: Any) -> Any:
        return self.stack.invoke("control", request)

    def ask(self, action: str, minutes: int | None = None) -> Any:
        """Ann asks, about the endpoint."""
        person = {"reason": "overtime", "by": "ann"} if action in _WITH_REASON else {}
        duration = {"for": f"{minutes}m"} if minutes else {}
        return self.control(action=action, endpoint=ENDPOINT, **person, **duration)

    def show(self) -> Any:
        return self.ask("status")

    def next_reason(self) -> str:
        return str(self.show()["next"]["reason"])

    def sleep(self, minutes: int = 60) -> None:
        """Until it is absent, without waiting for the schedule."""
        self.ask("sleep", minutes)
        self.pass_until(lambda: self.status == "Absent")

    def wake(self, minutes: int = 60) -> None:
        """Until it is in service with its scaling."""
        self.ask("wake", minutes)
        self.pass_until(lambda: self.status == "InService" and self.steps()[-1] in _AWAKE)

    def deploy(self, file: str) -> None:
        """Another version of the file that people write."""
        self._file.write_text(file)
        self.stack.configure(LOWTIDE_CONFIG=str(self._file))

    def calls(self, *calls: tuple[str, int]) -> None:
        """Each call begins at an instant of this evening and lasts some minutes."""
        day = MONDAY_EVENING.astimezone(NEW_YORK)
        begun = []
        for clock, lasts in calls:
            hours, minutes = map(int, clock.split(":"))
            at = day.replace(hour=hours, minute=minutes)
            begun.append((at.timestamp(), lasts * 60.0))
        self.cloud.traffic(ENDPOINT, sorted(begun))

    def refuse(self, operation: str, service: str = "application-autoscaling") -> None:
        """AWS refuses it to the reconciler until the faults are cleared."""
        self.cloud.faults.add(Fault(REFUSED, service, operation, "reconciler", times=None))

    def purge_steps(self) -> None:
        """The messages that the reconciler has not received, or will receive again."""
        boto3.client("sqs").purge_queue(QueueUrl=self.stack.resources["StepsQueue"])

    # What is seen

    @property
    def status(self) -> str:
        return self.cloud.status(ENDPOINT)

    def statuses(self) -> list[str]:
        return [status for _, _, status in self.cloud.statuses]

    @property
    def table(self) -> Any:
        return boto3.resource("dynamodb").Table(self.stack.resources["Table"])

    @property
    def store(self) -> Store:
        return Store(self.table)

    def history(self, endpoint: str | None = None) -> list[Any]:
        """The entries, oldest first."""
        items = [item for item in self.table.scan()["Items"] if item["item"].startswith("ledger#")]
        found = [item for item in items if endpoint in (None, item["endpoint"])]
        return sorted(found, key=lambda item: str(item["item"]))

    def steps(self) -> list[str]:
        return [entry["step"] for entry in self.history()]

    def outcomes(self, step: str) -> list[str]:
        return [entry["outcome"] for entry in self.history() if entry["step"] == step]

    def logged(self, function: str, **fields: Any) -> list[dict[str, Any]]:
        """What a function logged, line by line: the lines with these fields."""
        lines = self.stack.functions[function].log
        found = [json.loads(line) for line in lines if line.startswith("{")]
        return [line for line in found if fields.items() <= line.items()]

    def endpoint_state(self) -> EndpointState:
        return endpoint_state.read(self.cloud.clock.now())

    def differences(self, before: EndpointState) -> Sequence[str]:
        return endpoint_state.compare(before, self.endpoint_state()).differences


_WITH_REASON = ("wake", "sleep", "pause")
_AWAKE = ("Restore", "ApplyScaling", "EndDrain")

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
            cloud = cleanup.enter_context(Cloud(MONDAY_EVENING, settings or quick()))
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
