"""What ConcurrentRequestsPerModel may mean over several instances, which AWS does not document.

A meaning is refuted by one minute that it cannot explain.
"""

from dataclasses import dataclass
from enum import Enum
from itertools import product, starmap
from typing import Literal, NamedTuple

from lowtide_cli.verify.observation import Group, Minute

SAMPLES_TOLERANCE = 1 / 6  # a sample of a minute's six may be late, or lost
STREAMS_TOLERANCE = 1 / 5  # more than that, since a lost sample is missing in a Sum
STREAMS_LEAST = 0.5  # streams; below that two numbers are equal


class Samples(Enum):
    EACH = "one sample from each instance: its own streams"
    MEAN = "one sample for all: the mean of the instances"
    TOTAL = "one sample for all: the total of the instances"


@dataclass(frozen=True, slots=True)
class Meaning:
    """`silent`: no sample where there is no stream; of a mean, perhaps of the busy ones only."""

    samples: Samples
    idle: Literal["zeros", "silent"]


MEANINGS = tuple(starmap(Meaning, product(Samples, ("zeros", "silent"))))


class Streams(NamedTuple):
    """Between which bounds the streams of a minute lie."""

    low: float
    high: float

    def agrees(self, other: "Streams") -> bool:
        slack = max(STREAMS_LEAST, STREAMS_TOLERANCE * max(self.low, other.low))
        return self.low <= other.high + slack and other.low <= self.high + slack


def sources(meaning: Meaning, live: int) -> int:
    """Returns how many report samples, while none is silent."""
    return live if meaning.samples is Samples.EACH else 1


def explains(meaning: Meaning, live: int, rate: int, minute: Minute | None) -> bool:
    if minute is None:
        return meaning.idle == "silent"
    expected = rate * sources(meaning, live)
    if minute.samples > expected * (1 + SAMPLES_TOLERANCE):
        return False
    if meaning.idle == "silent":
        return minute.least > 0
    return minute.samples >= expected * (1 - SAMPLES_TOLERANCE)


def streams(meaning: Meaning, group: Group, rate: int, minute: Minute | None) -> Streams:
    """Returns the streams of the group, as the mean of the minute."""
    if minute is None:
        return Streams(0, 0)
    if meaning.idle == "zeros":
        sample = minute.average * sources(meaning, group.live)
        known = sample * group.live if meaning.samples is Samples.MEAN else sample
        return Streams(known, known)
    level = minute.total / rate
    return Streams(level, level * group.live if meaning.samples is Samples.MEAN else level)
