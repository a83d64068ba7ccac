"""How many endpoints in service may be deleted a minute, whatever the file asks for.

A change of the file, or of a clock, that would close everything is slowed down until a person sees
it. One that failed does not count: it serves nobody. Endpoints whose delete is refused by AWS each
minute would take all places of every minute: after a full minute they stand back for one.
"""

from lowtide.domain.endpoint.observed import Status
from lowtide.domain.lifecycle.actions import Action, Delete
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.delete_blockers import others_first, too_many
from lowtide.domain.lifecycle.predicates import tried_to_delete
from lowtide.domain.load.publish_times import MINUTE
from lowtide.workflows.services import Services


def within_limit(action: Action, context: Context, services: Services) -> Action:
    """The action itself, or the refusal that takes its place for this minute."""
    if not isinstance(action, Delete) or context.endpoint.status == Status.FAILED:
        return action
    limit, now = services.deletions_per_minute, context.now
    if tried_to_delete(context) and services.store.deletions(now - MINUTE) >= limit:
        return others_first(limit)
    if services.store.claim_deletion(context.endpoint.name, limit, now):
        return action
    return too_many(limit)
