"""The virtual clock: between start and stop it is the time of the whole process."""

from datetime import UTC, datetime

import time_machine

STEP_S = 10


class VirtualClock:
    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._travel = time_machine.travel(self._now, tick=False)
        self._traveller: time_machine.Traveller | None = None

    def now(self) -> datetime:
        return self._now

    def seconds(self) -> float:
        return self._now.timestamp()

    def start(self) -> None:
        self._traveller = self._travel.start()

    def stop(self) -> None:
        self._travel.stop()
        self._traveller = None

    def move_to(self, now: datetime) -> None:
        if self._traveller is None:
            raise RuntimeError("the clock moves only inside `with cloud:`")
        self._now = now
        self._traveller.move_to(now, tick=False)
