"""An alarm outlives the endpoint; only its action, the policy's ARN, goes with the policy."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from lowtide.domain.snapshot.policy_reference import (
    is_of,
    policy_of,
    policy_reference,
    referenced_policy,
)
from lowtide.domain.snapshot.snapshot import Document

_LISTS = ("AlarmActions", "OKActions", "InsufficientDataActions")


def actions(alarm: Document) -> tuple[str, ...]:
    return tuple(action for key in _LISTS for action in alarm.get(key, ()))


def with_actions(alarm: Document, rename: Callable[[str], str | None]) -> dict[str, Any]:
    """Sorted, as their order means nothing. An action renamed to None is left out, and so is a list
    without any: to AWS both are the same."""
    named = {key: {rename(action) for action in alarm.get(key, ())} for key in _LISTS}
    lists = {key: sorted(a for a in names if a) for key, names in named.items()}
    others = {key: value for key, value in alarm.items() if key not in _LISTS}
    return others | {key: actions for key, actions in lists.items() if actions}


def by_name(arn: str, current: Collection[str], resources: Iterable[str]) -> str:
    """An endpoint's own policies only by their current ARNs: any other of theirs is dead.

    Those of other endpoints always: they come back with new ARNs too.
    """
    policy = policy_of(arn)
    if policy is None or (policy[0] in resources and arn not in current):
        return arn
    return policy_reference(*policy)


def with_those_of_others(alarm: Document, live: Document, endpoint: str) -> Document:
    """`alarm` with the actions of other endpoints that `live` has: these may have woken, and put
    their actions back, since `alarm` was read."""
    theirs = {key: _of_others(live.get(key, ()), endpoint) for key in _LISTS}
    return {**alarm, **{key: [*alarm.get(key, ()), *theirs[key]] for key in _LISTS if theirs[key]}}


def without_those_of_others(alarm: Document, endpoint: str) -> Document:
    """Of a saved alarm: what this endpoint can answer for."""

    def own(action: str) -> str | None:
        policy = referenced_policy(action)
        return None if policy and not is_of(policy[0], endpoint) else action

    return with_actions(alarm, own)


def _of_others(arns: Iterable[str], endpoint: str) -> list[str]:
    policies = (policy_of(arn) for arn in arns)
    return [policy_reference(*p) for p in policies if p and not is_of(p[0], endpoint)]


def reconnected(live: Document, saved: Document, own: Collection[str]) -> Document:
    """The alarm as it is now, triggering `own` policies again where it did."""
    owed = {key: [a for a in saved.get(key, ()) if a in own] for key in _LISTS}
    both = {key: [*live.get(key, ()), *owed[key]] for key in _LISTS}
    return with_actions({**live, **both}, lambda action: None if policy_of(action) else action)
