"""A warning about a schedule that is valid, and probably not meant."""

from typing import NamedTuple

from lowtide.domain.schedule.window import Window


class ScheduleWarning(NamedTuple):
    """`window` is the one that it is about; None where it is about the schedule as a whole."""

    message: str
    window: Window | None = None
