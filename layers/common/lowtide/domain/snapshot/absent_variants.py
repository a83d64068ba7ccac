"""Variants that were saved, and that the endpoint's current configuration does not have.

AWS refuses targets and policies of a variant that is not there. So a restore leaves them out, and
each new snapshot keeps them until the endpoint has these variants again: after a night on a
fallback configuration, for example. `variants` are the names of those that it has now.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace

from lowtide.domain.snapshot.alarm_actions import actions, map_actions
from lowtide.domain.snapshot.ownership import acts_on_others, is_own
from lowtide.domain.snapshot.policy_reference import triggered_variant, variant_of
from lowtide.domain.snapshot.replayed_ranges import replayed
from lowtide.domain.snapshot.restore import completed
from lowtide.domain.snapshot.snapshot import Document, Documents, Scaling, Snapshot
from lowtide.domain.snapshot.variant_overrides import overrides

# Those in use last are kept. Without a limit, names that change with each deployment would make the
# snapshot too large to be saved, and an endpoint that cannot be saved cannot sleep.
MOST_KEPT = 20


def for_current_config(saved: Snapshot, endpoint: str, variants: Collection[str]) -> Snapshot:
    """What of `saved` the endpoint can have now. Alarms lose actions of absent variants, and an
    alarm that had no others is left out: it still exists, as it outlives the endpoint. Documents
    of other endpoints, and alarms that act on others, are left out."""
    return _part(saved, endpoint, variants)


def for_other_configs(saved: Snapshot, endpoint: str, variants: Collection[str]) -> Snapshot:
    """What of `saved` belongs to absent variants, to MOST_KEPT of them at most."""
    return _part(saved, endpoint, _absent(saved, variants)[:MOST_KEPT])


def keep_absent(
    live: Snapshot, saved: Snapshot, endpoint: str, variants: Collection[str]
) -> Snapshot:
    """`live`, and what was saved of absent variants. A snapshot has one time for all of its ranges
    but the newer ones, so theirs are brought up to that of `live`."""
    kept, as_of = for_other_configs(saved, endpoint, variants), live.ranges_as_of
    scaling = replayed(kept.scaling, saved.ranges_as_of, as_of, saved.newer_ranges)
    newer = {**saved.newer_ranges, **live.newer_ranges}
    return replace(
        live,
        scaling=completed(live.scaling, scaling),
        variants=(*live.variants, *kept.variants),
        newer_ranges={target: at for target, at in newer.items() if at > as_of},
    )


def left_out(saved: Snapshot, config_name: str, variants: Collection[str]) -> str:
    """What a restore leaves out, in words; "" where nothing was saved of absent variants."""
    kept = _absent(saved, variants)[:MOST_KEPT]
    if not kept:
        return ""
    what = f"what was saved of {_named(kept)} stays in the snapshot, not restored"
    return f"{what}: {config_name} does not have it"


def dropped(saved: Snapshot, variants: Collection[str]) -> str:
    """Which absent variants the next snapshot will lack, in words; "" where it will lack none."""
    names = _absent(saved, variants)[MOST_KEPT:]
    return f"{_named(names)}, long not in use, was dropped from the snapshot" if names else ""


def _named(variants: Collection[str]) -> str:
    return f"the variant{'s' if len(variants) > 1 else ''} {', '.join(variants)}"


def _absent(saved: Snapshot, variants: Collection[str]) -> tuple[str, ...]:
    """The absent variants of which anything is saved, those in use last first."""
    scaling = saved.scaling
    documents = (*scaling.targets, *scaling.policies, *scaling.scheduled_actions)
    scaled = {variant_of(document["ResourceId"]) for document in documents}
    overridden = {v["VariantName"] for v in overrides(saved.variants, scaling.targets)}
    in_order = dict.fromkeys((*(v["VariantName"] for v in saved.variants), *sorted(scaled)))
    return tuple(v for v in in_order if v in scaled | overridden and v not in variants)


def _part(saved: Snapshot, endpoint: str, variants: Collection[str]) -> Snapshot:
    """What of `saved` belongs to `variants`."""

    def chosen(documents: Documents) -> Documents:
        own = (d for d in documents if is_own(d, endpoint))
        return tuple(d for d in own if variant_of(d["ResourceId"]) in variants)

    scaling = Scaling(
        targets=chosen(saved.scaling.targets),
        policies=chosen(saved.scaling.policies),
        scheduled_actions=chosen(saved.scaling.scheduled_actions),
        alarms=tuple(_alarms(saved.scaling.alarms, endpoint, variants)),
    )
    named = tuple(v for v in saved.variants if v["VariantName"] in variants)
    return replace(saved, scaling=scaling, variants=named)


def _alarms(alarms: Documents, endpoint: str, variants: Collection[str]) -> Iterator[Document]:
    """The alarms that trigger a policy of `variants`, without actions of other variants."""

    def chosen(action: str) -> str | None:
        variant = triggered_variant(action, endpoint)
        return action if variant is None or variant in variants else None

    for alarm in alarms:
        triggered = {triggered_variant(action, endpoint) for action in actions(alarm)}
        if triggered & set(variants) and not acts_on_others(alarm, endpoint):
            yield map_actions(alarm, chosen)
