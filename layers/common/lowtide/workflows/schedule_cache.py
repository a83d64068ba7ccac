"""Outlooks that are kept until they pass, so that most minutes evaluate no cron expression."""

from datetime import datetime

from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.schedule.state import Outlook, outlook


class Outlooks:
    """Equal schedules share one. Nothing else than the schedule and the instant goes into an
    outlook, so a Lambda container may keep this between its invocations, and it does not matter
    if two threads compute the same one at the same time.
    """

    def __init__(self) -> None:
        self._kept: dict[Schedule, Outlook] = {}

    def at(self, schedule: Schedule, now: datetime) -> Outlook:
        kept = self._kept.get(schedule)
        if kept is None or not kept.holds(now):
            kept = self._kept[schedule] = outlook(schedule, now)
        return kept
