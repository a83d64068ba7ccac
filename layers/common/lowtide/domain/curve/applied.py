"""What is stored of an endpoint's floors: the plan, and what of it Application Auto Scaling has."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lowtide.domain.curve.plan import FloorPlan


@dataclass(frozen=True, slots=True)
class AppliedFloors:
    """As of the bin that began `at`.

    `least` is the minimum that people ask for: by the file, a scheduled action of their own, or by
    hand, `least_since` then. `registered` is the minimum that Lowtide registered last.
    `put_on` is when the endpoint was created whose scheduled actions are those of the plan; None
    where they are not all put. `differs` says why floors are not, or not all, in force.
    """

    at: datetime
    level: float
    floor: int
    least: int
    least_since: datetime
    registered: int
    file_minimum: int
    put_on: datetime | None = None
    differs: str = ""
    far_entered_on: date | None = None
    raised_at: datetime | None = None  # the last time that the floor was raised to change back

    def is_own(self, minimum: object, planned: Collection[int]) -> bool:
        """Whether Lowtide, or one of its scheduled actions, set this minimum."""
        return minimum == self.registered or minimum in planned


@dataclass(frozen=True, slots=True)
class Floors:
    plan: FloorPlan | None = None
    applied: AppliedFloors | None = None

    def target(self, created_at: datetime | None, now: datetime) -> float | None:
        """Returns the target above floors that are in force on this very endpoint, else None."""
        plan, applied = self.plan, self.applied
        if plan is None or applied is None or now >= plan.until:
            return None
        return plan.target if created_at and applied.put_on == created_at else None

    def first(self, today: date) -> int:
        """Returns the highest count that today or tomorrow opens with; 0 where none is known."""
        if self.plan is None:
            return 0
        return max(self.plan.day(today + timedelta(days=ahead)).first for ahead in (0, 1))
