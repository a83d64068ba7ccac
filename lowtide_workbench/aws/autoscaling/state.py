"""The records of Application Auto Scaling: targets, policies, scheduled actions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from lowtide_workbench.aws.autoscaling.activities import Activity
from lowtide_workbench.fleet.tracking import Past

type Document = dict[str, Any]

NAMESPACE = "sagemaker"
DIMENSION = "sagemaker:variant:DesiredInstanceCount"


@dataclass(slots=True)
class PolicyRecord:
    name: str
    arn: str
    kind: Literal["TargetTrackingScaling", "StepScaling"]
    config: Mapping[str, Any]
    created: float
    high_alarm: str = ""  # of target tracking; the alarms of step scaling are the user's
    low_alarm: str = ""

    @property
    def tracks(self) -> bool:
        return self.kind == "TargetTrackingScaling"

    @property
    def scales_in(self) -> bool:
        return self.tracks and not self.config.get("DisableScaleIn", False)

    def cooldown(self, field_name: str) -> float:
        return float(self.config.get(field_name, 300))  # the default for SageMaker variants


@dataclass(slots=True)
class ScheduledAction:
    name: str
    arn: str
    request: Mapping[str, Any]
    created: float
    next_run: datetime | None

    @property
    def counted_from(self) -> datetime:
        """The start of a rate's first period."""
        return datetime.fromtimestamp(self.request.get("StartTime", self.created), UTC)


@dataclass(slots=True)
class TargetRecord:
    resource: str
    endpoint: str
    variant: str
    arn: str
    role: str
    created: float
    smallest: int
    largest: int
    suspended: Mapping[str, bool] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    policies: dict[str, PolicyRecord] = field(default_factory=dict)
    actions: dict[str, ScheduledAction] = field(default_factory=dict)
    past: Past = field(default_factory=Past)
    active: Activity | None = None
    count_before: int = 0  # when the active activity began
    unfinished: str | None = None  # why capacity must still move into range, once it can
