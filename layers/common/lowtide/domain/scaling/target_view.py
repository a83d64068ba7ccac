"""A scalable target and a scaling activity in plain words, for `status`.

The documents are those of DescribeScalableTargets, DescribeScalingActivities or a snapshot.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from lowtide.domain.snapshot import Document, variant_of

_PARTS = {
    "DynamicScalingOutSuspended": "scale-out",
    "DynamicScalingInSuspended": "scale-in",
    "ScheduledScalingSuspended": "scheduled actions",
}
_NOT_SCALED: Mapping[str, str] = {
    "AutoScalingAnticipatedFlapping": (
        "fewer instances would bring the metric back above its target"
    ),
    "TargetServicePutResourceAsUnscalable": "SageMaker says that it cannot be scaled now",
    "AlreadyAtMaxCapacity": "it has its maximum of {MaxCapacity} already",
    "AlreadyAtMinCapacity": "it has its minimum of {MinCapacity} already",
    "AlreadyAtDesiredCapacity": "it has the {CurrentCapacity} that are asked for already",
}


@dataclass(frozen=True, slots=True)
class TargetView:
    variant: str
    least: int
    most: int
    suspended: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScalingActivity:
    """`not_scaled`: why Application Auto Scaling changed nothing; () where it did, or tried."""

    variant: str
    at: datetime
    status: str
    what: str
    cause: str
    message: str
    not_scaled: tuple[str, ...]


def target(document: Document) -> TargetView:
    state = document.get("SuspendedState", {})
    return TargetView(
        variant=variant_of(document["ResourceId"]),
        least=document["MinCapacity"],
        most=document["MaxCapacity"],
        suspended=tuple(words for part, words in _PARTS.items() if state.get(part)),
    )


def activity(document: Document) -> ScalingActivity:
    return ScalingActivity(
        variant=variant_of(document["ResourceId"]),
        at=document["StartTime"].astimezone(UTC),
        status=document["StatusCode"],
        what=document.get("Description", ""),
        cause=document.get("Cause", ""),
        message=document.get("StatusMessage", ""),
        not_scaled=tuple(_why_not(reason) for reason in document.get("NotScaledReasons", ())),
    )


def _why_not(reason: Document) -> str:
    """Only the code where that is new, or where AWS leaves the number out."""
    code = str(reason["Code"])
    try:
        return f"{_NOT_SCALED[code].format_map(reason)} ({code})"
    except KeyError:
        return code
