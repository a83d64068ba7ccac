"""Cases whose result is computed by hand."""

import numpy as np
import pytest

from lowtide.domain.curve.settings import CurveSettings
from lowtide_workbench.simulate.model.oracle import clairvoyant_usd
from lowtide_workbench.simulate.model.policies import Metric, Policy
from lowtide_workbench.simulate.model.pools import FleetRules, Pool
from lowtide_workbench.simulate.model.processes import together
from tests.unit.workbench.simulate import played as hand
from tests.unit.workbench.simulate.played import TENS, TENS_AND_TWENTIES, calls, played


def tracking(metric: Metric = Metric.LOWTIDE, target: float = 0.7, least: int = 1) -> Policy:
    return Policy(TENS, metric, target, least)


def test_a_fixed_fleet_costs_its_hours_and_fails_what_exceeds_it() -> None:
    result = played(calls((25, 9, 10)), Policy(TENS, least=2))
    assert result.usd.sum() == pytest.approx(2 * hand.PLAYED_HOURS)
    assert result.failed_calls.sum() == 5
    assert result.launches.sum() == 2


@pytest.mark.parametrize(
    ("streams", "largest"),
    [
        pytest.param(7, 10, id="at its target it stays"),
        pytest.param(8, 20, id="above it: 1 x 0.8 / 0.7 is two"),
        pytest.param(10, 20, id="full: 1 x 1 / 0.7 is two"),
    ],
)
def test_a_step_scales_out_in_proportion(streams: int, largest: int) -> None:
    result = played(calls((streams, 9, 12)), tracking())
    assert result.capacity.max() == largest


def test_a_scale_out_takes_the_alarm_and_the_provisioning_time() -> None:
    """Minutes 9:00, 9:01, 9:02 breach; known at 9:04; ten minutes later the instance serves."""
    result = played(calls((9, 9, 12)), tracking())
    assert hand.minutes_of(20, result.capacity[:, 0])[0] == 9 * 60 + 10
    result = played(calls((9, 9, 12)), tracking(), rules=FleetRules((660, 660)))
    assert hand.minutes_of(20, result.capacity[:, 0])[0] == 9 * 60 + 15


def test_a_scale_in_takes_fifteen_minutes_and_the_drain_is_paid() -> None:
    """Of 14 calls one is left from 9:00 on, on the younger instance, until 12:00."""
    result = played(calls((13, 8, 9), (1, 8.5, 12)), tracking())
    first, last = hand.minutes_of(20, result.capacity[:, 0])
    assert (first, last) == (8 * 60 + 10, 9 * 60 + 10)  # low from 9:00 to 9:14, known at 9:16
    # One all the time; the second from its request at 8:04 until it has drained.
    assert result.usd.sum() == pytest.approx(
        hand.PLAYED_HOURS + (12 * 60 - (8 * 60 + 4)) / 60, abs=0.02
    )


def test_a_pool_without_capacity_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    shortage = np.zeros((2, 2000), dtype=bool)
    shortage[0, 8 * 60 :] = True
    monkeypatch.setattr("lowtide_workbench.simulate.model.play.shortages", lambda *_: shortage)
    result = played(calls((9, 9, 12)), Policy(TENS_AND_TWENTIES, Metric.LOWTIDE, 0.7))
    assert result.capacity.max() == 30
    # Two minutes until the first pool has refused.
    assert hand.minutes_of(30, result.capacity[:, 0])[0] == 9 * 60 + 15


def test_when_every_pool_refuses_it_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shortage = np.zeros((1, 2000), dtype=bool)
    shortage[0, 8 * 60 : 10 * 60] = True
    monkeypatch.setattr("lowtide_workbench.simulate.model.play.shortages", lambda *_: shortage)
    result = played(calls((9, 9, 12)), tracking())
    assert hand.minutes_of(20, result.capacity[:, 0])[0] == 10 * 60 + 10


@pytest.mark.parametrize(
    ("metric", "scales_out"),
    [
        pytest.param(Metric.LOWTIDE, True, id="Lowtide's metric reads 0.9"),
        pytest.param(Metric.PREDEFINED, True, id="the predefined metric reads 9 of 10"),
        pytest.param(Metric.PUBLISHED_AS_ZERO, False, id="AWS's formula reads the half of it"),
        pytest.param(Metric.PUBLISHED_AS_MISSING, False, id="of one type alone it has no data"),
    ],
)
def test_what_each_metric_makes_of_a_fleet_of_one_type(metric: Metric, scales_out: bool) -> None:
    result = played(calls((9, 9, 12)), Policy(TENS_AND_TWENTIES, metric, 0.7))
    assert (result.capacity.max() > 10) == scales_out


def test_without_an_instance_a_call_fails_and_without_a_forecast_the_minimum_holds() -> None:
    floors = Policy(TENS, Metric.LOWTIDE, 0.7, floors=CurveSettings())
    result = played(calls((12, 9, 12)), floors)
    assert result.failed_calls.sum() == 2
    assert result.floor.max() == 1


@pytest.mark.parametrize(
    ("spans", "least", "instance_hours"),
    [
        pytest.param([(10, 9, 10)], 0, 1 + 450 / 3600, id="an hour, and the time to start"),
        pytest.param([(11, 9, 10)], 0, 2 * (1 + 450 / 3600), id="one more call, one more instance"),
        pytest.param([(5, 9, 10), (5, 10.1, 11)], 0, 2 + 450 / 3600, id="six minutes are bridged"),
        pytest.param([(5, 9, 10), (5, 10.5, 11)], 0, 1.5 + 900 / 3600, id="half an hour is not"),
        pytest.param([(10, 9, 10)], 1, 24 + 450 / 3600, id="a minimum runs all day"),
    ],
)
def test_clairvoyant_cost(
    spans: list[tuple[int, float, float]], least: int, instance_hours: float
) -> None:
    made, _ = hand.script_of(calls(*spans))
    cost = clairvoyant_usd(made, Pool("ten", 10, 1.0), FleetRules(), least)
    assert cost == pytest.approx(instance_hours, abs=0.01)


def test_policies_that_are_dealt_out_to_processes_come_back_in_order() -> None:
    policies = [Policy(TENS, least=count) for count in (1, 2, 3)]
    whole = played(calls((25, 9, 10)), *policies)
    parts = [played(calls((25, 9, 10)), *policies[n::2]) for n in range(2)]
    assert together(parts).usd.tolist() == whole.usd.tolist()
    assert together(parts).capacity.tolist() == whole.capacity.tolist()
