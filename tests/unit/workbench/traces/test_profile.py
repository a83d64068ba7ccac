from math import sqrt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide_workbench.traces import profile
from lowtide_workbench.traces.compute import rewrite
from lowtide_workbench.traces.days import DAY_S, HALF_HOUR_S
from lowtide_workbench.traces.files import Session
from lowtide_workbench.traces.profile import WEEKDAYS, Profile, generate, load

REAL = Path(__file__).parents[5] / "shared" / "traces" / "nabank2003_bankdur.csv.gz"


def made_trace() -> list[Session]:
    """Two Mondays with 3 and 5 calls from 9:00 to 9:30, and a Tuesday with one after that."""
    at_nine = 9 * 3600
    first = [Session(at_nine + second, 100) for second in (0, 5, 1799)]
    second = [Session(7 * DAY_S + at_nine + second, 200) for second in (0, 1, 2, 3, 4)]
    return [*first, Session(DAY_S + at_nine + HALF_HOUR_S, 300), *second]


def test_arrivals_are_means_over_the_days_of_a_weekday() -> None:
    computed = profile.compute(made_trace())
    assert list(computed.arrivals) == ["Monday", "Tuesday"]
    assert [mean for mean in computed.arrivals["Monday"] if mean] == [4.0]
    assert computed.arrivals["Monday"][18] == 4.0
    assert computed.arrivals["Tuesday"][19] == 1.0


def test_quantiles_run_from_the_shortest_to_the_longest_call() -> None:
    quantiles = dict(profile.compute(made_trace()).durations)
    assert (quantiles[0.0], quantiles[0.5], quantiles[1.0]) == (100, 200, 300)


def test_computing_keeps_the_source_and_replaces_the_profile(tmp_path: Path) -> None:
    trace, target = tmp_path / "made.csv", tmp_path / "profile.json"
    rows = "".join(f"{arrival},{duration}\n" for arrival, duration in made_trace())
    trace.write_text("arrival_s,duration_s\n" + rows)
    target.write_text('{"source": {"trace": "made.csv", "licence": "none"}}')
    rewrite(trace, target)
    assert load(target) == profile.compute(made_trace())
    assert '"licence": "none"' in target.read_text()


def test_the_profile_of_another_trace_needs_another_source(tmp_path: Path) -> None:
    target = tmp_path / "profile.json"
    target.write_text('{"source": {"trace": "made.csv"}}')
    with pytest.raises(ValueError, match=r"found 'made.csv', expected 'other.csv'"):
        rewrite(tmp_path / "other.csv", target)


@pytest.mark.parametrize("weekday", range(5))
def test_generated_half_hours_are_near_the_profile(weekday: int) -> None:
    own = load()
    counts = [0] * 48
    weeks = 4
    for session in generate(own, days=[weekday + 7 * week for week in range(weeks)], seed=20030303):
        counts[session.arrival_s % DAY_S // HALF_HOUR_S] += 1
    for count, mean in zip(counts, own.arrivals[WEEKDAYS[weekday]], strict=True):
        assert abs(count - weeks * mean) <= 4.5 * sqrt(weeks * mean)  # Poisson: variance = mean


def test_generated_durations_follow_the_quantiles() -> None:
    own = load()
    ordered = sorted(session.duration_s for session in generate(own, days=range(5), seed=7))
    levels = dict(own.durations)
    for level in (0.05, 0.5, 0.95, 0.99):
        assert ordered[int(level * len(ordered))] == pytest.approx(levels[level], rel=0.03, abs=1)
    assert sum(ordered) / len(ordered) == pytest.approx(181, rel=0.02)  # the trace's own mean


def test_the_seed_decides_everything() -> None:
    own = load()
    assert generate(own, days=[0], seed=1) == generate(own, days=[0], seed=1)
    assert generate(own, days=[0], seed=1) != generate(own, days=[0], seed=2)


def test_a_weekday_without_a_profile_is_refused() -> None:
    with pytest.raises(ValueError, match="has no Saturday: expected one of Monday, Tues"):
        generate(load(), days=[5], seed=1)


made_profiles = st.builds(
    Profile,
    arrivals=st.fixed_dictionaries(
        {
            day: st.lists(st.floats(0, 40), min_size=4, max_size=4).map(
                lambda means: [0.0] * 20 + means + [0.0] * 24
            )
            for day in WEEKDAYS
        }
    ),
    durations=st.lists(st.integers(0, 9000), min_size=2, max_size=9).map(
        lambda seconds: [(i / (len(seconds) - 1), s) for i, s in enumerate(sorted(seconds))]
    ),
)


@settings(deadline=None)
@given(made_profiles, st.sets(st.integers(0, 20), max_size=3), st.integers())
def test_generated_sessions_keep_to_their_days_order_and_durations(
    made: Profile, days: set[int], seed: int
) -> None:
    sessions = generate(made, days=list(days), seed=seed)
    arrivals = [session.arrival_s for session in sessions]
    assert arrivals == sorted(arrivals)
    shortest, longest = made.durations[0][1], made.durations[-1][1]
    for arrival, duration in sessions:
        day, time_s = divmod(arrival, DAY_S)
        assert day in days
        assert made.arrivals[WEEKDAYS[day % 7]][time_s // HALF_HOUR_S] > 0
        assert shortest <= duration <= longest


@pytest.mark.skipif(not REAL.exists(), reason=f"the real trace is not here: {REAL.name}")
def test_the_committed_profile_is_that_of_the_real_trace(tmp_path: Path) -> None:
    target = tmp_path / "profile.json"
    target.write_text(profile.OWN.read_text())
    rewrite(REAL, target)
    assert target.read_text() == profile.OWN.read_text()
