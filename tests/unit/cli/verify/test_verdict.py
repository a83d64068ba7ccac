"""The verdict from what was observed, case by case."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from lowtide_cli.verify.hypotheses import Samples
from lowtide_cli.verify.observation import Readings
from lowtide_cli.verify.verdict import Lack, Verdict, judge
from tests.unit.cli.verify.worlds import Load, World, show, steady

EACH, EACH_SILENT = World("each", "zeros"), World("each", "silent")
MEAN, MEAN_SILENT = World("mean", "zeros"), World("mean", "silent")
TOTAL, TOTAL_SILENT = World("total", "zeros"), World("total", "silent")

ONE, TWO = {"small": 1}, {"small": 2}
EVEN, REST = [6, 6], [0, 0]
IDLE_THEN_HELD = [*steady(REST, 7), *steady(EVEN, 5)]


def seen(
    world: World,
    types: Mapping[str, int],
    minutes: Sequence[Sequence[Load]],
    *,
    pooled: bool = True,
) -> Readings:
    return show(world, types, minutes, pooled=pooled)


def answers(verdict: Verdict) -> tuple[str | None, str | None]:
    return verdict.total, verdict.idle


@pytest.mark.parametrize("pooled", [True, False])
@pytest.mark.parametrize(
    ("world", "total", "idle"),
    [
        pytest.param(EACH, "sum", "zeros", id="each instance, zeros"),
        pytest.param(EACH_SILENT, "sum", "silent", id="each instance, silent when idle"),
        pytest.param(MEAN, "average", "zeros", id="one mean, zeros"),
        pytest.param(MEAN_SILENT, "average", "silent", id="one mean, silent when idle"),
        pytest.param(TOTAL, "sum", "zeros", id="one total, zeros"),
        pytest.param(TOTAL_SILENT, None, "silent",
                     id="one silent total reads like the mean of one busy instance: open"),
    ],
)  # fmt: skip
def test_ten_idle_minutes_and_held_streams_on_two_instances(
    world: World, total: str | None, idle: str, *, pooled: bool
) -> None:
    verdict = judge(seen(world, TWO, IDLE_THEN_HELD, pooled=pooled), 12)
    assert answers(verdict) == (total, idle)
    assert world.as_meaning in verdict.possible
    assert verdict.compared == 5


@pytest.mark.parametrize("world", [EACH, MEAN, TOTAL])
def test_with_one_instance_all_meanings_look_alike(world: World) -> None:
    verdict = judge(seen(world, ONE, [*steady([0], 7), *steady([12])]), 12)
    assert answers(verdict) == (None, "zeros")
    assert {meaning.samples for meaning in verdict.possible} == set(Samples)
    assert verdict.lacks == (Lack.INSTANCES,)


@pytest.mark.parametrize("world", [EACH, MEAN, TOTAL])
def test_without_load_only_idleness_is_reported(world: World) -> None:
    verdict = judge(seen(world, TWO, steady(REST, 10)))
    assert answers(verdict) == (None, "zeros")
    assert verdict.lacks == (Lack.LOAD,)


@pytest.mark.parametrize("world", [EACH_SILENT, MEAN_SILENT, TOTAL_SILENT])
def test_silence_without_load_is_reported_too(world: World) -> None:
    assert answers(judge(seen(world, TWO, steady(REST, 10)))) == (None, "silent")


@pytest.mark.parametrize(
    ("world", "total"),
    [
        pytest.param(EACH, "sum", id="samples of each instance are counted"),
        pytest.param(MEAN, None, id="a mean may be a total"),
        pytest.param(TOTAL, None, id="a total may be a mean"),
    ],
)
def test_under_load_alone_idleness_is_open(world: World, total: str | None) -> None:
    assert answers(judge(seen(world, TWO, steady(EVEN, 15)))) == (total, None)


MIXED = {"small": 2, "large": 1}


@pytest.mark.parametrize(
    ("world", "total"),
    [pytest.param(EACH, "sum"), pytest.param(MEAN, "average"), pytest.param(TOTAL, "sum")],
)
def test_two_loaded_types_tell_a_mean_from_a_total_without_known_streams(
    world: World, total: str
) -> None:
    """By type and as a whole they have to add up to the same streams."""
    minutes = [*steady([0, 0, 0], 6), *steady([4, 4, 9])]
    assert answers(judge(seen(world, MIXED, minutes))) == (total, "zeros")


def test_one_instance_of_each_type_is_not_enough() -> None:
    """What Lowtide reads is by type, and there nothing was compared."""
    verdict = judge(seen(EACH, {"small": 1, "large": 1}, IDLE_THEN_HELD), 12)
    assert verdict.lacks == (Lack.INSTANCES,)


@pytest.mark.parametrize(
    ("world", "total", "idle"),
    [
        pytest.param(EACH, "sum", "zeros", id="an idle instance says zero among busy ones"),
        pytest.param(EACH_SILENT, None, None, id="the one busy instance may be the only source"),
    ],
)
def test_one_busy_instance_beside_an_idle_one(
    world: World, total: str | None, idle: str | None
) -> None:
    assert answers(judge(seen(world, TWO, steady([12, 0], 15)), 12)) == (total, idle)


@pytest.mark.parametrize("world", [EACH, EACH_SILENT])
def test_four_idle_minutes_are_too_few(world: World) -> None:
    verdict = judge(seen(world, TWO, [*steady(REST, 4), *steady(EVEN)]))
    assert answers(verdict) == ("sum", None)
    assert verdict.lacks == (Lack.IDLENESS,)


def test_an_instance_that_does_not_report_yet_makes_no_one_silent() -> None:
    """Only whole minutes without points show it, not samples that are missing."""
    two = show(EACH, TWO, steady(EVEN, 10), pooled=True)
    counted = [replace(group, live=3) for group in two.groups]
    verdict = judge(replace(two, whole=counted[0], by_type=tuple(counted[1:])))
    assert answers(verdict) == ("sum", None)


def test_a_sample_that_is_lost_refutes_nothing() -> None:
    found = seen(EACH, TWO, IDLE_THEN_HELD)
    at = found.minutes[-1]
    less = replace(found.whole.minutes[at], samples=11, total=66)
    groups = [replace(g, minutes={**g.minutes, at: less}) for g in found.groups]
    verdict = judge(replace(found, whole=groups[0], by_type=tuple(groups[1:])), 12)
    assert answers(verdict) == ("sum", "zeros")


def test_an_instance_under_removal_that_still_reports_fits_nothing() -> None:
    three = show(EACH, {"small": 3}, steady([4, 4, 4], 10), pooled=True)
    counted = [replace(group, live=2) for group in three.groups]
    verdict = judge(replace(three, whole=counted[0], by_type=tuple(counted[1:])))
    assert verdict.lacks == (Lack.EXPLANATION,)
    assert answers(verdict) == (None, None)


def test_streams_that_are_not_there_fit_nothing() -> None:
    assert judge(seen(MEAN, TWO, IDLE_THEN_HELD), 60).lacks == (Lack.EXPLANATION,)


def test_a_load_that_does_not_stand_still_is_not_compared() -> None:
    minutes = [*steady(REST, 7), *(steady([n, n], 1)[0] for n in (1, 2, 4, 8))]
    verdict = judge(seen(MEAN, TWO, minutes), 16)
    assert verdict.compared == 0
    assert verdict.lacks == (Lack.STREAMS,)


@pytest.mark.parametrize(
    ("change", "lack"),
    [
        pytest.param({"rate_observed": 1}, Lack.RATE, id="one sample a minute instead of six"),
        pytest.param({"rate_observed": 0}, Lack.RATE, id="no 10-second points beside the minutes"),
        pytest.param({"minutes": ()}, Lack.MINUTES, id="no minute since the counts moved"),
    ],
)
def test_what_was_seen_may_be_unfit(change: Mapping[str, object], lack: Lack) -> None:
    found = replace(seen(EACH, TWO, IDLE_THEN_HELD), **change)  # type: ignore[arg-type]
    assert judge(found, 12).lacks == (lack,)


def test_a_dimension_set_that_does_not_exist_is_no_silence() -> None:
    found = seen(EACH_SILENT, TWO, steady(REST, 10))
    unknown = replace(found.by_type[0], known=False)
    assert judge(replace(found, by_type=(unknown,))).lacks == (Lack.METRIC,)


def test_another_pace_suits_the_mean_only() -> None:
    """The publisher's `sum` divides by six samples a minute."""
    halves = [minute[:2] for minute in IDLE_THEN_HELD]
    assert judge(seen(EACH, TWO, halves), 12).lacks == (Lack.PACE,)
    assert answers(judge(seen(MEAN, TWO, halves), 12)) == ("average", "zeros")


@pytest.mark.parametrize(
    ("world", "exact"),
    [
        pytest.param(EACH, True, id="each instance and zeros: Sum over SampleCount is exact"),
        pytest.param(EACH_SILENT, False, id="idle instances are missing in SampleCount"),
        pytest.param(MEAN, False, id="a mean does not tell how many"),
        pytest.param(TOTAL, False, id="a total over one is no mean"),
    ],
)
def test_metric_math(world: World, *, exact: bool) -> None:
    """Facts 1.8."""
    assert judge(seen(world, TWO, IDLE_THEN_HELD), 12).metric_math is exact
