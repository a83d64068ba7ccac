"""The status of an endpoint's scaling: as AWS has it while it serves, as saved while it sleeps.

What cannot be read has an `error` in its place, and everything else is still shown.
"""

from collections.abc import Callable
from typing import Any

from lowtide.adapters.autoscaling.views import ScalingViews
from lowtide.domain.endpoint import Endpoint, Status
from lowtide.domain.errors import AwsError
from lowtide.domain.lifecycle import Context, draining, restore_pending, suspended
from lowtide.domain.scaling import (
    activity_in_words,
    alarm_in_words,
    policy_in_words,
    target_in_words,
)
from lowtide.domain.snapshot import Document, Documents, Snapshot, variant_of
from lowtide.domain.wording import clock

_ACTIVITIES_SHOWN = 5  # a variant


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
    known = () if isinstance(policies, AwsError) else policies
    alarms = _read(lambda: views.alarms(a for policy in known for a in _alarm_names(policy)))

    def with_alarms(policy: Document) -> dict[str, Any]:
        return policy_in_words(policy) | {"alarms": _alarms(policy, alarms)}

    return [
        {
            "variant": variant.name,
            "instances": {"current": variant.live, "desired": variant.desired},
            "target": _target(variant.name, targets),
            "policies": _of(variant.name, policies, with_alarms),
            "activities": _of(variant.name, activities, activity_in_words, _ACTIVITIES_SHOWN),
        }
        for variant in endpoint.variants
    ]


def _saved(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Returns no alarms and no activities: those were of an endpoint that is deleted."""
    targets, policies = snapshot.scaling.targets, snapshot.scaling.policies
    return [
        {
            "variant": variant,
            "target": _target(variant, targets),
            "policies": _of(variant, policies, policy_in_words),
        }
        for variant in dict.fromkeys(map(_variant, (*targets, *policies)))
    ]


def _read(read: Callable[[], Documents]) -> Documents | AwsError:
    try:
        return read()
    except AwsError as error:
        return error


def _variant(document: Document) -> str:
    return variant_of(document["ResourceId"])


def _of(
    variant: str,
    documents: Documents | AwsError,
    in_words: Callable[[Document], dict[str, Any]],
    most: int | None = None,
) -> list[dict[str, Any]] | dict[str, Any]:
    if isinstance(documents, AwsError):
        return {"error": str(documents)}
    return [in_words(document) for document in documents if _variant(document) == variant][:most]


def _target(variant: str, targets: Documents | AwsError) -> dict[str, Any] | None:
    """Returns None where nothing scales the variant."""
    found = _of(variant, targets, target_in_words)
    return found if isinstance(found, dict) else next(iter(found), None)


def _alarm_names(policy: Document) -> list[str]:
    return [alarm["AlarmName"] for alarm in policy.get("Alarms", ())]


def _alarms(
    policy: Document, alarms: Documents | AwsError
) -> list[dict[str, Any]] | dict[str, Any]:
    if isinstance(alarms, AwsError):
        return {"error": str(alarms)}
    found = {alarm["AlarmName"]: alarm_in_words(alarm) for alarm in alarms}
    absent = {"error": "its policy names it, and there is no such alarm"}
    return [found.get(name, {"name": name} | absent) for name in _alarm_names(policy)]
