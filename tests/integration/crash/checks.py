"""What must be true whatever went wrong: of every case, and of each path on its way."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from lowtide.domain.snapshot.difference import fields
from lowtide_workbench.demo import endpoint_state
from lowtide_workbench.demo.endpoint_state import EndpointState
from tests.integration.crash.scaling import not_as_the_file_asks
from tests.integration.crash.user_actions import Person
from tests.integration.crash.world import World
from tests.integration.hourly import ASLEEP_FROM, AWAKE_FROM

_MINUTE = timedelta(minutes=1)


def window_is_open(instant: datetime) -> bool:
    return not ASLEEP_FROM <= instant.minute < AWAKE_FROM


class Judge:
    """Looks on from the moment it is made."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known, self._begun = len(world.cloud.statuses), world.now
        self._saved: set[str] = set()
        self._lost: list[str] = []
        self.watch(world.now)
        world.cloud.every(_MINUTE, self.watch)

    def watch(self, now: datetime) -> None:
        """The last good snapshot is never replaced by a smaller one."""
        snapshot = self._world.stored_state().record.snapshot
        saved = set(fields(snapshot)) if snapshot else set()
        if gone := sorted(self._saved - saved):
            self._lost.append(f"{now:%H:%M}: the saved snapshot has lost {', '.join(gone)}")
        self._saved = saved

    def harm(self) -> list[str]:
        return [
            *self._lost,
            *self._deleted_in_an_open_window(),
            *self._created_twice(),
            *self._not_in_the_history(),
        ]

    def _changes(self) -> list[tuple[datetime, str]]:
        before = max(self._known - 1, 0)
        return [(at, status) for at, _, status in self._world.cloud.statuses[before:]]

    def _deleted_in_an_open_window(self) -> Iterator[str]:
        """But for a failed one, whose name must be freed."""
        for (_, before), (at, status) in pairwise(self._changes()):
            if status == "Deleting" and before != "Failed" and window_is_open(at):
                yield f"{at:%H:%M}: it was deleted in an open window, while {before}"

    def _created_twice(self) -> Iterator[str]:
        """An hour has one wake; only a failed creation may be followed by another."""
        creations: dict[int, int] = {}
        for at, status in self._changes():
            hour = int(at.timestamp()) // 3600
            creations[hour] = creations.get(hour, 0) + {"Creating": 1, "Failed": -1}.get(status, 0)
        for hour, count in creations.items():
            if count > 1:
                yield f"hour {hour % 24}: it was created {count} times for one wake"

    def _not_in_the_history(self) -> Iterator[str]:
        """Each deletion and each creation stands in it as done; a delete may be done twice."""
        entered = Counter(e.step for e in self._world.history(self._begun) if e.ok)
        seen = Counter(status for _, _, status in self._world.cloud.statuses[self._known :])
        for step, status in (("Delete", "Deleting"), ("Create", "Creating")):
            if entered[step] < seen[status]:
                entries = f"{entered[step]} times {step} in the history"
                yield f"{seen[status]} times {status}, and {entries}"


def settled(world: World) -> bool:
    """Nothing more can come: in service, restored, at rest, and no message on its way."""
    return (
        world.status == "InService"
        and not world.stored_state().record.restore_pending
        and world.messages_underway() == 0
        and world.next_action()["action"] == "Rest"
    )


def not_as_it_was(world: World, before: EndpointState) -> Iterator[str]:
    """Of a world whose window is open, after the time that it may take."""
    if world.status != "InService":
        yield f"it should be in service, and is {world.status}"
        return
    yield from _not_equal(world, before)
    if world.keeps_scaling:
        yield from not_as_the_file_asks()
    yield from _not_next(world, "Rest")
    if dead := world.dead_letters():
        yield f"{dead} messages are in the dead-letter queue"


def not_asleep(world: World, before: EndpointState) -> Iterator[str]:
    del before
    if world.status != "Absent":
        yield f"it should be asleep, and is {world.status}"


def not_awake_all_along(world: World, before: EndpointState) -> Iterator[str]:
    yield from _gone_meanwhile(world, before) or _not_equal(world, before)
    yield from _not_next(world, "Rest")


def not_left_paused(world: World, before: EndpointState) -> Iterator[str]:
    yield from _gone_meanwhile(world, before) or _not_equal(world, before)
    yield from _not_next(world, "Paused")


def not_left_alone(world: World, before: EndpointState) -> Iterator[str]:
    """Of one that is not in the file."""
    yield from _gone_meanwhile(world, before) or _not_equal(world, before)
    if managed := world.suspended():
        yield f"{', '.join(managed)} is still managed"


def not_suspended_all_along(world: World, before: EndpointState) -> Iterator[str]:
    yield from _gone_meanwhile(world, before)
    if not Person().sees_it_suspended():
        yield "its scaling should be suspended"
    yield from _not_next(world, "Wait")


def _gone_meanwhile(world: World, before: EndpointState) -> list[str]:
    changes = [status for at, _, status in world.cloud.statuses if at > before.read_at]
    return [f"it should have served on, and was {', '.join(changes)}"] if changes else []


def _not_equal(world: World, before: EndpointState) -> Sequence[str]:
    return endpoint_state.compare(before, world.endpoint_state()).differences


def _not_next(world: World, wanted: str) -> Iterator[str]:
    action = world.next_action()
    if action["action"] != wanted:
        yield f"next should be {wanted}, and is {action['action']}: {action['reason']}"
