"""The floors of an endpoint in the table: as they were written, or, where damaged, absent."""

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from lowtide.adapters.dynamodb.floors_item import (
    applied_attributes,
    floors_from,
    plan_attributes,
)
from lowtide.domain.curve.applied import AppliedFloors, Floors
from lowtide.domain.curve.day import BINS
from lowtide.domain.curve.forecast import Basis, Forecast
from lowtide.domain.curve.plan import Change, DayOfFloors, FloorPlan

ON, NOW = date(2026, 10, 19), datetime(2026, 10, 19, 10, tzinfo=UTC)
TODAY = Forecast(ON, (0.1,) * BINS, (True,) * BINS, Basis.SAME_WEEKDAYS, (ON - timedelta(7),))
PLAN = FloorPlan(
    ON, NOW, "f3", "v", TODAY, 0.95, (DayOfFloors(ON, (Change(0, 2), Change(96, 5)), 5, 88.5),), 9.0
)
APPLIED = AppliedFloors(NOW, 1.1, 5, 2, NOW, 5, 1, NOW, "max is 4", ON)
ITEM: Mapping[str, Any] = plan_attributes(PLAN) | applied_attributes(APPLIED)


def test_floors_are_read_as_they_were_written() -> None:
    assert floors_from(ITEM) == Floors(PLAN, APPLIED)
    assert floors_from(plan_attributes(replace(PLAN, today=None))).plan == replace(PLAN, today=None)


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        pytest.param("plan", "variant", "../../other", id="a variant that SageMaker does not have"),
        pytest.param("plan", "until", "2026-10-19T10:00:00", id="an instant without a time zone"),
        pytest.param("plan", "target", 2, id="a target above the capacity"),
        pytest.param("plan", "week", [{"on": "2026-10-19", "changes": [{"bin": 0, "count": -1}]}],
                     id="fewer instances than none"),
        pytest.param("plan", "week", "none", id="a week in words"),
        pytest.param("plan", "today", {"means": [1.0]}, id="a forecast of five minutes"),
        pytest.param("applied", "level", math.nan, id="a level that is no number"),
        pytest.param("applied", "least", 10**6, id="more instances than AWS has"),
        pytest.param("applied", "at", "noon", id="an instant in words"),
    ],
)  # fmt: skip
def test_a_damaged_part_counts_as_absent(part: str, key: str, value: object) -> None:
    name = f"floors_{part}"
    damaged = json.dumps(json.loads(ITEM[name]) | {key: value})
    assert getattr(floors_from({**ITEM, name: damaged}), part) is None


@pytest.mark.parametrize("junk", [None, "", "{", True, b"x", [], {"x": "y"}, 7])
def test_anything_else_counts_as_absent(junk: object) -> None:
    assert floors_from({"floors_plan": junk, "floors_applied": junk}) == Floors()
