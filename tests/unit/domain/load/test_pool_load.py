"""Series that are late, early, partial, silent or absent, beside counts that are newer."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from lowtide.domain.endpoint.metering import Capacities, Metering, Reading
from lowtide.domain.endpoint.observed import Endpoint, Status
from lowtide.domain.load.load_metrics import LoadMetrics
from lowtide.domain.load.reading import MissingReading, Series
from tests.unit.domain.load.fleets import NOW, endpoint, minute, minutes, read

CAPACITIES = Capacities({"small": 10, "large": 20}, "small")
ZEROS = Metering(CAPACITIES)
SILENT = Metering(CAPACITIES, reading=Reading(idle="silent"))
SUM = Metering(CAPACITIES, reading=Reading(total="sum"))
FINE = Metering(CAPACITIES, resolution=10)
FINE_SUM = Metering(CAPACITIES, resolution=10, reading=Reading(total="sum"))

BOTH = endpoint(("small", 1), ("large", 1))
LATELY = endpoint(("small", 1), ("large", 1), modified=timedelta(minutes=2))
UPDATING = endpoint(("small", 1), ("large", 1), status=Status.UPDATING)


def seconds(ago: float, value: float) -> dict[datetime, float]:
    return {NOW - timedelta(seconds=ago): value}


LOADS = {
    "zeros are a true zero": (BOTH, ZEROS, {"small": minute(1, 0), "large": minute(1, 0)}, 0, 30),
    "a late type makes all read the minute that both have": (
        BOTH, ZEROS, {"small": minutes(6, 9), "large": minute(2, 12)}, 18, 30,
    ),
    "a minute in the future is not read": (
        BOTH, ZEROS, {"small": minutes(5) | minute(-1, 50), "large": minutes(8) | minute(-1, 80)},
        13, 30,
    ),
    "a minute that is not over is not read": (
        BOTH, ZEROS, {"small": minutes(5) | minute(0.5, 1), "large": minutes(8) | minute(0.5, 1)},
        13, 30,
    ),
    "of an endpoint changed lately a type without any sample is new, and left out": (
        LATELY, ZEROS, {"small": minute(1, 10)}, 10, 10,
    ),
    "a new type was not there yet in the last minute of the old one": (
        LATELY, ZEROS, {"small": minute(2, 10), "large": minute(1, 3)}, 10, 10,
    ),
    "its first sample is read as soon as the other has that minute, too": (
        LATELY, ZEROS, {"small": minutes(10, 9), "large": minute(1, 3)}, 12, 30,
    ),
    "where idle is silent, a silent type of an endpoint at rest counts zero": (
        BOTH, SILENT, {"small": minute(1, 5)}, 5, 30,
    ),
    "what was silent for two minutes is idle, whatever it reported before": (
        BOTH, SILENT, {"small": minute(1, 5), "large": minute(4, 9)}, 5, 30,
    ),
    "what was silent for a shorter time may be late: its last value counts": (
        BOTH, SILENT, {"small": minute(1, 5), "large": minute(3, 9)}, 14, 30,
    ),
    "of an endpoint that changes silence proves nothing, and is left out": (
        UPDATING, SILENT, {"small": minute(1, 5), "large": minute(4, 9)}, 5, 10,
    ),
    "a sum over six samples in a minute": (
        BOTH, SUM, {"small": minute(2, 30), "large": minute(2, 48)}, 13, 30,
    ),
    "a sum over the samples of all instances, however many are live by now": (
        endpoint(("small", 3)), SUM, {"small": minute(2, 6 * 12)}, 12, 30,
    ),
    "a sum of the minute just over lacks samples: the one before is read": (
        BOTH, SUM, {"small": minutes(30, 6), "large": minutes(48, 8)}, 13, 30,
    ),
    "of ten seconds, the last ten": (
        BOTH, FINE, {"small": seconds(10, 5), "large": seconds(10, 8)}, 13, 30,
    ),
    "a sum of ten seconds is of one sample, and has to be whole, too": (
        BOTH, FINE_SUM, {"small": seconds(30, 5) | seconds(10, 1), "large": seconds(30, 8)}, 13, 30,
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("seen", "metering", "series", "streams", "capacity"), LOADS.values(), ids=LOADS
)
def test_the_load_of_all_types(
    seen: Endpoint,
    metering: Metering,
    series: Mapping[str, Series],
    streams: float,
    capacity: float,
) -> None:
    found = read(seen, metering, series)
    assert isinstance(found, LoadMetrics)
    assert found.streams == pytest.approx(streams)
    assert found.capacity == capacity


MISSING = {
    "no data is not zero": (BOTH, ZEROS, {}, "never-any-data"),
    "a silent type beside an idle one is not idle": (
        BOTH, ZEROS, {"small": {}, "large": minute(1, 0)}, "no-data",
    ),
    "an update may take long to report": (UPDATING, ZEROS, {}, "no-data"),
    "of a new endpoint nothing is known yet": (LATELY, ZEROS, {}, "settling"),
    "a type that is silent for longer is not new": (
        endpoint(("small", 1), ("large", 1), modified=timedelta(minutes=5)), ZEROS,
        {"small": minute(1, 5)}, "no-data",
    ),
    "an update that failed for good is no change": (
        endpoint(("small", 1), ("large", 1), status=Status.UPDATE_ROLLBACK_FAILED), ZEROS,
        {"small": minute(1, 5)}, "no-data",
    ),
    "old data is no data": (BOTH, ZEROS, {"small": minute(4, 1), "large": minute(4, 1)}, "stale"),
    "a type that was heard of is not new": (
        LATELY, ZEROS, {"small": minute(1, 1), "large": minute(4, 1)}, "stale",
    ),
    "data of the future is no data": (
        BOTH, ZEROS, {"small": minute(-2, 1), "large": minute(-2, 1)}, "no-data",
    ),
    "two minutes old is too old at ten seconds, too": (
        BOTH, FINE, {"small": seconds(140, 1), "large": seconds(140, 1)}, "stale",
    ),
    "where idle is silent, an endpoint changed lately is not known to be idle": (
        LATELY, SILENT, {}, "settling",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("seen", "metering", "series", "code"), MISSING.values(), ids=MISSING)
def test_why_a_load_is_missing(
    seen: Endpoint, metering: Metering, series: Mapping[str, Series], code: str
) -> None:
    found = read(seen, metering, series)
    assert isinstance(found, MissingReading)
    assert found.code == code
    assert "None" not in found.reason


NOTES = {
    "nothing": (BOTH, ZEROS, {"small": minute(1, 5), "large": minute(1, 5)}, ()),
    "that a type is late": (
        BOTH, ZEROS, {"small": minutes(5, 5), "large": minute(2, 5)},
        ("read as of 11:58:00, the newest that all have",),
    ),
    "what is left out": (
        LATELY, ZEROS, {"small": minute(1, 5)},
        ("no data during or after a change, left out: large",),
    ),
    "that the counts may be newer than the loads": (
        endpoint(("small", 1), modified=timedelta(seconds=30)), ZEROS, {"small": minute(1, 5)},
        ("changed at 11:59:30: counts may be newer than their loads",),
    ),
    "what is taken for idle": (
        BOTH, SILENT, {"small": minute(1, 5)}, ("silent, counted as idle: large",),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("seen", "metering", "series", "notes"), NOTES.values(), ids=NOTES)
def test_notes_name_what_is_doubtful(
    seen: Endpoint, metering: Metering, series: Mapping[str, Series], notes: tuple[str, ...]
) -> None:
    found = read(seen, metering, series)
    assert isinstance(found, LoadMetrics)
    assert found.notes == notes


CHANGED_COUNTS = {
    "scale-out: the mean counts for the new instance too, and reads more": (3, ZEROS, 10, 30),
    "scale-out: the sum is the truth": (3, SUM, 6 * 20, 20),
    "scale-in: the mean is what was true before": (2, ZEROS, 5, 10),
    "scale-in: the sum is the truth": (2, SUM, 6 * 15, 15),
}


@pytest.mark.parametrize(
    ("live", "metering", "value", "streams"), CHANGED_COUNTS.values(), ids=CHANGED_COUNTS
)
def test_a_count_that_changed_since_the_last_minute(
    live: int, metering: Metering, value: float, streams: float
) -> None:
    """Two full instances of 10 became three; 15 streams on three instances are on two now."""
    found = read(endpoint(("small", live)), metering, {"small": minutes(value, value)})
    assert isinstance(found, LoadMetrics)
    assert found.streams == pytest.approx(streams)
