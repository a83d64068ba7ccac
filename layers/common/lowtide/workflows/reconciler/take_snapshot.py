"""Reads what dies with an endpoint, to be saved before it is deleted."""

from collections.abc import Iterable
from dataclasses import replace

from lowtide.domain.endpoint import Status
from lowtide.domain.errors import AbsentError, ChangedError
from lowtide.domain.lifecycle import Context, draining
from lowtide.domain.scaling import alarm_name, without_floors, without_own
from lowtide.domain.snapshot import (
    Scaling,
    Snapshot,
    changed,
    dropped,
    for_current_config,
    keep_absent,
    merged,
    with_triggers_only,
    without_foreign,
    without_suspension,
)
from lowtide.workflows.reconciler.confirm_loss import save_if_confirmed
from lowtide.workflows.services import Services


def snapshot_to_keep(context: Context, services: Services) -> Snapshot:
    """The endpoint without what Lowtide does to it, and what was saved before where the endpoint
    lost it, is not verified to have got it back, or has no such variant now."""
    name, account = context.endpoint.name, context.endpoint.account
    live = take_snapshot(context, services)
    live = replace(live, scaling=with_triggers_only(live.scaling, name))
    _verify_unchanged(context, services)
    saved = context.record.snapshot
    if saved is None:
        return live
    saved, variants = without_foreign(saved, name, account), variant_names(context, services)
    live = _without_suspension(live, saved, context, services)
    if context.endpoint.status == Status.FAILED:  # perhaps because of its configuration
        live = replace(live, config_name=saved.config_name)
    if _is_verified(context):
        # AWS cannot remove a deployment configuration: a creation had to do without it.
        live = replace(live, deployment=live.deployment or saved.deployment)
    else:
        live = merged(live, for_current_config(saved, name, variants))
    return keep_absent(live, saved, name, variants)


def no_longer_kept(context: Context, services: Services) -> tuple[str, ...]:
    """What a new snapshot drops, in words; older versions still have it."""
    saved = context.record.snapshot
    what = dropped(saved, variant_names(context, services)) if saved else ""
    return (what,) if what else ()


def save_what_changed(live: Snapshot, context: Context, services: Services) -> None:
    """Raises ChangedError when something changed since it was saved: the endpoint is saved anew now
    and deleted a minute later."""
    saved = context.record.snapshot
    if saved is None or changed(saved, live, context.endpoint.name):
        save_if_confirmed(live, context, services)
        msg = "it changed after it was saved: it is saved anew"
        raise ChangedError(msg)


def take_snapshot(context: Context, services: Services, alarms: Iterable[str] = ()) -> Snapshot:
    """What the endpoint has now, without AWS's own tags, which cannot be set, and without Lowtide's
    own policies, which follow the file. `alarms` are read though they may trigger no policy."""
    endpoint, variants = context.endpoint, variant_names(context, services)
    tags = services.endpoints.tags(endpoint.arn)
    deployment, weights_and_counts = services.endpoints.deployed(endpoint)
    scaling = services.scaling.read(endpoint.name, variants, alarms)
    return Snapshot(
        taken_at=context.now,
        config_name=endpoint.config_name,
        tags={key: value for key, value in tags.items() if not key.startswith("aws:")},
        scaling=without_lowtides(scaling, context, variants),
        deployment=deployment,
        variants=weights_and_counts,
        resource_policy=_resource_policy(context, services),
    )


def _resource_policy(context: Context, services: Services) -> str:
    """The saved one where it cannot be read: that must neither block a delete nor lose it."""
    endpoint, saved = context.endpoint, context.record.snapshot
    live = services.endpoints.policy(endpoint.name)
    if live is None:
        own = without_foreign(saved, endpoint.name, endpoint.account) if saved else None
        return own.resource_policy if own else ""
    return live


def without_lowtides(scaling: Scaling, context: Context, variants: Iterable[str]) -> Scaling:
    """`scaling` without Lowtide's own policies, alarms and floors. Where the file asks for no
    scaling and never did, a policy of such a name is the user's."""
    if context.managed.scaling is None and context.record.applied is None:
        return scaling
    plan = context.floors.plan
    scaling = without_floors(scaling, context.floors.applied, plan.variant if plan else "")
    return without_own(scaling, [alarm_name(context.endpoint.name, v) for v in variants])


def variant_names(context: Context, services: Services) -> tuple[str, ...]:
    """The endpoint's variants. If it failed and its configuration is gone, AWS does not name them:
    they are those that were saved, or else those that have a scalable target."""
    saved = context.record.snapshot
    try:
        return services.endpoints.variant_names(context.endpoint)
    except AbsentError:
        if saved is None:
            return services.scaling.scaled_variants(context.endpoint.name)
        return tuple(variant["VariantName"] for variant in saved.variants)


def _verify_unchanged(context: Context, services: Services) -> None:
    """A person may delete the endpoint while it is read: only half of its scaling is found then."""
    before, now = context.endpoint, services.endpoints.observe(context.endpoint.name)
    if (now.status, now.created_at) != (before.status, before.created_at):
        msg = f"it changed while it was read: it is {now.status}"
        raise ChangedError(msg)


def _without_suspension(
    live: Snapshot, saved: Snapshot, context: Context, services: Services
) -> Snapshot:
    """A suspended state can be Lowtide's only while this endpoint drains. The table is read again,
    since an overlapping run may have begun a drain; it writes that down before it suspends."""
    record = services.store.load(context.endpoint.name).record
    if draining(context) or draining(replace(context, record=record)):
        return without_suspension(live, record.snapshot or saved)
    return live


def _is_verified(context: Context) -> bool:
    """Whether this endpoint was once read back complete."""
    record, endpoint = context.record, context.endpoint
    failed = endpoint.status == Status.FAILED
    verified = record.verified_created_at == endpoint.created_at
    return verified and not failed and not record.restore_pending
