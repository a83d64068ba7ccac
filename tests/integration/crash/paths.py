"""The ways through a night that are crashed: where each begins, and by when it must have ended."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from lowtide_workbench.demo.endpoint import ENDPOINT
from lowtide_workbench.demo.endpoint_state import EndpointState
from lowtide_workbench.fleet.pools import Drought
from tests.integration.crash.checks import (
    not_asleep,
    not_awake_all_along,
    not_left_alone,
    not_left_paused,
    not_suspended_all_along,
)
from tests.integration.crash.everything import set_up_everything
from tests.integration.crash.world import STAYS, TYPES, World, at
from tests.integration.functions.aws_calls import delete_endpoint
from tests.integration.hourly import FILE, UNLISTED, WITH_SCALING

# At a clock of the evening: something happens, or the judge looks; returns what is wrong.
type Moment = tuple[str, Callable[[World, EndpointState], Iterable[str]]]

PREPARED = "20:59"  # until here the world of all paths is the same


def _nothing(world: World) -> None:
    del world


@dataclass(frozen=True, slots=True)
class Path:
    """Prepared and begun in service at 20:59, where its state is read; clocks of the evening.

    A killed step's message is visible again, and its group free, after 6 minutes; so a path that
    takes some minutes is given 6 more, and then as many again.
    """

    name: str
    before: Callable[[World], None]
    begins: str
    recorded_until: str  # what is called after it is not crashed: nothing happens any more
    awake_by: str
    on_the_way: tuple[Moment, ...] = ()
    as_it_begins: Callable[[World], None] = _nothing


def _never_seen(world: World) -> None:
    world.forget()


def _everything(world: World) -> None:
    del world
    set_up_everything()


def _drought(world: World) -> None:
    for each in TYPES:
        world.cloud.droughts[each] = [Drought(at("21:16").timestamp(), at("21:17").timestamp())]


def _scaled(world: World) -> None:
    """The file's scaling is there beside that of a person when the night begins."""
    world.deploy(WITH_SCALING)
    world.stack.invoke("scheduler", {"time": world.now.isoformat()})
    world.cloud.advance(world.now + timedelta(seconds=30))


def _deleted_by_hand(world: World) -> None:
    del world
    delete_endpoint()


def _suspended(world: World) -> None:
    set_up_everything()
    _streams(world, until="21:30")


def _suspended_and_unlisted(world: World) -> None:
    _suspended(world)
    world.prepare(UNLISTED, FILE)


def _stays(world: World) -> None:
    world.deploy(STAYS)
    _streams(world, until="21:30")


def _stays_a_while(world: World) -> None:
    world.deploy(STAYS)
    _streams(world, until="21:04")


def _streams(world: World, until: str) -> None:
    world.cloud.traffic(
        ENDPOINT, [(world.now.timestamp(), (at(until) - world.now).total_seconds())]
    )


def _ask(action: str, **more: str) -> Callable[[World, EndpointState], Iterable[str]]:
    def asked(world: World, _: EndpointState) -> Iterable[str]:
        world.ask(action, **more)
        return ()

    return asked


def _deploy(file: str) -> Callable[[World, EndpointState], Iterable[str]]:
    def deployed(world: World, _: EndpointState) -> Iterable[str]:
        world.deploy(file)
        return ()

    return deployed


_PERSON = {"reason": "a test", "by": "ann"}
_PAUSED = _ask("pause", **_PERSON)
_WOKEN = _ask("wake", until=at("21:40").isoformat(), **_PERSON)
# Suspended from 21:01 on, as streams are open; at 21:05, its deadline, it would be deleted.
_ALL = (
    Path("first sleep", _never_seen, "20:59", "21:06", "21:34", (("21:15", not_asleep),)),
    Path("sleep", _everything, "20:59", "21:06", "21:34", (("21:15", not_asleep),)),
    Path("wake", _nothing, "21:15", "21:20", "21:34"),
    Path("wake with the file's scaling", _scaled, "21:15", "21:21", "21:40"),
    Path("failed creation", _drought, "21:15", "21:26", "21:40"),
    Path("restore", _everything, "21:15", "21:20", "21:34"),
    # Nothing but the intent says that this one must be restored.
    Path("deleted by hand", _nothing, "21:24", "21:29", "21:44", as_it_begins=_deleted_by_hand),
    Path(
        "paused while it drains",
        _suspended,
        "21:00",
        "21:06",
        "21:34",
        (("21:03", _PAUSED), ("21:17", not_left_paused), ("21:17", _ask("resume"))),
    ),
    Path(
        "off the file while it drains",
        _suspended_and_unlisted,
        "21:00",
        "21:06",
        "21:34",
        (("21:03", _deploy(UNLISTED)), ("21:17", not_left_alone), ("21:17", _deploy(FILE))),
    ),
    Path(
        "wanted again while it drains",
        _suspended,
        "21:00",
        "21:06",
        "21:34",
        (("21:03", _WOKEN), ("21:15", not_awake_all_along)),
    ),
    # Past the deadline of their drain.
    Path(
        "stays until its window opens",
        _stays,
        "21:14",
        "21:18",
        "21:34",
        (("21:15", not_suspended_all_along),),
    ),
    Path(
        "stays until its streams end",
        _stays_a_while,
        "21:04",
        "21:08",
        "21:34",
        (("21:15", not_asleep),),
    ),
)
PATHS: Mapping[str, Path] = {path.name: path for path in _ALL}
