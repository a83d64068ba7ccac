"""A new generation of variants, which takes over all at once, and what is refused of it."""

from collections.abc import Mapping
from typing import Any

from lowtide_workbench.aws.protocol.refusal import invalid
from lowtide_workbench.aws.sagemaker.variant import Generation

type Document = Mapping[str, Any]

_MOST_PERCENT = 50.0


class Deployment:
    """The whole new fleet, in a blue/green update beside the old one.

    Traffic that shifts in steps, baking and batches are not played.
    """

    def __init__(self, new: Generation, container_start_s: float, now: float) -> None:
        self.new = new
        self.done = False
        self._container_start_s = container_start_s
        self._until: float | None = None
        new.launch(now)

    def advance(self, now: float) -> None:
        if self._until is None and self.new.settled:
            self._until = now + self._container_start_s
        elif self._until is not None and now >= self._until:
            self.done = True


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
    """The size in percent of `whole`; of none or one instance, the largest that is allowed."""
    if whole <= 1:
        return _MOST_PERCENT
    counted = size["Type"] == "INSTANCE_COUNT"
    return float(size["Value"]) / whole * 100 if counted else float(size["Value"])
