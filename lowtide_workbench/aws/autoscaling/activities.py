"""Scaling activities: what Application Auto Scaling did, or did not do and why."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

type Status = Literal["InProgress", "Successful", "Failed", "Overridden", "Unfulfilled"]

_LIFE_S = 6 * 7 * 86400


@dataclass(frozen=True, slots=True)
class NotScaled:
    """A NotScaledReason, with the capacity that it names."""

    code: Literal[
        "AlreadyAtMaxCapacity",
        "AlreadyAtMinCapacity",
        "AlreadyAtDesiredCapacity",
        "AutoScalingAnticipatedFlapping",
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
    """All activities, newest last; those of a deleted target stay, as AWS may or may not do."""

    def __init__(self) -> None:
        self._activities: list[Activity] = []
        # By resource: what was refused since its last change.
        self._refused: defaultdict[str, set[tuple[str, str, NotScaled | None]]] = defaultdict(set)

    def add(self, activity: Activity) -> None:
        """Adds the activity; a refusal that repeats minute by minute is added once."""
        refused = self._refused[activity.resource]
        refusal = (activity.cause, activity.message, activity.not_scaled)
        if activity.ended is None:
            refused.clear()
        elif refusal in refused:
            return
        else:
            refused.add(refusal)
        self.add_each(activity)

    def add_each(self, activity: Activity) -> None:
        """Adds the activity, also if it repeats: what happens by schedule is not every minute."""
        self._activities.append(activity)

    def since(self, now: float, resource: str | None) -> Iterator[Activity]:
        """The activities of the last six weeks (facts 3.7), newest first; None: of all."""
        for activity in reversed(self._activities):
            if activity.started > now - _LIFE_S and resource in (None, activity.resource):
                yield activity
