"""What Application Auto Scaling did, or did not do and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

type Status = Literal["InProgress", "Successful", "Failed", "Overridden", "Unfulfilled"]

_KEPT_S = 6 * 7 * 86400


@dataclass(frozen=True, slots=True)
class NotScaled:
    """A reason, with the capacity that it is about."""

    code: Literal[
        "AlreadyAtMaxCapacity",
        "AlreadyAtMinCapacity",
        "AlreadyAtDesiredCapacity",
        "AutoScalingAnticipatedFlapping",
        "TargetServicePutResourceAsUnscalable",
    ]
    capacity: int | None = None


@dataclass(slots=True)
class Activity:
    id: str
    resource: str
    cause: str
    started: float
    desired: int | None = None  # None where nothing was asked for
    status: Status = "InProgress"
    message: str = ""
    ended: float | None = None
    not_scaled: NotScaled | None = None

    def end(self, status: Status, message: str, now: float) -> None:
        self.status, self.message, self.ended = status, message, now


class ActivityLog:
    """Newest last; it outlives its targets."""

    def __init__(self) -> None:
        self._activities: list[Activity] = []

    def add(self, activity: Activity) -> None:
        """The same refusal minute by minute is one activity."""
        last = next(iter(self.of(activity.resource)), None)
        same = last is not None and (last.cause, last.message, last.not_scaled) == (
            activity.cause,
            activity.message,
            activity.not_scaled,
        )
        if activity.ended is None or not same:
            self._activities.append(activity)

    def of(self, resource: str | None) -> Iterator[Activity]:
        """Newest first; None: of every resource."""
        for activity in reversed(self._activities):
            if resource in (None, activity.resource):
                yield activity

    def since(self, now: float, resource: str | None) -> Iterator[Activity]:
        return (each for each in self.of(resource) if each.started > now - _KEPT_S)

    def forget(self, resource: str) -> None:
        self._activities = [each for each in self._activities if each.resource != resource]
