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


@pytest.mark.parametrize(
    ("seen", "metering", "series", "streams", "capacity"),
    [
        pytest.param(
            BOTH, ZEROS, {"small": minute(1, 5), "large": minute(1, 8)}, 13, 30,
            id="both types of the last minute",
        ),
        pytest.param(
            BOTH, ZEROS, {"small": minute(1, 0), "large": minute(1, 0)}, 0, 30,
            id="zeros are a true zero",
        ),
        pytest.param(
            BOTH, ZEROS, {"small": minutes(6, 9), "large": minute(2, 12)}, 18, 30,
            id="a late type makes all read the minute that both have",
        ),
        pytest.param(
            BOTH, ZEROS,
            {"small": minutes(5) | minute(-1, 50), "large": minutes(8) | minute(-1, 80)}, 13, 30,
            id="a minute in the future is not read",
        ),
        pytest.param(
            BOTH, ZEROS,
            {"small": minutes(5) | minute(0.5, 1), "large": minutes(8) | minute(0.5, 1)}, 13, 30,
            id="a minute that is not over is not read",
        ),
        pytest.param(
            LATELY, ZEROS, {"small": minute(1, 10)}, 10, 10,
            id="of an endpoint changed lately a type without any sample is new, and left out",
        ),
        pytest.param(
            UPDATING, ZEROS, {"small": minute(1, 10), "large": {}}, 10, 10,
            id="so it is while the endpoint is updating, however long that takes",
        ),
        pytest.param(
            LATELY, ZEROS, {"small": minute(2, 10), "large": minute(1, 3)}, 10, 10,
            id="a new type was not there yet in the last minute that the old one tells of",
        ),
        pytest.param(
            LATELY, ZEROS, {"small": minutes(10, 9), "large": minute(1, 3)}, 12, 30,
            id="its first sample is read as soon as the other has that minute, too",
        ),
        pytest.param(
            BOTH, SILENT, {"small": minute(1, 5)}, 5, 30,
            id="where idle is silent, a silent type of an endpoint at rest counts zero",
        ),
        pytest.param(
            BOTH, SILENT, {}, 0, 30, id="where idle is silent, silence all round is zero",
        ),
        pytest.param(
            BOTH, SILENT, {"small": minute(1, 5), "large": minute(4, 9)}, 5, 30,
            id="what was silent for two minutes is idle, whatever it said before",
        ),
        pytest.param(
            BOTH, SILENT, {"small": minute(1, 5), "large": minute(3, 9)}, 14, 30,
            id="what was silent for a shorter time may be late: its last word counts",
        ),
        pytest.param(
            UPDATING, SILENT, {"small": minute(1, 5), "large": minute(4, 9)}, 5, 10,
            id="of an endpoint that changes silence proves nothing, and is left out",
        ),
        pytest.param(
            BOTH, SUM, {"small": minute(2, 30), "large": minute(2, 48)}, 13, 30,
            id="a sum over six samples in a minute",
        ),
        pytest.param(
            endpoint(("small", 3)), SUM, {"small": minute(2, 6 * 12)}, 12, 30,
            id="a sum over the samples of all instances, however many are live by now",
        ),
        pytest.param(
            BOTH, SUM, {"small": minutes(30, 6), "large": minutes(48, 8)}, 13, 30,
            id="a sum of the minute just over lacks samples: the one before is read",
        ),
        pytest.param(
            BOTH, FINE, {"small": seconds(10, 5), "large": seconds(10, 8)}, 13, 30,
            id="of ten seconds, the last ten",
        ),
        pytest.param(
            BOTH, FINE_SUM, {"small": seconds(30, 5) | seconds(10, 1), "large": seconds(30, 8)},
            13, 30, id="a sum of ten seconds is of one sample, and has to be whole, too",
        ),
    ],
)  # fmt: skip
def test_what_is_read(
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


@pytest.mark.parametrize(
    ("seen", "metering", "series", "code"),
    [
        pytest.param(BOTH, ZEROS, {}, "never-any-data", id="no data is not zero"),
        pytest.param(BOTH, ZEROS, {"small": {}, "large": minute(1, 0)}, "no-data",
                     id="a silent type beside an idle one is not idle"),
        pytest.param(UPDATING, ZEROS, {}, "no-data", id="an update may take long to report"),
        pytest.param(LATELY, ZEROS, {}, "settling", id="of a new endpoint nothing is known yet"),
        pytest.param(endpoint(("small", 1), ("large", 1), modified=timedelta(minutes=5)), ZEROS,
                     {"small": minute(1, 5)}, "no-data",
                     id="a type that is silent for longer is not new"),
        pytest.param(endpoint(("small", 1), ("large", 1), status=Status.UPDATE_ROLLBACK_FAILED),
                     ZEROS, {"small": minute(1, 5)}, "no-data",
                     id="an update that failed for good is no change"),
        pytest.param(BOTH, ZEROS, {"small": minute(4, 1), "large": minute(4, 1)}, "stale",
                     id="old data is no data"),
        pytest.param(BOTH, ZEROS, {"small": minute(1, 1), "large": minute(4, 1)}, "stale",
                     id="one type's old data makes all old"),
        pytest.param(LATELY, ZEROS, {"small": minute(1, 1), "large": minute(4, 1)}, "stale",
                     id="a type that was heard of is not new"),
        pytest.param(BOTH, ZEROS, {"small": minute(-2, 1), "large": minute(-2, 1)}, "no-data",
                     id="data of the future is no data"),
        pytest.param(BOTH, FINE, {"small": seconds(140, 1), "large": seconds(140, 1)}, "stale",
                     id="two minutes old is too old at ten seconds, too"),
        pytest.param(LATELY, SILENT, {}, "settling",
                     id="where idle is silent, an endpoint changed lately is not proven idle"),
        pytest.param(UPDATING, SILENT, {"small": minute(4, 0)}, "no-data",
                     id="nor is one that is updating"),
    ],
)  # fmt: skip
def test_what_is_not(
    seen: Endpoint, metering: Metering, series: Mapping[str, Series], code: str
) -> None:
    found = read(seen, metering, series)
    assert isinstance(found, MissingReading)
    assert found.code == code
    assert "None" not in found.reason


@pytest.mark.parametrize(
    ("seen", "metering", "series", "notes"),
    [
        pytest.param(BOTH, ZEROS, {"small": minute(1, 5), "large": minute(1, 5)}, (), id="nothing"),
        pytest.param(
            BOTH, ZEROS, {"small": minutes(5, 5), "large": minute(2, 5)},
            ("read as of 11:58:00, the newest that all have",), id="that a type is late",
        ),
        pytest.param(
            LATELY, ZEROS, {"small": minute(1, 5)},
            ("no data during or after a change, left out: large",), id="what is left out",
        ),
        pytest.param(
            endpoint(("small", 1), modified=timedelta(seconds=30)), ZEROS, {"small": minute(1, 5)},
            ("changed at 11:59:30: counts may be newer than their loads",),
            id="that the counts may be newer than the loads",
        ),
        pytest.param(
            BOTH, SILENT, {"small": minute(1, 5)}, ("silent, counted as idle: large",),
            id="what is taken for idle",
        ),
        pytest.param(
            UPDATING, SILENT, {"small": minute(1, 5), "large": minute(4, 5)},
            ("no data during or after a change, left out: large",),
            id="what may be idle and may not",
        ),
    ],
)  # fmt: skip
def test_notes_say(
    seen: Endpoint, metering: Metering, series: Mapping[str, Series], notes: tuple[str, ...]
) -> None:
    found = read(seen, metering, series)
    assert isinstance(found, LoadMetrics)
    assert found.notes == notes


TRUTH_AFTER_SCALE_OUT = 20 / 30
"""Two full instances of 10, and a third that has just come into service."""


@pytest.mark.parametrize(
    ("metering", "before", "expected"),
    [
        pytest.param(ZEROS, minute(1, 10), 1.0, id="the mean counts for the new one, too: more"),
        pytest.param(SUM, minute(2, 6 * 20), TRUTH_AFTER_SCALE_OUT, id="the sum is the truth"),
    ],
)
def test_of_a_scale_out_a_minute_ago_never_less_than_the_truth(
    metering: Metering, before: Series, expected: float
) -> None:
    found = read(endpoint(("small", 3)), metering, {"small": before})
    assert isinstance(found, LoadMetrics)
    assert found.utilization == pytest.approx(expected)
    assert found.utilization >= TRUTH_AFTER_SCALE_OUT - 1e-9


@pytest.mark.parametrize(
    ("metering", "before", "expected"),
    [
        pytest.param(ZEROS, minute(1, 5), 0.5, id="the mean lags: what was true before"),
        pytest.param(SUM, minute(2, 6 * 15), 0.75, id="the sum is the truth"),
    ],
)
def test_of_a_scale_in_a_minute_ago_the_mean_is_what_was_true_before(
    metering: Metering, before: Series, expected: float
) -> None:
    """15 streams on three instances of 10, of which one is gone: 15 of 20."""
    found = read(endpoint(("small", 2)), metering, {"small": before})
    assert isinstance(found, LoadMetrics)
    assert found.utilization == pytest.approx(expected)
