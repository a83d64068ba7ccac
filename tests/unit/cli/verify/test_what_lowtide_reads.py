"""What AWS may mean, against what the file says: right, too high, too low, or nothing."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Literal

import pytest

from lowtide.domain.endpoint.metering import Capacities, Metering, Reading
from lowtide.domain.endpoint.observed import Endpoint, Pool, Status, Variant
from lowtide.domain.load.load_metrics import LoadMetrics
from lowtide.domain.load.reading import Series
from lowtide.domain.load.variant_load import variant_load
from tests.unit.cli.verify.worlds import MINUTE, START, WORLDS, World, statistics

VARIANT = Variant("AllTraffic", (Pool("small", 2), Pool("large", 1)))
ENDPOINT = Endpoint(
    "ear",
    Status.IN_SERVICE,
    created_at=START - timedelta(hours=2),
    modified_at=START - timedelta(hours=1),
    variants=(VARIANT,),
)
CAPACITIES = Capacities({"small": 10, "large": 20}, "small")
OWN = {"small": slice(0, 2), "large": slice(2, 3)}
NOW = START + 5 * MINUTE + timedelta(seconds=30)

DEFAULT = Reading()
SILENT = Reading(idle="silent")
SUM = Reading(total="sum")
SILENT_SUM = Reading("silent", "sum")

ALL_BUSY, ONE_IDLE, TYPE_IDLE, IDLE = (4, 4, 9), (8, 0, 9), (8, 8, 0), (0, 0, 0)


def read(world: World, reading: Reading, streams: Sequence[int]) -> str:
    metering = Metering(CAPACITIES, reading=reading)
    series = {each: _series(world, streams[own], reading.total) for each, own in OWN.items()}
    load = variant_load(ENDPOINT, VARIANT, metering, series, NOW)
    if not isinstance(load, LoadMetrics):
        return "nothing"
    if load.streams == pytest.approx(sum(streams)):
        return "right"
    return "too high" if load.streams > sum(streams) else "too low"


def _series(world: World, streams: Sequence[int], total: Literal["average", "sum"]) -> Series:
    minute = statistics(world, [streams] * 6)
    if minute is None:
        return {}
    value = minute.total if total == "sum" else minute.average
    return {START + index * MINUTE: value for index in range(5)}


type Row = tuple[str, str, str, str]
RIGHT: Row = ("right",) * 4
FROZEN: Row = ("right", "right", "nothing", "nothing")
HIGH_OR_FROZEN: Row = ("right", "too high", "nothing", "nothing")
TABLE: Mapping[World, Mapping[Reading, Row]] = {
    World("each", "zeros"): {DEFAULT: RIGHT, SUM: RIGHT, SILENT: RIGHT, SILENT_SUM: RIGHT},
    World("each", "silent"): {
        DEFAULT: HIGH_OR_FROZEN,
        SUM: FROZEN,
        SILENT: ("right", "too high", "right", "right"),
        SILENT_SUM: RIGHT,
    },
    World("mean", "zeros"): {
        DEFAULT: RIGHT,
        SUM: ("too low", "too low", "too low", "right"),
        SILENT: RIGHT,
        SILENT_SUM: ("too low", "too low", "too low", "right"),
    },
    World("mean", "silent"): {
        DEFAULT: HIGH_OR_FROZEN,
        SUM: ("too low", "right", "nothing", "nothing"),
        SILENT: ("right", "too high", "right", "right"),
        SILENT_SUM: ("too low", "right", "too low", "right"),
    },
    World("mean", "silent", mean_of_all=True): {
        DEFAULT: FROZEN,
        SUM: ("too low", "too low", "nothing", "nothing"),
        SILENT: RIGHT,
        SILENT_SUM: ("too low", "too low", "too low", "right"),
    },
    World("total", "zeros"): {
        DEFAULT: ("too high", "too high", "too high", "right"),
        SUM: RIGHT,
        SILENT: ("too high", "too high", "too high", "right"),
        SILENT_SUM: RIGHT,
    },
    World("total", "silent"): {
        DEFAULT: ("too high", "too high", "nothing", "nothing"),
        SUM: FROZEN,
        SILENT: ("too high", "too high", "too high", "right"),
        SILENT_SUM: RIGHT,
    },
}


@pytest.mark.parametrize(
    ("world", "reading", "row"),
    [(world, reading, row) for world, rows in TABLE.items() for reading, row in rows.items()],
)
def test_what_is_read(world: World, reading: Reading, row: Row) -> None:
    loads = (ALL_BUSY, ONE_IDLE, TYPE_IDLE, IDLE)
    assert tuple(read(world, reading, streams) for streams in loads) == row


def test_the_defaults_read_too_little_in_no_world() -> None:
    assert set(TABLE) == set(WORLDS)
    assert not any("too low" in rows[DEFAULT] for rows in TABLE.values())
