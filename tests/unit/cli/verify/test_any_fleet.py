"""Whatever the fleet, the load and the world: right or open, never wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from lowtide_cli.verify.observation import Readings
from lowtide_cli.verify.verdict import Verdict, judge
from tests.unit.cli.verify.worlds import WORLDS, Load, World, show, steady

TYPES = ("ml.g6.2xlarge", "ml.g6e.2xlarge", "ml.g5.2xlarge")


@dataclass(frozen=True)
class Case:
    world: World
    types: Mapping[str, int]
    minutes: Sequence[Sequence[Load]]
    pooled: bool
    last: int  # streams throughout the last minutes

    @property
    def readings(self) -> Readings:
        return show(self.world, self.types, self.minutes, pooled=self.pooled)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Idle, constant and changing loads; the last five minutes are constant."""
    pooled = draw(st.booleans())
    names = TYPES[: draw(st.integers(1, 3 if pooled else 1))]
    types = {name: draw(st.integers(1, 3)) for name in names}
    loads = st.lists(
        st.one_of(st.just(0), st.integers(0, 20)),
        min_size=sum(types.values()),
        max_size=sum(types.values()),
    )
    constant = loads.flatmap(lambda load: st.integers(1, 6).map(lambda n: steady(load, n)))
    busy = st.lists(st.lists(loads, min_size=6, max_size=6), min_size=1, max_size=3)
    idle = st.integers(1, 7).map(lambda n: steady([0] * sum(types.values()), n))
    before = draw(st.lists(st.one_of(constant, busy, idle), max_size=3))
    last = draw(loads)
    minutes = [*(minute for part in before for minute in part), *steady(last, 5)]
    return Case(draw(st.sampled_from(WORLDS)), types, minutes, pooled, sum(last))


def is_right(verdict: Verdict, world: World) -> bool:
    """`sum` adds what samples say; of a mean that is too little, of all else it is right."""
    total = "average" if world.samples == "mean" else "sum"
    return verdict.total in (None, total) and verdict.idle in (None, world.idle)


@given(cases())
def test_the_verdict_is_right_or_open(case: Case) -> None:
    unknown, known = judge(case.readings), judge(case.readings, case.last)
    assert case.world.as_meaning in unknown.possible
    for verdict in (unknown, known):
        assert is_right(verdict, case.world)
        if verdict.metric_math:  # facts 1.8: sums of Sum over sums of SampleCount are exact
            assert (case.world.samples, case.world.idle) == ("each", "zeros")
