"""How a new generation of variants takes over: all at once, canary, linear or rolling."""

import math
from collections import deque
from collections.abc import Mapping
from typing import Any, Protocol

from lowtide_workbench.aws.protocol.refusal import invalid
from lowtide_workbench.aws.sagemaker.variant import Generation

type Document = Mapping[str, Any]

_MOST_PERCENT = 50.0


class Deployment(Protocol):
    new: Generation
    done: bool
    stage: str  # the VariantStatus of DescribeEndpoint

    @property
    def share(self) -> float:
        """The part of the traffic that goes to the new generation."""
        ...

    def advance(self, now: float) -> None: ...


class BlueGreen:
    """The whole new fleet beside the old one, which is retired when the traffic has moved.

    Without a policy there is no old fleet: the endpoint is being created.
    """

    def __init__(
        self, new: Generation, policy: Document | None, container_start_s: float, now: float
    ) -> None:
        self.new = new
        self.done = False
        self.stage = "Creating"
        self.share = 0.0
        self._shifts = deque(_shifts(policy, new) if policy is not None else ())
        self._last_wait: float | None = None
        if policy is not None:
            self._last_wait = policy.get("TerminationWaitInSeconds", 0)
        self._container_start_s = container_start_s
        self._until: float | None = None
        new.launch(now)

    def advance(self, now: float) -> None:
        if self._until is None:
            if self.new.settled:
                self._until = now + self._container_start_s
            return
        while not self.done and now >= self._until:
            self._until = now + self._next_wait()

    def _next_wait(self) -> float:
        if self._shifts:
            self.stage = "Baking"
            self.share, wait = self._shifts.popleft()
            return wait
        if self._last_wait is not None:
            self.stage = "Deleting"
            wait, self._last_wait = self._last_wait, None
            return wait
        self.done = True
        return 0


def _shifts(policy: Document, new: Generation) -> list[tuple[float, float]]:
    """The shares of the traffic one after the other, and for how long each is baked."""
    routing = policy.get("TrafficRoutingConfiguration", {})
    wait = routing.get("WaitIntervalInSeconds", 0)
    whole = sum(variant.count for variant in new.variants.values())
    match routing.get("Type", "ALL_AT_ONCE"):
        case "CANARY":
            return [(_part(routing["CanarySize"], whole) / whole, wait), (1.0, wait)]
        case "LINEAR":
            step = _part(routing["LinearStepSize"], whole) / whole
            return [(min(1.0, step * n), wait) for n in range(1, math.ceil(1 / step) + 1)]
        case _:
            return [(1.0, wait)]


class Rolling:
    """Batches: new instances join, then as many old ones leave."""

    def __init__(
        self,
        old: Generation,
        new: Generation,
        policy: Document,
        container_start_s: float,
        now: float,
    ) -> None:
        self.old = old
        self.new = new
        self.done = False
        self.stage = "Creating"
        self._policy = policy
        self._container_start_s = container_start_s
        self._until: float | None = None
        self.before = {name: variant.fleet.desired for name, variant in old.variants.items()}
        for fleet in new.fleets:
            fleet.advance(now)
        self._grow(now)

    @property
    def share(self) -> float:
        """Every live instance takes the same share, old or new."""
        old, new = _live(self.old), _live(self.new)
        return new / (old + new) if old + new else 0.0

    def advance(self, now: float) -> None:
        if self.stage == "Creating":
            self._start(now)
        elif self._until is not None and now >= self._until:
            self._grow(now)

    def _start(self, now: float) -> None:
        if self._until is None:
            self._until = now + self._container_start_s if self.new.settled else None
        elif now >= self._until:
            self._shrink(now)
            self.stage = "Baking"
            self._until = now + self._policy["WaitIntervalInSeconds"]

    def _grow(self, now: float) -> None:
        short = [variant for variant in self.new.all if variant.fleet.desired < variant.count]
        self.done, self.stage, self._until = not short, "Creating", None
        for variant in short:
            batch = _part(self._policy["MaximumBatchSize"], variant.count)
            variant.fleet.scale_to(min(variant.count, variant.fleet.desired + batch), now)

    def _shrink(self, now: float) -> None:
        for name, variant in self.old.variants.items():
            successor = self.new.variants.get(name)
            if successor is not None:
                left = max(0, self.before[name] - successor.fleet.desired)
                variant.fleet.scale_to(min(left, variant.fleet.desired), now)

    def restore(self, now: float) -> None:
        for name, count in self.before.items():
            self.old.variants[name].fleet.scale_to(count, now)


def _live(generation: Generation) -> int:
    return sum(len(variant.fleet.live) for variant in generation.variants.values())


def _part(size: Document, whole: int) -> int:
    value = int(size["Value"])
    if size["Type"] == "INSTANCE_COUNT":
        return min(value, whole)
    return max(1, math.ceil(whole * value / 100))


def check_policy(config: Document, whole: int) -> None:
    """Refuses a DeploymentConfig as SageMaker does, in our words."""
    if "BlueGreenUpdatePolicy" in config and "RollingUpdatePolicy" in config:
        raise invalid("BlueGreenUpdatePolicy and RollingUpdatePolicy cannot both be specified.")
    routing = config.get("BlueGreenUpdatePolicy", {}).get("TrafficRoutingConfiguration", {})
    needed = {"CANARY": "CanarySize", "LINEAR": "LinearStepSize"}.get(routing.get("Type", ""))
    if needed and needed not in routing:
        raise invalid(f"{needed} is required for traffic routing of type {routing['Type']}.")
    rolling = config.get("RollingUpdatePolicy", {})
    for name, sizes, least in (
        ("CanarySize", routing, 0),
        ("LinearStepSize", routing, 10),
        ("MaximumBatchSize", rolling, 5),
    ):
        if name in sizes and not least <= _percentage(sizes[name], whole) <= _MOST_PERCENT:
            raise invalid(f"{name} must be between {least}% and 50% of the instance count.")


def _percentage(size: Document, whole: int) -> float:
    """The size in percent of `whole`; a single instance counts as the largest that is allowed."""
    if whole == 1:
        return _MOST_PERCENT
    counted = size["Type"] == "INSTANCE_COUNT"
    return float(size["Value"]) / whole * 100 if counted else float(size["Value"])
