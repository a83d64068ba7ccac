"""The metrics of asynchronous endpoints, once a minute (facts A34 to A45)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from lowtide_workbench.aws.cloudwatch.metric_store import MetricStore, Statistics, metric, of
from lowtide_workbench.aws.sagemaker_runtime.asynchronous.job import End
from lowtide_workbench.aws.sagemaker_runtime.asynchronous.queue import Ended, JobQueue
from lowtide_workbench.aws.settings import CloudSettings

NAMESPACE = "AWS/SageMaker"
EVERY_S = 60
_UNITS = {"TimeInBacklog": "Milliseconds", "TotalProcessingTime": "Milliseconds",
          "ModelLatency": "Microseconds", "ApproximateAgeOfOldestRequest": "Seconds"}  # fmt: skip
_FAILURES: Mapping[End, tuple[str, ...]] = {
    End.MODEL_FAILED: ("InvocationFailures", "Invocation5XXErrors"),
    End.TIMED_OUT: ("InvocationFailures",),
    End.NO_INPUT: ("InvocationFailures", "RequestDownloadFailures"),
    End.NO_OUTPUT: ("InvocationFailures", "ResponseUploadFailures"),
    End.INTERRUPTED: ("InvocationFailures",),
    End.EXPIRED: ("ExpiredRequests",),
}


class AsynchronousMetrics:
    def __init__(self, store: MetricStore, settings: CloudSettings) -> None:
        self._store = store
        self._settings = settings
        self._samples: defaultdict[tuple[str, str, str], list[float]] = defaultdict(list)

    def count(self, endpoint: str, variant: str, name: str, value: float = 1.0) -> None:
        self._samples[endpoint, variant, name].append(value)

    def count_end(self, ended: Ended, end: End, variant: str) -> None:
        job, run = ended.job, ended.run
        for name in _FAILURES.get(end, ()):
            self.count(job.endpoint, variant, name)
        if run is not None:
            times = {
                self._settings.asynchronous.processed_metric: 1.0,
                "TimeInBacklog": (run.began - job.accepted) * 1000,
                "TotalProcessingTime": (ended.at - job.accepted) * 1000,
                "ModelLatency": (ended.at - run.began) * 1_000_000,
            }
            for name, value in times.items():
                self.count(job.endpoint, variant, name, value)

    def publish(self, queue: JobQueue, now: float) -> None:
        """Publishes the minute that ends now."""
        for name, value in self._of_queue(queue, now):
            self._put(name, of([value]), now, EndpointName=queue.endpoint.name)
        for key in [key for key in self._samples if key[0] == queue.endpoint.name]:
            endpoint, variant, name = key
            sample = of(self._samples.pop(key))
            self._put(name, sample, now, EndpointName=endpoint, VariantName=variant)

    def _of_queue(self, queue: JobQueue, now: float) -> Iterator[tuple[str, float]]:
        """The metrics that have EndpointName as their only dimension."""
        settings = self._settings.asynchronous
        waiting = queue.waiting
        backlog = len(waiting) + (len(queue.running) if settings.backlog_has_running else 0)
        fleets = [variant.fleet for variant in queue.endpoint.variants.values()]
        live = sum(len(fleet.live) for fleet in fleets)
        yield "ApproximateBacklogSize", backlog
        if live or settings.per_instance_at_zero:
            yield "ApproximateBacklogSizePerInstance", backlog / max(live, 1)
        if waiting or self._settings.zeros_when_idle:
            oldest = min((job.accepted for job in waiting), default=now)
            yield "ApproximateAgeOfOldestRequest", now - oldest
        yield "HasBacklogWithoutCapacity", float(bool(waiting) and not live)

    def _put(self, name: str, sample: Statistics, now: float, **dimensions: str) -> None:
        unit = _UNITS.get(name, "Count")
        self._store.put(metric(NAMESPACE, name, **dimensions), now - EVERY_S, sample, unit=unit)
