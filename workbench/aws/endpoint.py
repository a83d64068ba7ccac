"""One endpoint: its variants' fleets, and the statuses that it takes time to go through."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workbench.aws.endpoint_configs import EndpointConfig, pools_of, rules_of
from workbench.aws.settings import Settings
from workbench.fleet.fleet import Fleet, Session
from workbench.fleet.tally import Tally

type Status = Literal["Creating", "InService", "Updating", "RollingBack", "Deleting", "Failed"]

SERVING: frozenset[Status] = frozenset({"InService", "Updating", "RollingBack"})
DELETABLE: frozenset[Status] = frozenset({"InService", "Failed"})

NO_CAPACITY = (
    "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. "
    "Please retry using a different ML instance type or after some time. Consider configuring "
    "InstancePools in your EndpointConfig with multiple instance types for priority-based "
    "fallback to improve capacity availability."
)


@dataclass(slots=True)
class Variant:
    request: Mapping[str, Any]  # as the configuration has it
    fleet: Fleet
    weight: float


@dataclass(frozen=True, slots=True)
class Change:
    """What UpdateEndpointWeightsAndCapacities asks of one variant."""

    weight: float | None = None
    count: int | None = None


class Endpoint:
    """Level by level: each `advance` moves the traffic on, then the status if it is time."""

    def __init__(
        self,
        name: str,
        arn: str,
        config: EndpointConfig,
        settings: Settings,
        chance: random.Random,
        tally: Tally,
        on_change: "Callable[[Endpoint, float], None]",
    ) -> None:
        self.name = name
        self.arn = arn
        self.config = config
        self.deployment: Mapping[str, Any] | None = None
        self.status: Status = "Creating"
        self.failure: str | None = None
        self.created = self.modified = 0.0
        self.gone = False
        self._settings = settings
        self._chance = chance
        self._tally = tally
        self._on_change = on_change
        self._until: float | None = None  # when the present status ends, once that is known
        self.variants = {each["VariantName"]: self._variant(each) for each in self._requests}

    @property
    def serving(self) -> bool:
        return self.status in SERVING

    def create(self, now: float) -> None:
        self.created = now
        for variant in self.variants.values():
            variant.fleet.advance(now)
            variant.fleet.scale_to(variant.request.get("InitialInstanceCount", 1), now)
        self._become("Creating", now)

    def change(self, changes: Mapping[str, Change], now: float) -> None:
        for name, change in changes.items():
            variant = self.variants[name]
            if change.weight is not None:
                variant.weight = change.weight
            if change.count is not None:
                variant.fleet.scale_to(change.count, now)
        self._until = now + self._settings.update_s
        self._become("Updating", now)

    def delete(self, now: float) -> None:
        for variant in self.variants.values():
            variant.fleet.scale_to(0, now, self._settings.on_delete)
        self._until = now + self._chance.uniform(*self._settings.deletion_s)
        self._become("Deleting", now)

    def advance(self, now: float, arrivals: Sequence[Session]) -> None:
        if not self.serving:
            self._tally.unserved += len(arrivals)
            arrivals = ()
        for variant, share in self._shares(arrivals):
            variant.fleet.advance(now, share)
        self._progress(now)

    @property
    def _requests(self) -> Sequence[Mapping[str, Any]]:
        requests: Sequence[Mapping[str, Any]] = self.config.request["ProductionVariants"]
        return requests

    def _variant(self, request: Mapping[str, Any]) -> Variant:
        settings = self._settings
        pools, rules = pools_of(request, settings), rules_of(request, settings)
        fleet = Fleet(pools, rules, self._chance, self._tally)
        return Variant(request, fleet, request.get("InitialVariantWeight", 1.0))

    def _shares(self, arrivals: Sequence[Session]) -> Sequence[tuple[Variant, Sequence[Session]]]:
        """Traffic is dealt out by weight, a session at a time."""
        variants = list(self.variants.values())
        if len(variants) == 1 or not arrivals:
            return [(variant, arrivals) for variant in variants]
        weights = [variant.weight for variant in variants]
        dealt = self._chance.choices(range(len(variants)), weights, k=len(arrivals))
        return [
            (variant, [each for each, to in zip(arrivals, dealt, strict=True) if to == index])
            for index, variant in enumerate(variants)
        ]

    def _progress(self, now: float) -> None:
        match self.status:
            case "Creating":
                self._create_on(now)
            case "Updating":
                self._update_on(now)
            case "RollingBack" if self._over(now):
                self._become("InService", now)
            case "Deleting" if self._over(now):
                self._close(now)
                self.gone = True

    def _create_on(self, now: float) -> None:
        if self._short_of_capacity:
            self._close(now)
            self.failure = NO_CAPACITY
            self._become("Failed", now)
        elif self._settled and self._until is None:
            self._until = now + self._settings.container_start_s
        elif self._over(now):
            self._become("InService", now)

    def _update_on(self, now: float) -> None:
        if self._short_of_capacity:
            self.failure = NO_CAPACITY
            self._until = now + self._settings.update_s
            self._become("RollingBack", now)
        elif self._settled and self._over(now):
            self.failure = None
            self._become("InService", now)

    @property
    def _short_of_capacity(self) -> bool:
        return any(variant.fleet.failed for variant in self.variants.values())

    @property
    def _settled(self) -> bool:
        return all(variant.fleet.settled for variant in self.variants.values())

    def _over(self, now: float) -> bool:
        return self._until is not None and now >= self._until

    def _close(self, now: float) -> None:
        for variant in self.variants.values():
            variant.fleet.close(now)

    def _become(self, status: Status, now: float) -> None:
        self.status = status
        self.modified = now
        self._on_change(self, now)
