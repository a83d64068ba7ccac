"""Lambda as a service of the cloud: its API, its functions, and what triggers them."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest
from botocore.model import OperationModel

from lowtide_workbench.aws.cloudwatch.metric_store import MetricStore
from lowtide_workbench.aws.cloudwatch.sqs_metrics import QueueGauges
from lowtide_workbench.aws.eventbridge.bus import Bus
from lowtide_workbench.aws.lambda_service.api.functions import FunctionsApi
from lowtide_workbench.aws.lambda_service.api.invocations import InvocationsApi
from lowtide_workbench.aws.lambda_service.api.invoke_settings import InvokeSettingsApi
from lowtide_workbench.aws.lambda_service.api.layers import LayersApi
from lowtide_workbench.aws.lambda_service.api.mappings import MappingsApi
from lowtide_workbench.aws.lambda_service.api.permissions import PermissionsApi
from lowtide_workbench.aws.lambda_service.api.state import Document, FunctionRecord, LambdaState
from lowtide_workbench.aws.lambda_service.function import Invocation
from lowtide_workbench.aws.lambda_service.invoker import Invoker
from lowtide_workbench.aws.lambda_service.log_streams import write
from lowtide_workbench.aws.lambda_service.triggers.queues import Queues
from lowtide_workbench.aws.lambda_service.triggers.rules import Rules, put_events_to
from lowtide_workbench.aws.lambda_service.triggers.scheduler_checks import SchedulerChecks
from lowtide_workbench.aws.lambda_service.triggers.schedules import Schedules
from lowtide_workbench.aws.protocol.dispatcher import Reply, Service
from lowtide_workbench.aws.protocol.faults import Faults
from lowtide_workbench.aws.protocol.refusal import NotPlayed, Refusal
from lowtide_workbench.aws.protocol.rest_json import RestJson
from lowtide_workbench.aws.virtual_time.clock import VirtualClock
from lowtide_workbench.aws.virtual_time.sleepers import Sleepers

_PATH = re.compile(r"/20\d\d-\d\d-\d\d/.+")


class Dependencies(Protocol):
    """The parts of the cloud that Lambda needs."""

    @property
    def metrics(self) -> MetricStore: ...
    @property
    def faults(self) -> Faults: ...
    @property
    def clock(self) -> VirtualClock: ...
    @property
    def sleepers(self) -> Sleepers: ...
    @property
    def roles(self) -> dict[str, str]: ...
    def advance(self, until: datetime) -> None: ...


class LambdaService:
    def __init__(self, cloud: Dependencies, bus: Bus) -> None:
        self.state = LambdaState()
        self._cloud = cloud
        self._bus = bus
        self.invoker = Invoker(
            lambda name: record.function if (record := self.state.functions.get(name)) else None,
            lambda name: self.state.functions[name].retries,
            cloud.clock,
            cloud.metrics,
            cloud.faults,
            cloud.sleepers,
            self._log,
        )
        self.functions = FunctionsApi(self.state, self._on_change)
        self._services: Sequence[Service] = (
            self.functions,
            LayersApi(self.state),
            PermissionsApi(self.state),
            MappingsApi(self.state),
            InvokeSettingsApi(self.state),
            InvocationsApi(self.state, self.invoker, cloud.advance),
        )
        self._door = RestJson("lambda")
        self._scheduler_checks = SchedulerChecks()
        self._schedules = Schedules(self.invoker, cloud.metrics)
        self._rules = Rules(self.state, self.invoker, cloud.metrics)
        self._queues = Queues(self.state, self.invoker)
        self._gauges = QueueGauges(cloud.metrics)
        bus.listen(self._on_event)

    @contextmanager
    def played(self) -> Iterator[None]:
        with put_events_to(self._bus):
            yield

    def reply(self, request: AWSPreparedRequest) -> Reply | None:
        """None for a request that another service answers."""
        if _PATH.fullmatch(urlsplit(request.url).path) is None:
            return self._scheduler_checks.reply(request)
        try:
            found = self._door.find(request)
            return None if found is None else self._answer(*found)
        except Refusal as refusal:
            return self._door.refused(refusal)

    def step(self, now: datetime) -> None:
        """What is due: retries, schedules, then queues, and at a full minute their metric."""
        self.invoker.timers.run(now)
        self._schedules.run(now)
        self._queues.poll()
        if now.timestamp() % 60 == 0:
            self._gauges.read(now)

    def _answer(self, operation: OperationModel, request: Document) -> Reply:
        for service in self._services:
            if operation.name in service.operations:
                method: Callable[[Document], Document]
                method = getattr(service, xform_name(operation.name))
                return self._door.answer(operation, method(request))
        raise NotPlayed(f"The embedded AWS does not play Lambda's {operation.name}.")

    def _on_event(self, event: dict[str, Any]) -> None:
        self._rules.on_event(event)
        self._queues.poll()  # what the functions have queued

    def _on_change(self, record: FunctionRecord, *, is_new: bool) -> None:
        self._cloud.roles[record.name] = record.role
        if is_new:
            self.invoker.measure(record.function)

    def _log(self, invocation: Invocation) -> bool:
        record = self.state.functions.get(invocation.function)
        if record is None:  # deleted while it ran
            return False
        return write(record.log_group, record.role, record.memory_mb, invocation)
