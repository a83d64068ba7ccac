"""States of schedules, kept while they are valid: most minutes evaluate no cron expression."""

from datetime import datetime

from lowtide.domain.schedule import Schedule, ScheduleState, schedule_state


class ScheduleCache:
    """Equal schedules share one state. It depends on nothing but the schedule and the instant, so
    a Lambda container may keep this between its invocations, and it does not matter if two threads
    compute the same state at the same time.
    """

    def __init__(self) -> None:
        self._states: dict[Schedule, ScheduleState] = {}

    def state_at(self, schedule: Schedule, now: datetime) -> ScheduleState:
        state = self._states.get(schedule)
        if state is None or not state.is_valid_at(now):
            state = self._states[schedule] = schedule_state(schedule, now)
        return state
