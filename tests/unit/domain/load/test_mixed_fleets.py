"""Fleets against truth worked out by hand, and against the formulas that AWS publishes.

The formulas are given what CloudWatch gives them: each type's mean streams an instance, and 0 for
a type without data. Where their verdict is another than ours, the fleet's own metrics say who is
right: it is full and they let it go, or it is empty and they hold it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from lowtide.domain.endpoint.metering import Capacities, Metering, MetricName
from tests.unit.domain.load.fleets import Kept, metrics_of

TARGET = 0.7
G6, G6E = "ml.g6.2xlarge", "ml.g6e.2xlarge"
P5, G6_48 = "ml.p5.48xlarge", "ml.g6.48xlarge"
FIRST, SECOND, THIRD = "ml.g6.24xlarge", "ml.g5.48xlarge", "ml.g5.12xlarge"

type Means = Mapping[str, float]


def documented(mean: Means) -> float:
    """(a) AWS's documentation: `0.5 * cr_g6 + 0.5 * cr_g6e`, TargetValue 10."""
    return (0.5 * mean.get(G6, 0) + 0.5 * mean.get(G6E, 0)) / 10 * TARGET


def blogged(mean: Means) -> float:
    """(b) AWS's blog: `(p5_concurrency / 20 + g6_concurrency / 8) / 2`, TargetValue 0.7."""
    return (mean.get(P5, 0) / 20 + mean.get(G6_48, 0) / 8) / 2


def sampled(mean: Means) -> float:
    """(c) AWS's sample: `(concurrency_0 / 12 + concurrency_1 / 16 + concurrency_2 / 7) / 3`."""
    return (mean.get(FIRST, 0) / 12 + mean.get(SECOND, 0) / 16 + mean.get(THIRD, 0) / 7) / 3


@dataclass(frozen=True, slots=True)
class Setting:
    """`share` reads 0.7 where the published policy's metric is at its TargetValue."""

    capacity: Mapping[str, float]  # highest priority first; the first is the reference
    share: Callable[[Means], float]


DOC = Setting({G6: 10, G6E: 20}, documented)
BLOG = Setting({P5: 20, G6_48: 8}, blogged)
SAMPLE = Setting({FIRST: 12, SECOND: 16, THIRD: 7}, sampled)


@dataclass(frozen=True, slots=True)
class Truth:
    streams: float
    capacity: float
    worst: float
    needed: int
    ours: str
    theirs: str


def verdict(share: float) -> str:
    """What a target-tracking policy's alarms make of it."""
    return "out" if share > TARGET else "in" if share < 0.9 * TARGET else "rest"


FLEETS = [
    pytest.param(
        BLOG, (Kept(P5, 1, 18), Kept(G6_48, 1, 7)), 0.8875, Truth(25, 28, 0.9, 3, "out", "out"),
        id="the blog: 18 of 20 and 7 of 8 are too full",
    ),
    pytest.param(
        BLOG, (Kept(P5, 2, 20), Kept(G6_48, 0)), 0.5, Truth(40, 40, 1.0, 3, "out", "in"),
        id="the blog: everything on the first pool and full; theirs scales in",
    ),
    pytest.param(
        BLOG, (Kept(P5, 9, 0), Kept(G6_48, 1, 8)), 0.5, Truth(8, 188, 1.0, 1, "in", "in"),
        id="nine idle large instances and a full small one are nearly idle",
    ),
    pytest.param(
        BLOG, (Kept(P5, 1, 0), Kept(G6_48, 9, 8)), 0.5, Truth(72, 92, 1.0, 11, "out", "in"),
        id="one idle large instance and nine full small ones read the same to theirs, and it"
        " scales in",
    ),
    pytest.param(
        BLOG, (Kept(P5, 6, 10), Kept(G6_48, 1, 8)), 0.75, Truth(68, 128, 1.0, 5, "in", "out"),
        id="six large instances half full and a full small one; theirs scales out",
    ),
    pytest.param(
        SAMPLE, (Kept(FIRST, 2, 12), Kept(SECOND, 0), Kept(THIRD, 0)), 1 / 3,
        Truth(24, 24, 1.0, 3, "out", "in"),
        id="the sample: three pools with everything on the first and full; theirs scales in",
    ),
    pytest.param(
        SAMPLE, (Kept(FIRST, 1, 25.2), Kept(SECOND, 0), Kept(THIRD, 0)), 0.7,
        Truth(25.2, 12, 2.1, 3, "out", "rest"),
        id="the sample: the first pool at 210 % is where theirs reaches its target",
    ),
    pytest.param(
        SAMPLE, (Kept(FIRST, 1, 12), Kept(SECOND, 1, 16), Kept(THIRD, 1, 7)), 1.0,
        Truth(35, 35, 1.0, 5, "out", "out"), id="the sample: one full instance of each",
    ),
    pytest.param(
        SAMPLE, (Kept(FIRST, 1, 0), Kept(SECOND, 1, 0), Kept(THIRD, 1, 0)), 0.0,
        Truth(0, 35, 0.0, 1, "in", "in"), id="idle is a true zero",
    ),
    pytest.param(
        DOC, (Kept(G6, 2, 10), Kept(G6E, 0)), 0.35, Truth(20, 20, 1.0, 3, "out", "in"),
        id="the documentation: everything on the first pool and full; theirs scales in",
    ),
    pytest.param(
        DOC, (Kept(G6, 0), Kept(G6E, 1, 20)), 0.7, Truth(20, 20, 1.0, 2, "out", "rest"),
        id="the documentation: everything on the fallback and full; theirs is content",
    ),
    pytest.param(
        DOC, (Kept(G6, 1, 10), Kept(G6E, 1, 10)), 0.7, Truth(20, 30, 1.0, 2, "rest", "rest"),
        id="the documentation: ten streams on each, of which the first holds no more",
    ),
]  # fmt: skip


def metering(setting: Setting) -> Metering:
    return Metering(Capacities(setting.capacity, next(iter(setting.capacity))), target=TARGET)


@pytest.mark.parametrize(("setting", "pools", "theirs", "truth"), FLEETS)
def test_the_metrics_of_a_fleet(
    setting: Setting, pools: tuple[Kept, ...], theirs: float, truth: Truth
) -> None:
    del theirs
    values = metrics_of(pools, metering(setting)).values()
    utilization = truth.streams / truth.capacity
    assert {name: values[name] for name in values if name != MetricName.EXACT} == {
        MetricName.STREAMS: pytest.approx(truth.streams),
        MetricName.CAPACITY: pytest.approx(truth.capacity),
        MetricName.UTILIZATION: pytest.approx(utilization),
        MetricName.WEIGHTED: pytest.approx(utilization * setting.capacity[pools[0].instance_type]),
        MetricName.WORST_POOL: pytest.approx(truth.worst),
        MetricName.NEEDED: truth.needed,
    }
    assert verdict(values[MetricName.UTILIZATION]) == truth.ours


@pytest.mark.parametrize(("setting", "pools", "theirs", "truth"), FLEETS)
def test_what_aws_s_formula_makes_of_it(
    setting: Setting, pools: tuple[Kept, ...], theirs: float, truth: Truth
) -> None:
    share = setting.share({pool.instance_type: pool.streams for pool in pools if pool.live})
    assert share == pytest.approx(theirs)
    assert verdict(round(share, 9)) == truth.theirs
