"""Should the endpoint be awake now, and why? The one place that says what beats what.

An override beats the schedule until it ends; in the schedule an `open` span beats a `closed`
date, and a `closed` date takes the starts of that day away from the windows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lowtide.domain.outlooks import Outlook, clock
from lowtide.domain.overrides import Override


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of an endpoint now, and why, in plain words; `early` before a window opens."""

    awake: bool
    reason: str
    early: bool = False


def wish(outlook: Outlook, override: Override | None, now: datetime, lead: timedelta) -> Wish:
    """`lead` is how long before the schedule's next start creation begins."""
    if override is not None and now < override.until:
        return Wish(override.awake, override.reason_until(outlook.timezone))
    coming = outlook.change
    if not outlook.awake and coming is not None and coming.at - lead <= now:
        wanted_from = clock(coming.at, outlook.timezone)
        return Wish(True, f"wanted from {wanted_from}: {coming.because}", early=True)
    return Wish(outlook.awake, outlook.because)
