"""What SageMaker's hosting publishes to CloudWatch of its own: namespace AWS/SageMaker."""

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
        """Of the periods that end now."""
        if not endpoint.serving:
            return
        config = endpoint.config.request.get("MetricsConfig", {})
        enhanced = bool(config.get("EnableEnhancedMetrics"))
        every = config.get("MetricPublishFrequencyInSeconds") if enhanced else None
        concurrency_s, invocations_s = every or CONCURRENCY_S, every or INVOCATIONS_S
        for variant, instances in self._instances(endpoint).items():
            names = ("EndpointName", endpoint.name), ("VariantName", variant)
            pools = "InstancePools" in endpoint.variants[variant].request
            groups = list(_groups(names, instances, by_type=pools, each=enhanced))
            if now % concurrency_s == 0:
                self._concurrency(groups, now - concurrency_s, fine=concurrency_s < 60)
            if now % invocations_s == 0 and "AsyncInferenceConfig" not in endpoint.config.request:
                self._invocations(groups, now - invocations_s, fine=invocations_s < 60)
                for instance in instances:
                    instance.sessions = 0

    def _instances(self, endpoint: HostedEndpoint) -> Mapping[str, list[Instance]]:
        """Of both generations where one takes over from the other."""
        found: dict[str, list[Instance]] = {name: [] for name in endpoint.variants}
        for generation in endpoint.generations:
            for name in found.keys() & generation.variants.keys():
                fleet = generation.variants[name].fleet
                found[name] += fleet.live
                found[name] += fleet.draining if self._settings.draining_emits else ()
        return found

    def _concurrency(
        self, groups: Sequence[tuple[Dimensions, list[Instance]]], at: float, *, fine: bool
    ) -> None:
        zeros = self._settings.zeros_when_idle
        for dimensions, instances in groups:
            streams = [each.streams for each in instances if each.streams or zeros]
            if streams:
                sample = of(_samples(streams, self._settings.samples))
                self._put("ConcurrentRequestsPerModel", dimensions, sample, at, fine=fine)

    def _invocations(
        self, groups: Sequence[tuple[Dimensions, list[Instance]]], at: float, *, fine: bool
    ) -> None:
        """One sample a session; per instance each counts 1/n, so that the sum is what is wanted."""
        for dimensions, instances in groups:
            count = sum(each.sessions for each in instances)
            for name, one in (("Invocations", 1.0), ("InvocationsPerInstance", 1 / len(instances))):
                if count:
                    sample = Statistics(count * one, count, one, one)
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
    names: Dimensions, instances: Sequence[Instance], *, by_type: bool, each: bool
) -> Iterator[tuple[Dimensions, list[Instance]]]:
    """The dimension sets: by type with pools only, by instance with enhanced metrics only."""
    if not instances:
        return
    yield names, list(instances)
    if by_type:
        types: defaultdict[str, list[Instance]] = defaultdict(list)
        for instance in instances:
            types[instance.pool.instance_type].append(instance)
        for instance_type, group in types.items():
            yield (*names, ("InstanceType", instance_type)), group
    if each:
        for instance in instances:
            yield (*names, ("InstanceId", _id(instance))), [instance]


def _id(instance: Instance) -> str:
    return f"i-{instance.number:017x}"
