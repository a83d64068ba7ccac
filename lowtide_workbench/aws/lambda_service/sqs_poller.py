"""Lambda's event source mapping for SQS: receive, invoke, delete what did not fail."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import boto3
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from lowtide_workbench.aws.account import REGION
from lowtide_workbench.aws.protocol.faults import calling_as
from lowtide_workbench.aws.protocol.moto_patches import may_deliver
from lowtide_workbench.aws.template_specs import QueueSourceSpec

POLLER = "event source mapping"  # the caller, for faults

type Message = Mapping[str, Any]


class QueuePoller:
    def __init__(
        self,
        source: QueueSourceSpec,
        invoke: Callable[[object], Any],
        may: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """`may` says whether the function's role allows an operation of SQS."""
        self._source = source
        self._may = may
        self._invoke = invoke
        self._sqs: Any = boto3.client("sqs", region_name=REGION)
        self._queue = source.queue_arn.rpartition(":")[2]
        self._url = self._sqs.get_queue_url(QueueName=self._queue)["QueueUrl"]

    def poll(self) -> bool:
        """Hands over one batch; returns False where no message is visible.

        Raises the function's FunctionError. The batch then stays in the queue, and is visible again
        after the visibility time-out, as is a message that cannot be deleted.
        """
        messages = self._receive() if may_deliver(self._queue) else ()
        if not messages:
            return False
        result = self._invoke({"Records": [self._record(message) for message in messages]})
        failed = self._failed(result, messages)
        for message in messages:
            if message["MessageId"] not in failed:
                self._call("DeleteMessage", ReceiptHandle=message["ReceiptHandle"])
        return True

    def _receive(self) -> Sequence[Message]:
        response = self._call(
            "ReceiveMessage",
            MaxNumberOfMessages=self._source.batch_size,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
            WaitTimeSeconds=0,
        )
        return list(response.get("Messages", ()))

    def _call(self, operation: str, **arguments: Any) -> Message:
        """The response; empty where SQS fails, since Lambda tries again at another poll."""
        if not self._may(operation):
            return {}
        method = getattr(self._sqs, xform_name(operation))
        try:
            with calling_as(POLLER):
                answer: Message = method(QueueUrl=self._url, **arguments)
        except (BotoCoreError, ClientError):
            return {}
        return answer

    def _record(self, message: Message) -> Message:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
            "messageAttributes": message.get("MessageAttributes", {}),
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self._source.queue_arn,
            "awsRegion": REGION,
        }

    def _failed(self, result: Any, messages: Sequence[Message]) -> set[str]:
        if not self._source.reports_item_failures or not result:
            return set()
        failed = {item["itemIdentifier"] for item in result.get("batchItemFailures") or ()}
        sent = {message["MessageId"] for message in messages}
        return failed if failed <= sent else sent  # one unknown identifier fails the whole batch
