"""The plan of a local day, made once from up to 63 days of the published streams."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lowtide.adapters.cloudwatch import Metrics
from lowtide.domain.curve import DAYS_TO_READ, FloorPlan, ends, plan_week, target_on
from lowtide.domain.endpoint import SERVING, Endpoint
from lowtide.domain.errors import LowtideError
from lowtide.workflows.planner.services import FloorsAsked


def plan_of_today(
    asked: FloorsAsked,
    known: FloorPlan | None,
    endpoint: Endpoint,
    metrics: Metrics,
    now: datetime,
) -> FloorPlan | None:
    """Returns `known` while it is of today and of the file, else a new one; also of an endpoint
    that is asleep, so that it is created in time for its first floor.

    None where no variant is known yet.
    """
    variant = _variant(endpoint, known)
    if variant is None:
        return None
    if known and (known.on, known.made_for, known.variant) == (
        asked.date(now),
        asked.made_for,
        variant,
    ):
        return known
    return _with_promise(_made(asked, variant, metrics, now), known)


def _made(asked: FloorsAsked, variant: str, metrics: Metrics, now: datetime) -> FloorPlan:
    today, midnight = asked.date(now), asked.midnight(now)
    start = midnight - timedelta(days=DAYS_TO_READ)
    readings = asked.streams(variant, metrics, start, midnight)
    capacity = asked.capacities.of_reference
    forecast, week = plan_week(readings, asked.schedule, today, capacity, asked.settings)
    return FloorPlan(
        on=today,
        until=ends(today, asked.timezone).astimezone(UTC),
        made_for=asked.made_for,
        variant=variant,
        today=forecast,
        target=target_on(forecast, asked.settings),
        week=week,
    )


def _with_promise(plan: FloorPlan, known: FloorPlan | None) -> FloorPlan:
    """The first plan of a week promises its hours; the others keep the promise."""
    if known is None or is_new_week(plan, known):
        return replace(plan, promised=plan.hours)
    return replace(plan, promised=known.promised)


def is_new_week(plan: FloorPlan, known: FloorPlan) -> bool:
    return plan.on.isocalendar()[:2] != known.on.isocalendar()[:2]


def _variant(endpoint: Endpoint, known: FloorPlan | None) -> str | None:
    if endpoint.status not in SERVING:
        return known.variant if known else None
    if len(endpoint.variants) != 1:
        msg = f"it has {len(endpoint.variants)} variants: floors are for endpoints with one"
        raise LowtideError(msg)
    return endpoint.variants[0].name
