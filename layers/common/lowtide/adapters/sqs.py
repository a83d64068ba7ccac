"""The queue of steps.

It is FIFO with one message group for each endpoint, so an endpoint has one step at a time.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lowtide.adapters.aws_errors import translated

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class StepsQueue:
    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, endpoint: str, cause: str) -> None:
        """Queues a step of `endpoint`.

        SQS drops a second message with the same endpoint and `cause` within 5 minutes.
        """
        with translated():
            self._client.send_message(
                QueueUrl=self._url,
                MessageBody=json.dumps({"endpoint": endpoint}),
                MessageGroupId=endpoint,
                MessageDeduplicationId=f"{endpoint}@{cause}",
            )
