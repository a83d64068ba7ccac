"""Should the endpoint be awake now, and why? The one place that decides what takes precedence.

An override beats the schedule until it ends; in the schedule an `open` span beats a `closed`
date, and a `closed` date takes the starts of that day away from the windows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lowtide.domain.schedule.override import Override
from lowtide.domain.schedule.state import ScheduleState
from lowtide.domain.wording import clock


@dataclass(frozen=True, slots=True)
class DesiredState:
    """Whether an endpoint should exist now, and why, in plain words.

    `opens`: the start of the schedule for which it should be created early.
    """

    awake: bool
    reason: str
    opens: datetime | None = None

    @property
    def early(self) -> bool:
        return self.opens is not None


def desired_state(
    state: ScheduleState,
    override: Override | None,
    now: datetime,
    lead_time: timedelta,
    created_for: datetime | None = None,
) -> DesiredState:
    """`lead_time` is how long before the schedule's next start creation begins.

    An endpoint that was `created_for` that start stays, though a shorter lead time has been
    learned from its very creation.
    """
    if override is not None and now < override.until:
        return DesiredState(override.awake, override.describe(state.timezone))
    change = state.change
    if (
        change is not None
        and not state.awake
        and (change.at - lead_time <= now or change.at == created_for)
    ):
        start = clock(change.at, state.timezone)
        return DesiredState(True, f"wanted from {start}: {change.because}", change.at)
    return DesiredState(state.awake, state.because)
