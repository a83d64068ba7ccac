"""A scalable target and a scaling activity in plain words, for `status`.

The documents are those of DescribeScalableTargets, DescribeScalingActivities or a snapshot.
"""

from collections.abc import Mapping
from typing import Any

from lowtide.domain.snapshot import Document
from lowtide.domain.wording import in_utc

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


def target_in_words(document: Document) -> dict[str, Any]:
    state = document.get("SuspendedState", {})
    return {
        "min": document["MinCapacity"],
        "max": document["MaxCapacity"],
        "suspended": [words for part, words in _PARTS.items() if state.get(part)],
    }


def activity_in_words(document: Document) -> dict[str, Any]:
    """`not_scaled` says why Application Auto Scaling changed nothing, where it did not try."""
    parts = {
        "at": in_utc(document["StartTime"]),
        "status": document["StatusCode"],
        "what": document.get("Description"),
        "cause": document.get("Cause"),
        "message": document.get("StatusMessage"),
        "not_scaled": [_why_not(reason) for reason in document.get("NotScaledReasons", ())],
    }
    return {key: value for key, value in parts.items() if value}


def _why_not(reason: Document) -> str:
    """Only the code where that is new, or where AWS leaves the number out."""
    code = str(reason["Code"])
    try:
        return f"{_NOT_SCALED[code].format_map(reason)} ({code})"
    except KeyError:
        return code
