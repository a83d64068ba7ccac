"""The difference between the scaling that is there and the scaling that the file asks for.

Lowtide's own are two policies and an alarm for each variant, known by their names, and the ranges
of the targets. Everything else is the user's and stays as it is.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lowtide.domain.endpoint import Range
from lowtide.domain.scaling.desired import HIGH_RESOLUTION, STEPS, TRACKING
from lowtide.domain.snapshot import (
    MOST_KEPT,
    Document,
    Documents,
    Scaling,
    absent,
    label,
    map_actions,
    referenced_policy,
    variant_of,
)

_VARIANTS_KEPT = 10 + MOST_KEPT  # SageMaker allows 10 in a configuration
OWN_POLICIES = frozenset({TRACKING, STEPS})


@dataclass(frozen=True, slots=True)
class AppliedScaling:
    """What of the file's scaling was applied last, and to which endpoint."""

    config_hash: str = ""  # of what the file asks for; "" while it is not verified to be there
    endpoint_created_at: datetime | None = None
    range: Range | None = None
    left_out: str = ""  # what is not put, and why, in words
    variants: tuple[str, ...] = ()  # those with the range; some may be of other configurations

    def unverified(self) -> "AppliedScaling":
        """Only the range is known to be there."""
        return AppliedScaling(range=self.range, variants=self.variants)

    def with_range(self, given: Range | None, variants: Iterable[str]) -> "AppliedScaling":
        """These variants have the range now; the last ones to get it come first."""
        before = self.variants if self.range == given else ()
        kept = tuple(dict.fromkeys((*variants, *before)))[:_VARIANTS_KEPT]
        return replace(self, range=given, variants=kept)


@dataclass(frozen=True, slots=True)
class ScalingDiff:
    """What has to change until the scaling is as the file asks."""

    put: Scaling  # what is absent or different, but for:
    ranges: Documents  # those of targets that are there
    remove: Scaling
    left_out: tuple[str, ...]  # what is not put, and why, in words
    waiting: tuple[str, ...] = ()  # variants whose saved target must be restored first

    def described(self) -> Iterator[str]:
        """What has to change, in words; nothing where all is as the file asks."""
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


def diff(
    desired: Scaling,
    live: Scaling,
    own_alarms: Iterable[str],
    *,
    ranged: Collection[str],
    unrestored: Documents = (),
) -> ScalingDiff:
    """From `live` to `desired`.

    `own_alarms` are the names of all alarms that Lowtide may have put. `ranged` are the variants
    that were given the file's range before: it is not put on them again, since scheduled actions
    and people change it meanwhile. `unrestored` are saved policies that are not back yet: they take
    the place of Lowtide's own like policies that are there.
    """
    rivals = {label(p): _rival(p, (*live.policies, *unrestored)) for p in desired.policies}
    policies = tuple(p for p in desired.policies if rivals[label(p)] is None)
    wanted_alarms = {alarm["AlarmName"] for alarm in desired.alarms}
    new = absent(desired.targets, live.targets)
    known = (t for t in desired.targets if t not in new)
    ranges = (t for t in known if variant_of(t["ResourceId"]) not in ranged)
    return ScalingDiff(
        put=Scaling(
            targets=new,
            policies=different(policies, live.policies),
            alarms=different(desired.alarms, live.alarms),
        ),
        ranges=different(ranges, live.targets),
        remove=_to_remove(live, policies, set(own_alarms) - wanted_alarms),
        left_out=tuple(
            f"{policy['PolicyName']} is not put on {policy['ResourceId']}: "
            f"{rival['PolicyName']}, made by hand, follows the same metric"
            for policy in desired.policies
            if (rival := rivals[label(policy)]) is not None
        ),
    )


def is_own(policy: Document) -> bool:
    return policy["PolicyName"] in OWN_POLICIES


def without_own(scaling: Scaling, own_alarms: Iterable[str]) -> Scaling:
    """`scaling` without what Lowtide keeps: it is put anew when everything else is back."""

    def users(action: str) -> str | None:
        policy = referenced_policy(action)
        return None if policy is not None and policy[1] in OWN_POLICIES else action

    names = set(own_alarms)
    alarms = (alarm for alarm in scaling.alarms if alarm["AlarmName"] not in names)
    return replace(
        scaling,
        policies=tuple(policy for policy in scaling.policies if not is_own(policy)),
        alarms=tuple(map_actions(alarm, users) for alarm in alarms),
    )


def _to_remove(live: Scaling, kept: Documents, alarm_names: Collection[str]) -> Scaling:
    """Lowtide's own policies but those to be `kept`, and the alarms of these names."""
    labels = {label(policy) for policy in kept}
    return Scaling(
        policies=tuple(p for p in live.policies if is_own(p) and label(p) not in labels),
        alarms=tuple(a for a in live.alarms if a["AlarmName"] in alarm_names),
    )


def _rival(policy: Document, live: Documents) -> Document | None:
    """A policy of the user's that tracks the same metric of the same variant."""
    metrics = set(_metrics(policy))
    others = (p for p in live if p["ResourceId"] == policy["ResourceId"] and not is_own(p))
    return next((other for other in others if metrics & set(_metrics(other))), None)


def _metrics(policy: Document) -> Iterator[object]:
    """The metrics that target tracking evaluates, the predefined one as what it stands for."""
    config = policy.get("TargetTrackingScalingPolicyConfiguration", {})
    predefined = config.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType")
    if predefined == HIGH_RESOLUTION:
        _, endpoint, _, variant = policy["ResourceId"].split("/")
        dimensions = frozenset({("EndpointName", endpoint), ("VariantName", variant)})
        yield "AWS/SageMaker", "ConcurrentRequestsPerModel", dimensions
    custom = config.get("CustomizedMetricSpecification", {})
    queried = (query.get("MetricStat", {}).get("Metric", {}) for query in custom.get("Metrics", ()))
    for metric in (custom, *queried):
        if "MetricName" in metric:
            named = frozenset((d["Name"], d["Value"]) for d in metric.get("Dimensions", ()))
            yield metric["Namespace"], metric["MetricName"], named


def different(desired: Iterable[Document], live: Documents) -> Documents:
    """The documents that are not there, or have something otherwise."""
    by_label = {label(document): document for document in live}
    return tuple(d for d in desired if not _covers(by_label.get(label(d)), d))


def _covers(live: Any, desired: Any) -> bool:
    """Whether `live` has all of `desired`: AWS adds defaults, and returns lists in any order."""
    match live, desired:
        case Mapping(), Mapping():
            return all(_covers(live.get(key), value) for key, value in desired.items())
        case list(), list():
            found = (any(_covers(entry, wanted) for entry in live) for wanted in desired)
            return len(live) == len(desired) and all(found)
        case _:
            return bool(live == desired)
