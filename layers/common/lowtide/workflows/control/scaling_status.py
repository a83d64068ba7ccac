"""The status of an endpoint's scaling: as AWS has it while it serves, as saved while it sleeps.

What cannot be read has an `error` in its place, and everything else is still shown.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lowtide.adapters.autoscaling.views import ScalingViews
from lowtide.domain.endpoint import Endpoint, Status
from lowtide.domain.errors import AwsError
from lowtide.domain.lifecycle import Context, draining, restore_pending, suspended
from lowtide.domain.scaling import (
    AlarmView,
    PolicyView,
    ScalingActivity,
    TargetView,
    policy_view,
    target_view,
)
from lowtide.domain.snapshot import Snapshot
from lowtide.domain.wording import clock, in_utc

_ACTIVITIES_SHOWN = 5  # a variant


@dataclass(frozen=True, slots=True)
class Unreadable:
    why: str


type Read[T] = T | Unreadable


def scaling_status(context: Context, views: ScalingViews) -> dict[str, Any]:
    """Returns targets, policies, alarms and activities by variant; `shown` says as of when."""
    endpoint, snapshot = context.endpoint, context.record.snapshot
    if endpoint.variants and endpoint.status not in (Status.CREATING, Status.DELETING):
        return {"shown": _as_it_is_now(context), "variants": _live(endpoint, views)}
    if snapshot is None:
        reason = f"not known: it is {endpoint.status}, and nothing is saved"
        return {"shown": reason, "variants": []}
    at = clock(snapshot.taken_at, context.managed.schedule.timezone)
    return {
        "shown": f"as it was saved {at}; it is restored at the next wake",
        "variants": _saved(snapshot),
    }


def _as_it_is_now(context: Context) -> str:
    if draining(context) and suspended(context):
        return "as it is now; Lowtide has suspended it while the endpoint drains"
    if restore_pending(context):
        return "as it is now; not all of what was saved is verified yet"
    return "as it is now"


def _live(endpoint: Endpoint, views: ScalingViews) -> list[dict[str, Any]]:
    name, variants = endpoint.name, [variant.name for variant in endpoint.variants]
    targets = _read(lambda: views.targets(name, variants))
    policies = _read(lambda: views.policies(name, variants))
    activities = _read(lambda: views.activities(name, variants))
    alarms = _read(lambda: views.alarms(_alarm_names(policies)))
    return [
        {
            "variant": variant.name,
            "instances": {"current": variant.live, "desired": variant.desired},
            "target": _target_of(variant.name, targets),
            "policies": _of(variant.name, policies, lambda policy: _policy(policy, alarms)),
            "activities": _of(variant.name, _newest(variant.name, activities), _activity),
        }
        for variant in endpoint.variants
    ]


def _saved(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Returns no alarms and no activities: those were of an endpoint that is deleted."""
    targets = tuple(map(target_view.target, snapshot.scaling.targets))
    policies = tuple(map(policy_view.policy, snapshot.scaling.policies))
    variants = dict.fromkeys([*(t.variant for t in targets), *(p.variant for p in policies)])
    return [
        {
            "variant": variant,
            "target": _target_of(variant, targets),
            "policies": _of(variant, policies, _does),
        }
        for variant in variants
    ]


def _read[T](read: Callable[[], T]) -> Read[T]:
    try:
        return read()
    except AwsError as error:
        return Unreadable(str(error))


def _newest(
    variant: str, activities: Read[Sequence[ScalingActivity]]
) -> Read[Sequence[ScalingActivity]]:
    if isinstance(activities, Unreadable):
        return activities
    of_variant = [activity for activity in activities if activity.variant == variant]
    return of_variant[:_ACTIVITIES_SHOWN]


def _alarm_names(policies: Read[Sequence[PolicyView]]) -> list[str]:
    if isinstance(policies, Unreadable):
        return []
    return [name for policy in policies for name in policy.alarms]


def _target_of(variant: str, targets: Read[Sequence[TargetView]]) -> dict[str, Any] | None:
    """Returns None where nothing scales the variant."""
    of_variant = _of(variant, targets, _target)
    if isinstance(of_variant, dict):
        return of_variant
    return of_variant[0] if of_variant else None


def _of[T: (TargetView, PolicyView, ScalingActivity)](
    variant: str, items: Read[Sequence[T]], as_json: Callable[[T], dict[str, Any]]
) -> list[dict[str, Any]] | dict[str, Any]:
    if isinstance(items, Unreadable):
        return {"error": items.why}
    return [as_json(item) for item in items if item.variant == variant]


def _target(target: TargetView) -> dict[str, Any]:
    return {"min": target.least, "max": target.most, "suspended": list(target.suspended)}


def _policy(policy: PolicyView, alarms: Read[Mapping[str, AlarmView]]) -> dict[str, Any]:
    return _does(policy) | {
        "alarms": {"error": alarms.why}
        if isinstance(alarms, Unreadable)
        else [_alarm(name, alarms.get(name)) for name in policy.alarms]
    }


def _does(policy: PolicyView) -> dict[str, Any]:
    parts = {
        "name": policy.name,
        "type": policy.kind,
        "managed_by": policy.managed_by,
        "tracks": policy.tracks,
        "terms": policy.terms,
        "target": policy.target,
        "steps": list(policy.steps),
        "cooldown": policy.cooldown,
        "scales_in": policy.scales_in,
    }
    return {key: value for key, value in parts.items() if value not in (None, "", [])}


def _alarm(name: str, alarm: AlarmView | None) -> dict[str, Any]:
    if alarm is None:
        return {"name": name, "error": "its policy names it, and there is no such alarm"}
    return {
        "name": name,
        "state": alarm.state,
        "since": in_utc(alarm.since),
        "metric": alarm.metric,
        "condition": alarm.condition,
        "because": alarm.because,
        "acts": alarm.acts,
    }


def _activity(activity: ScalingActivity) -> dict[str, Any]:
    parts = {
        "at": in_utc(activity.at),
        "status": activity.status,
        "what": activity.what,
        "cause": activity.cause,
        "message": activity.message,
        "not_scaled": list(activity.not_scaled),
    }
    return {key: value for key, value in parts.items() if value}
