"""When a variant has load metrics, when it has none, and which."""

from datetime import timedelta

import pytest

from lowtide.domain.endpoint.metering import Capacities, Metering, MetricName
from lowtide.domain.endpoint.observed import Endpoint, Status
from lowtide.domain.load.load_metrics import LoadMetrics
from lowtide.domain.load.reading import MissingReading
from tests.unit.domain.load.fleets import Kept, endpoint, metrics_of, minute, read

CAPACITIES = Capacities({"small": 10, "large": 20}, "small")
METERING = Metering(CAPACITIES)
EXACT = Metering(CAPACITIES, metrics=frozenset({MetricName.EXACT}), target=0.75)


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        pytest.param(endpoint(("small", 1), status=Status.CREATING), "not-in-service",
                     id="not while it is created"),
        pytest.param(endpoint(("small", 1), status=Status.FAILED), "not-in-service",
                     id="not when it has failed"),
        pytest.param(endpoint(("small", 1), status=Status.UNKNOWN), "not-in-service",
                     id="not in a status that is new to us"),
        pytest.param(endpoint(("small", 0), ("large", 0)), "no-instances",
                     id="not without instances"),
        pytest.param(endpoint(("small", 1), ("unheard", 1)), "unknown-type",
                     id="not with a live type that has no capacity"),
    ],
)  # fmt: skip
def test_the_load_is_missing(seen: Endpoint, code: str) -> None:
    series = {each: minute(1, 5) for each in ("small", "large", "unheard")}
    found = read(seen, METERING, series)
    assert isinstance(found, MissingReading)
    assert found.code == code


def test_a_type_without_instances_needs_no_capacity() -> None:
    found = read(endpoint(("small", 1), ("unheard", 0)), METERING, {"small": minute(1, 5)})
    assert isinstance(found, LoadMetrics)
    assert found.utilization == 0.5


@pytest.mark.parametrize(
    ("metering", "code"),
    [
        pytest.param(EXACT, "unknown-type", id="it is needed where the pools' order is asked for"),
        pytest.param(METERING, None, id="it is not where no metric follows the order"),
        pytest.param(Metering(CAPACITIES, target=0.75), None,
                     id="nor where such metrics have a target and are not published"),
    ],
)  # fmt: skip
def test_the_capacity_of_a_first_pool_without_instances(
    metering: Metering, code: str | None
) -> None:
    found = read(endpoint(("unheard", 0), ("small", 1)), metering, {"small": minute(1, 5)})
    assert (found.code if isinstance(found, MissingReading) else None) == code
    if isinstance(found, LoadMetrics):
        assert MetricName.NEEDED not in found.values()


def test_without_a_target_two_metrics_are_missing() -> None:
    without, whole = (metrics_of((Kept("small", 1),), each) for each in (METERING, EXACT))
    assert set(whole.values()) - set(without.values()) == {MetricName.EXACT, MetricName.NEEDED}


def test_two_pools_of_one_type_are_read_as_one_and_scaled_in_their_order() -> None:
    seen = endpoint(("small", 2), ("large", 1), ("small", 3))
    found = read(seen, EXACT, {"small": minute(1, 3), "large": minute(1, 6)})
    assert isinstance(found, LoadMetrics)
    assert (found.streams, found.capacity) == (21, 70)
    assert found.needed == 3  # 28 streams wide: the last three go, and 2 x 10 + 20 stay


def test_nothing_is_scaled_in_while_a_type_is_left_out() -> None:
    seen = endpoint(("small", 1), ("large", 2), modified=timedelta(minutes=1))
    found = read(seen, EXACT, {"small": minute(1, 2)})
    assert isinstance(found, LoadMetrics)
    assert (found.utilization, found.needed) == (0.2, 3)
    assert found.exact == pytest.approx(0.95 * 7.5)
