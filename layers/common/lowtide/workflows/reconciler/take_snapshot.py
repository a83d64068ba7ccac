"""What must outlive an endpoint, taken and written down before it is deleted."""

from collections.abc import Iterable
from dataclasses import replace

from lowtide.domain.endpoint.observed import Status
from lowtide.domain.errors import AbsentError, ChangedError
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.predicates import draining
from lowtide.domain.scaling.desired import alarm_name
from lowtide.domain.scaling.diff import without_own
from lowtide.domain.snapshot.absent_variants import carrying, forgotten, here
from lowtide.domain.snapshot.restore import changed, merged
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot
from lowtide.domain.snapshot.suspension import unheld
from lowtide.workflows.reconciler.confirm_loss import save
from lowtide.workflows.services import Services


def snapshot_to_keep(context: Context, services: Services) -> Snapshot:
    """The endpoint as its owner has it, with what was saved before where the endpoint may have lost
    that, never got it back, or has no such variant now."""
    live = take_snapshot(context, services)
    _must_still_be_there(context, services)
    saved = context.record.snapshot
    if saved is None:
        return live
    name, variants = context.endpoint.name, variant_names(context, services)
    live = here(_as_its_owner_has_it(context, live, saved, services), name, variants)
    if context.endpoint.status == Status.FAILED:  # perhaps because of its configuration
        live = replace(live, config_name=saved.config_name)
    if _is_whole(context):
        # Nobody removes one: it is missing only where a creation had to do without it.
        live = replace(live, deployment=live.deployment or saved.deployment)
    else:
        live = merged(live, here(saved, name, variants))
    return carrying(live, saved, name, variants)


def no_longer_kept(context: Context, services: Services) -> tuple[str, ...]:
    """What a new snapshot drops, in words; older versions still have it."""
    saved = context.record.snapshot
    said = forgotten(saved, variant_names(context, services)) if saved else ""
    return (said,) if said else ()


def _must_still_be_there(context: Context, services: Services) -> None:
    """If somebody deletes the endpoint while it is read, only half of its scaling is found."""
    seen, found = context.endpoint, services.endpoints.observe(context.endpoint.name)
    if (found.status, found.created_at) != (seen.status, seen.created_at):
        msg = f"it changed while it was read: it is {found.status}"
        raise ChangedError(msg)


def take_snapshot(context: Context, services: Services, alarms: Iterable[str] = ()) -> Snapshot:
    """AWS's own tags cannot be set again, and Lowtide's own policies follow the file: both are left
    out."""
    endpoint = context.endpoint
    tags = services.endpoints.tags(endpoint.arn)
    deployment, variants = services.endpoints.deployed(endpoint)
    return Snapshot(
        taken_at=context.now,
        config_name=endpoint.config_name,
        tags={key: value for key, value in tags.items() if not key.startswith("aws:")},
        scaling=_of_its_owner(context, services, alarms),
        deployment=deployment,
        variants=variants,
    )


def _of_its_owner(context: Context, services: Services, alarms: Iterable[str]) -> Scaling:
    name, variants = context.endpoint.name, variant_names(context, services)
    return without_lowtides(services.scaling.read(name, variants, alarms), context, variants)


def without_lowtides(scaling: Scaling, context: Context, variants: Iterable[str]) -> Scaling:
    """Where Lowtide keeps no scaling, a policy of any name is its owner's."""
    if context.managed.scaling is None and context.record.applied is None:
        return scaling
    return without_own(scaling, [alarm_name(context.endpoint.name, v) for v in variants])


def variant_names(context: Context, services: Services) -> tuple[str, ...]:
    """Of a failed endpoint whose configuration is gone: those that were saved, or, where nothing
    was, those that something scales."""
    saved = context.record.snapshot
    try:
        return services.endpoints.variant_names(context.endpoint)
    except AbsentError:
        if saved is None:
            return services.scaling.scaled_variants(context.endpoint.name)
        return tuple(variant["VariantName"] for variant in saved.variants)


def _as_its_owner_has_it(
    context: Context, live: Snapshot, saved: Snapshot, services: Services
) -> Snapshot:
    """Only while this very endpoint drains can a suspended state be Lowtide's. The table is asked
    once more, since an overlapping run may have begun a drain; it writes that down before it
    suspends anything."""
    record = services.store.load(context.endpoint.name).record
    if draining(context) or draining(replace(context, record=record)):
        return unheld(live, record.snapshot or saved)
    return live


def _is_whole(context: Context) -> bool:
    record, endpoint = context.record, context.endpoint
    failed = endpoint.status == Status.FAILED
    return (
        not failed
        and not record.restore_pending
        and record.verified_created_at == endpoint.created_at
    )


def save_what_changed(context: Context, services: Services) -> None:
    """Raises when something changed after it was saved: it is saved, and deleted a minute later."""
    kept, saved = snapshot_to_keep(context, services), context.record.snapshot
    if saved is None or changed(saved, kept, context.endpoint.name):
        save(kept, context, services)
        msg = "it changed after it was saved: it is saved anew"
        raise ChangedError(msg)
