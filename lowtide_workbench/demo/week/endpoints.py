"""The three endpoints of the week: their hours and their calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lowtide.domain.schedule import Cron, Schedule, Window, parse_cron
from lowtide_workbench.simulate.model.traffic import Traffic
from lowtide_workbench.simulate.sources import of_sessions
from lowtide_workbench.traces import profile

ZONE = ZoneInfo("UTC")  # a clock without changes
ALWAYS = Schedule((), ZONE)
WEEKDAYS = profile.WEEKDAYS[:5]
CALLS_AN_HOUR = 16  # of development and of staging, while they are awake
# Two working weeks to learn from. The week that is compared follows: Saturday to Friday.
_DAYS = [day for day in range(19) if day % 7 < len(WEEKDAYS)]
_SEED = 7  # that of the two days that the demo plays: they are the first of these
_HALF_HOURS = 48


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`hours` are half hours of each working day, [start, end); calls come in them alone."""

    name: str
    hours: Sequence[tuple[int, int]]
    arrivals: Mapping[str, Sequence[float]] | None = None  # None: CALLS_AN_HOUR

    @property
    def schedule(self) -> Schedule:
        return Schedule(tuple(Window(_cron(a), _cron(b), ZONE) for a, b in self.hours), ZONE)

    @property
    def traffic(self) -> Traffic:
        durations = profile.load().durations
        made = profile.Profile(self.arrivals or self._few_calls, durations)
        return of_sessions(profile.generate(made, days=_DAYS, seed=_SEED))

    @property
    def _few_calls(self) -> Mapping[str, Sequence[float]]:
        awake = [any(a <= n < b for a, b in self.hours) for n in range(_HALF_HOURS)]
        calls = [CALLS_AN_HOUR / 2 * is_awake for is_awake in awake]
        return {weekday: calls for weekday in WEEKDAYS}  # noqa: C420, a list is no constant


def endpoints() -> Sequence[Endpoint]:
    """Development and staging have the hours of the files in layers/config/endpoints."""
    return (
        Endpoint("development", [(16, 40)]),
        Endpoint("staging", [(17, 25), (28, 36)]),
        Endpoint("production", [(14, 43)], profile.load().arrivals),
    )


def _cron(half_hour: int) -> Cron:
    return parse_cron(f"{half_hour % 2 * 30} {half_hour // 2} * * MON-FRI")
