"""The item `now#floors`: the plan, and what is applied of it, each as JSON text.

A part that is damaged counts as absent: the planner makes it anew, and no step waits for it.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from math import isfinite
from typing import Any

from pydantic import TypeAdapter, ValidationError

from lowtide.domain.curve import BINS, AppliedFloors, FloorPlan, Floors
from lowtide.domain.endpoint import is_valid_name

_PLAN, _APPLIED = TypeAdapter(FloorPlan), TypeAdapter(AppliedFloors)
_MOST = 10_000  # instances


def plan_attributes(plan: FloorPlan) -> dict[str, str]:
    return {"floors_plan": _PLAN.dump_json(plan).decode()}


def applied_attributes(applied: AppliedFloors) -> dict[str, str]:
    return {"floors_applied": _APPLIED.dump_json(applied).decode()}


def floors_from(item: Mapping[str, Any]) -> Floors:
    return Floors(
        _read(item.get("floors_plan"), _PLAN, _is_plan),
        _read(item.get("floors_applied"), _APPLIED, _is_applied),
    )


def _read[A](text: object, adapter: TypeAdapter[A], is_whole: Callable[[A], bool]) -> A | None:
    with suppress(ValidationError, TypeError):
        found = adapter.validate_json(text)  # type: ignore[arg-type]  # a table may hold anything
        return found if is_whole(found) else None
    return None


def _is_plan(plan: FloorPlan) -> bool:
    today, days = plan.today, plan.week
    forecasts = today.means if today else (0.0,) * BINS
    counts = [count for day in days for count in (day.first, *(c.count for c in day.changes))]
    return (
        is_valid_name(plan.variant)
        and plan.until.tzinfo is not None
        and len(forecasts) == BINS == len(today.is_open if today else forecasts)
        and all(isfinite(mean) and mean >= 0 for mean in forecasts)
        and all(0 <= count <= _MOST for count in counts)
        and (plan.target is None or 0 < plan.target <= 1)
    )


def _is_applied(applied: AppliedFloors) -> bool:
    instants = (applied.at, applied.least_since, applied.put_on or applied.at)
    counts = (applied.floor, applied.least, applied.registered, applied.file_minimum)
    return (
        all(instant.tzinfo is not None for instant in instants)
        and all(0 <= count <= _MOST for count in counts)
        and isfinite(applied.level)
    )
