"""A delete or a creation that was done by a run that did not live to enter it in the ledger, or
never had AWS's answer: what the endpoint is now tells it."""

from dataclasses import replace
from datetime import datetime, timedelta

from lowtide.domain.endpoint.observed import Endpoint, Status
from lowtide.domain.lifecycle.actions import Create, Delete
from lowtide.domain.lifecycle.context import Context

_LONGEST_RUN = timedelta(minutes=2)  # the reconciler's time-out is one
_LONGEST_DELETION = timedelta(hours=1)  # of what is gone later nobody knows whose doing it was


def done_unseen(s: Context) -> Create | Delete | None:
    """The step that was begun last, where the endpoint shows that it was done."""
    begun, created = s.begun, s.endpoint.created_at
    if begun is None:
        return None
    if begun.step == Create.name and created and begun.at <= created < begun.at + _LONGEST_RUN:
        return Create(begun.reason, s.endpoint.config_name)
    lately = s.now < begun.at + _LONGEST_DELETION
    if begun.step == Delete.name and lately and _is_gone(s.endpoint, begun.at):
        return Delete(begun.reason)
    return None


def as_it_was(s: Context, step: Create | Delete, began: datetime) -> Context:
    """When the step was begun, as far as the ledger asks. What is noted of the time before must not
    have been replaced yet."""
    there = Status.FAILED if s.milestones.in_service is None else Status.IN_SERVICE
    status = Status.ABSENT if isinstance(step, Create) else there
    return replace(s, now=began, endpoint=Endpoint(s.endpoint.name, status))


def _is_gone(endpoint: Endpoint, since: datetime) -> bool:
    another = endpoint.created_at is not None and endpoint.created_at > since
    return endpoint.status in (Status.ABSENT, Status.DELETING) or another
