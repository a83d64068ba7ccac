"""Endpoints as they are right before a step of the reconciler."""

from dataclasses import replace
from unittest.mock import patch

from lowtide.domain.endpoint.observed import Status
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import Timestamps
from lowtide.domain.snapshot.suspension import SUSPENDED
from lowtide.workflows.decision import Decision
from lowtide.workflows.reconciler import reconcile as module
from lowtide.workflows.services import Services
from tests.unit.workflows.fakes import (
    ASLEEP,
    AWAKE,
    CREATED,
    MINUTE,
    NOW,
    SAVED,
    context,
    of,
)

SINCE = NOW - 5 * MINUTE
DRAINED = Record(
    SAVED, ending_since=SINCE, draining_since=SINCE, suspended=True, verified_created_at=CREATED
)
FREE = dict.fromkeys(SUSPENDED, False)
ABSENT = of(Status.ABSENT, arn="", config_name="", created_at=None, variants=())
FAILED = of(Status.FAILED, failure="InsufficientInstanceCapacity", modified_at=NOW - 6 * MINUTE)
TO_SAVE = context(ASLEEP, Record(SAVED, verified_created_at=CREATED))
TO_DRAIN = context(ASLEEP, replace(DRAINED, draining_since=None, suspended=False))
SERVED = Timestamps(in_service=CREATED + 10 * MINUTE)
TO_DELETE = replace(context(ASLEEP, DRAINED), timestamps=SERVED)
TO_CREATE = context(AWAKE, Record(SAVED), ABSENT)
AWAKE_FOR = {
    "awake": NOW - CREATED - 10 * MINUTE,
    "drain": 5 * MINUTE,
}


def reconcile(given: Context, services: Services) -> Decision:
    """Reconciles an endpoint of which `given` is loaded."""
    with patch.object(module, "load", lambda *_: given):
        return module.reconcile(given.endpoint.name, (), services, given.now)
