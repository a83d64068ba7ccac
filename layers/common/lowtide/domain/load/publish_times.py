"""When a run of the publisher publishes: once, or at each ten seconds of the clock."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class PublishTime:
    """An instant, and the resolutions in seconds of which a point is due then."""

    at: datetime
    resolutions: frozenset[int]

    def due(self, now: datetime) -> frozenset[int]:
        """The resolutions whose period is not over yet. A point that is late is left out."""
        return frozenset(r for r in self.resolutions if now < self.at + timedelta(seconds=r))


def publish_times(begin: datetime, resolutions: Collection[int]) -> tuple[PublishTime, ...]:
    """The publish times in the minute from `begin` on, oldest first.

    EventBridge Scheduler may start its minutes at any second of the clock. Counted from `begin`,
    each publish time belongs to exactly one of the runs that are a minute apart.
    """
    times = {resolution: _times(begin, resolution) for resolution in resolutions}
    return tuple(
        PublishTime(at, frozenset(r for r, instants in times.items() if at in instants))
        for at in sorted({at for instants in times.values() for at in instants})
    )


def _times(begin: datetime, resolution: int) -> list[datetime]:
    period = timedelta(seconds=resolution)
    if period >= MINUTE:
        return [begin]
    beyond = timedelta(seconds=begin.timestamp() % resolution)
    first = begin - beyond + (period if beyond else timedelta())
    return [first + n * period for n in range(MINUTE // period)]
