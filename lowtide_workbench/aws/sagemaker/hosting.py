"""All endpoints of the account: what exists, moves on with time, and says so."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from lowtide_workbench.aws.cloudwatch.metric_store import MetricStore
from lowtide_workbench.aws.eventbridge.bus import Bus
from lowtide_workbench.aws.protocol.arns import arn
from lowtide_workbench.aws.protocol.refusal import Refusal, invalid
from lowtide_workbench.aws.sagemaker.endpoint import Dependencies, HostedEndpoint, VariantChange
from lowtide_workbench.aws.sagemaker.endpoint_configs import EndpointConfig
from lowtide_workbench.aws.sagemaker.metrics import EndpointMetrics
from lowtide_workbench.aws.sagemaker.quotas import Demand, refuse_beyond
from lowtide_workbench.aws.sagemaker.state_change_events import tell_change, tell_deployment
from lowtide_workbench.aws.sagemaker.status import SCALABLE, Status
from lowtide_workbench.aws.sagemaker.tags import TagsApi
from lowtide_workbench.aws.sagemaker.traffic import Traffic
from lowtide_workbench.aws.sagemaker.variant import Generation, VariantFactory
from lowtide_workbench.aws.settings import CloudSettings, QuotaRefusal
from lowtide_workbench.fleet.fleet import Fleet, Session
from lowtide_workbench.fleet.tally import Tally


class Gone(NamedTuple):
    endpoint: HostedEndpoint
    at: float


class Seen(NamedTuple):
    """An endpoint as Describe and List show it: perhaps a little late."""

    endpoint: HostedEndpoint
    status: Status


class Hosting:
    def __init__(
        self,
        settings: CloudSettings,
        bus: Bus,
        metrics: MetricStore,
        tags: TagsApi,
        first_in_alarm: Callable[[Iterable[str]], str | None],
    ) -> None:
        self.endpoints: dict[str, HostedEndpoint] = {}
        self.tallies: defaultdict[str, Tally] = defaultdict(Tally)
        self.statuses: list[tuple[datetime, str, str]] = []
        self._gone: dict[str, Gone] = {}  # by name in lower case
        self._traffic: dict[str, Traffic] = {}
        self._settings = settings
        self._bus = bus
        self._metrics = EndpointMetrics(metrics, settings)
        self._tags = tags
        chance = random.Random(settings.seed)
        self._around = Dependencies(
            settings, chance, self._announce, self._announce_stage, first_in_alarm
        )

    def play(self, name: str, traffic: Traffic) -> None:
        self._traffic[name] = traffic

    def find(self, name: str) -> HostedEndpoint:
        """Names are told apart whatever their case."""
        endpoint = self._present(name)
        if endpoint is None:
            raise invalid(f'Could not find endpoint "{arn("endpoint", name)}".')
        return endpoint

    def seen(self, name: str, now: float) -> Seen:
        at = now - self._settings.read_lag_s
        endpoint, gone = self._present(name), self._gone.get(name.lower())
        status = endpoint.status_at(at) if endpoint is not None else None
        if endpoint is not None and status is not None:
            return Seen(endpoint, status)
        if gone is not None and gone.at > at:
            return Seen(gone.endpoint, gone.endpoint.status)
        raise invalid(f'Could not find endpoint "{arn("endpoint", name)}".')

    def all_seen(self, now: float) -> list[Seen]:
        at = now - self._settings.read_lag_s
        seen = [Seen(gone.endpoint, "Deleting") for gone in self._gone.values() if gone.at > at]
        present = ((each, each.status_at(at)) for each in self.endpoints.values())
        return seen + [Seen(each, status) for each, status in present if status]

    def create(
        self,
        name: str,
        config: EndpointConfig,
        tags: Sequence[Mapping[str, str]],
        deployment: Mapping[str, Any] | None,
        now: float,
    ) -> HostedEndpoint:
        where = arn("endpoint", name)
        gone = self._gone.get(name.lower())
        lingers = gone is not None and now < gone.at + self._settings.name_lag_s
        if lingers or self._present(name) is not None:
            raise invalid(f'Cannot create already existing endpoint "{where}".')
        generation = self._generation(name, config)
        late = self._over_quota(generation.demands, ())
        self._tags.begin(where, tags)
        endpoint = HostedEndpoint(name, where, generation, self.tallies[name], self._around)
        self.endpoints[name] = endpoint
        endpoint.create(deployment, late, now)
        return endpoint

    def update(
        self,
        endpoint: HostedEndpoint,
        new: Generation,
        deployment: Mapping[str, Any] | None,
        now: float,
    ) -> None:
        """Both generations count until the old one has gone."""
        late = self._over_quota(new.demands, endpoint.fleets)
        endpoint.update(new, deployment, late, now)

    def successor(self, endpoint: HostedEndpoint, config: EndpointConfig) -> Generation:
        return self._generation(endpoint.name, config)

    def change(self, name: str, changes: Mapping[str, VariantChange], now: float) -> HostedEndpoint:
        endpoint = self.find(name)
        if endpoint.status not in SCALABLE:
            raise refused(endpoint)
        for variant in changes:
            if variant not in endpoint.variants:
                raise invalid(f'Could not find variant "{variant}" of endpoint "{endpoint.arn}".')
        asynchronous = "AsyncInferenceConfig" in endpoint.config.request
        if not asynchronous and any(change.count == 0 for change in changes.values()):
            raise invalid("Only an asynchronous endpoint can have DesiredInstanceCount 0.")
        demands = [
            Demand(variant.types, (change.count or 0) - variant.fleet.desired)
            for variant, change in ((endpoint.variants[key], changes[key]) for key in changes)
        ]
        late = self._over_quota(demands, endpoint.fleets)
        endpoint.change(changes, now, late)
        return endpoint

    def impose(self, name: str, status: Status, lasts_s: float | None, now: float) -> None:
        endpoint = self.find(name)
        if endpoint.status != "InService":
            raise ValueError(f"{status} can only befall an endpoint that is InService")
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
                self._forget(endpoint, now)

    def measure(self, now: float) -> None:
        for endpoint in self.endpoints.values():
            self._metrics.measure(endpoint, now)

    def _present(self, name: str) -> HostedEndpoint | None:
        found = self.endpoints.get(name)
        if found is not None:
            return found
        same = (each for each in self.endpoints.values() if each.name.lower() == name.lower())
        return next(same, None)

    def _generation(self, name: str, config: EndpointConfig) -> Generation:
        maker = VariantFactory(self._settings, self._around.chance, self.tallies[name])
        return maker.generation(config)

    def _over_quota(self, demands: Iterable[Demand], own: Iterable[Fleet]) -> str | None:
        """The refusal that is to come later, where it does not come at once."""
        fleets = [fleet for each in self.endpoints.values() for fleet in each.fleets]
        settings = self._settings
        try:
            refuse_beyond(settings.quotas, demands, own, fleets, settings.pool_quota)
        except Refusal as refusal:
            if settings.quota_refusal is QuotaRefusal.AT_ONCE:
                raise
            return f"{refusal.code}: {refusal.message}"
        return None

    def _forget(self, endpoint: HostedEndpoint, now: float) -> None:
        del self.endpoints[endpoint.name]
        self._gone[endpoint.name.lower()] = Gone(endpoint, now)
        at = datetime.fromtimestamp(now, UTC)
        self.statuses.append((at, endpoint.name, "Absent"))
        if self._settings.event_on_deleted:
            tell_change(self._bus, endpoint, "Deleted", self._tags.of(endpoint.arn), at)
        self._tags.end(endpoint.arn)

    def _announce(self, endpoint: HostedEndpoint, now: float) -> None:
        at, tags = datetime.fromtimestamp(now, UTC), self._tags.of(endpoint.arn)
        self.statuses.append((at, endpoint.name, endpoint.status))
        failure = self._settings.event_failure_reason
        tell_change(self._bus, endpoint, endpoint.status, tags, at, failure=failure)
        self._announce_stage(endpoint, now)

    def _announce_stage(self, endpoint: HostedEndpoint, now: float) -> None:
        if self._settings.deployment_events:
            at, tags = datetime.fromtimestamp(now, UTC), self._tags.of(endpoint.arn)
            tell_deployment(self._bus, endpoint, tags, at)


def refused(endpoint: HostedEndpoint) -> Refusal:
    """AWS's words while something is in progress; those for Failed and OutOfService are ours."""
    if endpoint.in_progress:
        return invalid(f'Cannot update in-progress endpoint "{endpoint.arn}".')
    return invalid(f'Cannot update endpoint "{endpoint.arn}" in status {endpoint.status}.')
