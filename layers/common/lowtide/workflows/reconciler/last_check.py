"""The third approval, right before a step is written down, by what the reconciler alone reads.

The scheduler plans and approves too, each minute, and its role can read no scaling. What is checked
here takes some thirty calls, or a place in the limit of the minute, and so belongs to the run that
acts.
"""

from collections.abc import Callable
from fnmatch import fnmatchcase

from lowtide.domain.endpoint import Status
from lowtide.domain.errors import LowtideError
from lowtide.domain.lifecycle import (
    Action,
    Blocked,
    Context,
    Delete,
    EndDrain,
    TakeSnapshot,
    approve_end_of_drain,
    delete_attempted,
    failed,
    past_deadline,
)
from lowtide.domain.load import MINUTE
from lowtide.domain.snapshot import Snapshot, not_own
from lowtide.workflows.reconciler import journal
from lowtide.workflows.reconciler.suspend_scaling import targets_to_resume
from lowtide.workflows.reconciler.take_snapshot import save_what_changed
from lowtide.workflows.services import Services


def last_check(
    action: Action, snapshot: Callable[[], Snapshot], context: Context, services: Services
) -> Action:
    """Returns the approved step itself, or what is done instead in this minute."""
    if isinstance(action, TakeSnapshot | Delete):
        action = _check_deletion(action, snapshot, context, services)
    if isinstance(action, EndDrain):  # planned, or instead of a delete
        action = _check_end_of_drain(action, context, services)
    return action


def _check_deletion(
    action: TakeSnapshot | Delete,
    snapshot: Callable[[], Snapshot],
    context: Context,
    services: Services,
) -> Action:
    """Raises ChangedError where a new snapshot had to be saved: such a delete takes no place in the
    minute's limit."""
    try:
        if instead := _not_restorable(snapshot(), context, services.alarm_names):
            return instead
        if isinstance(action, TakeSnapshot):
            return action
        save_what_changed(snapshot(), context, services)
    except LowtideError as error:
        journal.note_failure(action, error, context, services)
        raise
    return claim_deletion(action, context, services)


def _not_restorable(
    live: Snapshot, context: Context, alarm_names: str
) -> EndDrain | Blocked | None:
    """What a restore would not put must not be lost. Past the deadline the endpoint serves on, so
    its scaling must not stay suspended. A failed endpoint serves no requests, and its name must be
    free for the next one."""
    endpoint = context.endpoint
    names = (alarm["AlarmName"] for alarm in live.scaling.alarms)
    parts = (
        *not_own(live, endpoint.name, endpoint.account),
        *(
            f"the alarm {name} has a name that AlarmNamePattern does not allow"
            for name in names
            if not fnmatchcase(name, alarm_names)
        ),
    )
    if not parts or failed(context):
        return None
    reason = f"it could not be restored as it is: {'; '.join(parts)}"
    return EndDrain(reason) if past_deadline(context) else Blocked(reason, ("not-restorable",))


def _check_end_of_drain(action: EndDrain, context: Context, services: Services) -> Action:
    """Blocked where scaling would be resumed of an endpoint that may not be this stack's. Where a
    person has resumed it, the drain is only forgotten."""
    if not targets_to_resume(context, services):
        return action
    return approve_end_of_drain(action, context, services.endpoints.tags(context.endpoint.arn))


def claim_deletion(action: Delete, context: Context, services: Services) -> Delete | Blocked:
    """How many endpoints in service are deleted a minute is limited, whatever the file asks for: a
    change of the file that would close everything is slowed down until a person sees it.

    A failed endpoint serves no requests and does not count. Endpoints whose delete AWS refuses each
    minute would take all places of every minute: after a full minute they stand back for one.
    """
    if context.endpoint.status == Status.FAILED:
        return action
    limit, now = services.deletions_per_minute, context.now
    if delete_attempted(context) and services.store.deletions(now - MINUTE) >= limit:
        return _too_many(
            f"its last delete did not succeed, and others come first: limit of {limit} a minute"
        )
    if not services.store.claim_deletion(context.endpoint.name, limit, now):
        return _too_many(f"limit of {limit} deletes a minute reached")
    return action


def _too_many(why: str) -> Blocked:
    return Blocked(f"{why} (DeletionsPerMinute)", ("too-many-deletions",))
