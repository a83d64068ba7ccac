"""The queue of steps: FIFO, a message group an endpoint, so each has one step at a time."""

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
        """`cause` names what asked: SQS drops a second message for it within 5 minutes."""
        with translated():
            self._client.send_message(
                QueueUrl=self._url,
                MessageBody=json.dumps({"endpoint": endpoint}),
                MessageGroupId=endpoint,
                MessageDeduplicationId=f"{endpoint}@{cause}",
            )
