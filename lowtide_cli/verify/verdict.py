"""Which meanings explain every minute, and what that decides for the file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import takewhile
from typing import Literal

from lowtide_cli.verify.hypotheses import MEANINGS, Meaning, Samples, Streams, explains, streams
from lowtide_cli.verify.observation import Group, Readings

LOADED_MINUTES = 3
LOWTIDES_RATE = 6  # samples a minute that the publisher's `sum` divides by
IDLE_MINUTES = 5


class Lack(Enum):
    """Why a setting is not decided."""

    MINUTES = "too few minutes"
    METRIC = "a dimension set without points"
    RATE = "another rate of samples"
    EXPLANATION = "no meaning explains it"
    INSTANCES = "one instance only"
    LOAD = "no load"
    STREAMS = "a known number of streams"
    PACE = "a pace that sum does not know"
    BUSY = "perhaps one busy instance only"
    IDLENESS = "no idle minutes"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A setting that is None is not decided, and `lacks` says why."""

    possible: tuple[Meaning, ...]
    total: Literal["sum", "average"] | None
    idle: Literal["zeros", "silent"] | None
    lacks: tuple[Lack, ...]
    compared: int = 0  # minutes that were compared with the streams that a person holds open

    @property
    def decided(self) -> bool:
        return None not in (self.total, self.idle)

    @property
    def metric_math(self) -> bool | None:
        """Whether Sum and SampleCount give the load of mixed types exactly; None: not decided."""
        exact = Meaning(Samples.EACH, "zeros")
        if self.decided and self.possible == (exact,):
            return True
        return False if self.possible and exact not in self.possible else None


def judge(readings: Readings, open_streams: float | None = None) -> Verdict:
    """`open_streams` are those that a person holds open in the newest minutes, if known."""
    if lack := _unfit(readings):
        return Verdict((), None, None, (lack,))
    steady = _steady(readings) if open_streams is not None else ()
    compared = steady if len(steady) >= LOADED_MINUTES else ()
    known = {m: Streams(open_streams, open_streams) for m in compared if open_streams is not None}
    possible = tuple(
        meaning
        for meaning in MEANINGS
        if all(
            _explains(meaning, readings, minute, known.get(minute)) for minute in readings.minutes
        )
    )
    if not possible:
        return Verdict((), None, None, (Lack.EXPLANATION,), len(compared))
    total, idle = _total(possible, readings, known=bool(known)), _idle(possible, readings)
    lacks = tuple(answer for answer in (total, idle) if isinstance(answer, Lack))
    return Verdict(
        possible,
        None if isinstance(total, Lack) else total,
        None if isinstance(idle, Lack) else idle,
        lacks,
        len(compared),
    )


def loaded(group: Group, readings: Readings) -> list[datetime]:
    return [m for m in readings.minutes if m in group.minutes and group.minutes[m].total > 0]


def silent(group: Group, readings: Readings) -> list[datetime]:
    return [minute for minute in readings.minutes if minute not in group.minutes]


def with_zeros(group: Group, readings: Readings) -> list[datetime]:
    """Returns the minutes in which an instance, or all of them, reported 0."""
    return [m for m in readings.minutes if m in group.minutes and group.minutes[m].least == 0]


def _unfit(readings: Readings) -> Lack | None:
    if len(readings.minutes) < LOADED_MINUTES:
        return Lack.MINUTES
    if not all(group.known for group in readings.groups):
        return Lack.METRIC
    no_points = readings.rate == 1 or not any(group.minutes for group in readings.groups)
    unknown = readings.rate_observed == 0 and no_points
    return None if unknown or readings.rate_observed == readings.rate else Lack.RATE


def _explains(
    meaning: Meaning, readings: Readings, minute: datetime, open_streams: Streams | None
) -> bool:
    """Whether `meaning` fits each dimension set, both sums of all streams, and `open_streams`."""
    rate = readings.rate
    pairs = [(group, group.minutes.get(minute)) for group in readings.groups]
    if not all(explains(meaning, group.live, rate, statistics) for group, statistics in pairs):
        return False
    whole, *by_type = (streams(meaning, group, rate, statistics) for group, statistics in pairs)
    summed = Streams(sum(t.low for t in by_type), sum(t.high for t in by_type))
    others = [*([summed] if by_type else []), *([open_streams] if open_streams else [])]
    return all(whole.agrees(other) for other in others)


def _steady(readings: Readings) -> tuple[datetime, ...]:
    """Returns the newest minutes, as far back as the load stays the same."""
    levels = {minute: _level(readings, minute) for minute in readings.minutes}
    newest = levels[readings.minutes[-1]]
    backwards = reversed(readings.minutes)
    return tuple(takewhile(lambda minute: levels[minute].agrees(newest), backwards))


def _level(readings: Readings, minute: datetime) -> Streams:
    statistics = readings.whole.minutes.get(minute)
    level = statistics.total / readings.rate if statistics else 0.0
    return Streams(level, level)


def _total(
    possible: tuple[Meaning, ...], readings: Readings, *, known: bool
) -> Literal["sum", "average"] | Lack:
    """`sum` adds samples up, which is wrong only for a mean; `average` multiplies by the count."""
    several = [group for group in readings.measured if group.live > 1]
    if not several:
        return Lack.INSTANCES
    if max(len(loaded(group, readings)) for group in several) < LOADED_MINUTES:
        return Lack.LOAD
    means = {meaning.samples is Samples.MEAN for meaning in possible}
    if len(means) == 2:
        return Lack.BUSY if known else Lack.STREAMS
    if means == {True}:
        return "average"
    return "sum" if readings.rate == LOWTIDES_RATE else Lack.PACE


def _idle(possible: tuple[Meaning, ...], readings: Readings) -> Literal["zeros", "silent"] | Lack:
    """Only minutes without streams decide: a meaning may be left by elimination alone."""
    answers = {meaning.idle for meaning in possible}
    if answers == {"zeros"} and _most(with_zeros(group, readings) for group in readings.measured):
        return "zeros"
    if answers == {"silent"} and _most(silent(group, readings) for group in readings.measured):
        return "silent"
    return Lack.IDLENESS


def _most(minutes_by_group: Iterator[list[datetime]]) -> bool:
    return max(len(minutes) for minutes in minutes_by_group) >= IDLE_MINUTES
