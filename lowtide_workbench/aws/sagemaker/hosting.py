"""All endpoints of the account: which exist, how time changes them, the events they cause."""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from lowtide_workbench.aws.account import sagemaker_arn
from lowtide_workbench.aws.cloudwatch.metric_store import MetricStore
from lowtide_workbench.aws.eventbridge.bus import Bus
from lowtide_workbench.aws.protocol.refusal import Refusal, invalid
from lowtide_workbench.aws.sagemaker.endpoint import Dependencies, HostedEndpoint
from lowtide_workbench.aws.sagemaker.endpoint_configs import EndpointConfig
from lowtide_workbench.aws.sagemaker.metrics import EndpointMetrics
from lowtide_workbench.aws.sagemaker.quotas import Demand, check_quotas
from lowtide_workbench.aws.sagemaker.state_change_events import put_status_event
from lowtide_workbench.aws.sagemaker.status import SCALABLE, Status
from lowtide_workbench.aws.sagemaker.tags import TagsApi
from lowtide_workbench.aws.sagemaker.traffic import Traffic
from lowtide_workbench.aws.sagemaker.variant import Generation, VariantChange, VariantFactory
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.fleet.fleet import Fleet, Session
from lowtide_workbench.fleet.tally import Tally


class Hosting:
    def __init__(
        self,
        settings: CloudSettings,
        bus: Bus,
        metrics: MetricStore,
        tags: TagsApi,
    ) -> None:
        self.endpoints: dict[str, HostedEndpoint] = {}
        self.tallies: defaultdict[str, Tally] = defaultdict(Tally)
        self.statuses: list[tuple[datetime, str, str]] = []
        self._traffic: dict[str, Traffic] = {}
        self._settings = settings
        self._bus = bus
        self._metrics = EndpointMetrics(metrics, settings)
        self._tags = tags
        self._rng = random.Random(settings.seed)
        self._dependencies = Dependencies(settings, self._rng, self._on_status)

    def play(self, name: str, traffic: Traffic) -> None:
        self._traffic[name] = traffic

    def find(self, name: str) -> HostedEndpoint:
        """The endpoint of that name in any case; ValidationException without one (facts 5)."""
        endpoint = self._present(name)
        if endpoint is None:
            raise _absent(name)
        return endpoint

    def create(
        self,
        name: str,
        config: EndpointConfig,
        tags: Sequence[Mapping[str, str]],
        deployment: Mapping[str, Any] | None,
        now: float,
    ) -> HostedEndpoint:
        endpoint_arn = sagemaker_arn("endpoint", name)
        if self._present(name) is not None:
            raise invalid(f'Cannot create already existing endpoint "{endpoint_arn}".')
        generation = self.generation(name, config)
        self._check_quota(generation.demands, ())
        self._tags.begin(endpoint_arn, tags)
        endpoint = HostedEndpoint(
            name, endpoint_arn, generation, self.tallies[name], self._dependencies
        )
        self.endpoints[name] = endpoint
        endpoint.create(deployment, now)
        return endpoint

    def update(
        self,
        endpoint: HostedEndpoint,
        new: Generation,
        deployment: Mapping[str, Any] | None,
        now: float,
    ) -> None:
        """Begins an update, whose quota must hold both generations at once (facts 5)."""
        self._check_quota(new.demands, endpoint.fleets)
        endpoint.update(new, deployment, now)

    def generation(self, name: str, config: EndpointConfig) -> Generation:
        """New variants for an endpoint; its sessions over all generations are tallied together."""
        return VariantFactory(self._settings, self._rng, self.tallies[name]).generation(config)

    def change(self, name: str, changes: Mapping[str, VariantChange], now: float) -> HostedEndpoint:
        endpoint = self.find(name)
        if endpoint.status not in SCALABLE:
            raise refused(endpoint)
        for variant in changes:
            if variant not in endpoint.variants:
                raise invalid(f'Could not find variant "{variant}" of endpoint "{endpoint.arn}".')
        if not endpoint.asynchronous and any(change.count == 0 for change in changes.values()):
            raise invalid("Only an asynchronous endpoint can have DesiredInstanceCount 0.")
        demands = [
            Demand(variant.types, (change.count or 0) - variant.fleet.desired)
            for variant, change in ((endpoint.variants[key], changes[key]) for key in changes)
        ]
        self._check_quota(demands, endpoint.fleets)
        endpoint.change(changes, now)
        return endpoint

    def impose(self, name: str, status: Status, lasts_s: float | None, now: float) -> None:
        endpoint = self.find(name)
        if endpoint.status != "InService":
            raise ValueError(f"{status} can only be imposed on an endpoint that is InService")
        endpoint.impose(status, lasts_s, now)

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
                self._remove(endpoint, now)

    def measure(self, now: float) -> None:
        for endpoint in self.endpoints.values():
            self._metrics.measure(endpoint, now)

    def _present(self, name: str) -> HostedEndpoint | None:
        if name in self.endpoints:
            return self.endpoints[name]
        others = self.endpoints.values()
        return next((other for other in others if other.name.lower() == name.lower()), None)

    def _check_quota(self, demands: Iterable[Demand], own: Iterable[Fleet]) -> None:
        fleets = [fleet for endpoint in self.endpoints.values() for fleet in endpoint.fleets]
        check_quotas(self._settings.quotas, demands, own, fleets)

    def _remove(self, endpoint: HostedEndpoint, now: float) -> None:
        del self.endpoints[endpoint.name]
        self.statuses.append((datetime.fromtimestamp(now, UTC), endpoint.name, "Absent"))
        self._tags.end(endpoint.arn)

    def _on_status(self, endpoint: HostedEndpoint, now: float) -> None:
        at = datetime.fromtimestamp(now, UTC)
        self.statuses.append((at, endpoint.name, endpoint.status))
        put_status_event(self._bus, endpoint, self._tags.of(endpoint.arn), at)


def _absent(name: str) -> Refusal:
    return invalid(f'Could not find endpoint "{sagemaker_arn("endpoint", name)}".')


def refused(endpoint: HostedEndpoint) -> Refusal:
    """The refusal by status; the text for Failed and OutOfService is ours, the other AWS's."""
    if endpoint.in_progress:
        return invalid(f'Cannot update in-progress endpoint "{endpoint.arn}".')
    return invalid(f'Cannot update endpoint "{endpoint.arn}" in status {endpoint.status}.')
