"""The metrics that SageMaker publishes to CloudWatch: namespace AWS/SageMaker (facts 1 and 2)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from lowtide_workbench.aws.cloudwatch.metric_store import MetricName, MetricStore, Statistics, of
from lowtide_workbench.aws.sagemaker.endpoint import HostedEndpoint
from lowtide_workbench.aws.settings import CloudSettings, Samples
from lowtide_workbench.fleet.instance import Instance

NAMESPACE = "AWS/SageMaker"
CONCURRENCY_S = 10
INVOCATIONS_S = 60

type Dimensions = tuple[tuple[str, str], ...]


class EndpointMetrics:
    def __init__(self, store: MetricStore, settings: CloudSettings) -> None:
        self._store = store
        self._settings = settings

    def measure(self, endpoint: HostedEndpoint, now: float) -> None:
        """Publishes the metrics of the periods that end now."""
        if not endpoint.serving or endpoint.asynchronous:  # facts A38
            return
        config = endpoint.config.request.get("MetricsConfig", {})
        enhanced = bool(config.get("EnableEnhancedMetrics"))
        every = config.get("MetricPublishFrequencyInSeconds") if enhanced else None
        concurrency_s, invocations_s = every or CONCURRENCY_S, every or INVOCATIONS_S
        for variant, instances in self._instances(endpoint).items():
            names = ("EndpointName", endpoint.name), ("VariantName", variant)
            pools = "InstancePools" in endpoint.variants[variant].request
            groups = list(_groups(names, instances, by_type=pools, by_instance=enhanced))
            if now % concurrency_s == 0:
                self._concurrency(groups, now - concurrency_s, fine=concurrency_s < 60)
            if now % invocations_s == 0:
                self._invocations(groups, now - invocations_s, fine=invocations_s < 60)
                for instance in instances:
                    instance.sessions = 0

    def _instances(self, endpoint: HostedEndpoint) -> Mapping[str, list[Instance]]:
        """The instances by variant, of both generations during an update."""
        instances: dict[str, list[Instance]] = {name: [] for name in endpoint.variants}
        for generation in endpoint.generations:
            for name in instances.keys() & generation.variants.keys():
                instances[name] += generation.variants[name].fleet.live
        return instances

    def _concurrency(
        self, groups: Sequence[tuple[Dimensions, list[Instance]]], at: float, *, fine: bool
    ) -> None:
        zeros = self._settings.zeros_when_idle
        for dimensions, instances in groups:
            streams = [instance.streams for instance in instances if instance.streams or zeros]
            if streams:
                sample = of(_samples(streams, self._settings.samples))
                self._put("ConcurrentRequestsPerModel", dimensions, sample, at, fine=fine)

    def _invocations(
        self, groups: Sequence[tuple[Dimensions, list[Instance]]], at: float, *, fine: bool
    ) -> None:
        """One sample a session; each is 1/n of InvocationsPerInstance, so Sum is per instance."""
        for dimensions, instances in groups:
            count = sum(instance.sessions for instance in instances)
            per_instance = 1 / len(instances)
            for name, value in (("Invocations", 1.0), ("InvocationsPerInstance", per_instance)):
                if count:
                    sample = Statistics(count * value, count, value, value)
                    self._put(name, dimensions, sample, at, fine=fine)
                elif self._settings.zeros_when_idle:
                    self._put(name, dimensions, of([0.0]), at, fine=fine)

    def _put(
        self, name: str, dimensions: Dimensions, sample: Statistics, at: float, *, fine: bool
    ) -> None:
        unit = "None" if name == "InvocationsPerInstance" else "Count"
        self._store.put(_series(name, dimensions), at, sample, fine=fine, unit=unit)


def _samples(streams: Sequence[int], samples: Samples) -> Sequence[float]:
    if samples is Samples.EACH_INSTANCE:
        return streams
    return [sum(streams) / (len(streams) if samples is Samples.MEAN else 1)]


@lru_cache(maxsize=10_000)
def _series(name: str, dimensions: Dimensions) -> MetricName:
    return MetricName(NAMESPACE, name, frozenset(dimensions))


def _groups(
    names: Dimensions, instances: Sequence[Instance], *, by_type: bool, by_instance: bool
) -> Iterator[tuple[Dimensions, list[Instance]]]:
    """The instances of each set of dimensions: by type with pools, by id with enhanced metrics."""
    if not instances:
        return
    yield names, list(instances)
    if by_type:
        types: defaultdict[str, list[Instance]] = defaultdict(list)
        for instance in instances:
            types[instance.pool.instance_type].append(instance)
        for instance_type, group in types.items():
            yield (*names, ("InstanceType", instance_type)), group
    if by_instance:
        for instance in instances:
            yield (*names, ("InstanceId", f"i-{instance.number:017x}")), [instance]
