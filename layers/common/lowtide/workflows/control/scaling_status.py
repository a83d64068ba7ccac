"""How an endpoint is scaled: as AWS has it while it serves, as it is saved while it sleeps.

What cannot be read says so in its place and costs nothing else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lowtide.adapters.autoscaling.views import ScalingViews
from lowtide.domain.endpoint.observed import Endpoint, Status
from lowtide.domain.errors import AwsError
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.predicates import draining, restore_pending, suspended
from lowtide.domain.scaling import policy_view as seen_policies
from lowtide.domain.scaling import target_view as seen_scaling
from lowtide.domain.scaling.alarm_view import Alarm
from lowtide.domain.scaling.policy_view import Policy
from lowtide.domain.scaling.target_view import Activity, Target
from lowtide.domain.snapshot.snapshot import Snapshot
from lowtide.domain.wording import in_utc

_ACTIVITIES_SHOWN = 5  # a variant


@dataclass(frozen=True, slots=True)
class Unreadable:
    why: str


type Read[T] = T | Unreadable


def scaling(context: Context, views: ScalingViews) -> dict[str, Any]:
    endpoint, snapshot = context.endpoint, context.record.snapshot
    if endpoint.variants and endpoint.status not in (Status.CREATING, Status.DELETING):
        return {"told": _now(context), "variants": _live(endpoint, views)}
    if snapshot is None:
        return {"told": f"not known: it is {endpoint.status}, and nothing is saved", "variants": []}
    return {
        "told": f"as it was saved {in_utc(snapshot.taken_at)}, to be put back when it wakes",
        "variants": _saved(snapshot),
    }


def _now(context: Context) -> str:
    if draining(context) and suspended(context):
        return "as it is now; Lowtide holds it while the endpoint drains"
    if restore_pending(context):
        return "as it is now; not all of what was saved is proven back yet"
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
            "activities": _newest(_of(variant.name, activities, _activity)),
        }
        for variant in endpoint.variants
    ]


def _saved(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Without alarms and activities: what they would say was true of an endpoint that is gone."""
    targets = tuple(map(seen_scaling.target, snapshot.scaling.targets))
    policies = tuple(map(seen_policies.policy, snapshot.scaling.policies))
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


def _alarm_names(policies: Read[Sequence[Policy]]) -> list[str]:
    if isinstance(policies, Unreadable):
        return []
    return [name for policy in policies for name in policy.alarms]


def _target_of(variant: str, found: Read[Sequence[Target]]) -> dict[str, Any] | None:
    """None: nothing scales it."""
    told = _of(variant, found, _target)
    if isinstance(told, dict):
        return told
    return told[0] if told else None


def _of[T: (Target, Policy, Activity)](
    variant: str, found: Read[Sequence[T]], tell: Callable[[T], dict[str, Any]]
) -> list[dict[str, Any]] | dict[str, Any]:
    if isinstance(found, Unreadable):
        return {"error": found.why}
    return [tell(each) for each in found if each.variant == variant]


def _newest(told: list[dict[str, Any]] | dict[str, Any]) -> list[dict[str, Any]] | dict[str, Any]:
    return told if isinstance(told, dict) else told[:_ACTIVITIES_SHOWN]


def _target(target: Target) -> dict[str, Any]:
    return {"min": target.least, "max": target.most, "suspended": list(target.suspended)}


def _policy(policy: Policy, alarms: Read[Mapping[str, Alarm]]) -> dict[str, Any]:
    return _does(policy) | {
        "alarms": {"error": alarms.why}
        if isinstance(alarms, Unreadable)
        else [_alarm(name, alarms.get(name)) for name in policy.alarms]
    }


def _does(policy: Policy) -> dict[str, Any]:
    told = {
        "tracks": policy.tracks,
        "terms": policy.terms,
        "target": policy.target,
        "steps": list(policy.steps),
        "cooldown": policy.cooldown,
        "scales_in": policy.scales_in,
    }
    named = {"name": policy.name, "type": policy.kind, "kept_by": policy.kept_by}
    return named | {key: value for key, value in told.items() if value not in (None, "", [])}


def _alarm(name: str, alarm: Alarm | None) -> dict[str, Any]:
    if alarm is None:
        return {"name": name, "error": "its policy names it, and it is not there"}
    return {
        "name": name,
        "state": alarm.state,
        "since": in_utc(alarm.since),
        "metric": alarm.metric,
        "condition": alarm.condition,
        "because": alarm.because,
        "acts": alarm.acts,
    }


def _activity(activity: Activity) -> dict[str, Any]:
    told = {
        "at": in_utc(activity.at),
        "status": activity.status,
        "what": activity.what,
        "cause": activity.cause,
        "message": activity.message,
        "not_scaled": list(activity.not_scaled),
    }
    return {key: value for key, value in told.items() if value}
