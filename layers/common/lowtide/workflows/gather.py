"""Reads what a decision about one endpoint rests on, from AWS and from the table."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lowtide.adapters.cloudwatch import Metrics, sources
from lowtide.domain.endpoint import Endpoint, ManagedEndpoint
from lowtide.domain.errors import AwsError
from lowtide.domain.history import kept_at_least
from lowtide.domain.lifecycle import (
    Context,
    DeletionFacts,
    ScalingFacts,
    StoredState,
    configs_to_recreate,
    configs_to_try,
    draining_since,
    plan,
)
from lowtide.domain.load import MissingReading, open_streams
from lowtide.domain.schedule import (
    DesiredState,
    LeftFile,
    Observed,
    Schedule,
    desired_state,
    lead_time,
)
from lowtide.workflows.services import Services

_NO_SCHEDULE = Schedule((), ZoneInfo("UTC"))  # the file, which had one, does not name it any more


def load(
    name: str, endpoints: Iterable[ManagedEndpoint], services: Services, now: datetime
) -> Context:
    """What is always known of the endpoint `name`, which may have left the file."""
    managed = next((entry for entry in endpoints if entry.name == name), None)
    if managed is None:
        return gather_unlisted(name, services.store.load(name), services, now)
    return gather(managed, services, now)


def gather(managed: ManagedEndpoint, services: Services, now: datetime) -> Context:
    """What is always known: two calls, DescribeEndpoint and one query of the table."""
    return context_of(managed, *read_state(managed.name, services), services, now)


def read_state(name: str, services: Services) -> tuple[StoredState, Endpoint]:
    return services.store.load(name), services.endpoints.observe(name)


def context_of(
    managed: ManagedEndpoint,
    stored: StoredState,
    endpoint: Endpoint,
    services: Services,
    now: datetime,
) -> Context:
    managed = _above_floors(managed, stored, endpoint, now)
    lead = lead_time(
        managed.ready,
        stored.record.creations,
        services.lead,
        managed.warm_up,
        _time_to_first_floor(managed, stored, now),
    )
    state = services.schedule_cache.state_at(managed.schedule, now)
    context = Context(
        managed=managed,
        desired=desired_state(state, stored.override, now, lead.length, stored.record.created_for),
        endpoint=endpoint,
        record=stored.record,
        stack=services.stack,
        now=now,
        paused=stored.paused_at(now),
        resumed=stored.resumed_at(now),
        override=stored.override,
        asked=stored.asked,
        lead=lead,
        longest_creation=services.longest_creation,
        deletion_grace=services.deletion_grace,
        usual_creation=lead_time("at-start", stored.record.creations, services.lead).length,
        blocked=stored.blocked,
        sleep=stored.sleep,
        timestamps=stored.timestamps,
        intent=stored.intent,
        floors=stored.floors,
    )
    if managed.mode == "manage" or context.paused:
        return context
    action = plan(context)
    return replace(context, paused=Observed(f"{action.name}: {action.reason}"))


def _above_floors(
    managed: ManagedEndpoint, stored: StoredState, endpoint: Endpoint, now: datetime
) -> ManagedEndpoint:
    """`managed` with the target above floors, only while these are in force on this endpoint."""
    scaling = managed.scaling
    target = stored.floors.target(endpoint.created_at, now)
    if scaling is None or not (scaling.floors and scaling.policy and target):
        return managed
    policy = replace(scaling.policy, target=max(target, scaling.policy.target))
    return replace(managed, scaling=replace(scaling, policy=policy))


def _time_to_first_floor(managed: ManagedEndpoint, stored: StoredState, now: datetime) -> timedelta:
    """How much earlier it is created, so that the instances of the first floor are there as it
    opens: CreateEndpoint starts as many as the configuration says, and the floor adds the rest."""
    scaling = managed.scaling
    if scaling is None or scaling.floors is None:
        return timedelta(0)
    today = now.astimezone(managed.schedule.timezone).date()
    is_needed = stored.floors.first(today) > scaling.minimum
    return scaling.floors.lead if is_needed else timedelta(0)


def gather_unlisted(name: str, stored: StoredState, services: Services, now: datetime) -> Context:
    """Of an endpoint that left the file: it is not wanted, and nothing is to touch it."""
    managed, endpoint = ManagedEndpoint(name, _NO_SCHEDULE), services.endpoints.observe(name)
    context, left = context_of(managed, stored, endpoint, services, now), LeftFile()
    not_wanted = DesiredState(False, left.describe(_NO_SCHEDULE.timezone))
    return replace(context, desired=not_wanted, paused=left)


def deletion_facts(context: Context, services: Services) -> DeletionFacts:
    endpoint, needed = context.endpoint, configs_to_recreate(context)
    names = dict.fromkeys((endpoint.config_name, *needed, *configs_to_try(context)))
    configs = {name: services.endpoints.config(name) for name in names}
    in_use, first = configs[endpoint.config_name], configs[needed[0]]
    keys = dict.fromkeys(config.kms_key for config in configs.values() if config.kms_key)
    snapshot = context.record.snapshot
    has_policy = snapshot is not None and bool(snapshot.resource_policy)
    return DeletionFacts(
        tags=services.endpoints.tags(endpoint.arn),
        kinds=endpoint.kinds | in_use.kinds | first.kinds,
        missing={name: services.endpoints.missing_for(configs[name]) for name in needed},
        rights=services.rights.rights(endpoint.arn, context.now, keys, has_policy),
        streams=_streams(context, services.metrics),
    )


def scaling_facts(context: Context, services: Services) -> ScalingFacts:
    endpoint = context.endpoint
    config = services.endpoints.config(endpoint.config_name)
    return ScalingFacts(
        tags=services.endpoints.tags(endpoint.arn),
        kinds=endpoint.kinds | config.kinds,
        types=config.types if config.exists else None,
    )


def _streams(context: Context, metrics: Metrics) -> float | MissingReading:
    endpoint, since = context.endpoint, draining_since(context)
    if since is None:
        return MissingReading("not-draining", "it does not drain yet")
    measured = sources(endpoint)
    try:
        means = metrics.concurrency(measured, context.now) if measured else {}
    except AwsError as error:  # the deadline counts all the same
        return MissingReading("unreadable", str(error))
    series = {
        variant.name: {s.instance_type: means[s] for s in measured if s.variant == variant.name}
        for variant in endpoint.variants
    }
    return open_streams(endpoint, series, since, context.now, context.managed.idle)


def kept_now(context: Context, services: Services) -> Mapping[str, int]:
    """Instances by type that the endpoint keeps in service at least."""
    config = services.endpoints.config(context.endpoint.config_name)
    return kept_at_least(config.variants, context.record.snapshot)
