"""Desired and actual state of endpoints, the next step, the history, what it cost and saved."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from lowtide.adapters.autoscaling.views import ScalingViews
from lowtide.domain.endpoint import ManagedEndpoint
from lowtide.domain.lifecycle import Context, not_as_pinned, of_other_variants, plan, why_paused
from lowtide.domain.schedule import Transition, next_change
from lowtide.domain.snapshot import contents
from lowtide.domain.wording import shortened
from lowtide.workflows.control.each import of_each, or_error
from lowtide.workflows.control.explain import state
from lowtide.workflows.control.floors_status import floors_status
from lowtide.workflows.control.observed import would_save
from lowtide.workflows.control.preview import lead_time_as_json
from lowtide.workflows.control.scaling_status import scaling_status
from lowtide.workflows.control.spending import LONGEST_SHOWN, costs_and_savings, line
from lowtide.workflows.control.unfinished import unfinished
from lowtide.workflows.control.unlisted import unlisted
from lowtide.workflows.decision import approve
from lowtide.workflows.gather import gather
from lowtide.workflows.services import Services

_STEPS_SHOWN = 5  # of each endpoint, where all are requested
_STEPS_OF_ONE = 20  # a night with failures, and the one before
_MONTH = timedelta(days=30)


def status_of_all(
    managed: Sequence[ManagedEndpoint], errors: Sequence[str], services: Services, now: datetime
) -> dict[str, Any]:
    """Returns the status of every endpoint of the file, then of those that left it.

    One that cannot be read has an `error` in its place. Where the file has errors, it is not
    known whether an endpoint was taken out or its entry is wrong.
    """
    by_name = {entry.name: entry for entry in managed}
    left = sorted(services.store.endpoints() - set(by_name))
    why = "the file has no entry of it without errors" if errors else "not in the file any more"
    return {
        "errors": list(errors),
        "endpoints": of_each(
            list(by_name), lambda name: _of_managed(by_name[name], services, now), services
        ),
        "unlisted": of_each(left, lambda name: unlisted(name, why, services, now), services),
    }


def _of_managed(managed: ManagedEndpoint, services: Services, now: datetime) -> dict[str, Any]:
    return _status(gather(managed, services, now), services, _STEPS_SHOWN)


def status(managed: ManagedEndpoint, services: Services, now: datetime) -> dict[str, Any]:
    return or_error(managed.name, lambda: _of_managed(managed, services, now))


def status_with_scaling(
    managed: ManagedEndpoint, services: Services, views: ScalingViews, now: datetime
) -> dict[str, Any]:
    """Returns the status of one endpoint with its scaling, which takes several calls more."""

    def detailed() -> dict[str, Any]:
        context = gather(managed, services, now)
        scaling = scaling_status(context, views)
        return _status(context, services, _STEPS_OF_ONE) | {"scaling": scaling}

    return or_error(managed.name, detailed)


def _status(context: Context, services: Services, steps: int) -> dict[str, Any]:
    managed, now = context.managed, context.now
    action = approve(plan(context), context, services)
    history = services.store.history_since(managed.name, now - _MONTH)
    return {
        "endpoint": managed.name,
        "mode": managed.mode,
        "timezone": str(managed.schedule.timezone),
        "desired_state": state(context.desired.awake),
        "because": context.desired.reason,
        "status": context.endpoint.status,
        "next": {"action": action.name, "reason": action.reason},
        "blocked": shortened(context.blocked, LONGEST_SHOWN) or None,
        "instances": {
            pool.instance_type: pool.live for v in context.endpoint.variants for pool in v.pools
        },
        "paused": why_paused(context) or None,
        "unfinished": unfinished(context),
        "config": {
            "in_use": context.endpoint.config_name or None,
            "pinned": managed.config_name,
            "difference": not_as_pinned(context),
        },
        "floors": floors_status(context),
        "lead_time": lead_time_as_json(context.lead),
        "schedule_changes": _change(next_change(managed.schedule, now)),
        "saved": _saved(context),
        "would_save": would_save(context, services),
        "last_steps": [line(entry) for entry in history[-steps:]],
    } | costs_and_savings(history, context, services)


def _change(change: Transition | None) -> dict[str, str] | None:
    if change is None:
        return None
    return {"at": change.at.isoformat(), "to": state(change.awake), "because": change.because}


def _saved(context: Context) -> dict[str, str | None] | None:
    """Returns what the snapshot has, which is restored at the next wake."""
    snapshot = context.record.snapshot
    if snapshot is None:
        return None
    return {
        "at": snapshot.taken_at.isoformat(),
        "config": snapshot.config_name,
        "contents": contents(snapshot),
        "left_out": of_other_variants(context),
    }
