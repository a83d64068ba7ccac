"""What an endpoint with `mode: observe` would have saved, by its schedule."""

from datetime import datetime, timedelta
from typing import Any

from lowtide.domain.endpoint import ManagedEndpoint
from lowtide.domain.lifecycle import Context
from lowtide.domain.schedule import changes
from lowtide.workflows.services import Services

_DAYS = 7
_HOUR = timedelta(hours=1)


def would_save(context: Context, services: Services) -> dict[str, Any] | None:
    """Returns the hours that the schedule had it asleep in the last seven days, with the instances
    that serve now; None where it is managed. Without the minutes of drains and creations."""
    managed, now = context.managed, context.now
    if managed.mode == "manage":
        return None
    hours = _asleep(managed, now - timedelta(days=_DAYS), now, services) / _HOUR
    live = {p.instance_type: p.live for v in context.endpoint.variants for p in v.pools if p.live}
    instance_hours = {name: round(count * hours, 2) for name, count in live.items()}
    prices = [services.prices.get(name) for name in live]
    known = [price for price in prices if price is not None]
    usd = sum(p * h for p, h in zip(known, instance_hours.values(), strict=False))
    return {
        f"last {_DAYS} days": {
            "hours_asleep": round(hours, 2),
            "instance_hours_at_least": instance_hours,
            "usd_at_least": round(usd, 2) if live and len(known) == len(prices) else None,
        }
    }


def _asleep(
    managed: ManagedEndpoint, start: datetime, end: datetime, services: Services
) -> timedelta:
    awake, since, asleep = (
        services.schedule_cache.state_at(managed.schedule, start).awake,
        start,
        timedelta(0),
    )
    for change in changes(managed.schedule, start, end, timedelta(0)):
        asleep += timedelta(0) if awake else change.at - since
        awake, since = change.awake, change.at
    return asleep + (timedelta(0) if awake else end - since)
