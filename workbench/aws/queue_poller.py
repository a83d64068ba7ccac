"""Lambda's event source mapping for SQS: receive, invoke, delete what did not fail."""

from collections.abc import Mapping, Sequence
from typing import Any

import boto3

from workbench.aws.lambdas import Function
from workbench.aws.settings import REGION
from workbench.aws.template import QueueSourceSpec

type Message = Mapping[str, Any]


class QueuePoller:
    def __init__(self, source: QueueSourceSpec, function: Function) -> None:
        self._source = source
        self._function = function
        self._sqs: Any = boto3.client("sqs", region_name=REGION)
        queue_name = source.queue_arn.rpartition(":")[2]
        self._url = self._sqs.get_queue_url(QueueName=queue_name)["QueueUrl"]

    @property
    def function(self) -> str:
        return self._source.function

    def poll(self) -> bool:
        """Hand over one batch; False where nothing is visible.

        Raises FunctionError as the function does. Its batch then stays in the queue, and is
        visible again after the visibility time-out.
        """
        messages = self._receive()
        if not messages:
            return False
        result = self._function.invoke({"Records": [self._record(each) for each in messages]})
        self._delete(messages, self._failed(result, messages))
        return True

    def _receive(self) -> Sequence[Message]:
        found = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=self._source.batch_size,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
            WaitTimeSeconds=0,
        )
        return list(found.get("Messages", ()))

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
        failed = {each["itemIdentifier"] for each in result.get("batchItemFailures") or ()}
        sent = {message["MessageId"] for message in messages}
        return failed if failed <= sent else sent  # one unknown identifier fails the whole batch

    def _delete(self, messages: Sequence[Message], failed: set[str]) -> None:
        for message in messages:
            if message["MessageId"] not in failed:
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
