"""Event source mappings: the queues are polled, as far as the function's role may."""

from contextlib import suppress
from functools import partial

from lowtide_workbench.aws.lambda_service.api.state import LambdaState, MappingRecord
from lowtide_workbench.aws.lambda_service.function import FunctionError
from lowtide_workbench.aws.lambda_service.invoker import Invoker
from lowtide_workbench.aws.lambda_service.roles import may
from lowtide_workbench.aws.lambda_service.sqs_poller import QueuePoller
from lowtide_workbench.aws.protocol.moto_patches import queue_names
from lowtide_workbench.aws.template_specs import QueueSourceSpec


class Queues:
    def __init__(self, state: LambdaState, invoker: Invoker) -> None:
        self._state = state
        self._invoker = invoker
        self._pollers: dict[QueueSourceSpec, QueuePoller] = {}

    def poll(self) -> None:
        """Hands over all messages that are visible in the queues of enabled mappings."""
        for mapping in list(self._state.mappings.values()):
            more = True
            while more and (poller := self._poller(mapping)):
                with suppress(FunctionError):  # recorded; the batch becomes visible again
                    more = poller.poll()

    def _poller(self, mapping: MappingRecord) -> QueuePoller | None:
        """None where nothing is to be polled now."""
        source, record = mapping.source, self._state.functions.get(mapping.function)
        is_there = source.queue_arn.rpartition(":")[2] in queue_names()
        if not (mapping.is_enabled and record and is_there) or record.function.is_throttled:
            return None
        if source not in self._pollers:
            invoke = partial(self._invoker.wait, source.function)
            self._pollers[source] = QueuePoller(source, invoke, partial(self._may, source))
        return self._pollers[source]

    def _may(self, source: QueueSourceSpec, operation: str) -> bool:
        role = self._state.functions[source.function].role
        return may(role, f"sqs:{operation}", source.queue_arn)
