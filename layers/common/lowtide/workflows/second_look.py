"""A snapshot that has less than the saved one is believed at the second look.

Whoever deletes an endpoint may begin with its scaling, and it is in service all the while: half of
it must not replace what was saved.
"""

from datetime import timedelta

from lowtide.domain.errors import ChangedError
from lowtide.domain.restoring import changed, lost
from lowtide.domain.situation import Situation
from lowtide.domain.snapshot import Snapshot
from lowtide.workflows.world import World

_SOON = timedelta(seconds=45)  # a minute's run may come a little early, and events at any time
_LONG_AGO = timedelta(minutes=10)


def save(kept: Snapshot, situation: Situation, world: World) -> None:
    """Raises ChangedError where less is there than was saved, and nobody has seen that before."""
    saved = situation.record.snapshot
    gone = lost(saved, kept) if saved else ()
    if gone and not _seen_before(kept, situation.endpoint.name, world):
        msg = f"{', '.join(gone)}: saved, and not there any more; looked at again in a minute"
        raise ChangedError(msg)
    world.store.save_snapshot(situation.endpoint.name, kept)


def _seen_before(kept: Snapshot, name: str, world: World) -> bool:
    seen = world.store.newest_version(name)
    since = kept.taken_at - seen.taken_at if seen else _LONG_AGO
    if seen is None or changed(seen, kept, name) or since >= _LONG_AGO:
        world.store.save_version(name, kept)
        return False
    return since >= _SOON
