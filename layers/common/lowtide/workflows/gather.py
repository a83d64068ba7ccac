"""Everything that a decision about one endpoint rests on, read from AWS and the table."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from lowtide.adapters.cloudwatch import Metrics, sources
from lowtide.domain.endpoint.managed import Managed
from lowtide.domain.endpoint.observed import DELETABLE, Status
from lowtide.domain.errors import AwsError
from lowtide.domain.history.costs import kept_at_least
from lowtide.domain.lifecycle.context import Situation
from lowtide.domain.lifecycle.creation import configs_to_try
from lowtide.domain.lifecycle.predicates import (
    draining_since,
    restore_pending,
    scaling_due,
    scaling_turn,
)
from lowtide.domain.lifecycle.stored_state import Memory
from lowtide.domain.load.open_streams import streams_open
from lowtide.domain.load.reading import NoReading
from lowtide.domain.schedule.desired_state import Wish, wish
from lowtide.domain.schedule.lead_time import lead
from lowtide.domain.schedule.override import LeftFile
from lowtide.domain.schedule.schedule import Schedule
from lowtide.workflows.services import World

_NO_SCHEDULE = Schedule((), ZoneInfo("UTC"))  # the file, which had one, does not name it any more
_NOT_ASKED = NoReading("not-asked", "nobody asked for the open streams")


def gather(managed: Managed, world: World, now: datetime) -> Situation:
    """What only a deletion needs is read only where one is due."""
    memory = world.store.recall(managed.name)
    seen = world.outlooks.at(managed.schedule, now)
    learned = lead(managed.ready, memory.record.creations, world.lead)
    wished = wish(seen, memory.override, now, learned.time, memory.record.created_for)
    endpoint = world.endpoints.observe(managed.name)
    situation = Situation(
        managed=managed,
        wish=wished,
        endpoint=endpoint,
        record=memory.record,
        stack=world.stack,
        now=now,
        streams=_NOT_ASKED,
        paused=memory.paused,
        resumed=memory.resumed,
        override=memory.override,
        asked=memory.asked,
        lead=learned,
        longest_creation=world.longest_creation,
        noted=memory.refusal,
        sleep=memory.sleep,
        milestones=memory.milestones,
        begun=memory.begun,
        usual_creation=lead("at-start", memory.record.creations, world.lead).time,
    )
    if _deletion_is_due(situation):
        return _for_deletion(situation, world)
    return _for_scaling(situation, world) if _scaling_is_due(situation) else situation


def gather_unlisted(name: str, memory: Memory, world: World, now: datetime) -> Situation:
    """Of one that left the file: nobody wishes anything of it, and nothing is to touch it."""
    left = LeftFile()
    return Situation(
        managed=Managed(name, _NO_SCHEDULE),
        wish=Wish(False, left.told(_NO_SCHEDULE.timezone)),
        endpoint=world.endpoints.observe(name),
        record=memory.record,
        stack=world.stack,
        now=now,
        streams=_NOT_ASKED,
        paused=left,
        longest_creation=world.longest_creation,
        noted=memory.refusal,
        sleep=memory.sleep,
        milestones=memory.milestones,
        begun=memory.begun,
    )


def _deletion_is_due(situation: Situation) -> bool:
    status = situation.endpoint.status
    if situation.paused:
        return False
    return status in DELETABLE and (status == Status.FAILED or not situation.wish.awake)


def _for_deletion(situation: Situation, world: World) -> Situation:
    endpoint = situation.endpoint
    configs = _created_again_from(situation)
    kinds = endpoint.kinds | world.endpoints.kinds(*{configs[0], endpoint.config_name})
    return replace(
        situation,
        endpoint=replace(endpoint, tags=world.endpoints.tags(endpoint.arn), kinds=kinds),
        missing=min((world.endpoints.missing_for(name) for name in configs), key=len),
        rights=world.rights.rights(endpoint.arn, situation.now),
        streams=_streams(situation, world.metrics),
    )


def _scaling_is_due(situation: Situation) -> bool:
    in_turn = not restore_pending(situation) or scaling_turn(situation)
    wanted = situation.wish.awake and not situation.paused
    return wanted and in_turn and scaling_due(situation)


def _for_scaling(situation: Situation, world: World) -> Situation:
    endpoint = situation.endpoint
    kinds = endpoint.kinds | world.endpoints.kinds(endpoint.config_name)
    return replace(
        situation,
        endpoint=replace(endpoint, tags=world.endpoints.tags(endpoint.arn), kinds=kinds),
        types=world.endpoints.types(endpoint.config_name),
    )


def _created_again_from(situation: Situation) -> tuple[str, ...]:
    """A failed endpoint's own configuration may be why it failed: it is not adopted. It serves
    nobody, so that any one of the list will do."""
    in_use = situation.endpoint.config_name
    if situation.endpoint.status == Status.FAILED:
        return configs_to_try(situation) or (in_use,)
    return (situation.managed.config_name or in_use,)


def _streams(situation: Situation, metrics: Metrics) -> float | NoReading:
    endpoint, since = situation.endpoint, draining_since(situation)
    if since is None:
        return NoReading("not-draining", "it does not drain yet")
    asked = sources(endpoint)
    try:
        found = metrics.concurrency(asked, situation.now) if asked else {}
    except AwsError as error:  # the deadline holds all the same
        return NoReading("unreadable", str(error))
    series = {
        variant.name: {s.instance_type: found[s] for s in asked if s.variant == variant.name}
        for variant in endpoint.variants
    }
    return streams_open(endpoint, series, since, situation.now, situation.managed.idle)


def kept_now(situation: Situation, world: World) -> Mapping[str, int]:
    fleet = world.endpoints.fleet(situation.endpoint.config_name)
    return kept_at_least(fleet, situation.record.snapshot)
