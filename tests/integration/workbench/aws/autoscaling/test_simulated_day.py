"""The simulator's model of scaling agrees with the embedded AWS on the same calls."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from lowtide_workbench.simulate.model.play import Question, play
from lowtide_workbench.simulate.model.policies import Metric, Policy
from lowtide_workbench.simulate.model.pools import Pool
from lowtide_workbench.simulate.sources import of_sessions
from lowtide_workbench.traces.files import Session
from lowtide_workbench.traces.profile import Profile, generate
from tests.integration.workbench.aws.conftest import Account
from tests.unit.workbench.simulate.played import script_of

TARGET = 0.7
HOURS = 5
# Half hours of a Monday: a steep ramp, a plateau of about 60 streams, a fall to nothing.
RATES = [40.0, 120.0, 240.0, 360.0, 360.0, 360.0, 120.0, 20.0, *[0.0] * 40]
CALLS = generate(
    Profile({"Monday": RATES}, [(0.0, 30.0), (0.5, 240.0), (1.0, 900.0)]), days=[0], seed=4
)


def _embedded(account: Account, calls: list[Session]) -> tuple[float, float]:
    """Instance hours in service and the share of the calls above capacity."""
    account.in_service()
    account.register(1, 20)
    account.track(goal=TARGET, ScaleInCooldown=300, ScaleOutCooldown=60)
    account.sessions(*calls)
    begun = account.cloud.tally(account.name).instance_seconds.copy()
    seen: list[float] = []

    def measure(now: datetime) -> None:
        """As Lowtide's publisher: the minute's mean, published for the minute it is read in."""
        fleet = account.cloud.fleet(account.name)
        assert fleet is not None
        seen.append(fleet.utilization or 0.0)
        if now.second == 0:
            account.put(sum(seen) / len(seen), at=now)
            seen.clear()

    account.cloud.every(timedelta(seconds=10), measure)
    account.wait(hours=HOURS)
    tally = account.cloud.tally(account.name)
    seconds = sum(tally.instance_seconds.values()) - sum(begun.values())
    return seconds / 3600, tally.on_full_instance / tally.sessions


def _simulated(calls: list[Session]) -> tuple[float, float]:
    made, days = script_of(of_sessions(calls))
    policy = Policy((Pool("ten", 10, 1.0),), Metric.LOWTIDE, TARGET)
    result = play(Question(policy.pools, made, days, [policy], [1]))
    hours = result.capacity[: HOURS * 12].sum() / 12 / 10
    return float(hours), float(result.failed_calls.sum() / len(calls))


def test_the_same_calls(account: Any) -> None:
    """Within a tenth of the instance hours and two percent of the calls.

    The embedded AWS draws the time to start for each instance, the simulator for a batch.
    """
    hours, failed = _embedded(account, CALLS)
    assert failed > 0.03  # the ramp is steep enough to tell good models from bad ones
    assert _simulated(CALLS)[0] == pytest.approx(hours, rel=0.1)
    assert _simulated(CALLS)[1] == pytest.approx(failed, abs=0.02)
