"""What an endpoint with `mode: observe` would have saved, by its schedule."""

from datetime import timedelta
from typing import Any

from lowtide.domain.history import cost
from lowtide.domain.lifecycle import Context
from lowtide.domain.schedule import awake_intervals
from lowtide.workflows.control.spending import priced
from lowtide.workflows.services import Services

_SPAN = timedelta(days=7)


def would_save(context: Context, services: Services) -> dict[str, Any] | None:
    """Returns the hours that the schedule had it asleep in the last seven days, with the instances
    that serve now; None where it is managed. Without the minutes of drains and creations."""
    managed, now = context.managed, context.now
    if managed.mode == "manage":
        return None
    awake = (each.length for each in awake_intervals(managed.schedule, now - _SPAN, now))
    live = {p.instance_type: p.live for v in context.endpoint.variants for p in v.pools if p.live}
    saved = cost(_SPAN - sum(awake, timedelta()), live, services.prices)
    return {f"last {_SPAN.days} days": priced("asleep", saved, services)}
