"""One endpoint: its generations of variants, and the statuses that it takes time to go through."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workbench.aws.deployments import BlueGreen, Deployment, Rolling
from workbench.aws.endpoint_configs import EndpointConfig
from workbench.aws.failures import ALARM, NO_CAPACITY, TOO_LONG
from workbench.aws.settings import Settings
from workbench.aws.variant import Generation, Variant
from workbench.fleet.fleet import Fleet, Session
from workbench.fleet.tally import Tally

type Status = Literal[
    "Creating",
    "InService",
    "Updating",
    "SystemUpdating",
    "RollingBack",
    "Deleting",
    "Failed",
    "OutOfService",
    "UpdateRollbackFailed",
]

SERVING: frozenset[Status] = frozenset(
    {"InService", "Updating", "RollingBack", "SystemUpdating", "UpdateRollbackFailed"}
)
DELETABLE: frozenset[Status] = frozenset(
    {"InService", "Failed", "OutOfService", "UpdateRollbackFailed"}
)
UPDATABLE: frozenset[Status] = frozenset({"InService", "UpdateRollbackFailed"})
SCALABLE: frozenset[Status] = frozenset({"InService"})
IN_PROGRESS: frozenset[Status] = frozenset(
    {"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"}
)


@dataclass(frozen=True, slots=True)
class Change:
    """What UpdateEndpointWeightsAndCapacities asks of one variant."""

    weight: float | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Doom:
    """A failure that is certain, and takes its time to show."""

    at: float
    reason: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    settings: Settings
    chance: random.Random
    on_change: "Callable[[Endpoint, float], None]"
    first_in_alarm: Callable[[Iterable[str]], str | None]


class Endpoint:
    """Level by level: each `advance` moves the traffic on, then the status if it is time."""

    def __init__(
        self, name: str, arn: str, first: Generation, tally: Tally, around: Surroundings
    ) -> None:
        self.name = name
        self.arn = arn
        self.present = first
        self.deployment: Deployment | None = None
        self.deployment_config: Mapping[str, Any] = {}
        self.status: Status = "Creating"
        self.history: list[tuple[float, Status]] = []
        self.failure: str | None = None
        self.created = self.modified = 0.0
        self.began = 0.0  # what it is at: creation, update, scaling
        self.gone = False
        self._tally = tally
        self._around = around
        self._settings = around.settings
        self._retired: list[Generation] = []  # out of service, with sessions still to finish
        self._doom: Doom | None = None
        self._before: dict[str, Change] = {}  # what a scaling that fails goes back to
        self._until = 0.0  # the earliest end of what it is at
        self._job: Callable[[float], None] | None = None

    @property
    def config(self) -> EndpointConfig:
        return self.present.config

    @property
    def variants(self) -> Mapping[str, Variant]:
        return self.present.variants

    @property
    def generations(self) -> list[Generation]:
        """Those that serve, or are to."""
        both = self.deployment is not None and self.deployment.new is not self.present
        return [self.present, self.deployment.new] if both and self.deployment else [self.present]

    @property
    def fleets(self) -> list[Fleet]:
        return [fleet for generation in self.generations for fleet in generation.fleets]

    @property
    def serving(self) -> bool:
        return self.status in SERVING

    @property
    def in_progress(self) -> bool:
        return self.status in IN_PROGRESS

    def status_at(self, at: float) -> Status | None:
        """None before it existed."""
        return next((status for since, status in reversed(self.history) if since <= at), None)

    def create(self, deployment: Mapping[str, Any] | None, late: str | None, now: float) -> None:
        self.created = now
        self.deployment_config = deployment or {}
        start_s = self._settings.container_start_s
        self._deploy(BlueGreen(self.present, None, start_s, now), late, now)
        self._become("Creating", now)

    def update(
        self, new: Generation, deployment: Mapping[str, Any] | None, late: str | None, now: float
    ) -> None:
        if self.deployment is not None:  # a roll-back that failed left both generations in service
            self._retired.append(self.deployment.new)
        self.deployment_config = deployment or {}
        rolling = self.deployment_config.get("RollingUpdatePolicy")
        start_s = self._settings.container_start_s
        if rolling:
            self._deploy(Rolling(self.present, new, rolling, start_s, now), late, now)
        else:
            policy = self.deployment_config.get("BlueGreenUpdatePolicy")
            self._deploy(BlueGreen(new, policy, start_s, now), late, now)
        self._become("Updating", now)

    def change(self, changes: Mapping[str, Change], now: float, late: str | None = None) -> None:
        self._before = {
            name: Change(self.variants[name].weight, self.variants[name].fleet.desired)
            for name in changes
        }
        self._foresee(late, now)
        if late is None:
            self._apply(changes, now)
        self._begin(self._scale, self._settings.update_s, now)
        self._become("Updating", now)

    def impose(self, status: Status, lasts_s: float | None, now: float) -> None:
        """What AWS does of its own: maintenance, or taking it out of service."""
        self._begin(self._rest, float("inf") if lasts_s is None else lasts_s, now)
        self._become(status, now)

    def delete(self, now: float) -> None:
        for fleet in self.fleets:
            fleet.scale_to(0, now, self._settings.on_delete)
        lasts_s = self._around.chance.uniform(*self._settings.deletion_s)
        self._begin(self._end, lasts_s, now)
        self._become("Deleting", now)

    def advance(self, now: float, arrivals: Sequence[Session]) -> None:
        if not self.serving:
            self._tally.unserved += len(arrivals)
            arrivals = ()
        for fleet, share in self._dealt(arrivals):
            fleet.advance(now, share)
        if self._retired:
            self._advance_retired(now)
        if self._job is not None:
            self._job(now)

    def _advance_retired(self, now: float) -> None:
        for generation in self._retired:
            for fleet in generation.fleets:
                fleet.advance(now)
        self._retired = [each for each in self._retired if each.busy]

    def _dealt(self, arrivals: Sequence[Session]) -> Sequence[tuple[Fleet, Sequence[Session]]]:
        """Traffic is dealt out by weight, a session at a time; shadows get none of it."""
        shares = self._shares()
        if len(shares) == 1 or not arrivals:
            return [(fleet, arrivals) for fleet, _ in shares]
        weights = [weight for _, weight in shares]
        if not any(weights):
            self._tally.unserved += len(arrivals)
            return [(fleet, ()) for fleet, _ in shares]
        dealt = self._around.chance.choices(range(len(shares)), weights, k=len(arrivals))
        return [
            (fleet, [each for each, to in zip(arrivals, dealt, strict=True) if to == index])
            for index, (fleet, _) in enumerate(shares)
        ]

    def _shares(self) -> list[tuple[Fleet, float]]:
        new = self.deployment.share if self.deployment is not None else 0.0
        parts = [1 - new, new] if len(self.generations) > 1 else [1.0]
        return [
            (variant.fleet, 0.0 if name in generation.shadows else variant.weight * part)
            for generation, part in zip(self.generations, parts, strict=True)
            for name, variant in (*generation.variants.items(), *generation.shadows.items())
        ]

    def _begin(self, job: Callable[[float], None], least_s: float, now: float) -> None:
        self.began, self._until = now, now + least_s
        self.failure = None if job is not self._end else self.failure
        self._job = job

    def _foresee(self, late: str | None, now: float) -> None:
        self._doom = Doom(now + self._settings.quota_failure_s, late) if late else None

    def _deploy(self, deployment: Deployment, late: str | None, now: float) -> None:
        self.deployment = deployment
        self._begin(self._roll_out, 0, now)
        self._foresee(late, now)
        failing = [
            Doom(now + self._settings.failure_s[failure], failure.reason(variant))
            for generation in (deployment.new,)
            for variant, each in generation.variants.items()
            for failure in (self._settings.failures.get(model) for model in each.models)
            if failure is not None
        ]
        self._doom = self._doom or min(failing, key=lambda doom: doom.at, default=None)

    def _roll_out(self, now: float) -> None:
        deployment = self.deployment
        assert deployment is not None  # noqa: S101
        if reason := self._trouble(deployment, now):
            self._fail(reason, now)
        elif self._doom is None:
            deployment.advance(now)
            if deployment.done:
                self._take_over(deployment, now)

    def _trouble(self, deployment: Deployment, now: float) -> str | None:
        if deployment.new.short_of_capacity:
            return NO_CAPACITY
        if self._doom is not None and now >= self._doom.at:
            return self._doom.reason
        if now > self.began + self._most_s:
            return TOO_LONG
        alarms = self.deployment_config.get("AutoRollbackConfiguration", {}).get("Alarms", ())
        tripped = self._around.first_in_alarm(each["AlarmName"] for each in alarms)
        return ALARM.format(tripped) if alarms and tripped else None

    @property
    def _most_s(self) -> float:
        policies = ("BlueGreenUpdatePolicy", "RollingUpdatePolicy")
        given = [self.deployment_config.get(policy, {}) for policy in policies]
        most = [each.get("MaximumExecutionTimeoutInSeconds") for each in given]
        return float(next(filter(None, most), float("inf")))

    def _take_over(self, deployment: Deployment, now: float) -> None:
        if deployment.new is not self.present:
            self.present.retire(now)
            self._retired.append(self.present)
        self.present, self.deployment = deployment.new, None
        self._idle("InService", now)

    def _fail(self, reason: str, now: float) -> None:
        if self.status == "Creating":
            self.present.close(now)
            self.deployment = None
            self.failure = reason
            self._idle("Failed", now)
            return
        if isinstance(self.deployment, Rolling):
            self.deployment.restore(now)
        self._begin(self._roll_back, self._settings.update_s, now)
        self.failure = reason
        if self._settings.rolling_back_after_update:
            self._become("RollingBack", now)

    def _roll_back(self, now: float) -> None:
        """Once the old generation is whole again the new one goes, else both stay."""
        if self.present.short_of_capacity:
            self._idle("UpdateRollbackFailed", now)
        elif now >= self._until and self.present.settled and self.deployment is not None:
            self.deployment.new.retire(now)
            self._retired.append(self.deployment.new)
            self.deployment = None
            self._idle("InService", now)

    def _apply(self, changes: Mapping[str, Change], now: float) -> None:
        for name, change in changes.items():
            variant = self.present.variants[name]
            if change.weight is not None:
                variant.desired_weight = change.weight
            if change.count is not None:
                variant.fleet.scale_to(change.count, now)

    def _scale(self, now: float) -> None:
        doomed = self._doom is not None and now >= self._doom.at
        if self.present.short_of_capacity or doomed:
            reason = self._doom.reason if self._doom else NO_CAPACITY
            self._apply(self._before, now)
            self._begin(self._settle, self._settings.update_s, now)
            self.failure = reason
            self._become("RollingBack", now)
        elif self._doom is None:
            self._settle(now)

    def _settle(self, now: float) -> None:
        if now >= self._until and self.present.settled:
            for variant in self.present.variants.values():
                variant.weight = variant.desired_weight
            self._idle("InService", now)

    def _rest(self, now: float) -> None:
        if now >= self._until:
            self._idle("InService", now)

    def _end(self, now: float) -> None:
        if now >= self._until:
            for generation in (*self.generations, *self._retired):
                generation.close(now)
            self.gone = True

    def _idle(self, status: Status, now: float) -> None:
        self._job = self._doom = None
        self._become(status, now)

    def _become(self, status: Status, now: float) -> None:
        self.status = status
        self.modified = now
        self.history.append((now, status))
        self._around.on_change(self, now)
