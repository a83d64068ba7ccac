"""`warm_up` of an endpoint."""

from datetime import timedelta

import pytest

from lowtide import config

FILE = """
timezone: UTC
endpoints: [{name: e, schedule: always, KEY}]
"""


@pytest.mark.parametrize(
    ("key", "minutes"),
    [
        pytest.param("warm_up: 10m", 10, id="ten minutes"),
        pytest.param("warm_up: 4h", 240, id="the longest"),
        pytest.param("drain: {deadline: 1h}", 0, id="none by default"),
    ],
)
def test_it_is_read(key: str, minutes: int) -> None:
    (endpoint,) = config.parse(FILE.replace("KEY", key)).endpoints
    assert endpoint.warm_up == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        pytest.param("warm_up: 4h1m", "is longer than 4h; measure", id="too long"),
        pytest.param("warm_up: 10", "not a duration", id="no unit"),
        pytest.param("warm_up: -5m", "not a duration", id="less than nothing"),
        pytest.param("warmup: 5m", "did you mean 'warm_up'", id="misspelt"),
    ],
)
def test_it_is_validated(key: str, message: str) -> None:
    (error,) = config.parse(FILE.replace("KEY", key)).errors
    assert message in str(error)
