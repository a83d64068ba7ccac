"""The actions of alarms that trigger scaling policies.

An alarm outlives the endpoint. Its action does not: the ARN of a policy is dead once the policy is
gone. Endpoints may share an alarm; the actions of others are foreign to this one.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import Any

from lowtide.domain.snapshot.policy_reference import (
    belongs_to,
    policy_of,
    policy_reference,
    referenced_policy,
    triggered_variant,
)
from lowtide.domain.snapshot.snapshot import Document, Documents, Scaling

_LISTS = ("AlarmActions", "OKActions", "InsufficientDataActions")


def actions(alarm: Document) -> tuple[str, ...]:
    return tuple(action for key in _LISTS for action in alarm.get(key, ()))


def map_actions(alarm: Document, change: Callable[[str], str | None]) -> dict[str, Any]:
    """`alarm` with each action changed, and left out where `change` returns None.

    Lists are sorted, as their order means nothing; an empty one is left out, as AWS does.
    """
    changed = {key: {change(action) for action in alarm.get(key, ())} for key in _LISTS}
    lists = {key: sorted(a for a in found if a) for key, found in changed.items()}
    others = {key: value for key, value in alarm.items() if key not in _LISTS}
    return others | {key: found for key, found in lists.items() if found}


def action_to_save(arn: str, current: Collection[str], endpoint: str) -> str:
    """A policy reference, or `arn` itself where that is no policy's or a dead one.

    `current` are the ARNs of the endpoint's policies, so any other of its ARNs is dead. Policies of
    other endpoints are always saved by reference: they come back with new ARNs, too.
    """
    policy = policy_of(arn)
    if policy is None or (belongs_to(policy[0], endpoint) and arn not in current):
        return arn
    return policy_reference(*policy)


def with_foreign_actions(alarm: Document, live: Document, endpoint: str) -> Document:
    """`alarm` and the foreign actions of `live`: another endpoint may have put its actions back
    since `alarm` was read."""
    foreign = {key: _foreign(live.get(key, ()), endpoint) for key in _LISTS}
    added = {key: [*alarm.get(key, ()), *found] for key, found in foreign.items() if found}
    return {**alarm, **added}


def without_foreign_actions(scaling: Scaling, endpoint: str) -> Scaling:
    """`scaling` without the actions that come and go with other endpoints."""

    def own(action: str) -> str | None:
        policy = referenced_policy(action)
        return None if policy and not belongs_to(policy[0], endpoint) else action

    return replace(scaling, alarms=tuple(map_actions(alarm, own) for alarm in scaling.alarms))


def triggers(alarm: Document, endpoint: str) -> bool:
    """Whether a saved alarm triggers a policy of `endpoint`."""
    return any(triggered_variant(action, endpoint) for action in actions(alarm))


def with_triggers_only(scaling: Scaling, endpoint: str) -> Scaling:
    """`scaling` without alarms that trigger none of its policies, as when they were Lowtide's."""
    alarms = tuple(alarm for alarm in scaling.alarms if triggers(alarm, endpoint))
    return replace(scaling, alarms=alarms)


def taken_over(live: Documents, saved: Documents, endpoint: str) -> tuple[str, ...]:
    """The names of alarms in `saved` that are something else in `live`: another metric, and no
    action for `endpoint`. AWS removes the action with the policy, so the metric must tell."""
    by_name = {alarm["AlarmName"]: alarm for alarm in live}
    pairs = ((by_name.get(alarm["AlarmName"]), alarm) for alarm in saved)
    return tuple(
        str(alarm["AlarmName"])
        for found, alarm in pairs
        if found and not triggers(found, endpoint) and not _metrics(found) & _metrics(alarm)
    )


def _metrics(alarm: Document) -> set[str]:
    """The metrics that an alarm reads, and its expressions."""
    queries = alarm.get("Metrics", ())
    metrics = (query.get("MetricStat", {}).get("Metric") for query in queries)
    read = [metric for metric in (alarm, *metrics) if metric and "MetricName" in metric]
    expressions = {query["Expression"] for query in queries if "Expression" in query}
    return expressions | {_metric(metric) for metric in read}


def _metric(metric: Document) -> str:
    dimensions = sorted((d["Name"], d["Value"]) for d in metric.get("Dimensions", ()))
    return repr((metric.get("Namespace"), metric["MetricName"], dimensions))


def reconnected(live: Document, saved: Document, references: Collection[str]) -> Document:
    """`live` with those actions of `saved` that trigger policies of `references`, and without
    dead ARNs."""
    missing = {key: [a for a in saved.get(key, ()) if a in references] for key in _LISTS}
    both = {key: [*live.get(key, ()), *missing[key]] for key in _LISTS}
    return map_actions({**live, **both}, lambda action: None if policy_of(action) else action)


def _foreign(arns: Iterable[str], endpoint: str) -> list[str]:
    policies = (policy_of(arn) for arn in arns)
    return [policy_reference(*p) for p in policies if p and not belongs_to(p[0], endpoint)]
