"""Whether a snapshot names only what belongs to its endpoint.

The table is input: a writer could save documents of other endpoints, or alarms that
act on something else. The reconciler's role may put them all, so nothing of such a snapshot is put.
The same holds before a delete: what would not be put back must not be lost.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from lowtide.domain.snapshot.alarm_actions import actions, triggers
from lowtide.domain.snapshot.policy_reference import (
    belongs_to,
    policy_of,
    referenced_policy,
    resource_id,
)
from lowtide.domain.snapshot.resource_policy import foreign_parts
from lowtide.domain.snapshot.snapshot import Document, Snapshot, label

_SCALES = {
    "ServiceNamespace": "sagemaker",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
_VARIANT = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*")  # SageMaker's pattern of VariantName
_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[^:]*:(\d+):[^:]+")
_MOST_NAMED, _LONGEST = 5, 200  # a hostile snapshot must not flood the log


def not_own(saved: Snapshot, endpoint: str, account: str) -> tuple[str, ...]:
    """What of `saved` is not of `endpoint` of `account`, in words; () where all of it is."""
    scaling, policy = saved.scaling, saved.resource_policy
    documents = (*scaling.targets, *scaling.policies, *scaling.scheduled_actions)
    found = [
        *(f"{_name(d)} is not of this endpoint" for d in documents if not is_own(d, endpoint)),
        *(line for alarm in scaling.alarms for line in _of_alarm(alarm, endpoint, account)),
        *(foreign_parts(policy, endpoint, account) if policy else ()),
    ]
    more = len(found) - _MOST_NAMED
    shown = (line[:_LONGEST] for line in found[:_MOST_NAMED])
    return (*shown, f"and {more} more") if more > 0 else tuple(shown)


def is_own(document: object, endpoint: str) -> bool:
    """Whether it scales the instances of a variant of `endpoint`."""
    if not isinstance(document, Mapping):
        return False
    prefix, resource = resource_id(endpoint, ""), str(document.get("ResourceId"))
    scales = all(document.get(key, value) == value for key, value in _SCALES.items())
    named = _VARIANT.fullmatch(resource.removeprefix(prefix)) is not None
    return scales and named and resource.startswith(prefix)


def acts_on_others(alarm: Document, endpoint: str) -> bool:
    return any(_of_alarm(alarm, endpoint, None))


def without_foreign(saved: Snapshot, endpoint: str, account: str) -> Snapshot:
    """`saved` without the alarms, and without the resource policy, that must not be put."""
    alarms = (a for a in saved.scaling.alarms if not any(_of_alarm(a, endpoint, account)))
    policy = saved.resource_policy
    return replace(
        saved,
        scaling=replace(saved.scaling, alarms=tuple(alarms)),
        resource_policy="" if any(foreign_parts(policy, endpoint, account)) else policy,
    )


def _of_alarm(alarm: object, endpoint: str, account: str | None) -> Iterator[str]:
    """Policies of other endpoints are known by reference and never put from a snapshot: endpoints
    may share an alarm, but it must also trigger a policy of this one, as all that are saved do.
    Without an account, topics of any pass."""
    if not isinstance(alarm, Mapping):
        yield f"{alarm!r} is no alarm"
        return
    if not triggers(alarm, endpoint):
        yield f"the alarm {_name(alarm)} triggers no policy of this endpoint"
    for action in actions(alarm):
        if not _may_be_put(action, endpoint, account):
            yield f"the alarm {_name(alarm)} acts on {action}"


def _may_be_put(action: str, endpoint: str, account: str | None) -> bool:
    """A policy, by reference or by the ARN of one that is gone, or a topic of the endpoint's own
    account. Never what changes instances, runs code or starts automation: EC2, Lambda, Systems
    Manager and all that AWS adds."""
    gone = policy_of(action)
    if gone is not None:
        return belongs_to(gone[0], endpoint)
    topic = _TOPIC.fullmatch(action)
    if topic is not None:
        return account in {None, topic[1]}
    return referenced_policy(action) is not None


def _name(document: object) -> str:
    return label(document) or repr(document)
