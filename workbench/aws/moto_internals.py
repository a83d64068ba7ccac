"""Every touch of what moto does not promise: its way in, its reading of CloudWatch's protocols.

Services of our own are asked before moto is: a `before-send` handler beside moto's would not do,
since botocore calls every handler, and moto would act as well. CloudWatch speaks three protocols;
moto reads and writes them, and what is between is ours.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest
from moto.cloudwatch.exceptions import CloudWatchException
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.models import botocore_stubber
from moto.core.responses import ActionResult
from moto.sns.exceptions import SNSNotFoundError
from moto.sns.models import sns_backends

from workbench.aws.refusal import Refusal
from workbench.aws.settings import ACCOUNT, REGION
from workbench.aws.wire import Dispatcher, Service

type Document = dict[str, Any]


@contextmanager
def asked_before_moto(dispatcher: Dispatcher) -> Iterator[None]:
    """Every client that moto reaches, reaches `dispatcher` first."""
    moto = botocore_stubber.process_request

    def process(request: AWSPreparedRequest) -> Any:
        return dispatcher.reply(request) or moto(request)

    with patch.object(botocore_stubber, "process_request", process):
        yield


@contextmanager
def cloudwatch_by(services: Sequence[Service]) -> Iterator[None]:
    """CloudWatch's operations are answered by these while the context lasts; moto has the rest."""
    with ExitStack() as stack:
        for service in services:
            for operation in service.operations:
                method = xform_name(operation)
                answer = _answering(getattr(service, method))
                stack.enter_context(patch.object(CloudWatchResponse, method, answer, create=True))
        yield


def publish(topic: str, subject: str, message: str) -> None:
    """To a topic of SNS; one that is not there hears nothing."""
    try:
        sns_backends[ACCOUNT][REGION].publish(message, topic, subject=subject)
    except SNSNotFoundError:
        return


def _answering(
    method: Callable[[Document], Mapping[str, Any] | None],
) -> Callable[[CloudWatchResponse], ActionResult]:
    def answer(response: CloudWatchResponse) -> ActionResult:
        try:
            return ActionResult(method(response._get_params()) or {})  # noqa: SLF001
        except Refusal as refusal:
            raise CloudWatchException(refusal.code, refusal.message) from None

    return answer
