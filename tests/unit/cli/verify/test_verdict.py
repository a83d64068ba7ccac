"""The verdict from what was observed, case by case."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from lowtide_cli.verify.hypotheses import Samples
from lowtide_cli.verify.observation import Readings
from lowtide_cli.verify.verdict import Lack, Verdict, judge
from tests.unit.cli.verify.worlds import World, show, steady

EACH, EACH_SILENT = World("each", "zeros"), World("each", "silent")
MEAN, MEAN_SILENT = World("mean", "zeros"), World("mean", "silent")
TOTAL, TOTAL_SILENT = World("total", "zeros"), World("total", "silent")

ONE, TWO, MIXED = {"small": 1}, {"small": 2}, {"small": 2, "large": 1}
EVEN, REST = [6, 6], [0, 0]
IDLE_THEN_BUSY = [*steady(REST, 7), *steady(EVEN, 5)]
GROWING = [*steady(REST, 7), *(steady([n, n], 1)[0] for n in (1, 2, 4, 8))]


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
def test_ten_idle_minutes_and_known_streams_on_two_instances(
    world: World, total: str | None, idle: str, *, pooled: bool
) -> None:
    verdict = judge(show(world, TWO, IDLE_THEN_BUSY, pooled=pooled), 12)
    assert answers(verdict) == (total, idle)
    assert world.as_meaning in verdict.possible
    assert verdict.compared == 5
    # Facts 1.8: Sum over SampleCount needs a sample of each instance, zeros included.
    assert verdict.metric_math is (world == EACH)


@pytest.mark.parametrize(
    ("world", "types", "minutes", "streams", "total", "idle", "lacks"),
    [
        *(pytest.param(world, ONE, [*steady([0], 7), *steady([12])], 12, None, "zeros",
                       (Lack.INSTANCES,), id=f"one instance: all meanings look alike, {name}")
          for name, world in (("each", EACH), ("mean", MEAN), ("total", TOTAL))),
        *(pytest.param(world, TWO, steady(REST, 10), None, None, world.idle, (Lack.LOAD,),
                       id=f"no load: only idleness is decided, {world.samples}, {world.idle}")
          for world in (EACH, MEAN, TOTAL, EACH_SILENT, MEAN_SILENT, TOTAL_SILENT)),
        pytest.param(EACH, TWO, steady(EVEN, 15), None, "sum", None, (Lack.IDLENESS,),
                     id="load alone: samples of each instance are counted, idleness is open"),
        pytest.param(MEAN, TWO, steady(EVEN, 15), None, None, None,
                     (Lack.STREAMS, Lack.IDLENESS), id="load alone: a mean may be a total"),
        pytest.param(TOTAL, TWO, steady(EVEN, 15), None, None, None,
                     (Lack.STREAMS, Lack.IDLENESS), id="load alone: a total may be a mean"),
        *(pytest.param(world, MIXED, [*steady([0, 0, 0], 6), *steady([4, 4, 9])], None, total,
                       "zeros", (), id=f"two loaded types add up to the same streams, {total}")
          for world, total in ((EACH, "sum"), (MEAN, "average"), (TOTAL, "sum"))),
        pytest.param(EACH, {"small": 1, "large": 1}, IDLE_THEN_BUSY, 12, None, "zeros",
                     (Lack.INSTANCES,), id="one instance of each type is not enough"),
        pytest.param(EACH, TWO, steady([12, 0], 15), 12, "sum", "zeros", (),
                     id="an idle instance reports zero beside a busy one"),
        pytest.param(EACH_SILENT, TWO, steady([12, 0], 15), 12, None, None,
                     (Lack.BUSY, Lack.IDLENESS), id="the busy instance may be the only source"),
        *(pytest.param(world, TWO, [*steady(REST, 4), *steady(EVEN)], None, "sum", None,
                       (Lack.IDLENESS,), id=f"four idle minutes are too few, {world.idle}")
          for world in (EACH, EACH_SILENT)),
        pytest.param(MEAN, TWO, IDLE_THEN_BUSY, 60, None, None, (Lack.EXPLANATION,),
                     id="more streams than there are fit nothing"),
        pytest.param(MEAN, TWO, GROWING, 16, None, "zeros", (Lack.STREAMS,),
                     id="a load that changes is not compared"),
        pytest.param(EACH, TWO, [minute[:2] for minute in IDLE_THEN_BUSY], 12, None, "zeros",
                     (Lack.PACE,), id="sum divides by six samples a minute, not by two"),
        pytest.param(MEAN, TWO, [minute[:2] for minute in IDLE_THEN_BUSY], 12, "average",
                     "zeros", (), id="the average suits another pace"),
    ],
)  # fmt: skip
def test_verdict(
    world: World, types: Mapping[str, int], minutes: Any, streams: float | None,
    total: str | None, idle: str | None, lacks: tuple[Lack, ...],
) -> None:  # fmt: skip
    verdict = judge(show(world, types, minutes, pooled=True), streams)
    assert (*answers(verdict), verdict.lacks) == (total, idle, lacks)


def test_with_one_instance_every_meaning_is_possible() -> None:
    verdict = judge(show(EACH, ONE, [*steady([0], 7), *steady([12])], pooled=True), 12)
    assert {meaning.samples for meaning in verdict.possible} == set(Samples)


def with_live(readings: Readings, live: int) -> Readings:
    whole, *by_type = (replace(group, live=live) for group in readings.groups)
    return replace(readings, whole=whole, by_type=tuple(by_type))


def test_an_instance_that_does_not_report_yet_is_not_called_silent() -> None:
    """Only whole minutes without points show it, not samples that are missing."""
    readings = with_live(show(EACH, TWO, steady(EVEN, 10), pooled=True), 3)
    assert answers(judge(readings)) == ("sum", None)


def test_an_instance_that_is_removed_and_still_reports_fits_nothing() -> None:
    readings = with_live(show(EACH, {"small": 3}, steady([4, 4, 4], 10), pooled=True), 2)
    verdict = judge(readings)
    assert (*answers(verdict), verdict.lacks) == (None, None, (Lack.EXPLANATION,))


def test_a_lost_sample_refutes_nothing() -> None:
    readings = show(EACH, TWO, IDLE_THEN_BUSY, pooled=True)
    at = readings.minutes[-1]
    less = replace(readings.whole.minutes[at], samples=11, total=66)
    whole, *by_type = (replace(g, minutes={**g.minutes, at: less}) for g in readings.groups)
    verdict = judge(replace(readings, whole=whole, by_type=tuple(by_type)), 12)
    assert answers(verdict) == ("sum", "zeros")


@pytest.mark.parametrize(
    ("change", "lack"),
    [
        pytest.param({"rate_observed": 1}, Lack.RATE, id="one sample a minute instead of six"),
        pytest.param({"rate_observed": 0}, Lack.RATE, id="no 10-second points beside the minutes"),
        pytest.param({"minutes": ()}, Lack.MINUTES, id="no minute since the counts changed"),
    ],
)
def test_readings_that_decide_nothing(change: Any, lack: Lack) -> None:
    readings = replace(show(EACH, TWO, IDLE_THEN_BUSY, pooled=True), **change)
    assert judge(readings, 12).lacks == (lack,)


def test_a_dimension_set_that_does_not_exist_is_not_called_silent() -> None:
    readings = show(EACH_SILENT, TWO, steady(REST, 10), pooled=True)
    unknown = replace(readings.by_type[0], known=False)
    assert judge(replace(readings, by_type=(unknown,))).lacks == (Lack.METRIC,)
