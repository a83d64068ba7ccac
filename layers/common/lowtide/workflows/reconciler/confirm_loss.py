"""A snapshot that lacks scaling of the saved one replaces it only when a second look agrees.

Somebody who deletes an endpoint may delete its scaling first, while it is still in service. What
is seen in between is half of the scaling, and must not replace what was saved.
"""

from datetime import timedelta

from lowtide.domain.errors import ChangedError
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.snapshot.restore import changed, lost
from lowtide.domain.snapshot.snapshot import Snapshot
from lowtide.workflows.services import Services

# The two looks lie 45 s to 10 minutes apart. The next run may come a little sooner than a minute
# later, and one that an event of SageMaker starts at any time: that is too soon.
_SOON = timedelta(seconds=45)
_LONG_AGO = timedelta(minutes=10)


def save(kept: Snapshot, context: Context, services: Services) -> None:
    """Raises ChangedError at the first look at a snapshot that lacks scaling of the saved one."""
    saved = context.record.snapshot
    gone = lost(saved, kept) if saved else ()
    if gone and not _seen_before(kept, context.endpoint.name, services):
        msg = f"{', '.join(gone)}: saved, and not there any more; looked at again in a minute"
        raise ChangedError(msg)
    services.store.save_snapshot(context.endpoint.name, kept)


def _seen_before(kept: Snapshot, name: str, services: Services) -> bool:
    """A first look is written down as a version that is not in force."""
    seen = services.store.newest_version(name)
    since = kept.taken_at - seen.taken_at if seen else _LONG_AGO
    if seen is None or changed(seen, kept, name) or since >= _LONG_AGO:
        services.store.save_version(name, kept)
        return False
    return since >= _SOON
