"""Saves a snapshot that lacks scaling of the saved one only when a second reading confirms that.

A person who deletes an endpoint may delete its scaling first, while it is still in service. What is
read meanwhile is half of the scaling, and must not replace what was saved.
"""

from datetime import timedelta

from lowtide.domain.errors import ChangedError
from lowtide.domain.lifecycle import Context
from lowtide.domain.snapshot import Snapshot, changed, lost
from lowtide.workflows.services import Services

# The two readings lie 45 s to 10 minutes apart. Runs are a minute apart, give or take seconds; one
# that an event of SageMaker starts may follow another at once, which is too soon.
_SOONEST = timedelta(seconds=45)
_LATEST = timedelta(minutes=10)


def save_if_confirmed(snapshot: Snapshot, context: Context, services: Services) -> None:
    """Raises ChangedError where the loss has to be confirmed first."""
    saved = context.record.snapshot
    gone = lost(saved, snapshot) if saved else ()
    if gone and not _is_confirmed(snapshot, context.endpoint.name, services):
        msg = f"{', '.join(gone)}: saved, and not there any more; looked at again in a minute"
        raise ChangedError(msg)
    services.store.save_snapshot(context.endpoint.name, snapshot)


def _is_confirmed(snapshot: Snapshot, name: str, services: Services) -> bool:
    """A first reading is stored as a version that is not in force."""
    first = services.store.newest_version(name)
    since = snapshot.taken_at - first.taken_at if first else _LATEST
    if first is None or changed(first, snapshot, name) or since >= _LATEST:
        services.store.save_version(name, snapshot)
        return False
    return since >= _SOONEST
