"""AWS/SQS's metrics of the messages that wait in a queue: how many, and the age of the oldest."""

import math
from datetime import datetime

from lowtide_workbench.aws.cloudwatch.metric_store import MetricStore, metric, of
from lowtide_workbench.aws.protocol.moto_patches import (
    oldest_sent,
    queue_names,
    visible_messages,
)

_ACTIVE_S = 6 * 3600  # SQS publishes nothing of a queue that has been empty for longer


class QueueGauges:
    def __init__(self, metrics: MetricStore) -> None:
        self._metrics = metrics
        self._last_used: dict[str, float] = {}

    def read(self, now: datetime) -> None:
        """Puts the metrics for the minute that begins now."""
        at = now.timestamp()
        for queue in queue_names():
            visible, sent = visible_messages(queue), oldest_sent(queue)
            if visible or sent is not None:
                self._last_used[queue] = at
            elif at - self._last_used.get(queue, -math.inf) > _ACTIVE_S:
                continue
            age = 0.0 if sent is None else at - sent
            self._put("ApproximateNumberOfMessagesVisible", queue, at, visible, "Count")
            self._put("ApproximateAgeOfOldestMessage", queue, at, age, "Seconds")

    def _put(self, name: str, queue: str, at: float, value: float, unit: str) -> None:
        self._metrics.put(metric("AWS/SQS", name, QueueName=queue), at, of([value]), unit=unit)
