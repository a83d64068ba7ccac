"""A fleet under traffic."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide_workbench.fleet.fleet import Fleet, Removal, Routing, Rules, Session
from lowtide_workbench.fleet.pools import Drought, InstancePool, Procurement

SMALL = InstancePool("small", priority=1, capacity=2)
LARGE = InstancePool("large", priority=2, capacity=4)
AT_ONCE = (0.0, 0.0)


def chance(seed: int = 0) -> random.Random:
    return random.Random(seed)  # noqa: S311


def fleet_of(
    count: int, rules: Rules | None = None, pools: Sequence[InstancePool] = (SMALL, LARGE)
) -> Fleet:
    fleet = Fleet(pools, rules or Rules(provisioning_s=AT_ONCE), chance())
    fleet.scale_to(count, 0)
    fleet.advance(0)
    return fleet


def calls(count: int, at: float = 0, duration: float = 100) -> list[Session]:
    return [(at, duration)] * count


def mixed(count_small: int, count_large: int, removal: Removal = Removal.DRAIN) -> Fleet:
    """The first pool has no capacity after t = 0, so what is added comes from the second."""
    rules = Rules(
        removal=removal,
        provisioning_s=AT_ONCE,
        procurement=Procurement(capacity_error_s=0),
        droughts={"small": [Drought(1, 1e9)]},
    )
    fleet = fleet_of(count_small, rules)
    fleet.advance(2)
    fleet.scale_to(count_small + count_large, 2)
    fleet.advance(2)
    assert fleet.counts == {"small": count_small, "large": count_large}
    return fleet


@pytest.mark.parametrize(
    ("fleet", "sessions", "streams", "on_full"),
    [
        pytest.param((1, 1), 6, [3, 3], 1, id="counts are evened out: the small one fills first"),
        pytest.param((2, 1), 1, [1, 0, 0], 0, id="ties go to the priority, then to the older"),
    ],
)
def test_least_outstanding_requests(
    fleet: tuple[int, int], sessions: int, streams: list[int], on_full: int
) -> None:
    running = mixed(*fleet)
    running.advance(10, calls(sessions, at=5))
    assert [instance.streams for instance in running.live] == streams
    assert running.tally.on_full_instance == on_full


def test_random_routing_is_drawn_from_the_seed_and_reaches_every_instance() -> None:
    fleet = fleet_of(3, Rules(routing=Routing.RANDOM, provisioning_s=AT_ONCE))
    fleet.advance(10, calls(60))
    streams = [instance.streams for instance in fleet.live]
    assert min(streams) > 0
    assert streams != [20, 20, 20]


def test_sessions_stick_to_their_instance_until_they_end() -> None:
    fleet = fleet_of(1)
    fleet.advance(10, calls(2))
    fleet.scale_to(2, 10)
    fleet.advance(99)
    assert [instance.streams for instance in fleet.live] == [2, 0]
    fleet.advance(100)
    assert fleet.streams == 0


@pytest.mark.parametrize(
    ("instances", "served", "on_full", "unserved"),
    [
        pytest.param(1, 5, 3, 0, id="a full instance still takes sessions, and they are counted"),
        pytest.param(0, 0, 0, 5, id="without an instance they are unserved"),
    ],
)
def test_tally(instances: int, served: int, on_full: int, unserved: int) -> None:
    fleet = fleet_of(instances)
    fleet.advance(10, calls(5))
    tally = fleet.tally
    counted = (tally.served, tally.on_full_instance, tally.unserved, tally.sessions)
    assert counted == (served, on_full, unserved, 5)


def test_provisioning_takes_between_its_bounds_and_the_same_seed_takes_the_same_time() -> None:
    def ready_times(seed: int) -> list[float]:
        fleet = Fleet([SMALL], Rules(provisioning_s=(300, 600)), chance(seed))
        fleet.scale_to(20, 0)
        fleet.advance(299)
        assert not fleet.live
        fleet.advance(600)
        return [instance.ready_at for instance in fleet.live]

    first, again, other = ready_times(1), ready_times(1), ready_times(2)
    assert first == again != other
    assert all(300 <= at <= 600 for at in first)


def test_scale_in_takes_the_lowest_priority_pool_first() -> None:
    fleet = mixed(2, 1)
    fleet.scale_to(2, 10)
    assert fleet.counts == {"small": 2, "large": 0}


@pytest.mark.parametrize(
    ("removal", "cut", "billed_until"),
    [
        pytest.param(Removal.DRAIN, 0, 105, id="draining lets sessions finish and bills till then"),
        pytest.param(Removal.CUT, 3, 10, id="cutting ends sessions at once"),
    ],
)
def test_removal(removal: Removal, cut: int, billed_until: float) -> None:
    fleet = mixed(0, 1, removal)
    fleet.advance(10, calls(3, at=5))
    fleet.scale_to(0, 10)
    fleet.advance(200)
    assert fleet.tally.cut == cut
    assert fleet.tally.instance_seconds["large"] == billed_until - 2
    assert not fleet.draining


def test_a_draining_instance_gets_no_new_sessions() -> None:
    fleet = fleet_of(1)
    fleet.advance(10, calls(1))
    fleet.scale_to(0, 10)
    fleet.advance(20, calls(1, at=15))
    assert fleet.tally.unserved == 1


def test_without_capacity_the_request_is_given_up_after_the_last_refusal() -> None:
    rules = Rules(
        provisioning_s=AT_ONCE,
        procurement=Procurement(capacity_error_s=120),
        droughts={"small": [Drought(5, 1e9)], "large": [Drought(5, 1e9)]},
    )
    fleet = fleet_of(1, rules)
    fleet.advance(10)
    fleet.scale_to(3, 10)
    fleet.advance(249)
    assert (fleet.failed, fleet.settled, fleet.desired) == (False, False, 3)
    fleet.advance(250)
    assert (fleet.failed, fleet.settled, fleet.desired) == (True, True, 1)


def test_closing_cuts_what_still_runs_and_stops_the_bill() -> None:
    fleet = fleet_of(1)
    fleet.advance(10, calls(2))
    (instance,) = fleet.live
    fleet.close(10)
    fleet.advance(500)
    assert instance.streams == 0
    assert (fleet.tally.cut, fleet.tally.instance_seconds["small"]) == (2, 10)


def test_pending_instances_are_claimed() -> None:
    fleet = Fleet([SMALL, LARGE], Rules(provisioning_s=(300, 300)), chance())
    fleet.scale_to(2, 0)
    assert (fleet.claimed, fleet.counts) == ({"small": 2}, {"small": 0, "large": 0})
    fleet.advance(300)
    assert fleet.claimed == {"small": 2}


@given(
    arrivals=st.lists(st.tuples(st.floats(0, 999), st.floats(1, 500)), max_size=60).map(sorted),
    counts=st.lists(st.integers(0, 5), min_size=10, max_size=10),
    removal=st.sampled_from(Removal),
)
def test_no_session_is_lost_or_counted_twice(
    arrivals: list[Session], counts: list[int], removal: Removal
) -> None:
    fleet = Fleet([SMALL, LARGE], Rules(removal=removal, provisioning_s=(0, 50)), chance())
    for index, count in enumerate(counts):
        fleet.scale_to(count, index * 100)
        span = [each for each in arrivals if index * 100 <= each[0] < (index + 1) * 100]
        fleet.advance((index + 1) * 100, span)
    alive = sum(arrival + duration > 1000 for arrival, duration in arrivals)
    running = fleet.streams + sum(instance.streams for instance in fleet.draining)
    assert fleet.tally.sessions == len(arrivals)
    assert fleet.tally.cut <= fleet.tally.served
    assert running <= alive
    fleet.scale_to(0, 1000)
    fleet.advance(2000)
    assert fleet.streams == 0
    assert not fleet.draining
