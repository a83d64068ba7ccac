"""What a container of the scheduler keeps of each endpoint, and whether that is still so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lowtide.domain.endpoint import ABSENT_VERSION, Endpoint, Version
from lowtide.domain.lifecycle import StoredState
from lowtide.domain.sharding import Shard

_READ_AGAIN = 120  # minutes after which an endpoint is read again whatever is known of it


@dataclass(frozen=True, slots=True)
class Changes:
    """What says of all endpoints whether they have changed: by ListEndpoints, and by the table."""

    versions: Mapping[str, Version]
    marks: Mapping[str, object]


class StateCache:
    """Both are read before an endpoint is: what changes meanwhile is read again a minute later.

    Nothing that was kept is acted on. It only says that there is nothing to do.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[StoredState, Endpoint, object]] = {}

    def keep(self, stored: StoredState, endpoint: Endpoint, changes: Changes) -> None:
        self._kept[endpoint.name] = (stored, endpoint, changes.marks.get(endpoint.name))

    def unchanged(
        self, name: str, changes: Changes, now: datetime
    ) -> tuple[StoredState, Endpoint] | None:
        """None where it must be read: it has changed, is not known, or has its turn."""
        minute = int(now.timestamp()) // 60
        has_its_turn = Shard(minute % _READ_AGAIN, _READ_AGAIN).holds(name)
        if name not in self._kept or has_its_turn:
            return None
        stored, endpoint, mark = self._kept[name]
        listed = changes.versions.get(name, ABSENT_VERSION)
        is_same = (listed, changes.marks.get(name)) == (endpoint.version, mark)
        return (stored, endpoint) if is_same else None
