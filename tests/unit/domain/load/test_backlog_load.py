"""The backlog of asynchronous fleets, against truth worked out by hand.

`theirs` is SageMaker's backlog per instance; `wait` how long a new job waits until it begins, where
a job of an L4 takes a minute. What matters to a user is the wait: the target is one of 5 minutes.
"""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from lowtide.domain.endpoint.metering import Capacities, Metering, MetricName
from lowtide.domain.endpoint.observed import Endpoint, Kind, Pool, Status, Variant
from lowtide.domain.load.backlog_load import (
    BACKLOG,
    OLDEST,
    BacklogMetrics,
    backlog_load,
    of_backlog,
)
from lowtide.domain.load.reading import MissingReading, Series
from tests.unit.domain.load.fleets import AT_REST, NOW, minute, minutes

# An L4 is the reference and takes 2 jobs at once; an L40S takes as many, each three times as fast.
G6, G6E = "ml.g6.2xlarge", "ml.g6e.2xlarge"
METERING = Metering(Capacities({G6: 2, G6E: 6}, G6))
BY_LARGE = Metering(Capacities({G6: 2, G6E: 6}, G6E))
MINUTES = 5  # a job may wait: backlog of 5 jobs for each that is worked on

type Pools = tuple[tuple[str, int], ...]


def endpoint(
    *variants: Pools,
    status: Status = Status.IN_SERVICE,
    modified: timedelta = AT_REST,
) -> Endpoint:
    shown = tuple(
        Variant(f"v{number}", tuple(Pool(*pool) for pool in pools))
        for number, pools in enumerate(variants)
    )
    kinds = frozenset({Kind.ASYNCHRONOUS})
    return Endpoint("e", status, modified_at=NOW - modified, variants=shown, kinds=kinds)


def verdict(value: float, target: float) -> str:
    return "out" if value > target else "in" if value < 0.9 * target else "rest"


@pytest.mark.parametrize(
    ("metering", "variants", "backlog", "wait", "weighted", "ours", "theirs"),
    [
        pytest.param(METERING, (((G6, 4), (G6E, 0)),), 40, 5.0, 10.0, "rest", "rest",
                     id="one type: the same as SageMaker's"),
        pytest.param(METERING, (((G6, 0), (G6E, 4)),), 60, 2.5, 5.0, "in", "out",
                     id="all on the large fallback: theirs buys more for a short wait"),
        pytest.param(BY_LARGE, (((G6E, 0), (G6, 4)),), 100, 12.5, 75.0, "out", "in",
                     id="all on the small fallback: theirs lets go of it at more than double"),
        pytest.param(METERING, (((G6, 2), (G6E, 2)),), 60, 3.75, 7.5, "in", "out",
                     id="half and half"),
        pytest.param(METERING, (((G6, 9), (G6E, 1)),), 120, 5.0, 10.0, "rest", "out",
                     id="one large among nine small"),
        pytest.param(METERING, (((G6, 1), (G6E, 9)),), 0, 0.0, 0.0, "in", "in", id="no backlog"),
        pytest.param(METERING, (((G6, 1),), ((G6E, 1),)), 40, 5.0, 10.0, "rest", "out",
                     id="two variants: the backlog is one for both"),
        pytest.param(METERING, (((G6, 1), (G6, 3), (G6E, 0)),), 40, 5.0, 10.0, "rest", "rest",
                     id="two pools of one type"),
    ],
)  # fmt: skip
def test_a_fleet_is_scaled_by_how_long_jobs_wait(
    metering: Metering,
    variants: tuple[Pools, ...],
    backlog: float,
    wait: float,
    weighted: float,
    ours: str,
    theirs: str,
) -> None:
    found = backlog_load(endpoint(*variants), metering, {BACKLOG: minute(1, backlog)}, NOW)
    assert isinstance(found, BacklogMetrics)
    values = found.values()
    assert values[MetricName.BACKLOG_UTILIZATION] == pytest.approx(wait)
    assert values[MetricName.WEIGHTED_BACKLOG] == pytest.approx(weighted)
    target = MINUTES * metering.capacities.of_reference
    per_instance = backlog / sum(live for pools in variants for _, live in pools)
    assert (verdict(weighted, target), verdict(per_instance, target)) == (ours, theirs)
    assert ours == verdict(wait, MINUTES)


def test_without_capacity_only_the_age_of_the_oldest_job_has_a_value() -> None:
    """The policy that leaves zero acts; a backlog for no capacity is no number."""
    series = {BACKLOG: minute(1, 7), OLDEST: minute(1, 3600)}
    found = backlog_load(endpoint(((G6, 0), ("unheard", 0))), METERING, series, NOW)
    assert isinstance(found, BacklogMetrics)
    assert found.values() == {MetricName.OLDEST: 3600, MetricName.CAPACITY: 0}


@pytest.mark.parametrize(
    ("seen", "series", "code"),
    [
        pytest.param(endpoint(((G6, 1),), status=Status.CREATING), {BACKLOG: minute(1, 1)},
                     "not-in-service", id="the endpoint is created"),
        pytest.param(endpoint(((G6, 1), ("unheard", 1))), {BACKLOG: minute(1, 1)},
                     "unknown-type", id="a live type has no capacity"),
        pytest.param(endpoint(((G6, 1),)), {}, "no-data", id="there is no backlog: it is not zero"),
        pytest.param(endpoint(((G6, 1),)), {BACKLOG: minute(4, 1)}, "no-data",
                     id="the newest minute ended three minutes ago"),
        pytest.param(endpoint(((G6, 1),), modified=timedelta(minutes=4)), {}, "settling",
                     id="it has just changed: expected"),
        pytest.param(endpoint(((G6, 1),)), {BACKLOG: minute(1, float("nan"))}, "not-finite",
                     id="it is no number"),
    ],
)  # fmt: skip
def test_nothing_is_published_rather_than_a_guess(
    seen: Endpoint, series: Mapping[str, Series], code: str
) -> None:
    found = backlog_load(seen, METERING, series, NOW)
    assert isinstance(found, MissingReading)
    assert found.code == code


def test_the_newest_minute_counts() -> None:
    found = backlog_load(endpoint(((G6, 1),)), METERING, {BACKLOG: minutes(9, 8, 3)}, NOW)
    assert isinstance(found, BacklogMetrics)
    assert found.backlog == 3


@pytest.mark.parametrize(
    ("asked", "published"),
    [
        pytest.param({MetricName.WEIGHTED}, {MetricName.WEIGHTED_BACKLOG}, id="by default"),
        pytest.param({MetricName.EXACT}, {MetricName.WEIGHTED_BACKLOG}, id="exact"),
        pytest.param({MetricName.UTILIZATION, MetricName.OLDEST},
                     {MetricName.BACKLOG_UTILIZATION, MetricName.OLDEST}, id="named"),
    ],
)  # fmt: skip
def test_a_backlog_stands_in_for_streams(
    asked: set[MetricName], published: set[MetricName]
) -> None:
    """Every minute: SageMaker publishes it no more often."""
    metering = of_backlog(Metering(METERING.capacities, frozenset(asked), resolution=10))
    assert set(metering.metrics) == published
    assert metering.resolution == 60
