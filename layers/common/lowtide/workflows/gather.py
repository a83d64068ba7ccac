"""Everything that a decision about one endpoint rests on, read from AWS and the table."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from lowtide.adapters.cloudwatch import Metrics, sources
from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.observed import DELETABLE, Status
from lowtide.domain.errors import AwsError
from lowtide.domain.history.costs import kept_at_least
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.creation import configs_to_try
from lowtide.domain.lifecycle.predicates import (
    draining_since,
    restore_pending,
    scaling_due,
    scaling_turn,
)
from lowtide.domain.lifecycle.stored_state import StoredState
from lowtide.domain.load.open_streams import open_streams
from lowtide.domain.load.reading import MissingReading
from lowtide.domain.schedule.desired_state import DesiredState, desired_state
from lowtide.domain.schedule.lead_time import lead_time
from lowtide.domain.schedule.override import LeftFile
from lowtide.domain.schedule.schedule import Schedule
from lowtide.workflows.services import Services

_NO_SCHEDULE = Schedule((), ZoneInfo("UTC"))  # the file, which had one, does not name it any more
_NOT_ASKED = MissingReading("not-asked", "nobody asked for the open streams")


def gather(managed: ManagedEndpoint, services: Services, now: datetime) -> Context:
    """What only a deletion needs is read only where one is due."""
    memory = services.store.load(managed.name)
    seen = services.schedule_cache.state_at(managed.schedule, now)
    learned = lead_time(managed.ready, memory.record.creations, services.lead)
    wished = desired_state(seen, memory.override, now, learned.length, memory.record.created_for)
    endpoint = services.endpoints.observe(managed.name)
    context = Context(
        managed=managed,
        desired=wished,
        endpoint=endpoint,
        record=memory.record,
        stack=services.stack,
        now=now,
        streams=_NOT_ASKED,
        paused=memory.paused,
        resumed=memory.resumed,
        override=memory.override,
        asked=memory.asked,
        lead=learned,
        longest_creation=services.longest_creation,
        noted=memory.refusal,
        sleep=memory.sleep,
        milestones=memory.milestones,
        begun=memory.begun,
        usual_creation=lead_time("at-start", memory.record.creations, services.lead).length,
    )
    if _deletion_is_due(context):
        return _for_deletion(context, services)
    return _for_scaling(context, services) if _scaling_is_due(context) else context


def gather_unlisted(name: str, memory: StoredState, services: Services, now: datetime) -> Context:
    """Of one that left the file: nobody wishes anything of it, and nothing is to touch it."""
    left = LeftFile()
    return Context(
        managed=ManagedEndpoint(name, _NO_SCHEDULE),
        desired=DesiredState(False, left.describe(_NO_SCHEDULE.timezone)),
        endpoint=services.endpoints.observe(name),
        record=memory.record,
        stack=services.stack,
        now=now,
        streams=_NOT_ASKED,
        paused=left,
        longest_creation=services.longest_creation,
        noted=memory.refusal,
        sleep=memory.sleep,
        milestones=memory.milestones,
        begun=memory.begun,
    )


def _deletion_is_due(context: Context) -> bool:
    status = context.endpoint.status
    if context.paused:
        return False
    return status in DELETABLE and (status == Status.FAILED or not context.desired.awake)


def _for_deletion(context: Context, services: Services) -> Context:
    endpoint = context.endpoint
    configs = _created_again_from(context)
    kinds = endpoint.kinds | services.endpoints.kinds(*{configs[0], endpoint.config_name})
    return replace(
        context,
        endpoint=replace(endpoint, tags=services.endpoints.tags(endpoint.arn), kinds=kinds),
        missing=min((services.endpoints.missing_for(name) for name in configs), key=len),
        rights=services.rights.rights(endpoint.arn, context.now),
        streams=_streams(context, services.metrics),
    )


def _scaling_is_due(context: Context) -> bool:
    in_turn = not restore_pending(context) or scaling_turn(context)
    wanted = context.desired.awake and not context.paused
    return wanted and in_turn and scaling_due(context)


def _for_scaling(context: Context, services: Services) -> Context:
    endpoint = context.endpoint
    kinds = endpoint.kinds | services.endpoints.kinds(endpoint.config_name)
    return replace(
        context,
        endpoint=replace(endpoint, tags=services.endpoints.tags(endpoint.arn), kinds=kinds),
        types=services.endpoints.types(endpoint.config_name),
    )


def _created_again_from(context: Context) -> tuple[str, ...]:
    """A failed endpoint's own configuration may be why it failed: it is not adopted. It serves
    nobody, so that any one of the list will do."""
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
    fleet = services.endpoints.fleet(context.endpoint.config_name)
    return kept_at_least(fleet, context.record.snapshot)
