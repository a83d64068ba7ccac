"""AWS/SQS's metric of the messages that wait in a queue."""

from collections.abc import Iterable
from datetime import datetime

from lowtide_workbench.aws.cloudwatch.metric_store import MetricStore, metric, of
from lowtide_workbench.aws.protocol.moto_patches import visible_messages

_ACTIVE_S = 6 * 3600  # SQS publishes nothing of a queue that has been empty for longer


class QueueGauges:
    def __init__(self, queues: Iterable[str], metrics: MetricStore) -> None:
        self._metrics = metrics
        self._last_used: dict[str, float | None] = dict.fromkeys(queues)

    def read(self, now: datetime) -> None:
        """Puts the metric for the minute that begins now."""
        at = now.timestamp()
        for queue, last_used in self._last_used.items():
            visible = visible_messages(queue)
            if visible:
                self._last_used[queue] = at
            elif last_used is None or at - last_used > _ACTIVE_S:
                continue
            name = metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName=queue)
            self._metrics.put(name, at, of([visible]), unit="Count")
