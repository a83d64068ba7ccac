"""Failed creations as release 0.1.0 stored them: by the place of the next configuration."""

from decimal import Decimal
from typing import Any

import pytest

from lowtide.adapters.dynamodb.record_item import record_from

ITEM: dict[str, Any] = {
    "at": "2026-11-23T08:00:00+00:00",
    "of": "2026-11-23T07:55:00+00:00",
    "why": "none",
    "count": Decimal(2),
    "rounds": Decimal(1),
    "configs": ["a", "b", "c"],
}


@pytest.mark.parametrize(
    ("kind", "place", "config", "paused"),
    [
        pytest.param("capacity", 1, "b", False, id="the fallback was next"),
        pytest.param("missing", 2, "c", False, id="the last one was next"),
        pytest.param("capacity", 0, "a", True, id="all were tried"),
        pytest.param("quota", 0, "b", False, id="a quota kept the fallbacks from being tried"),
        pytest.param("other", 0, "b", False, id="so did another failure"),
    ],
)
def test_what_is_tried_next(kind: str, place: int, config: str, *, paused: bool) -> None:
    failures = record_from(
        {"restore_pending": True, "failures": {**ITEM, "kind": kind, "place": Decimal(place)}}
    ).failures
    assert failures is not None
    configs = ("a", "b", "c")
    assert failures.next_config(configs) == config
    assert (failures.next_try(configs) > failures.newest.at) is paused
