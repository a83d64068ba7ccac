"""The model of many fleets at once agrees with the model of one, call by call."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide_workbench.fleet.fleet import Fleet, Rules
from lowtide_workbench.fleet.pools import Drought, InstancePool, Procurement
from lowtide_workbench.simulate.model.lanes import Lanes
from lowtide_workbench.simulate.model.pools import Pool

CAPACITIES = (3, 5)
STEP_S, STEPS = 10, 60


def _one(first: int, second: int) -> Fleet:
    """`first` instances of the first pool, then `second` of the other."""
    rules = Rules(
        provisioning_s=(0.0, 0.0),
        procurement=Procurement(capacity_error_s=0),
        droughts={"0": [Drought(-1, 0)]},
    )
    pools = [InstancePool(str(n), n + 1, capacity) for n, capacity in enumerate(CAPACITIES)]
    fleet = Fleet(pools, rules, random.Random(0))  # noqa: S311
    fleet.scale_to(first, 0)
    fleet.advance(0)
    fleet.rules.droughts["0"].append(Drought(0, 1e9))  # type: ignore[attr-defined]
    fleet.scale_to(first + second, 0)
    fleet.advance(0)
    return fleet


@settings(max_examples=40, deadline=None)
@given(data=st.data(), first=st.integers(1, 3), second=st.integers(0, 2))
def test_calls_and_removals(data: st.DataObject, first: int, second: int) -> None:
    chance = random.Random(data.draw(st.integers(0, 2**32)))  # noqa: S311
    arrivals = [chance.randrange(3) for _ in range(STEPS)]
    lasts = [[chance.randrange(1, 25) for _ in range(count)] for count in arrivals]
    one = _one(first, second)
    pools = [Pool(str(n), capacity, 1.0) for n, capacity in enumerate(CAPACITIES)]
    many = Lanes([pools, pools], seats=sum(arrivals))
    for lane in (0, 1):
        many.add(lane, 0, first)
        many.add(lane, 1, second)
    ends: dict[int, list[int]] = {}
    seat = 0
    for step in range(STEPS):
        now = step * STEP_S
        if step in (20, 40) and one.desired > 1:
            one.scale_to(one.desired - 1, now)
            for lane in (0, 1):
                many.remove(lane, 1)
        for ended in ends.pop(step, ()):
            many.end(ended)
        for steps in lasts[step]:
            many.arrive(seat)
            ends.setdefault(step + steps, []).append(seat)
            seat += 1
        one.advance(now, [(now, steps * STEP_S) for steps in lasts[step]])
        many.retire()
        assert many.failed.tolist() == [one.tally.on_full_instance] * 2
        assert many.live.tolist() == [list(one.counts.values())] * 2
        assert many.draining.sum(axis=1).tolist() == [len(one.draining)] * 2
