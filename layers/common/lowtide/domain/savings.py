"""What did sleeping save? Told as "at least": what would have been kept in service through it.

What an endpoint costs while it is awake is not told: its instances come and go by the minute, and
AWS's bill counts them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lowtide.domain.ledger import Entry
from lowtide.domain.sleep import Sleep
from lowtide.domain.snapshot import Snapshot

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ConfiguredVariant:
    """What a configuration starts a variant with: its first pool's type, or its only one."""

    name: str
    instance_type: str
    count: int


@dataclass(frozen=True, slots=True)
class Savings:
    """`usd` counts the types that have a price; None where none of them has one."""

    asleep: timedelta
    instance_hours: Mapping[str, float]
    usd: float | None


def saved_usd(asleep: timedelta, instances_kept: int, usd_per_hour: float) -> float:
    """Against an endpoint that keeps `instances_kept` in service through the same hours."""
    return asleep / _HOUR * instances_kept * usd_per_hour


def kept_at_least(
    fleet: Iterable[ConfiguredVariant], snapshot: Snapshot | None
) -> Mapping[str, int]:
    """Instances by type that would have stayed: a scalable target's minimum, else the first count.

    `fleet` is what the configuration that was in use says.
    """
    targets = snapshot.scaling.targets if snapshot else ()
    smallest = {
        str(target["ResourceId"]).rpartition("/")[2]: int(target["MinCapacity"])
        for target in targets
        if "MinCapacity" in target
    }
    kept: Counter[str] = Counter()
    for variant in fleet:
        kept[variant.instance_type] += smallest.get(variant.name, variant.count)
    return dict(kept)


def saved_by(sleep: Sleep, until: datetime, prices: Mapping[str, float]) -> Savings:
    """`prices` are USD an hour by instance type."""
    asleep = until - sleep.since
    hours = {kind: asleep / _HOUR * count for kind, count in sleep.keeps.items()}
    known = [spent * prices[kind] for kind, spent in hours.items() if kind in prices]
    return Savings(asleep, hours, sum(known) if known else None)


def saved_within(entries: Iterable[Entry], since: datetime, until: datetime) -> Savings:
    """The part of the sleeps of `entries` that lies in [since, until)."""
    asleep, hours, usd = timedelta(), Counter[str](), list[float]()
    for entry in entries:
        lasted = entry.ended.get("asleep")
        if not lasted:
            continue
        inside = min(entry.at, until) - max(entry.at - lasted, since)
        if inside <= timedelta():
            continue
        part = inside / lasted
        asleep += inside
        hours.update({kind: spent * part for kind, spent in entry.saved_hours.items()})
        if entry.saved_usd is not None:
            usd.append(entry.saved_usd * part)
    return Savings(asleep, dict(hours), sum(usd) if usd else None)


def both(one: Savings, other: Savings) -> Savings:
    hours = Counter(one.instance_hours)
    hours.update(other.instance_hours)
    known = [each.usd for each in (one, other) if each.usd is not None]
    return Savings(one.asleep + other.asleep, dict(hours), sum(known) if known else None)
