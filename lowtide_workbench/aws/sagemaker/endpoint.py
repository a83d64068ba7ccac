"""One endpoint: its generations of variants, and the statuses that it takes time to go through."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lowtide_workbench.aws.sagemaker.deployment_failures import (
    DeploymentFailure,
    FailureWatch,
    FirstInAlarm,
)
from lowtide_workbench.aws.sagemaker.deployments import BlueGreen, Deployment, Rolling
from lowtide_workbench.aws.sagemaker.endpoint_configs import EndpointConfig
from lowtide_workbench.aws.sagemaker.status import IN_PROGRESS, SERVING, Status
from lowtide_workbench.aws.sagemaker.traffic_split import dealt, shares
from lowtide_workbench.aws.sagemaker.variant import Generation, HostedVariant
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.fleet.fleet import Fleet, Session
from lowtide_workbench.fleet.tally import Tally


@dataclass(frozen=True, slots=True)
class VariantChange:
    """What UpdateEndpointWeightsAndCapacities asks of one variant."""

    weight: float | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Dependencies:
    settings: CloudSettings
    chance: random.Random
    on_change: "Callable[[HostedEndpoint, float], None]"
    on_stage: "Callable[[HostedEndpoint, float], None]"  # of a deployment
    first_in_alarm: FirstInAlarm


class HostedEndpoint:
    """Level by level: each `advance` moves the traffic on, then the status if it is time."""

    def __init__(
        self, name: str, arn: str, first: Generation, tally: Tally, around: Dependencies
    ) -> None:
        self.name = name
        self.arn = arn
        self.present = first
        self.deployment: Deployment | None = None
        self.deployment_config: Mapping[str, Any] = {}
        self.status: Status = "Creating"
        self.failure: str | None = None  # stays, after a roll-back, until something else begins
        self.created = self.modified = 0.0
        self.began = 0.0  # what it is at: creation, update, scaling
        self.gone = False
        self._tally = tally
        self._around = around
        self._settings = around.settings
        self._history: list[tuple[float, Status]] = []
        self._retired: list[Generation] = []  # out of service, with sessions still to finish
        self._troubles = FailureWatch(0, around.first_in_alarm)
        self._before: dict[str, VariantChange] = {}  # what a scaling that fails goes back to
        self._until = 0.0  # the earliest end of what it is at
        self._job: Callable[[float], None] | None = None

    @property
    def config(self) -> EndpointConfig:
        return self.present.config

    @property
    def variants(self) -> Mapping[str, HostedVariant]:
        return self.present.variants

    @property
    def generations(self) -> list[Generation]:
        """Those that serve, or are to."""
        new = None if self.deployment is None else self.deployment.new
        return [self.present] if new in (None, self.present) else [self.present, new]

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
        return next((status for since, status in reversed(self._history) if since <= at), None)

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
            self._retire(self.deployment.new, now)
        self.deployment_config = deployment or {}
        rolling = self.deployment_config.get("RollingUpdatePolicy")
        start_s = self._settings.container_start_s
        if rolling:
            self._deploy(Rolling(self.present, new, rolling, start_s, now), late, now)
        else:
            policy = self.deployment_config.get("BlueGreenUpdatePolicy", {})
            self._deploy(BlueGreen(new, policy, start_s, now), late, now)
        self._become("Updating", now)

    def change(
        self, changes: Mapping[str, VariantChange], now: float, late: str | None = None
    ) -> None:
        self._before = {
            name: VariantChange(self.variants[name].weight, self.variants[name].fleet.desired)
            for name in changes
        }
        self._begin(self._scale, self._settings.update_s, now, late)
        if late is None:
            self._apply(changes, now)
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
        given = shares(self.generations, 0.0 if self.deployment is None else self.deployment.share)
        for fleet, part in dealt(given, arrivals, self._around.chance):
            fleet.advance(now, part)
        if self._retired:
            self._advance_retired(now)
        if self._job is not None:
            self._job(now)

    def _advance_retired(self, now: float) -> None:
        for generation in self._retired:
            for fleet in generation.fleets:
                fleet.advance(now)
        self._retired = [each for each in self._retired if each.busy]

    def _retire(self, generation: Generation, now: float) -> None:
        generation.retire(now)
        self._retired.append(generation)

    def _begin(
        self, job: Callable[[float], None], least_s: float, now: float, late: str | None = None
    ) -> None:
        doom = DeploymentFailure(now + self._settings.quota_failure_s, late) if late else None
        self._troubles = FailureWatch(now, self._around.first_in_alarm, doom=doom)
        self.began, self._until = now, now + least_s
        self.failure = None
        self._job = job

    def _deploy(self, deployment: Deployment, late: str | None, now: float) -> None:
        self.deployment = deployment
        self._begin(self._roll_out, 0, now, late)
        self._troubles = self._troubles.of_deployment(
            deployment.new, self.deployment_config, self._settings
        )

    def _roll_out(self, now: float) -> None:
        if self.deployment is None:
            return
        if reason := self._troubles.reason(self.deployment.new, now):
            self._fail(reason, now)
        elif self._troubles.doom is None:
            stage = self.deployment.stage
            self.deployment.advance(now)
            if self.deployment.stage != stage:
                self._around.on_stage(self, now)
            if self.deployment.done:
                self._take_over(self.deployment.new, now)

    def _take_over(self, new: Generation, now: float) -> None:
        if new is not self.present:
            self._retire(self.present, now)
        self.present, self.deployment = new, None
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
            self._retire(self.deployment.new, now)
            self.deployment = None
            self._idle("InService", now)

    def _apply(self, changes: Mapping[str, VariantChange], now: float) -> None:
        for name, change in changes.items():
            variant = self.present.variants[name]
            if change.weight is not None:
                variant.desired_weight = change.weight
            if change.count is not None:
                variant.fleet.scale_to(change.count, now)

    def _scale(self, now: float) -> None:
        if reason := self._troubles.reason(self.present, now):
            self._apply(self._before, now)
            self._begin(self._settle, self._settings.update_s, now)
            self.failure = reason
            self._become("RollingBack", now)
        elif self._troubles.doom is None:
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
        self._job = None
        self._become(status, now)

    def _become(self, status: Status, now: float) -> None:
        self.status = status
        self.modified = now
        self._history.append((now, status))
        self._around.on_change(self, now)
