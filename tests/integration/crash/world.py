"""One endpoint that sleeps from :00 to :16 of every hour, so that a night costs little to play."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

import boto3

from lowtide.adapters.dynamodb.store import Store
from lowtide.domain.history.entry import Entry
from lowtide.domain.lifecycle.stored_state import StoredState
from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.lambda_service.function import Function
from lowtide_workbench.aws.lambda_service.sandbox import OwnModules
from lowtide_workbench.aws.stack import Stack
from lowtide_workbench.demo import endpoint_state
from lowtide_workbench.demo.endpoint import ENDPOINT, STACK, create_endpoint
from lowtide_workbench.demo.endpoint_state import EndpointState
from lowtide_workbench.demo.scenario import Scenario
from lowtide_workbench.report.model import Span
from tests.integration.hourly import FILE, WITH_SCALING, quick
from tests.integration.manual import set_up_all_scaling

ROOT = Path(__file__).parents[3]
NEW_YORK = ZoneInfo("America/New_York")
MONDAY = datetime(2026, 11, 23, tzinfo=NEW_YORK)
LONGEST_LEAD = 8  # minutes; some are learned where three creations are known
TYPES = ("ml.g6.2xlarge", "ml.g6e.2xlarge")
STAYS = FILE.replace("deadline: 4m", "deadline: 2m, then: stay")
_COUNTS = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
_SCENARIO = Scenario(
    traffic="",
    sessions=(),
    start=MONDAY,
    end=MONDAY,
    windows=(),
    opens=time(8),
    closes=time(20),
    drought=Span(MONDAY, MONDAY),
    morning_floor=2,
    max_instances=6,
)


def at(clock: str) -> datetime:
    """That Monday evening in New York, for example "20:59"."""
    hours, minutes = map(int, clock.split(":"))
    return (MONDAY + timedelta(hours=hours, minutes=minutes)).astimezone(UTC)


@dataclass(slots=True)
class World:
    cloud: Cloud
    stack: Stack
    twin: Function  # of the reconciler: a second execution environment
    file: Path
    table: Any
    queues: tuple[tuple[str, bool], ...]  # address, and whether it is for dead letters
    _sqs: Any

    @property
    def now(self) -> datetime:
        return self.cloud.clock.now()

    @property
    def status(self) -> str:
        return self.cloud.status(ENDPOINT)

    @property
    def reconciler(self) -> Function:
        return self.stack.functions["reconciler"]

    @property
    def message(self) -> object:
        """The event that the reconciler was last invoked with."""
        return self.reconciler.invocations[-1].event

    def until(self, clock: str) -> None:
        self.cloud.advance(at(clock))

    def endpoint_state(self) -> EndpointState:
        return endpoint_state.read(self.now)

    @property
    def keeps_scaling(self) -> bool:
        return self.file.read_text() == WITH_SCALING

    def stored_state(self) -> StoredState:
        return Store(self.table).load(ENDPOINT)

    def history(self, since: datetime) -> tuple[Entry, ...]:
        return Store(self.table).history_since(ENDPOINT, since)

    def suspended(self) -> frozenset[str]:
        """What Lowtide still manages although it left the file."""
        return Store(self.table).suspended()

    def ask(self, action: str, **more: str) -> None:
        """A person asks the control function."""
        self.stack.invoke("control", {"action": action, "endpoint": ENDPOINT} | more)

    def deploy(self, text: str) -> None:
        """Another version of the file that people write."""
        self.file = self._file_of(text)
        for function in self._functions():
            function.configure(LOWTIDE_CONFIG=str(self.file))

    def prepare(self, *texts: str) -> None:
        """Does the work of their deployments now, for all forks of this world."""
        for text in texts:
            for function in self._functions():
                function.prepare_cold_start(LOWTIDE_CONFIG=str(self._file_of(text)))

    def _functions(self) -> Iterator[Function]:
        yield from self.stack.functions.values()
        yield self.twin

    def _file_of(self, text: str) -> Path:
        """Each version has its own, as the forks of a world share their files."""
        file = self.file.with_name(f"{crc32(text.encode())}.yaml")
        file.write_text(text)
        return file

    def forget(self) -> None:
        """As if Lowtide had never seen the endpoint."""
        for item in self.table.scan()["Items"]:
            self.table.delete_item(Key={"endpoint": item["endpoint"], "item": item["item"]})

    def next_action(self) -> Mapping[str, Any]:
        status = self.stack.invoke("control", {"action": "status", "endpoint": ENDPOINT})
        found: Mapping[str, Any] = status["next"]
        return found

    def messages_underway(self) -> int:
        """Visible or not yet visible again."""
        return self._messages(dead=False)

    def dead_letters(self) -> int:
        return self._messages(dead=True)

    def _messages(self, *, dead: bool) -> int:
        found = [
            self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=_COUNTS)["Attributes"]
            for url, for_the_dead in self.queues
            if for_the_dead == dead
        ]
        return sum(int(count) for attributes in found for count in attributes.values())


def open_world(cleanup: ExitStack, begins: str = "19:40", file: str = FILE) -> World:
    """In service, with its scaling set up, and managed by Lowtide."""
    cloud = cleanup.enter_context(Cloud(at(begins), quick()))
    create_endpoint()
    cloud.advance(at(begins) + timedelta(minutes=3))
    set_up_all_scaling(_SCENARIO)
    config = Path(cleanup.enter_context(TemporaryDirectory())) / "endpoints.yaml"
    config.write_text(file)
    stack = Stack.deploy(
        cloud,
        ROOT / "template.yaml",
        config_path=config,
        name=STACK,
        parameters={"LeadMinutes": "0", "LongestLeadMinutes": str(LONGEST_LEAD)},
        own_modules=OwnModules.WITH_STATE,
    )
    sqs: Any = boto3.client("sqs")
    urls = sqs.list_queues()["QueueUrls"]
    return World(
        cloud=cloud,
        stack=stack,
        twin=stack.functions["reconciler"].twin(),
        file=config,
        table=_table(stack),
        queues=tuple((url, "-dead" in url) for url in urls),
        _sqs=sqs,
    )


def _table(stack: Stack) -> Any:
    return boto3.resource("dynamodb").Table(stack.resources["Table"])
