from collections import Counter
from math import sqrt
from pathlib import Path

import pytest

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


@pytest.fixture(scope="module")
def week() -> list[Session]:
    """Generated calls, Monday to Friday."""
    return generate(load(), days=range(5), seed=20030303)


def test_generated_half_hours_are_near_the_profile(week: list[Session]) -> None:
    counts = Counter((s.arrival_s // DAY_S, s.arrival_s % DAY_S // HALF_HOUR_S) for s in week)
    for weekday, name in enumerate(WEEKDAYS[:5]):
        for half_hour, mean in enumerate(load().arrivals[name]):
            # Poisson: the variance is the mean.
            assert abs(counts[weekday, half_hour] - mean) <= 4.5 * sqrt(mean)


def test_generated_durations_follow_the_quantiles(week: list[Session]) -> None:
    ordered = sorted(session.duration_s for session in week)
    levels = dict(load().durations)
    for level in (0.05, 0.5, 0.95, 0.99):
        assert ordered[int(level * len(ordered))] == pytest.approx(levels[level], rel=0.03, abs=1)
    assert sum(ordered) / len(ordered) == pytest.approx(181, rel=0.02)  # the trace's own mean


def test_a_weekday_without_a_profile_is_refused() -> None:
    with pytest.raises(ValueError, match="has no Saturday: expected one of Monday, Tues"):
        generate(load(), days=[5], seed=1)


MADE = Profile({"Tuesday": [0.0] * 20 + [30.0] * 4 + [0.0] * 24}, [(0.0, 5), (0.5, 60), (1.0, 900)])


def test_generated_sessions_keep_to_their_days_hours_durations_and_seed() -> None:
    sessions = generate(MADE, days=[8, 1], seed=1)
    assert sessions == sorted(sessions, key=lambda session: session.arrival_s)
    assert {session.arrival_s // DAY_S for session in sessions} == {1, 8}
    half_hours = {session.arrival_s % DAY_S // HALF_HOUR_S for session in sessions}
    assert half_hours == {20, 21, 22, 23}
    assert all(5 <= session.duration_s <= 900 for session in sessions)
    assert sessions == generate(MADE, days=[1, 8], seed=1)
    assert sessions != generate(MADE, days=[1, 8], seed=2)


@pytest.mark.skipif(not REAL.exists(), reason=f"the real trace is not here: {REAL.name}")
def test_the_committed_profile_is_that_of_the_real_trace(tmp_path: Path) -> None:
    target = tmp_path / "profile.json"
    target.write_text(profile.OWN.read_text())
    rewrite(REAL, target)
    assert target.read_text() == profile.OWN.read_text()
