"""How many endpoints in service may be deleted a minute, whatever the file asks for.

A change of the file, or of a clock, that would close everything is slowed down until a person sees
it. One that failed does not count: it serves nobody.
"""

from lowtide.domain.actions import Action, Delete, Refuse
from lowtide.domain.endpoints import Status
from lowtide.domain.refusals import too_many
from lowtide.domain.situation import Situation
from lowtide.workflows.world import World


def within_limit(action: Action, situation: Situation, world: World) -> Action:
    """The action itself, or the refusal that takes its place for this minute."""
    if not isinstance(action, Delete) or situation.endpoint.status == Status.FAILED:
        return action
    limit = world.deletions_per_minute
    if world.store.claim_deletion(situation.endpoint.name, limit, situation.now):
        return action
    refusal = too_many(limit)
    return Refuse(refusal.reason, (refusal.kind,))
