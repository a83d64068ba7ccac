"""Costs at equal quality."""

from dataclasses import replace
from datetime import date

import pytest

from lowtide_workbench.simulate.model.policies import Policy
from lowtide_workbench.simulate.outcomes import Outcome, usd_at

ANY = Outcome(Policy(()), 0.0, 0.0, 0.0, 0.0, date(2024, 1, 1), 0.0, [], 0.0)


def _swept(*points: tuple[float, float]) -> list[Outcome]:
    return [replace(ANY, failed=failed, usd_a_week=usd) for failed, usd in points]


@pytest.mark.parametrize(
    ("points", "usd"),
    [
        pytest.param([(0.02, 100), (0.005, 140)], 120, id="half way on the logarithm"),
        pytest.param([(0.01, 100)], 100, id="exactly there"),
        pytest.param([(0.03, 100), (0.02, 110)], None, id="not reached"),
        pytest.param([(0.008, 90), (0.001, 140)], 90, id="better than asked"),
        pytest.param([(0.02, 200), (0.005, 140)], 140, id="the better setting is the cheaper"),
        pytest.param([(0.02, 100), (0.0, 140)], 100 + 40 * 0.06999, id="nothing fails at all"),
    ],
)
def test_cost_at_one_percent(points: list[tuple[float, float]], usd: float | None) -> None:
    assert usd_at(_swept(*points), 0.01) == (usd and pytest.approx(usd, abs=0.01))
