"""Use of moto's internals, which it may change; more is in the modules moto_*.

Services of our own answer before moto does. A `before-send` handler beside moto's would not do,
since botocore calls every handler, and moto would act as well. CloudWatch speaks three protocols:
moto reads and writes them, our services answer.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from moto.cloudwatch.exceptions import CloudWatchException
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import botocore_stubber
from moto.core.responses import ActionResult
from moto.events.models import EventPattern
from moto.kms.models import kms_backends
from moto.sns.exceptions import SNSNotFoundError
from moto.sns.models import sns_backends
from moto.sqs.models import DEDUPLICATION_TIME_IN_SECONDS, sqs_backends
from moto.sqs.models import Message as SqsMessage
from moto.sqs.models import Queue as SqsQueue

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.protocol.dispatcher import Dispatcher, Service
from lowtide_workbench.aws.protocol.faults import Attempt, Faults, attempt
from lowtide_workbench.aws.protocol.refusal import Refusal

type Document = dict[str, Any]


@contextmanager
def asked_before_moto(dispatcher: Dispatcher) -> Iterator[None]:
    """Requests that moto would answer go to `dispatcher` first; those to a server go by HTTP."""
    moto = botocore_stubber.process_request

    def process(request: AWSPreparedRequest) -> Any:
        if urlsplit(request.url).hostname == "127.0.0.1":
            return None
        return dispatcher.reply(request) or moto(request)

    with patch.object(botocore_stubber, "process_request", process):
        yield


@contextmanager
def with_faults(faults: Faults, refusal: Callable[[Attempt], AWSResponse | None]) -> Iterator[None]:
    """Every request of every client passes `faults` and then IAM, whichever service answers it."""
    answered = BotocoreStubber.__call__

    def call(
        stubber: BotocoreStubber, event_name: str, request: AWSPreparedRequest, **kwargs: Any
    ) -> AWSResponse | None:
        if not stubber.enabled:
            return None
        made = attempt(event_name, request)

        def act() -> AWSResponse | None:
            return refusal(made) or answered(stubber, event_name, request, **kwargs)

        return faults.around(made, act)

    with patch.object(BotocoreStubber, "__call__", call):
        yield


def matcher(pattern: Mapping[str, Any]) -> Callable[[Document], bool]:
    """Whether an event matches the pattern of an EventBridge rule."""
    parsed = EventPattern(None, dict(pattern))
    return lambda event: bool(parsed.matches_event(event))  # type: ignore[arg-type]


def visible_messages(queue: str) -> int:
    """ApproximateNumberOfMessages, without the time that a request takes."""
    return int(sqs_backends[ACCOUNT][REGION].queues[queue].approximate_number_of_messages)


def oldest_sent(queue: str) -> float | None:
    """When the oldest message was sent, in flight or not; None without one."""
    messages: Any = sqs_backends[ACCOUNT][REGION].queues[queue]._messages  # noqa: SLF001
    sent = (message.sent_timestamp for message in messages)
    return min((at / 1000 for at in sent if at is not None), default=None)


def queue_names() -> list[str]:
    return list(sqs_backends[ACCOUNT][REGION].queues)


def may_deliver(queue: str) -> bool:
    """Whether ReceiveMessage would return a message: of a group one is in flight at most."""
    backend = sqs_backends[ACCOUNT][REGION].queues.get(queue)
    if backend is None:  # deleted
        return False
    in_flight = {message.group_id for message in backend.pending_messages if not message.visible}
    return any(
        message.visible and (message.group_id is None or message.group_id not in in_flight)
        for message in backend.messages
    )


def kms_key_of_alias(alias: str) -> str | None:
    """The id of the key behind `alias/name`; None without such an alias."""
    return kms_backends[ACCOUNT][REGION].get_key_id_from_alias(alias)


@contextmanager
def sqs_remembers_duplicates() -> Iterator[None]:
    """SQS keeps a deduplication id for five minutes; moto drops it with its message."""
    added = SqsQueue.add_message
    sent: dict[tuple[int, str], float] = {}

    def add(queue: SqsQueue, message: SqsMessage) -> None:
        key = (id(queue), message.deduplication_id or "")
        now = time.time()
        if queue.fifo_queue and message.deduplication_id:
            if now - sent.get(key, -math.inf) < DEDUPLICATION_TIME_IN_SECONDS:
                return
            sent[key] = now
        added(queue, message)

    with patch.object(SqsQueue, "add_message", add):
        yield


@contextmanager
def cloudwatch_by(services: Sequence[Service]) -> Iterator[None]:
    """The services answer their operations of CloudWatch; moto answers the rest."""
    with ExitStack() as stack:
        for service in services:
            for operation in service.operations:
                method = xform_name(operation)
                answer = _answering(getattr(service, method))
                stack.enter_context(patch.object(CloudWatchResponse, method, answer, create=True))
        yield


def publish(topic: str, subject: str | None, message: str) -> bool:
    """Publishes to a topic of SNS. False where it does not exist."""
    try:
        sns_backends[ACCOUNT][REGION].publish(message, topic, subject=subject)
    except SNSNotFoundError:
        return False
    return True


def _answering(
    method: Callable[[Document], Mapping[str, Any] | None],
) -> Callable[[CloudWatchResponse], ActionResult]:
    def answer(response: CloudWatchResponse) -> ActionResult:
        try:
            return ActionResult(method(response._get_params()) or {})  # noqa: SLF001
        except Refusal as refusal:
            raise CloudWatchException(refusal.code, refusal.message) from None

    return answer
