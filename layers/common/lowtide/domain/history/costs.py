"""What being awake cost, and what sleeping saved, both as "at least".

Counted are only the instances that the endpoint keeps in service at least, or would have kept. How
many more autoscaling adds changes by the minute: AWS's bill has those.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lowtide.domain.endpoint import ConfiguredVariant
from lowtide.domain.history.entry import Entry, Stretch
from lowtide.domain.snapshot import Scaling, Snapshot, variant_of

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Cost:
    """Spent or saved in `lasted`; `usd` counts the types that have a price, None where none has."""

    lasted: timedelta
    instance_hours: Mapping[str, float]
    usd: float | None


def kept_at_least(
    fleet: Iterable[ConfiguredVariant], snapshot: Snapshot | None
) -> Mapping[str, int]:
    """Instances by type: the least that a scalable target, or a scheduled action of it, allows;
    without a target the first count.

    `fleet` is what the configuration in use starts with. Whether a variant has a target is not
    known where it was never saved: then one instance counts, which SageMaker keeps in any case.
    """
    smallest = _smallest(snapshot.scaling) if snapshot else {}
    seen = {variant["VariantName"] for variant in snapshot.variants} if snapshot else set()
    kept: Counter[str] = Counter()
    for variant in fleet:
        known = variant.name in seen or (snapshot is not None and not seen)
        first = variant.count if known else min(variant.count, 1)
        kept[variant.instance_type] += smallest.get(variant.name, first)
    return dict(kept)


def _smallest(scaling: Scaling) -> Mapping[str, int]:
    """By variant; without a target nothing scales it."""
    smallest = {
        variant_of(target["ResourceId"]): int(target["MinCapacity"])
        for target in scaling.targets
        if "MinCapacity" in target
    }
    for action in scaling.scheduled_actions:
        variant, moved = variant_of(action["ResourceId"]), action.get("ScalableTargetAction", {})
        if variant in smallest and "MinCapacity" in moved:
            smallest[variant] = min(smallest[variant], int(moved["MinCapacity"]))
    return smallest


def cost(lasted: timedelta, kept: Mapping[str, int], prices: Mapping[str, float]) -> Cost:
    """`kept` are instances by type, `prices` USD an hour by type."""
    hours = {instance_type: lasted / _HOUR * count for instance_type, count in kept.items()}
    known = [spent * prices[each] for each, spent in hours.items() if each in prices]
    return Cost(lasted, hours, sum(known) if known else None)


def cost_within(
    entries: Iterable[Entry], stretch: Stretch, since: datetime, until: datetime
) -> Cost:
    """Of all stretches that `entries` ended, the part that lies in [since, until)."""
    lasted, hours, usd = timedelta(), Counter[str](), list[float]()
    for entry in _each_once(entries, stretch):
        length = entry.ended[stretch]
        inside = min(entry.at, until) - max(entry.at - length, since)
        if inside <= timedelta():
            continue
        part = inside / length
        lasted += inside
        hours.update({each: spent * part for each, spent in entry.kept_hours.items()})
        if entry.kept_usd is not None:
            usd.append(entry.kept_usd * part)
    return Cost(lasted, dict(hours), sum(usd) if usd else None)


def _each_once(entries: Iterable[Entry], stretch: Stretch) -> Iterable[Entry]:
    """A delete that is done twice ends one time awake: two with the same beginning are one. An
    entry of a step that is not completed has ended nothing yet."""
    ended = (entry for entry in entries if entry.ok and stretch in entry.ended)
    return {entry.at - entry.ended[stretch]: entry for entry in ended}.values()
