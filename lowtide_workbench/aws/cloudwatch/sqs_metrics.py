"""AWS/SQS's metric of the messages that wait in a queue."""

import math
from datetime import datetime

from lowtide_workbench.aws.cloudwatch.metric_store import MetricStore, metric, of
from lowtide_workbench.aws.protocol.moto_patches import queue_names, visible_messages

_ACTIVE_S = 6 * 3600  # SQS publishes nothing of a queue that has been empty for longer


class QueueGauges:
    def __init__(self, metrics: MetricStore) -> None:
        self._metrics = metrics
        self._last_used: dict[str, float] = {}

    def read(self, now: datetime) -> None:
        """Puts the metric for the minute that begins now."""
        at = now.timestamp()
        for queue in queue_names():
            visible = visible_messages(queue)
            if visible:
                self._last_used[queue] = at
            elif at - self._last_used.get(queue, -math.inf) > _ACTIVE_S:
                continue
            name = metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName=queue)
            self._metrics.put(name, at, of([visible]), unit="Count")
