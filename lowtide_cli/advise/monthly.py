"""What a month costs each way, in instance-hours of the instances that are kept, and in USD.

Application Auto Scaling removes an instance after 15 minutes of low points and a cooldown. A
creation takes 10 to 15 minutes. Both are paid for each time that there is traffic.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from lowtide_cli.advise.advice import Advice
from lowtide_cli.advise.workload import HOUR, WEEK, When, Workload
from lowtide_cli.prices.table import NoPrice, Price

_WEEKS = timedelta(days=365) / 12 / WEEK  # in a month
_CREATION = timedelta(minutes=15)
_TAIL = timedelta(minutes=20)  # 15 low points and a cooldown of 300 s


@dataclass(frozen=True, slots=True)
class Way:
    """`possible` is False where a rule has ruled it out. `usd` is None without a price."""

    name: str
    hours: float
    usd: float | None
    possible: bool
    chosen: bool


def ways(workload: Workload, advice: Advice, price: Price | NoPrice) -> Iterator[Way]:
    """Yields nothing where no kind fits, or where it is not known when there is traffic."""
    when = workload.when
    if when is None or advice.kind is None:
        return
    for name, kind, off_hours, week in _weeks(when):
        hours = week * _WEEKS / HOUR * workload.instances
        usd = None if isinstance(price, NoPrice) else hours * price.usd_per_hour
        chosen = (kind, off_hours) == (advice.kind, advice.off_hours)
        yield Way(name, hours, usd, kind not in advice.ruled_out, chosen)


def _weeks(when: When) -> Iterator[tuple[str, str, str, timedelta]]:
    """Yields each way with its options, and the time that an instance is paid in a week."""
    starts, busy = when.times_a_week, when.busy
    created = min(WEEK, busy + starts * _CREATION)
    queued = min(WEEK, busy + starts * (_CREATION + _TAIL))
    yield "real time, always on", "real-time", "always-on", WEEK
    if when.pattern == "hours":
        yield "real time, asleep outside the hours", "real-time", "schedule", created
        yield "asynchronous, held at zero outside", "asynchronous", "schedule", queued
    if when.pattern == "bursts":
        yield "real time, woken for each burst", "real-time", "on-demand", created
        yield "asynchronous, from zero for each burst", "asynchronous", "zero", queued
    yield "asynchronous, always one instance", "asynchronous", "always-on", WEEK
