"""Reads what a decision about one endpoint rests on, from AWS and from the table."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from lowtide.adapters.cloudwatch import Metrics, sources
from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.observed import Status
from lowtide.domain.errors import AwsError
from lowtide.domain.history.costs import kept_at_least
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.creation import configs_to_try
from lowtide.domain.lifecycle.facts import DeletionFacts, ScalingFacts
from lowtide.domain.lifecycle.predicates import draining_since
from lowtide.domain.lifecycle.stored_state import StoredState
from lowtide.domain.load.open_streams import open_streams
from lowtide.domain.load.reading import MissingReading
from lowtide.domain.schedule.desired_state import DesiredState, desired_state
from lowtide.domain.schedule.lead_time import lead_time
from lowtide.domain.schedule.override import LeftFile
from lowtide.domain.schedule.schedule import Schedule
from lowtide.workflows.services import Services

_NO_SCHEDULE = Schedule((), ZoneInfo("UTC"))  # the file, which had one, does not name it any more


def gather(managed: ManagedEndpoint, services: Services, now: datetime) -> Context:
    """What is always known: two calls, DescribeEndpoint and one query of the table."""
    stored = services.store.load(managed.name)
    seen = services.schedule_cache.state_at(managed.schedule, now)
    record = stored.record
    learned = lead_time(managed.ready, record.creations, services.lead)
    return Context(
        managed=managed,
        desired=desired_state(seen, stored.override, now, learned.length, record.created_for),
        endpoint=services.endpoints.observe(managed.name),
        record=record,
        stack=services.stack,
        now=now,
        paused=stored.paused,
        resumed=stored.resumed,
        override=stored.override,
        asked=stored.asked,
        lead=learned,
        longest_creation=services.longest_creation,
        usual_creation=lead_time("at-start", record.creations, services.lead).length,
        blocked=stored.blocked,
        sleep=stored.sleep,
        timestamps=stored.timestamps,
        intent=stored.intent,
    )


def gather_unlisted(name: str, stored: StoredState, services: Services, now: datetime) -> Context:
    """Of an endpoint that left the file: it is not wanted, and nothing is to touch it."""
    left = LeftFile()
    return Context(
        managed=ManagedEndpoint(name, _NO_SCHEDULE),
        desired=DesiredState(False, left.describe(_NO_SCHEDULE.timezone)),
        endpoint=services.endpoints.observe(name),
        record=stored.record,
        stack=services.stack,
        now=now,
        paused=left,
        longest_creation=services.longest_creation,
        blocked=stored.blocked,
        sleep=stored.sleep,
        timestamps=stored.timestamps,
        intent=stored.intent,
    )


def deletion_facts(context: Context, services: Services) -> DeletionFacts:
    endpoint, configs = context.endpoint, _created_again_from(context)
    kinds = services.endpoints.kinds(*{configs[0], endpoint.config_name})
    keys = services.endpoints.kms_keys(endpoint.config_name, *configs_to_try(context))
    return DeletionFacts(
        tags=services.endpoints.tags(endpoint.arn),
        kinds=endpoint.kinds | kinds,
        missing=min((services.endpoints.missing_for(name) for name in configs), key=len),
        rights=services.rights.rights(endpoint.arn, context.now, keys, _has_policy(context)),
        streams=_streams(context, services.metrics),
    )


def scaling_facts(context: Context, services: Services) -> ScalingFacts:
    endpoint = context.endpoint
    return ScalingFacts(
        tags=services.endpoints.tags(endpoint.arn),
        kinds=endpoint.kinds | services.endpoints.kinds(endpoint.config_name),
        types=services.endpoints.types(endpoint.config_name),
    )


def _has_policy(context: Context) -> bool:
    return context.record.snapshot is not None and bool(context.record.snapshot.resource_policy)


def _created_again_from(context: Context) -> tuple[str, ...]:
    """The configurations that will do. The one of a failed endpoint may be why it failed: any of
    the file's list will do instead, since the endpoint serves no requests."""
    in_use = context.endpoint.config_name
    if context.endpoint.status == Status.FAILED:
        return configs_to_try(context) or (in_use,)
    return (context.managed.config_name or in_use,)


def _streams(context: Context, metrics: Metrics) -> float | MissingReading:
    endpoint, since = context.endpoint, draining_since(context)
    if since is None:
        return MissingReading("not-draining", "it does not drain yet")
    asked = sources(endpoint)
    try:
        found = metrics.concurrency(asked, context.now) if asked else {}
    except AwsError as error:  # the deadline holds all the same
        return MissingReading("unreadable", str(error))
    series = {
        variant.name: {s.instance_type: found[s] for s in asked if s.variant == variant.name}
        for variant in endpoint.variants
    }
    return open_streams(endpoint, series, since, context.now, context.managed.idle)


def kept_now(context: Context, services: Services) -> Mapping[str, int]:
    """Instances by type that the endpoint keeps in service at least."""
    fleet = services.endpoints.fleet(context.endpoint.config_name)
    return kept_at_least(fleet, context.record.snapshot)
