"""What was saved of variants that the endpoint does not have now, as its configuration is another.

To put it back would be refused by AWS each minute. So a restore leaves it out, and each new
snapshot keeps it until a configuration has these variants again. `variants` are those that the
endpoint has now; the others are "other variants".
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from lowtide.domain.snapshot.alarm_actions import actions, with_actions
from lowtide.domain.snapshot.policy_reference import variant_of, variant_triggered
from lowtide.domain.snapshot.restore import completed
from lowtide.domain.snapshot.scheduled_actions import needed_now
from lowtide.domain.snapshot.snapshot import Document, Documents, Scaling, Snapshot
from lowtide.domain.snapshot.variant_overrides import set_by_people

# How many other variants are kept, those last in use first. Without a limit, names that change with
# each deployment would make the snapshot too large to be saved, and the endpoint could not sleep.
MOST_KEPT = 20


def here(saved: Snapshot, endpoint: str, variants: Collection[str]) -> Snapshot:
    """The part of `saved` that this endpoint can have. Alarms do not act on policies of other
    variants."""
    free = (alarm for alarm in saved.scaling.alarms if not _triggered(alarm, endpoint))
    found = _of(saved, endpoint, variants)
    scaling = replace(found.scaling, alarms=(*free, *found.scaling.alarms))
    return replace(found, scaling=scaling)


def elsewhere(saved: Snapshot, endpoint: str, variants: Collection[str]) -> Snapshot:
    """The part of `saved` that belongs to other variants, to MOST_KEPT of them at most."""
    return _of(saved, endpoint, _others(saved, variants)[:MOST_KEPT])


def carrying(live: Snapshot, saved: Snapshot, endpoint: str, variants: Collection[str]) -> Snapshot:
    """`live` with what was saved of other variants. Their ranges become what scheduled actions
    would have made of them by now, because a snapshot has one instant for all of its ranges but
    the newer ones."""
    others, as_of = elsewhere(saved, endpoint, variants), live.ranges_as_of
    newer = {**saved.newer_ranges, **live.newer_ranges}
    scaling = needed_now(others.scaling, saved.ranges_as_of, as_of, saved.newer_ranges)
    return replace(
        live,
        scaling=completed(live.scaling, scaling),
        variants=(*live.variants, *others.variants),
        newer_ranges={target: at for target, at in newer.items() if at > as_of},
    )


def left_out(saved: Snapshot, config_name: str, variants: Collection[str]) -> str:
    """What is kept and not put back, in words; "" where nothing is saved of other variants."""
    others = _others(saved, variants)[:MOST_KEPT]
    if not others:
        return ""
    what = f"what was saved of {_named(others)} is kept and not put back"
    return f"{what}: {config_name} does not have it"


def forgotten(saved: Snapshot, variants: Collection[str]) -> str:
    """The other variants that the next snapshot drops, in words; "" where there are none."""
    others = _others(saved, variants)[MOST_KEPT:]
    return f"{_named(others)}, long not in use, is not kept any more" if others else ""


def _named(variants: Collection[str]) -> str:
    return f"the variant{'s' if len(variants) > 1 else ''} {', '.join(variants)}"


def _others(saved: Snapshot, variants: Collection[str]) -> tuple[str, ...]:
    """Other variants of which anything is saved, those last in use first."""
    scaling = saved.scaling
    documents = (*scaling.targets, *scaling.policies, *scaling.scheduled_actions)
    scaled = {variant_of(document["ResourceId"]) for document in documents}
    changed = {v["VariantName"] for v in set_by_people(saved.variants, scaling.targets)}
    in_order = dict.fromkeys((*(v["VariantName"] for v in saved.variants), *sorted(scaled)))
    return tuple(v for v in in_order if v in scaled | changed and v not in variants)


def _of(saved: Snapshot, endpoint: str, variants: Collection[str]) -> Snapshot:
    def chosen(documents: Documents) -> Documents:
        return tuple(d for d in documents if variant_of(d["ResourceId"]) in variants)

    scaling = Scaling(
        targets=chosen(saved.scaling.targets),
        policies=chosen(saved.scaling.policies),
        scheduled_actions=chosen(saved.scaling.scheduled_actions),
        alarms=tuple(_alarms(saved.scaling.alarms, endpoint, variants)),
    )
    kept = tuple(v for v in saved.variants if v["VariantName"] in variants)
    return replace(saved, scaling=scaling, variants=kept)


def _alarms(alarms: Documents, endpoint: str, variants: Collection[str]) -> Iterator[Document]:
    def kept(action: str) -> str | None:
        variant = variant_triggered(action, endpoint)
        return action if variant is None or variant in variants else None

    for alarm in alarms:
        if _triggered(alarm, endpoint) & set(variants):
            yield with_actions(alarm, kept)


def _triggered(alarm: Document, endpoint: str) -> set[str]:
    """The variants of this endpoint whose policies the alarm triggers."""
    named: Iterable[str | None] = (variant_triggered(a, endpoint) for a in actions(alarm))
    return {variant for variant in named if variant is not None}
