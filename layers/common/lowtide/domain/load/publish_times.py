"""When an invocation publishes: a point each minute, or one in each ten seconds of the clock."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """An instant, and the resolutions in seconds of which a point is due then."""

    at: datetime
    resolutions: frozenset[int]

    def due(self, now: datetime) -> frozenset[int]:
        """Those whose period is not over yet: what is late for its own period is left out."""
        return frozenset(r for r in self.resolutions if now < self.at + timedelta(seconds=r))


def slots(begin: datetime, resolutions: Collection[int]) -> tuple[Slot, ...]:
    """Those of the minute from `begin` on, so that of invocations a minute apart each has its own.

    EventBridge Scheduler counts its minutes from any second of the clock on.
    """
    times = {resolution: _times(begin, resolution) for resolution in resolutions}
    return tuple(
        Slot(at, frozenset(r for r, instants in times.items() if at in instants))
        for at in sorted({at for instants in times.values() for at in instants})
    )


def _times(begin: datetime, resolution: int) -> list[datetime]:
    period = timedelta(seconds=resolution)
    if period >= MINUTE:
        return [begin]
    beyond = timedelta(seconds=begin.timestamp() % resolution)
    first = begin - beyond + (period if beyond else timedelta())
    return [first + n * period for n in range(MINUTE // period)]
