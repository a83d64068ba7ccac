"""Fleets whose streams are known, and CloudWatch's statistics of them in each world.

Nothing here shares code with the verdict: samples are made second by second, then added up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from lowtide_cli.verify.hypotheses import Meaning, Samples
from lowtide_cli.verify.observation import Group, Minute, Readings

START = datetime(2026, 11, 23, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

type Load = Sequence[int]
"""The streams of each instance."""


@dataclass(frozen=True)
class World:
    """What AWS might do. `mean_of_all`: a mean counts idle instances, although silent."""

    samples: str  # each, mean, total
    idle: str  # zeros, silent
    mean_of_all: bool = False

    @property
    def as_meaning(self) -> Meaning:
        idle: Literal["zeros", "silent"] = "zeros" if self.idle == "zeros" else "silent"
        return Meaning(Samples[self.samples.upper()], idle)

    def emits(self, streams: Sequence[int]) -> list[float]:
        """At one instant, of the instances behind one dimension set."""
        reported = [float(each) for each in streams if each or self.idle == "zeros"]
        if self.samples == "each" or not reported:
            return reported
        total, counted = sum(reported), streams if self.mean_of_all else reported
        return [total if self.samples == "total" else total / len(counted)]


WORLDS = [
    World("each", "zeros"),
    World("each", "silent"),
    World("mean", "zeros"),
    World("mean", "silent"),
    World("mean", "silent", mean_of_all=True),
    World("total", "zeros"),
    World("total", "silent"),
]


def statistics(world: World, ticks: Sequence[Load]) -> Minute | None:
    samples = [value for streams in ticks for value in world.emits(streams)]
    if not samples:
        return None
    total = sum(samples)
    return Minute(len(samples), total, min(samples), max(samples), total / len(samples))


def show(
    world: World, types: Mapping[str, int], minutes: Sequence[Sequence[Load]], *, pooled: bool
) -> Readings:
    """`minutes` are ticks of loads, of instances in the order of `types`."""
    whole = _group(None, range(sum(types.values())), world, minutes)
    by_type, first = [], 0
    for name, live in types.items():
        by_type.append(_group(name, range(first, first + live), world, minutes))
        first += live
    times = tuple(START + index * MINUTE for index in range(len(minutes)))
    rate = len(minutes[0])
    observed = rate if any(group.minutes for group in (whole, *by_type)) else 0
    return Readings(whole, tuple(by_type) if pooled else (), times, rate, observed)


def _group(name: str | None, own: range, world: World, minutes: Sequence[Sequence[Load]]) -> Group:
    minutes_by_time = {
        START + index * MINUTE: statistics(world, [[tick[i] for i in own] for tick in ticks])
        for index, ticks in enumerate(minutes)
    }
    return Group(name, len(own), True, {at: each for at, each in minutes_by_time.items() if each})


def steady(load: Load, minutes: int = 5) -> list[list[Load]]:
    """The same load for so many minutes, six ticks in each."""
    return [[load] * 6] * minutes
