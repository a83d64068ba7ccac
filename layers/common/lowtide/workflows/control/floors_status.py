"""The floors of an endpoint: what is in force now, and what comes next."""

from datetime import datetime, timedelta
from typing import Any

from lowtide.domain.curve import BIN, AppliedFloors, FloorPlan, bin_at, instants_of
from lowtide.domain.endpoint import ManagedScaling
from lowtide.domain.lifecycle import Context
from lowtide.domain.wording import in_utc


def floors_status(context: Context) -> dict[str, Any] | None:
    """Returns None where the file asks for no floors; `floor` is None before one is in force."""
    scaling = context.managed.scaling
    if scaling is None or scaling.floors is None:
        return None
    plan, applied = context.floors.plan, context.floors.applied
    target = context.floors.target(context.endpoint.created_at, context.now)
    return {
        "floor": applied.floor if applied else None,
        "minimum": applied.registered if applied else None,
        "of_people": applied.least if applied else scaling.minimum,
        "forecast_ratio": round(applied.level, 2) if applied else None,
        "next": _next(plan, applied, scaling, context) if plan and applied else None,
        "target": target,
        "differs": (applied.differs if applied else "no floors are applied yet") or None,
    }


def _next(
    plan: FloorPlan, applied: AppliedFloors, scaling: ManagedScaling, context: Context
) -> dict[str, Any] | None:
    """Returns the next change of today's or tomorrow's planned floors, without today's level."""
    before = None
    for at in _bins(context):
        day = at.astimezone(context.managed.schedule.timezone)
        planned = plan.day(day.date()).at(bin_at(at, context.managed.schedule.timezone))
        count = min(scaling.maximum, max(applied.least, planned))
        if before is not None and count != before:
            return {"at": in_utc(at), "floor": count}
        before = count
    return None


def _bins(context: Context) -> list[datetime]:
    timezone, now = context.managed.schedule.timezone, context.now
    today = now.astimezone(timezone).date()
    days = (today, today + timedelta(days=1))
    return [at for day in days for at in instants_of(day, timezone) if at > now - BIN]
