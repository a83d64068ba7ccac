"""One endpoint: its generations of variants, and its statuses, which take their time."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lowtide_workbench.aws.sagemaker.deployment_failures import FailureWatch
from lowtide_workbench.aws.sagemaker.deployments import Deployment
from lowtide_workbench.aws.sagemaker.endpoint_configs import EndpointConfig
from lowtide_workbench.aws.sagemaker.status import IN_PROGRESS, SERVING, Status
from lowtide_workbench.aws.sagemaker.traffic_split import shares, split
from lowtide_workbench.aws.sagemaker.variant import Generation, HostedVariant, VariantChange
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.fleet.fleet import Fleet, Removal, Session
from lowtide_workbench.fleet.tally import Tally


@dataclass(frozen=True, slots=True)
class Dependencies:
    settings: CloudSettings
    rng: random.Random
    on_status: "Callable[[HostedEndpoint, float], None]"


class HostedEndpoint:
    """Each `advance` moves the traffic on, then the work in progress, which may end a status."""

    def __init__(
        self, name: str, arn: str, first: Generation, tally: Tally, dependencies: Dependencies
    ) -> None:
        self.name = name
        self.arn = arn
        self.present = first
        self.deployment: Deployment | None = None
        self.deployment_config: Mapping[str, Any] = {}
        self.status: Status = "Creating"
        self.policy = ""  # its resource policy, which dies with it
        self.failure: str | None = None  # stays after a roll-back, until other work begins
        self.created = self.modified = 0.0
        self.began = 0.0  # of the work in progress: creation, update, scaling
        self.gone = False
        self.jobs: list[Session] = []  # of traffic, until its queue takes them
        self._tally = tally
        self._dependencies = dependencies
        self._settings = dependencies.settings
        self._retired: list[Generation] = []  # out of service, with sessions still to finish
        self._failures = FailureWatch()
        self._before: dict[str, VariantChange] = {}  # what a scaling that fails goes back to
        self._least_until = 0.0  # the earliest end of the work in progress
        self._work: Callable[[float], None] | None = None

    @property
    def config(self) -> EndpointConfig:
        return self.present.config

    @property
    def variants(self) -> Mapping[str, HostedVariant]:
        return self.present.variants

    @property
    def generations(self) -> list[Generation]:
        """Those that serve, or will serve."""
        new = None if self.deployment is None else self.deployment.new
        return [self.present] if new in (None, self.present) else [self.present, new]

    @property
    def fleets(self) -> list[Fleet]:
        return [fleet for generation in self.generations for fleet in generation.fleets]

    @property
    def serving(self) -> bool:
        return self.status in SERVING

    @property
    def asynchronous(self) -> bool:
        return self.config.asynchronous

    @property
    def in_progress(self) -> bool:
        return self.status in IN_PROGRESS

    def create(self, deployment: Mapping[str, Any] | None, now: float) -> None:
        self.created = now
        self.deployment_config = deployment or {}
        self._deploy(self.present, now)
        self._set_status("Creating", now)

    def update(self, new: Generation, deployment: Mapping[str, Any] | None, now: float) -> None:
        self.deployment_config = deployment or {}
        self._deploy(new, now)
        self._set_status("Updating", now)

    def change(self, changes: Mapping[str, VariantChange], now: float) -> None:
        self._before = {
            name: VariantChange(self.variants[name].weight, self.variants[name].fleet.desired)
            for name in changes
        }
        self._begin(self._scale, self._settings.update_s, now)
        self._apply(changes, now)
        self._set_status("Updating", now)

    def impose(self, status: Status, lasts_s: float | None, now: float) -> None:
        """Sets a status that no call brings about; InService follows after `lasts_s`, if ever."""
        self._begin(self._wait, float("inf") if lasts_s is None else lasts_s, now)
        self._set_status(status, now)

    def delete(self, now: float) -> None:
        for fleet in self.fleets:
            fleet.scale_to(0, now, Removal.CUT)
        lasts_s = self._dependencies.rng.uniform(*self._settings.deletion_s)
        self._begin(self._delete, lasts_s, now)
        self._set_status("Deleting", now)

    def advance(self, now: float, arrivals: Sequence[Session]) -> None:
        if not self.serving:
            self._tally.unserved += len(arrivals)
            arrivals = ()
        if self.asynchronous:
            self.jobs += arrivals
            arrivals = ()
        parts = split(arrivals, shares(self.generations), self._dependencies.rng)
        for fleet, sessions in parts:
            fleet.advance(now, sessions)
        for generation in self._retired:
            for fleet in generation.fleets:
                fleet.advance(now)
        self._retired = [generation for generation in self._retired if generation.busy]
        if self._work is not None:
            self._work(now)

    def _retire(self, generation: Generation, now: float) -> None:
        generation.retire(now)
        self._retired.append(generation)

    def _begin(self, work: Callable[[float], None], least_s: float, now: float) -> None:
        self._failures = FailureWatch()
        self.began, self._least_until = now, now + least_s
        self.failure = None
        self._work = work

    def _deploy(self, new: Generation, now: float) -> None:
        self.deployment = Deployment(new, self._settings.container_start_s, now)
        self._begin(self._roll_out, 0, now)
        self._failures = FailureWatch.of_models(new, self._settings, now)

    def _roll_out(self, now: float) -> None:
        if self.deployment is None:
            return
        if reason := self._failures.reason(self.deployment.new, now):
            self._fail(reason, now)
        elif self._failures.certain is None:
            self.deployment.advance(now)
            if self.deployment.done:
                if self.deployment.new is not self.present:
                    self._retire(self.present, now)
                self.present, self.deployment = self.deployment.new, None
                self._finish("InService", now)

    def _fail(self, reason: str, now: float) -> None:
        """A creation ends in Failed; an update rolls back, and shows Updating until then."""
        if self.status == "Creating":
            self.present.close(now)
            self.deployment = None
            self.failure = reason
            self._finish("Failed", now)
            return
        self._begin(self._roll_back, self._settings.update_s, now)
        self.failure = reason

    def _roll_back(self, now: float) -> None:
        if now >= self._least_until and self.deployment is not None:
            self._retire(self.deployment.new, now)
            self.deployment = None
            self._finish("InService", now)

    def _apply(self, changes: Mapping[str, VariantChange], now: float) -> None:
        for name, change in changes.items():
            variant = self.present.variants[name]
            if change.weight is not None:
                variant.desired_weight = change.weight
            if change.count is not None:
                variant.fleet.scale_to(change.count, now)

    def _scale(self, now: float) -> None:
        if reason := self._failures.reason(self.present, now):
            self._apply(self._before, now)
            self._begin(self._settle, self._settings.update_s, now)
            self.failure = reason
            self._set_status("RollingBack", now)
        else:
            self._settle(now)

    def _settle(self, now: float) -> None:
        if now >= self._least_until and self.present.settled:
            for variant in self.present.variants.values():
                variant.weight = variant.desired_weight
            self._finish("InService", now)

    def _wait(self, now: float) -> None:
        if now >= self._least_until:
            self._finish("InService", now)

    def _delete(self, now: float) -> None:
        if now >= self._least_until:
            for generation in (*self.generations, *self._retired):
                generation.close(now)
            self.gone = True

    def _finish(self, status: Status, now: float) -> None:
        self._work = None
        self._set_status(status, now)

    def _set_status(self, status: Status, now: float) -> None:
        self.status = status
        self.modified = now
        self._dependencies.on_status(self, now)
