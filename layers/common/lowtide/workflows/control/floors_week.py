"""The last seven days of an endpoint with learned floors: what came, beside the floors of now."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from lowtide.domain.curve import BINS, FloorPlan, bin_at, instants_of
from lowtide.domain.endpoint import ManagedEndpoint, MetricName
from lowtide.domain.errors import RequestError
from lowtide.workflows.services import Services

_DAYS = 7
SLOTS = 48  # half hours
_BINS_A_SLOT = BINS // SLOTS


def floors_week(managed: ManagedEndpoint, services: Services, now: datetime) -> dict[str, Any]:
    """Returns for each half hour the most streams, None without a reading, and the floor that the
    plan has for this weekday now. `in_service` is the capacity that served, where TotalCapacity is
    published. `full` is the share of the day's readings in which a pool was above its capacity."""
    scaling, metering, timezone = managed.scaling, managed.metering, managed.schedule.timezone
    plan = services.store.load(managed.name).floors.plan
    if scaling is None or scaling.floors is None or metering is None:
        raise RequestError(f"endpoint: {managed.name} has no `floors` in the file")
    if plan is None:
        raise RequestError(f"endpoint: no floors of {managed.name} are planned yet")
    today = now.astimezone(timezone).date()
    first = today - timedelta(days=_DAYS)
    start, end = (next(instants_of(day, timezone)) for day in (first, today))

    def published(name: MetricName) -> Mapping[datetime, float]:
        return services.metrics.published(managed.name, plan.variant, name, start, end)

    streams, worst = published(MetricName.STREAMS), published(MetricName.WORST_POOL)
    capacity = published(MetricName.CAPACITY)
    days = [first + timedelta(days=ahead) for ahead in range(_DAYS)]
    return {
        "endpoint": managed.name,
        "timezone": str(timezone),
        "capacity": metering.capacities.of_reference,
        "days": [
            {
                "on": day.isoformat(),
                "streams": _slots(day, timezone, streams),
                "in_service": _slots(day, timezone, capacity),
                "floors": _floors(day, plan),
                "full": _full(day, timezone, worst),
            }
            for day in days
        ],
    }


def _slots(day: date, timezone: ZoneInfo, readings: Mapping[datetime, float]) -> list[float | None]:
    slots: list[float | None] = [None] * SLOTS
    for at in instants_of(day, timezone):
        slot, reading = bin_at(at, timezone) // _BINS_A_SLOT, readings.get(at)
        if reading is not None:
            slots[slot] = max(slots[slot] or 0.0, round(reading, 1))
    return slots


def _floors(day: date, plan: FloorPlan) -> list[int]:
    """The largest of each half hour."""
    planned = plan.day(day + timedelta(days=-(-(plan.on - day).days // _DAYS) * _DAYS))
    return [
        max(planned.at(b) for b in range(slot * _BINS_A_SLOT, (slot + 1) * _BINS_A_SLOT))
        for slot in range(SLOTS)
    ]


def _full(day: date, timezone: ZoneInfo, worst: Mapping[datetime, float]) -> float | None:
    known = [worst[at] for at in instants_of(day, timezone) if at in worst]
    return round(sum(share > 1 for share in known) / len(known), 3) if known else None
