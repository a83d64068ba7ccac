"""The asynchronous side of all endpoints: takes requests, moves queues on, gives results."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lowtide_workbench.aws.cloudwatch.metric_store import MetricStore
from lowtide_workbench.aws.sagemaker.endpoint import HostedEndpoint
from lowtide_workbench.aws.sagemaker.hosting import Hosting
from lowtide_workbench.aws.sagemaker_runtime.asynchronous.acceptance import accepted_job
from lowtide_workbench.aws.sagemaker_runtime.asynchronous.job import End, Job
from lowtide_workbench.aws.sagemaker_runtime.asynchronous.metrics import (
    EVERY_S,
    AsynchronousMetrics,
)
from lowtide_workbench.aws.sagemaker_runtime.asynchronous.queue import Ended, JobQueue
from lowtide_workbench.aws.sagemaker_runtime.asynchronous.results import Notifications, deliver
from lowtide_workbench.aws.settings import CloudSettings

type Document = Mapping[str, Any]

# The request of a job of traffic: any that AWS would let end.
_PLAYED = {"ContentType": "application/json", "InvocationTimeoutSeconds": 3600}


@dataclass(slots=True)
class JobCounts:
    """The true state of an endpoint's jobs, over every life of the endpoint."""

    accepted: int = 0
    processed: int = 0
    failed: int = 0
    expired: int = 0
    lost: int = 0  # without a result, an error or a message
    waiting: int = 0
    running: int = 0

    def add(self, end: End) -> None:
        self.processed += end is End.PROCESSED
        self.expired += end is End.EXPIRED
        self.lost += end is End.LOST
        self.failed += end not in (End.PROCESSED, End.EXPIRED, End.LOST)


class AsynchronousInference:
    def __init__(self, hosting: Hosting, store: MetricStore, settings: CloudSettings) -> None:
        self.counts: defaultdict[str, JobCounts] = defaultdict(JobCounts)
        self._hosting = hosting
        self._settings = settings.asynchronous
        self._metrics = AsynchronousMetrics(store, settings)
        self._queues: dict[str, JobQueue] = {}
        self._kept: dict[str, list[Job]] = {}  # of endpoints that are gone

    def accept(self, endpoint: HostedEndpoint, request: Document, body: bytes, now: float) -> Job:
        job = accepted_job(endpoint, request, body, now, self._settings.work_s)
        self.counts[endpoint.name].accepted += 1
        self._queue(endpoint, now).add([job])
        return job

    def advance(self, now: float) -> None:
        for endpoint in list(self._hosting.endpoints.values()):
            if endpoint.asynchronous and endpoint.serving:
                self._play(endpoint, now)
        for name, queue in list(self._queues.items()):
            for ended in queue.advance(now):
                self._finish(queue.endpoint, ended)
            if queue.endpoint.gone or queue.endpoint.status == "Deleting":
                self._close(name, queue)
            elif queue.endpoint.serving and now % EVERY_S == 0:
                self._metrics.publish(queue, now)

    def count(self, endpoint: str) -> JobCounts:
        counts, queue = self.counts[endpoint], self._queues.get(endpoint)
        counts.waiting = len(queue.waiting) if queue else 0
        counts.running = len(queue.running) if queue else 0
        return counts

    def on_event(self, event: Document) -> None:
        """Sends the test messages when an endpoint is created, updated or scaled (facts A31)."""
        if event["source"] != "aws.sagemaker" or not self._settings.test_notifications:
            return
        detail = event["detail"]
        endpoint = self._hosting.endpoints.get(detail["EndpointName"])
        if endpoint is not None and detail["EndpointStatus"] in ("CREATING", "UPDATING"):
            Notifications(endpoint.config.request).test()

    def _play(self, endpoint: HostedEndpoint, now: float) -> None:
        """Puts the jobs of traffic into the queue."""
        queue, sessions = self._queue(endpoint, now), endpoint.jobs
        endpoint.jobs = []
        self.counts[endpoint.name].accepted += len(sessions)
        queue.add(accepted_job(endpoint, _PLAYED, b"{}", at, work_s) for at, work_s in sessions)

    def _queue(self, endpoint: HostedEndpoint, now: float) -> JobQueue:
        queue = self._queues.get(endpoint.name)
        if queue is None:
            queue = self._queues[endpoint.name] = JobQueue(endpoint, self._settings, now)
            queue.add(self._kept.pop(endpoint.name, ()))
        return queue

    def _close(self, name: str, queue: JobQueue) -> None:
        """Loses the queue with its endpoint, or keeps it for the next one (facts A81 to A83)."""
        del self._queues[name]
        if self._settings.queue_outlives_endpoint:
            self._kept[name] = queue.waiting
        else:
            self.counts[name].lost += len(queue.waiting)

    def _finish(self, endpoint: HostedEndpoint, ended: Ended) -> None:
        end, told = ended.end, True
        variant = ended.run.worker.variant if ended.run else next(iter(endpoint.variants))
        if end is not End.LOST:
            notifications = Notifications(endpoint.config.request)
            end, told = deliver(ended.job, end, ended.at, notifications)
            self._metrics.count_end(ended, end, variant)
        self.counts[endpoint.name].add(end)
        if not told:
            self._metrics.count(endpoint.name, variant, "NotificationFailures")
