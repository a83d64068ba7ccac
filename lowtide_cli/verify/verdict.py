"""Which meanings explain all that was seen, and what that decides for the file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import takewhile
from typing import Literal

from lowtide_cli.verify.hypotheses import MEANINGS, Meaning, Samples, Streams, explains, streams
from lowtide_cli.verify.observation import Group, Seen

LOADED_MINUTES = 3
LOWTIDES_RATE = 6  # samples a minute that the publisher's `sum` divides by
IDLE_MINUTES = 5


class Lack(Enum):
    """What keeps a question open."""

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
    """What is None is open, and `lacks` says why."""

    possible: tuple[Meaning, ...]
    total: Literal["sum", "average"] | None
    idle: Literal["zeros", "silent"] | None
    lacks: tuple[Lack, ...]
    compared: int = 0  # minutes in which the streams that a person held were compared

    @property
    def decided(self) -> bool:
        return None not in (self.total, self.idle)

    @property
    def metric_math(self) -> bool | None:
        """Whether sums over SampleCounts tell the load of mixed types; None is open."""
        exact = Meaning(Samples.EACH, "zeros")
        if self.decided and self.possible == (exact,):
            return True
        return False if self.possible and exact not in self.possible else None


def judge(seen: Seen, held: float | None = None) -> Verdict:
    """`held`: the streams that are open in the newest minutes, where somebody knows."""
    if lack := _unfit(seen):
        return Verdict((), None, None, (lack,))
    steady = _steady(seen) if held is not None else ()
    compared = steady if len(steady) >= LOADED_MINUTES else ()
    known = {minute: Streams(held, held) for minute in compared if held is not None}
    possible = tuple(
        meaning
        for meaning in MEANINGS
        if all(_explained(meaning, seen, minute, known.get(minute)) for minute in seen.minutes)
    )
    if not possible:
        return Verdict((), None, None, (Lack.EXPLANATION,), len(compared))
    total, idle = _total(possible, seen, known=bool(known)), _idle(possible, seen)
    lacks = tuple(each for each in (total, idle) if isinstance(each, Lack))
    return Verdict(
        possible,
        None if isinstance(total, Lack) else total,
        None if isinstance(idle, Lack) else idle,
        lacks,
        len(compared),
    )


def loaded(group: Group, seen: Seen) -> list[datetime]:
    return [m for m in seen.minutes if m in group.minutes and group.minutes[m].total > 0]


def silent(group: Group, seen: Seen) -> list[datetime]:
    return [minute for minute in seen.minutes if minute not in group.minutes]


def with_zeros(group: Group, seen: Seen) -> list[datetime]:
    """Minutes in which an instance, or all of them, said 0."""
    return [m for m in seen.minutes if m in group.minutes and group.minutes[m].least == 0]


def _unfit(seen: Seen) -> Lack | None:
    if len(seen.minutes) < LOADED_MINUTES:
        return Lack.MINUTES
    if not all(group.known for group in seen.groups):
        return Lack.METRIC
    unseen = seen.rate_seen == 0 and (seen.rate == 1 or not any(g.minutes for g in seen.groups))
    return None if unseen or seen.rate_seen == seen.rate else Lack.RATE


def _explained(meaning: Meaning, seen: Seen, minute: datetime, held: Streams | None) -> bool:
    """Each dimension set, both ways to add up all streams, and what somebody knows of them."""
    rate = seen.rate
    pairs = [(group, group.minutes.get(minute)) for group in seen.groups]
    if not all(explains(meaning, group.live, rate, found) for group, found in pairs):
        return False
    whole, *by_type = (streams(meaning, group, rate, found) for group, found in pairs)
    summed = Streams(sum(t.low for t in by_type), sum(t.high for t in by_type))
    others = [*([summed] if by_type else []), *([held] if held else [])]
    return all(whole.agrees(other) for other in others)


def _steady(seen: Seen) -> tuple[datetime, ...]:
    """The newest minutes, as far back as their level stays what it is."""
    levels = {minute: _level(seen, minute) for minute in seen.minutes}
    newest = levels[seen.minutes[-1]]
    backwards = reversed(seen.minutes)
    return tuple(takewhile(lambda minute: levels[minute].agrees(newest), backwards))


def _level(seen: Seen, minute: datetime) -> Streams:
    found = seen.whole.minutes.get(minute)
    level = found.total / seen.rate if found else 0.0
    return Streams(level, level)


def _total(
    possible: tuple[Meaning, ...], seen: Seen, *, known: bool
) -> Literal["sum", "average"] | Lack:
    """`sum` adds samples up, which is wrong of a mean only; `average` multiplies by the count."""
    several = [group for group in seen.read if group.live > 1]
    if not several:
        return Lack.INSTANCES
    if max(len(loaded(group, seen)) for group in several) < LOADED_MINUTES:
        return Lack.LOAD
    means = {meaning.samples is Samples.MEAN for meaning in possible}
    if len(means) == 2:
        return Lack.BUSY if known else Lack.STREAMS
    if means == {True}:
        return "average"
    return "sum" if seen.rate == LOWTIDES_RATE else Lack.PACE


def _idle(possible: tuple[Meaning, ...], seen: Seen) -> Literal["zeros", "silent"] | Lack:
    """Only minutes that show it count: who explains the rest may be there by elimination."""
    answers = {meaning.idle for meaning in possible}
    if answers == {"zeros"} and _most(with_zeros(group, seen) for group in seen.read):
        return "zeros"
    if answers == {"silent"} and _most(silent(group, seen) for group in seen.read):
        return "silent"
    return Lack.IDLENESS


def _most(found: Iterator[list[datetime]]) -> bool:
    return max(len(minutes) for minutes in found) >= IDLE_MINUTES
