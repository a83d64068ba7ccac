"""From the scaling that is there to the scaling that the file asks for.

Lowtide's own are two policies and an alarm a variant, known by their names, and the ranges of the
targets. Everything else is somebody's own and stays as it is.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lowtide.domain.endpoint.scaling_policy import Range
from lowtide.domain.scaling.desired import HIGH_RESOLUTION, LANE, TRACKING
from lowtide.domain.snapshot.absent_variants import MOST_KEPT
from lowtide.domain.snapshot.alarm_actions import with_actions
from lowtide.domain.snapshot.policy_reference import referenced_policy, variant_of
from lowtide.domain.snapshot.snapshot import Document, Documents, Scaling, absent, label

_VARIANTS_KEPT = 10 + MOST_KEPT  # SageMaker allows 10 in a configuration
OWN_POLICIES = frozenset({TRACKING, LANE})


@dataclass(frozen=True, slots=True)
class AppliedScaling:
    """What of the file's scaling was applied last, and to which endpoint."""

    config_hash: str = ""  # of what the file asks for; "" while it is not verified to be there
    endpoint_created_at: datetime | None = None
    range: Range | None = None
    left_out: str = ""  # what is not put, and why, in words
    variants: tuple[str, ...] = ()  # those with the range; some may be of other configurations

    def unproven(self) -> "AppliedScaling":
        """Only the range is known to be there."""
        return AppliedScaling(range=self.range, variants=self.variants)

    def with_range(self, given: Range | None, variants: Iterable[str]) -> "AppliedScaling":
        """These variants have the range now; the last ones to get it come first."""
        before = self.variants if self.range == given else ()
        kept = tuple(dict.fromkeys((*variants, *before)))[:_VARIANTS_KEPT]
        return replace(self, range=given, variants=kept)


@dataclass(frozen=True, slots=True)
class Todo:
    """What there is to do until the scaling is as the file asks."""

    put: Scaling  # what is absent or different, but for:
    ranges: Documents  # those of targets that are there
    remove: Scaling
    left_out: tuple[str, ...]  # what is not put, and why, in words
    waiting: tuple[str, ...] = ()  # variants whose saved target must be put back first

    def said(self) -> Iterator[str]:
        """What is still to be done; nothing, if all is as it is asked."""
        parts = (
            (self.put.targets, "is not registered"),
            (self.ranges, "has another range"),
            (self.put.policies, "is not as the file asks"),
            (self.put.alarms, "is not as the file asks"),
            (self.remove.policies, "is still there"),
            (self.remove.alarms, "is still there"),
        )
        for documents, what in parts:
            yield from (f"{label(document)} {what}" for document in documents)
        for variant in self.waiting:
            yield f"{variant} waits for its scalable target, which was saved and is not back yet"


def todo(
    asked: Scaling,
    live: Scaling,
    own_alarms: Iterable[str],
    *,
    ranged: Collection[str],
    owed: Documents = (),
) -> Todo:
    """`ranged` are the variants that were given the file's range before. It is not put on them
    again: scheduled actions, and people, change it meanwhile. `owed` are saved policies that are
    not back yet: they keep Lowtide's own away like those that are there."""
    twins = {label(p): _twin(p, (*live.policies, *owed)) for p in asked.policies}
    policies = tuple(p for p in asked.policies if twins[label(p)] is None)
    new = absent(asked.targets, live.targets)
    known = (t for t in asked.targets if t not in new)
    ranges = (t for t in known if variant_of(t["ResourceId"]) not in ranged)
    return Todo(
        put=Scaling(
            targets=new,
            policies=_other(policies, live.policies),
            alarms=_other(asked.alarms, live.alarms),
        ),
        ranges=_other(ranges, live.targets),
        remove=_not_asked_for(live, policies, set(own_alarms) - _names(asked.alarms)),
        left_out=tuple(
            f"{policy['PolicyName']} is not put on {policy['ResourceId']}: "
            f"{twin['PolicyName']}, made by hand, follows the same metric"
            for policy in asked.policies
            if (twin := twins[label(policy)]) is not None
        ),
    )


def _not_asked_for(live: Scaling, kept: Documents, unwanted: Collection[str]) -> Scaling:
    """Lowtide's own policies but those to be `kept`, and the alarms of these names."""
    labels = {label(policy) for policy in kept}
    return Scaling(
        policies=tuple(p for p in live.policies if is_own(p) and label(p) not in labels),
        alarms=tuple(a for a in live.alarms if a["AlarmName"] in unwanted),
    )


def _names(alarms: Documents) -> set[str]:
    return {alarm["AlarmName"] for alarm in alarms}


def is_own(policy: Document) -> bool:
    return policy["PolicyName"] in OWN_POLICIES


def without_own(scaling: Scaling, own_alarms: Iterable[str]) -> Scaling:
    """What its owner made. A new endpoint's own policies are put when all of this is back."""
    names = set(own_alarms)
    alarms = (alarm for alarm in scaling.alarms if alarm["AlarmName"] not in names)
    return replace(
        scaling,
        policies=tuple(policy for policy in scaling.policies if not is_own(policy)),
        alarms=tuple(with_actions(alarm, _of_its_owner) for alarm in alarms),
    )


def _of_its_owner(action: str) -> str | None:
    policy = referenced_policy(action)
    return None if policy is not None and policy[1] in OWN_POLICIES else action


def _twin(policy: Document, live: Documents) -> Document | None:
    """A policy made by hand that tracks the same metric of the same variant."""
    followed = set(_followed(policy))
    others = (p for p in live if p["ResourceId"] == policy["ResourceId"] and not is_own(p))
    return next((other for other in others if followed & set(_followed(other))), None)


def _followed(policy: Document) -> Iterator[object]:
    """The metrics that target tracking looks at, the predefined one as what it stands for."""
    config = policy.get("TargetTrackingScalingPolicyConfiguration", {})
    predefined = config.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType")
    if predefined == HIGH_RESOLUTION:
        _, endpoint, _, variant = policy["ResourceId"].split("/")
        dimensions = frozenset({("EndpointName", endpoint), ("VariantName", variant)})
        yield "AWS/SageMaker", "ConcurrentRequestsPerModel", dimensions
    custom = config.get("CustomizedMetricSpecification", {})
    several = (each.get("MetricStat", {}).get("Metric", {}) for each in custom.get("Metrics", ()))
    for metric in (custom, *several):
        if "MetricName" in metric:
            named = frozenset((d["Name"], d["Value"]) for d in metric.get("Dimensions", ()))
            yield metric["Namespace"], metric["MetricName"], named


def _other(asked: Iterable[Document], live: Documents) -> Documents:
    """Those that are not there, or not like that."""
    found = {label(document): document for document in live}
    return tuple(d for d in asked if not _covers(found.get(label(d)), d))


def _covers(has: Any, asked: Any) -> bool:
    """AWS fills in what was not said, and gives lists in an order of its own."""
    match has, asked:
        case Mapping(), Mapping():
            return all(_covers(has.get(key), value) for key, value in asked.items())
        case list(), list():
            found = (any(_covers(one, each) for one in has) for each in asked)
            return len(has) == len(asked) and all(found)
        case _:
            return bool(has == asked)
