"""Should the endpoint be awake now, and why? The one place that says what beats what.

An override beats the schedule until it ends; in the schedule an `open` span beats a `closed`
date, and a `closed` date takes the starts of that day away from the windows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lowtide.domain.schedule.override import Override
from lowtide.domain.schedule.schedule import Transition
from lowtide.domain.schedule.state import Outlook
from lowtide.domain.wording import clock


@dataclass(frozen=True, slots=True)
class DesiredState:
    """What is wanted of an endpoint now, and why, in plain words.

    `opens`: the start of the schedule that it is wanted for, early.
    """

    awake: bool
    reason: str
    opens: datetime | None = None

    @property
    def early(self) -> bool:
        return self.opens is not None


def desired_state(
    outlook: Outlook,
    override: Override | None,
    now: datetime,
    lead: timedelta,
    created_for: datetime | None = None,
) -> DesiredState:
    """`lead` is how long before the schedule's next start creation begins. What was `created_for`
    that start stays, though a shorter lead has been learned from its very creation.
    """
    if override is not None and now < override.until:
        return DesiredState(override.awake, override.reason_until(outlook.timezone))
    coming = outlook.change
    if coming is not None and _is_early(outlook, coming, now, lead, created_for):
        wanted_from = clock(coming.at, outlook.timezone)
        return DesiredState(True, f"wanted from {wanted_from}: {coming.because}", coming.at)
    return DesiredState(outlook.awake, outlook.because)


def _is_early(
    outlook: Outlook,
    coming: Transition,
    now: datetime,
    lead: timedelta,
    created_for: datetime | None,
) -> bool:
    return not outlook.awake and (coming.at - lead <= now or coming.at == created_for)
