"""The ways through a night that are crashed: where each begins, and by when it must have ended."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from tests.integration.crash.everything import set_up_everything
from tests.integration.crash.owner import Owner
from tests.integration.crash.world import KEEPS_SCALING, TYPES, World, at
from workbench.fleet.pools import Drought

PREPARED = "20:59"  # until here the world of all paths is the same


def _nothing(world: World) -> None:
    del world


@dataclass(frozen=True, slots=True)
class Path:
    """Prepared and begun in service at 20:59, where the photograph is taken; clocks of the evening.

    A killed step's message is visible again, and its group free, after 6 minutes; so a path that
    takes some minutes is given 6 more, and then as many again.
    """

    name: str
    before: Callable[[World], None]
    begins: str
    recorded_until: str  # what is called after it is not crashed: nothing happens any more
    asleep_by: str | None
    awake_by: str
    as_it_begins: Callable[[World], None] = _nothing


def _never_seen(world: World) -> None:
    world.forget()


def _everything(world: World) -> None:
    del world
    set_up_everything()


def _drought(world: World) -> None:
    for each in TYPES:
        world.droughts[each] = [Drought(at("21:16").timestamp(), at("21:17").timestamp())]


def _scaled(world: World) -> None:
    """The file's scaling stands beside that of the owner when the night begins."""
    world.deploy(KEEPS_SCALING)
    world.stack.invoke("scheduler", {"time": world.now.isoformat()})
    world.cloud.advance(world.now + timedelta(seconds=30))


def _deleted_by_hand(world: World) -> None:
    del world
    Owner().deletes_endpoint()


_ALL = (
    Path("first sleep", _never_seen, "20:59", "21:06", "21:15", "21:34"),
    Path("sleep", _everything, "20:59", "21:06", "21:15", "21:34"),
    Path("wake", _nothing, "21:15", "21:20", None, "21:34"),
    Path("wake with the file's scaling", _scaled, "21:15", "21:21", None, "21:40"),
    Path("failed creation", _drought, "21:15", "21:26", None, "21:40"),
    Path("restore", _everything, "21:15", "21:20", None, "21:34"),
    # Nothing but the intent says that this one must be restored.
    Path("deleted by hand", _nothing, "21:24", "21:29", None, "21:44", _deleted_by_hand),
)
PATHS: Mapping[str, Path] = {path.name: path for path in _ALL}
