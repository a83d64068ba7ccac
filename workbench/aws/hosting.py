"""All endpoints of the account: what exists, moves on with time, and says so."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from workbench.aws.endpoint import Change, Endpoint
from workbench.aws.endpoint_configs import EndpointConfig
from workbench.aws.events import Bus
from workbench.aws.metric_store import MetricStore, metric, of
from workbench.aws.refusal import invalid
from workbench.aws.settings import ACCOUNT, REGION, Settings
from workbench.aws.traffic import Traffic
from workbench.fleet.fleet import Fleet, Session
from workbench.fleet.tally import Tally

type Tags = dict[str, str]


def arn(kind: str, name: str) -> str:
    """Names keep their case, ARNs do not."""
    return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{kind}/{name.lower()}"


class Hosting:
    def __init__(self, settings: Settings, bus: Bus, metrics: MetricStore) -> None:
        self.configs: dict[str, EndpointConfig] = {}
        self.endpoints: dict[str, Endpoint] = {}
        self.tags: dict[str, Tags] = {}  # by ARN
        self.tallies: defaultdict[str, Tally] = defaultdict(Tally)
        self.statuses: list[tuple[datetime, str, str]] = []
        self._traffic: dict[str, Traffic] = {}
        self._settings = settings
        self._bus = bus
        self._metrics = metrics
        self._chance = random.Random(settings.seed)

    def play(self, name: str, traffic: Traffic) -> None:
        self._traffic[name] = traffic

    def find(self, name: str) -> Endpoint:
        """Names are told apart whatever their case."""
        for endpoint in self.endpoints.values():
            if endpoint.name.lower() == name.lower():
                return endpoint
        raise invalid(f'Could not find endpoint "{arn("endpoint", name)}".')

    def config(self, name: str) -> EndpointConfig:
        if name not in self.configs:
            raise invalid(
                f'Could not find endpoint configuration "{arn("endpoint-config", name)}".'
            )
        return self.configs[name]

    def create(
        self,
        name: str,
        config: EndpointConfig,
        tags: Tags,
        deployment: Mapping[str, Any] | None,
        now: float,
    ) -> Endpoint:
        where = arn("endpoint", name)
        if any(each.lower() == name.lower() for each in self.endpoints):
            raise invalid(f'Cannot create already existing endpoint "{where}".')
        tally = self.tallies[name]
        endpoint = Endpoint(
            name, where, config, self._settings, self._chance, tally, self._announce
        )
        endpoint.deployment = deployment
        self.endpoints[name] = endpoint
        self.tags[where] = tags
        endpoint.create(now)
        return endpoint

    def change(self, name: str, changes: Mapping[str, Change], now: float) -> Endpoint:
        endpoint = self.find(name)
        if endpoint.status != "InService":
            raise invalid(f'Cannot update in-progress endpoint "{endpoint.arn}".')
        for variant in changes:
            if variant not in endpoint.variants:
                raise invalid(f'Could not find variant "{variant}" of endpoint "{endpoint.arn}".')
        endpoint.change(changes, now)
        return endpoint

    def advance(self, now: float) -> None:
        for name in [*self.endpoints, *(self._traffic.keys() - self.endpoints.keys())]:
            traffic = self._traffic.get(name)
            arrivals: Sequence[Session] = traffic.take(now) if traffic else ()
            endpoint = self.endpoints.get(name)
            if endpoint is None:
                self.tallies[name].unserved += len(arrivals)
                continue
            endpoint.advance(now, arrivals)
            if endpoint.gone:
                self._forget(endpoint, now)

    def measure(self, now: float) -> None:
        """ConcurrentRequestsPerModel: one sample an instance, for the 10 seconds that end now."""
        for endpoint in self.endpoints.values():
            if not endpoint.serving:
                continue
            for name, variant in endpoint.variants.items():
                self._measure(endpoint.name, name, variant.fleet, now)

    def _measure(self, endpoint: str, variant: str, fleet: Fleet, now: float) -> None:
        instances = [*fleet.live, *(fleet.draining if self._settings.draining_emits else ())]
        by_type: defaultdict[str, list[int]] = defaultdict(list)
        for instance in instances:
            if instance.streams or self._settings.zeros_when_idle:
                by_type[instance.pool.instance_type].append(instance.streams)
        if not by_type:
            return
        names = {"EndpointName": endpoint, "VariantName": variant}
        everything = [streams for each in by_type.values() for streams in each]
        self._emit(everything, now, names)
        for instance_type, streams in by_type.items():
            self._emit(streams, now, names | {"InstanceType": instance_type})

    def _emit(self, streams: Sequence[int], now: float, dimensions: Mapping[str, str]) -> None:
        name = metric("AWS/SageMaker", "ConcurrentRequestsPerModel", **dimensions)
        self._metrics.put(name, now - 10, of(streams), fine=True, unit="Count")

    def _forget(self, endpoint: Endpoint, now: float) -> None:
        del self.endpoints[endpoint.name]
        at = datetime.fromtimestamp(now, UTC)
        self.statuses.append((at, endpoint.name, "Absent"))
        if self._settings.event_on_deleted:
            self._event(endpoint, "DELETED", at)
        self.tags.pop(endpoint.arn, None)

    def _announce(self, endpoint: Endpoint, now: float) -> None:
        at = datetime.fromtimestamp(now, UTC)
        self.statuses.append((at, endpoint.name, endpoint.status))
        self._event(endpoint, _UPPER_SNAKE[endpoint.status], at)

    def _event(self, endpoint: Endpoint, status: str, at: datetime) -> None:
        detail = {
            "EndpointName": endpoint.name,
            "EndpointArn": endpoint.arn,
            "EndpointConfigName": endpoint.config.name,
            "ProductionVariants": [
                {"DesiredWeight": variant.weight, "DesiredInstanceCount": variant.fleet.desired}
                for variant in endpoint.variants.values()
            ],
            "EndpointStatus": status,
            "CreationTime": endpoint.created * 1000,  # milliseconds, as floats
            "LastModifiedTime": endpoint.modified * 1000,
            "Tags": dict(self.tags.get(endpoint.arn, {})),
        }
        self._bus.put("SageMaker Endpoint State Change", endpoint.arn, detail, at)


_UPPER_SNAKE = {
    "Creating": "CREATING",
    "InService": "IN_SERVICE",
    "Updating": "UPDATING",
    "RollingBack": "ROLLING_BACK",
    "Deleting": "DELETING",
    "Failed": "FAILED",
}
