"""The workers of an endpoint: each live instance takes several jobs at once."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lowtide_workbench.aws.sagemaker.endpoint import HostedEndpoint
from lowtide_workbench.aws.sagemaker_runtime.asynchronous.job import End, Job
from lowtide_workbench.aws.settings import AsynchronousSettings
from lowtide_workbench.fleet.instance import Instance


@dataclass(slots=True, eq=False)
class Worker:
    """One of the MaxConcurrentInvocationsPerInstance places of an instance."""

    variant: str
    instance: Instance
    free_at: float


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A job on a worker, and how it will end unless its instance is removed before."""

    job: Job
    worker: Worker
    began: float
    ends: float
    end: End

    @property
    def interrupted(self) -> bool:
        """Whether its instance was removed before its end."""
        instance = self.worker.instance
        return instance.gone and instance.billed_until < self.ends


@dataclass(slots=True)
class Workers:
    settings: AsynchronousSettings
    _places: dict[Instance, list[Worker]] = field(default_factory=dict)

    def of(self, endpoint: HostedEndpoint) -> list[Worker]:
        """The workers of the instances that serve now, each with the instant it is free at."""
        config = endpoint.config.request["AsyncInferenceConfig"].get("ClientConfig", {})
        count = config.get("MaxConcurrentInvocationsPerInstance", self.settings.concurrency)
        serving = dict(_serving(endpoint))
        self._places = {
            instance: self._places.get(instance)
            or [Worker(variant, instance, instance.ready_at) for _ in range(count)]
            for instance, variant in serving.items()
        }
        return [worker for workers in self._places.values() for worker in workers]

    def begin(self, job: Job, worker: Worker, began: float) -> Run:
        took = job.work_s / self.settings.speed.get(worker.instance.pool.instance_type, 1.0)
        end = End.PROCESSED if job.status < 400 else End.MODEL_FAILED
        if took > job.timeout_s:
            took, end = job.timeout_s, End.TIMED_OUT
        worker.free_at = began + took
        return Run(job, worker, began, began + took, end)


def _serving(endpoint: HostedEndpoint) -> Iterator[tuple[Instance, str]]:
    if endpoint.serving:
        for name, variant in endpoint.variants.items():
            for instance in variant.fleet.live:
                yield instance, name
