"""An endpoint that people, AWS and time all act upon, and a light model of what must come of it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from lowtide_workbench.aws.protocol.faults import Fault
from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT
from lowtide_workbench.fleet.pools import Drought
from tests.integration.crash.cases import trouble_of
from tests.integration.crash.user_actions import OTHER_CONFIG, Person
from tests.integration.crash.world import LONGEST_LEAD, TYPES, World
from tests.integration.functions.aws_calls import (
    copy_config,
    create_endpoint,
    delete_endpoint,
    delete_policy,
    set_range,
)
from tests.integration.hourly import FILE, UNLISTED

_MINUTE = timedelta(minutes=1)
# By name: the file's windows, and the minutes of the hour that they leave the endpoint asleep.
SCHEDULES = {"early": ("16", "0", range(16)), "late": ("50", "34", range(34, 50))}
_PERSON = {"reason": "a test", "by": "ann"}
_CALM = 45  # minutes after which nothing that went wrong may still be felt
_LEFT_ALONE = 15  # minutes after which what Lowtide is to leave alone has its scaling back


def _streams(now: datetime) -> list[tuple[float, float]]:
    """Some are open during an hour, and none during the next: a drain may be long, or short."""
    calls = (now + n * 3 * _MINUTE for n in range(200) if n // 20 % 2 == 0)
    return [(call.timestamp(), 240.0) for call in calls]


class Story:
    def __init__(self, world: World) -> None:
        self._world = world
        self._person = Person()
        copy_config(OTHER_CONFIG)
        world.cloud.traffic(ENDPOINT, _streams(world.now))
        self._wanted = self._saved = self._person.sees()
        self._taken_at = self._snapshot_time()
        self._asleep = SCHEDULES["early"][2]
        self._override: tuple[bool, datetime] | None = None
        self._listed, self._paused = True, False
        self._seen = len(world.cloud.statuses)
        self._wrong: list[str] = []

    def act(self, name: str, *arguments: int | str) -> list[str]:
        """One thing that happens; returns all that is wrong so far."""
        acts: dict[str, Callable[..., None]] = {
            "time": self._time,
            "override": self._override_until,
            "auto": self._auto,
            "pause": self._pause,
            "resume": self._resume,
            "schedule": self._schedule,
            "off the file": self._off_the_file,
            "range": self._range,
            "policy": self._policy,
            "no policy": self._no_policy,
            "no action": self._no_action,
            "by hand": self._by_hand,
            "drought": self._drought,
            "fault": self._fault,
            "end": self._end,
        }
        acts[name](*arguments)
        return self._wrong

    def _time(self, minutes: int) -> None:
        for _ in range(minutes):
            self._world.cloud.advance(self._world.now + _MINUTE)
            self._look()

    def _override_until(self, action: str, minutes: int) -> None:
        if self._listed:
            until = self._world.now + minutes * _MINUTE
            self._world.ask(action, **_PERSON, until=until.isoformat())
            self._override = (action == "wake", until)

    def _auto(self) -> None:
        if self._listed:
            self._world.ask("auto")
            self._override = None

    def _pause(self) -> None:
        if self._listed:
            self._world.ask("pause", **_PERSON)
            self._paused = True

    def _resume(self) -> None:
        if self._listed:
            self._world.ask("resume")
            self._paused = False

    def _off_the_file(self) -> None:
        self._world.deploy(UNLISTED)
        self._listed = False

    def _schedule(self, name: str) -> None:
        """Where it was taken off the file, it is back on it."""
        start, stop, self._asleep = SCHEDULES[name]
        self._listed = True
        self._world.deploy(FILE.replace('"16 ', f'"{start} ').replace('"0 ', f'"{stop} '))

    def _range(self, smallest: int, more: int) -> None:
        if self._is_as_wanted():
            set_range(smallest, smallest + more)
            self._wanted = self._wanted.but(range=(smallest, smallest + more))

    def _policy(self, name: str, target: int) -> None:
        if self._is_as_wanted():
            self._person.puts_policy(name, target)
            self._wanted = self._wanted.but(policies=self._wanted.policies | {name: float(target)})

    def _no_policy(self, name: str) -> None:
        if self._is_as_wanted() and name in self._wanted.policies:
            delete_policy(name)
            left = {n: target for n, target in self._wanted.policies.items() if n != name}
            self._wanted = self._wanted.but(policies=left)

    def _no_action(self, name: str) -> None:
        if self._is_as_wanted() and name in self._wanted.actions:
            self._person.deletes_action(name)
            self._wanted = self._wanted.but(actions=self._wanted.actions - {name})

    def _by_hand(self, other: str) -> None:
        """Deletes it where it is there, and creates it where it is not."""
        if self._world.status == "InService":
            delete_endpoint()
            self._look(by_hand=True)
            self._wanted = self._saved  # what was never saved cannot come back
        elif self._world.status == "Absent":
            config = OTHER_CONFIG if other else CONFIG
            create_endpoint(config=config)
            self._look(by_hand=True)
            self._wanted = self._wanted.but(config=config)

    def _drought(self, minutes: int) -> None:
        now = self._world.now.timestamp()
        for each in TYPES:
            self._world.cloud.droughts[each] = [Drought(now, now + minutes * 60)]

    def _fault(self, name: str, function: str, nth: int) -> None:
        effect, times = trouble_of(name)
        self._world.cloud.faults.add(Fault(effect, function=function, nth=nth, times=times))

    def _end(self) -> None:
        """Nothing happens any more: every override is met, and what was wanted last is there."""
        self._world.cloud.faults.clear()
        self._world.cloud.droughts.clear()
        if not self._is_managed():
            self._time(_LEFT_ALONE)
            self._wrong += self._not_left_alone()
            self._schedule("early")
            self._resume()
        for action, status in (("wake", "InService"), ("sleep", "Absent"), ("wake", "InService")):
            self._override_until(action, _CALM + 5)
            if not self._comes_to(status):
                self._wrong.append(f"asked to {action}, it is {self._world.status}")
                return
            if status == "InService":
                self._wrong += self._not_as_wanted()

    def _not_as_wanted(self) -> Iterator[str]:
        if self._person.sees_it_suspended():
            yield "it came back with its scaling suspended"
        live = self._person.sees()
        if live != self._wanted:
            yield f"wanted {self._wanted}, came back {live}"

    def _is_managed(self) -> bool:
        """Else a person wants it left alone."""
        return self._listed and not self._paused

    def _not_left_alone(self) -> Iterator[str]:
        """What Lowtide still manages of an endpoint that it is to leave alone."""
        if self._world.status == "InService" and self._person.sees_it_suspended():
            yield "it is left alone, and its scaling is still suspended"
        if not self._listed and self._world.suspended():
            yield "it is not in the file, and still managed"

    def _comes_to(self, status: str) -> bool:
        """Within the time that it has, and stays there a little."""
        left = _CALM
        while left and not (self._world.status == status and self._is_quiet()):
            self._time(1)
            left -= 1
        self._time(2)
        return self._world.status == status

    def _is_quiet(self) -> bool:
        at_rest = self._world.next_action()["action"] == "Rest"
        return at_rest and self._world.messages_underway() == 0

    def _is_as_wanted(self) -> bool:
        """Else a person would change it in the middle of a restore."""
        record = self._world.stored_state().record
        # One that was made by hand is not known to be pending before its restore has begun.
        pending = record.restore_pending or record.restoring_since is not None
        return (
            self._world.status == "InService"
            and not pending
            and self._person.sees() == self._wanted
        )

    def _look(self, *, by_hand: bool = False) -> None:
        self._wrong += () if by_hand else self._against_the_desired_state()
        self._seen = len(self._world.cloud.statuses)
        if (taken_at := self._snapshot_time()) != self._taken_at:
            self._saved, self._taken_at = self._wanted, taken_at

    def _against_the_desired_state(self) -> Iterator[str]:
        changes = self._world.cloud.statuses[max(self._seen - 1, 0) :]
        for (_, _, before), (at, _, status) in pairwise(changes):
            if status in ("Creating", "Deleting") and not self._is_managed():
                yield f"{at:%H:%M}: {status}, though it is to be left alone"
            if status == "Deleting" and before != "Failed" and self._desired_awake(at):
                yield f"{at:%H:%M}: deleted in an open window, while {before}"
            if status == "Creating" and not self._may_be_created(at):
                yield f"{at:%H:%M}: created though it is not wanted"
            if status == "Creating" and before != "Absent":
                yield f"{at:%H:%M}: created while {before}"

    def _desired_awake(self, at: datetime) -> bool:
        if self._override and at < self._override[1]:
            return self._override[0]
        return at.minute not in self._asleep

    def _may_be_created(self, at: datetime) -> bool:
        """Also some minutes before the file's next window; no override is met early."""
        if self._override and at < self._override[1]:
            return self._override[0]
        soon = (at + early * _MINUTE for early in range(LONGEST_LEAD + 1))
        return any(minute.minute not in self._asleep for minute in soon)

    def _snapshot_time(self) -> datetime | None:
        snapshot = self._world.stored_state().record.snapshot
        return snapshot.taken_at if snapshot else None
