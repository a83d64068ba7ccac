"""A variant of an endpoint, and the generation of variants that one configuration makes."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from lowtide_workbench.aws.sagemaker.endpoint_configs import EndpointConfig, pools_of, rules_of
from lowtide_workbench.aws.sagemaker.quotas import Demand
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.fleet.fleet import Fleet, Removal
from lowtide_workbench.fleet.tally import Tally


@dataclass(slots=True)
class HostedVariant:
    request: Mapping[str, Any]  # as the configuration has it
    fleet: Fleet
    weight: float
    desired_weight: float
    count: int  # of instances, at the start

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(pool.instance_type for pool in self.fleet.pools)

    @property
    def models(self) -> Sequence[str]:
        """The models that its instances run; a pool may override the model (ModelNameOverride)."""
        own = {pool["InstanceType"]: pool for pool in self.request.get("InstancePools", ())}
        default = self.request.get("ModelName")
        models = [
            own.get(kind, {}).get("ModelNameOverride", default) for kind in self.fleet.claimed
        ]
        return [model for model in dict.fromkeys(models) if model]


@dataclass(frozen=True, slots=True)
class VariantChange:
    """The weight and count that UpdateEndpointWeightsAndCapacities gives one variant."""

    weight: float | None = None
    count: int | None = None


@dataclass(slots=True)
class Generation:
    config: EndpointConfig
    variants: dict[str, HostedVariant]
    shadows: dict[str, HostedVariant]

    @property
    def all(self) -> Iterator[HostedVariant]:
        return chain(self.variants.values(), self.shadows.values())

    @property
    def fleets(self) -> list[Fleet]:
        return [variant.fleet for variant in self.all]

    @property
    def settled(self) -> bool:
        return all(fleet.settled for fleet in self.fleets)

    @property
    def short_of_capacity(self) -> bool:
        return any(fleet.failed for fleet in self.fleets)

    @property
    def busy(self) -> bool:
        return any(fleet.live or fleet.draining for fleet in self.fleets)

    @property
    def demands(self) -> list[Demand]:
        return [Demand(variant.types, variant.count) for variant in self.all]

    def launch(self, now: float) -> None:
        for variant in self.all:
            variant.fleet.advance(now)
            variant.fleet.scale_to(variant.count, now)

    def retire(self, now: float) -> None:
        for fleet in self.fleets:
            fleet.scale_to(0, now)

    def close(self, now: float) -> None:
        for fleet in self.fleets:
            fleet.close(now)


@dataclass(frozen=True, slots=True)
class VariantFactory:
    """Makes the generations of one endpoint; one tally counts the sessions of all."""

    settings: CloudSettings
    rng: random.Random
    tally: Tally

    def generation(self, config: EndpointConfig) -> Generation:
        return Generation(
            config,
            self._variants(config, "ProductionVariants"),
            self._variants(config, "ShadowProductionVariants"),
        )

    def _variants(self, config: EndpointConfig, kind: str) -> dict[str, HostedVariant]:
        requests = config.request.get(kind, ())
        return {
            request["VariantName"]: self._variant(request, config.removal(self.settings))
            for request in requests
        }

    def _variant(self, request: Mapping[str, Any], removal: Removal) -> HostedVariant:
        pools = pools_of(request, self.settings)
        rules = replace(rules_of(request, self.settings), removal=removal)
        weight = request.get("InitialVariantWeight", 1.0)
        fleet = Fleet(pools, rules, self.rng, self.tally)
        return HostedVariant(request, fleet, weight, weight, request.get("InitialInstanceCount", 1))
