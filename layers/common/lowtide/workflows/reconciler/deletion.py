"""A delete, from its last checks to the call.

`check_and_claim_deletion` comes before a snapshot or a delete is written down, `delete` after that.
"""

from collections.abc import Callable
from fnmatch import fnmatchcase

from lowtide.domain.endpoint import Status
from lowtide.domain.errors import ChangedError, LowtideError
from lowtide.domain.lifecycle import (
    Blocked,
    Context,
    Delete,
    EndDrain,
    TakeSnapshot,
    delete_attempted,
    failed,
    past_deadline,
)
from lowtide.domain.load import MINUTE
from lowtide.domain.snapshot import Snapshot, not_own
from lowtide.workflows.reconciler import journal
from lowtide.workflows.reconciler.take_snapshot import save_what_changed
from lowtide.workflows.services import Services


def check_and_claim_deletion(
    action: TakeSnapshot | Delete,
    read: Callable[[], Snapshot],
    context: Context,
    services: Services,
) -> TakeSnapshot | Delete | EndDrain | Blocked:
    """Returns the step itself, or what is done instead in this minute. Raises ChangedError where a
    new snapshot had to be saved: such a delete takes no place in the minute's limit."""
    try:
        live = read()
        if instead := _not_restorable(live, context, services.alarm_names):
            return instead
        if isinstance(action, TakeSnapshot):
            return action
        save_what_changed(live, context, services)
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


def delete(context: Context, services: Services) -> str:
    """Reads once more what people asked for, since the checks may have taken a minute where AWS
    throttles: a person who was answered in that time must not find the endpoint deleted."""
    stored = services.store.load(context.endpoint.name)
    decided_on = context.paused, context.override, context.asked
    if (stored.paused, stored.override, stored.asked) != decided_on:
        msg = "a person asked for something else meanwhile"
        raise ChangedError(msg)
    services.endpoints.delete(context.endpoint.name)
    return "everything is saved"
