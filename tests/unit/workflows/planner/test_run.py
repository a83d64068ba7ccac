"""A minute of the planner, with an AWS and a table that are made up."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from lowtide.adapters.parallel import one_by_one
from lowtide.domain.curve.applied import Floors
from lowtide.domain.curve.settings import CurveSettings
from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.metering import Capacities, Metering, MetricName
from lowtide.domain.endpoint.observed import Endpoint, Pool, Status, Variant
from lowtide.domain.endpoint.scaling_policy import ManagedScaling
from lowtide.domain.errors import AwsError
from lowtide.domain.history.entry import Entry
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import StoredState
from lowtide.domain.schedule.override import Pause
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.snapshot.snapshot import Document, Documents, Scaling
from lowtide.workflows.planner.run import FloorsResult, run_planner
from lowtide.workflows.planner.services import PlannerServices

NOON = datetime(2026, 10, 19, 12, tzinfo=UTC)  # a Monday
CREATED = NOON - timedelta(days=3)
MINUTE, WEEK = timedelta(minutes=1), timedelta(days=7)
ENDPOINT = Endpoint(
    "e",
    Status.IN_SERVICE,
    created_at=CREATED,
    variants=(Variant("v", (Pool("ml.g6.2xlarge", 4),), desired=4),),
)
MANAGED = ManagedEndpoint(
    "e",
    Schedule((), ZoneInfo("UTC")),
    metering=Metering(Capacities({"ml.g6.2xlarge": 10, "ml.g6e.2xlarge": 20}, "ml.g6.2xlarge")),
    scaling=ManagedScaling(1, 6, None, CurveSettings()),
)
TARGET: Mapping[str, Any] = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/e/variant/v",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    "MinCapacity": 1,
    "MaxCapacity": 6,
}


@dataclass
class World:
    """All that the planner reads and changes: 25 streams each minute of four weeks, and today."""

    endpoint: Endpoint = ENDPOINT
    target: Document | None = field(default_factory=lambda: TARGET)
    actions: dict[str, Document] = field(default_factory=dict)
    stored: StoredState = field(default_factory=lambda: StoredState(Record(), None))
    streams: Callable[[datetime], float | None] = lambda _: 25.0
    refuses: tuple[str, ...] = ()
    unreadable: bool = False
    told: list[str] = field(default_factory=list)
    marks: int = 0
    registered: list[int] = field(default_factory=list)
    saved: int = 0

    def run(self, now: datetime = NOON, managed: ManagedEndpoint = MANAGED) -> FloorsResult:
        (result,) = run_planner([managed], self.services(), now)
        return result

    def services(self) -> PlannerServices:
        fake = cast("Any", self)
        return PlannerServices(fake, fake, fake, fake, one_by_one)

    def observe(self, _: str) -> Endpoint:
        return self.endpoint

    def published(
        self, _: str, __: str, name: str, start: datetime, end: datetime
    ) -> Mapping[datetime, float]:
        if self.unreadable:
            raise AwsError("throttled")
        if name == MetricName.WORST_POOL:
            return {start: 1.2, start + MINUTE: 0.4, start + 2 * MINUTE: 0.4, end - MINUTE: 0.4}
        first = max(start, NOON - 4 * WEEK - timedelta(hours=12))
        bins = (first + n * 5 * MINUTE for n in range((end - first) // (5 * MINUTE)))
        return {at: found for at in bins if (found := self.streams(at)) is not None}

    def targets(self, _: str, __: Iterable[str]) -> Documents:
        return (self.target,) if self.target else ()

    def scheduled_actions(self, _: str, __: str) -> Documents:
        return tuple(self.actions.values())

    def put(self, _: str, scaling: Scaling, __: datetime) -> tuple[str, ...]:
        for action in () if self.refuses else scaling.scheduled_actions:
            self.actions[action["ScheduledActionName"]] = action
        return self.refuses

    def delete_scheduled_actions(self, actions: Documents) -> tuple[str, ...]:
        for action in actions:
            del self.actions[action["ScheduledActionName"]]
        return ()

    def change_targets(self, changes: Documents) -> tuple[str, ...]:
        for change in changes:
            self.registered.append(change["MinCapacity"])
            self.target = {**(self.target or {}), **change}
        return ()

    def load(self, _: str) -> StoredState:
        return self.stored

    def save_floors(self, _: str, plan: Any, applied: Any) -> None:
        before = self.stored.floors
        floors = Floors(plan or before.plan, applied or before.applied)
        self.stored = replace(self.stored, floors=floors)
        self.saved += 1

    def forget_floors(self, _: str) -> None:
        self.stored = replace(self.stored, floors=Floors())

    def save_floors_entry(self, _: str, entry: Entry) -> None:
        self.told.append(f"{entry.step}: {entry.reason}: {entry.outcome}")

    def mark_changed(self, _: str) -> None:
        self.marks += 1

    @property
    def minimum(self) -> object:
        return self.target["MinCapacity"] if self.target else None

    def in_force(self, now: datetime = NOON) -> float | None:
        return self.stored.floors.target(self.endpoint.created_at, now)


def test_floors_are_put_and_then_seen_to_be_in_force() -> None:
    world = World()
    result = world.run()
    assert result.applied is not None
    assert (world.minimum, result.applied.floor, world.in_force()) == (4, 4, None)
    assert [a["ScalableTargetAction"] for a in world.actions.values()] == [{"MinCapacity": 4}]
    world.run(NOON + MINUTE)
    assert world.in_force() == 0.9
    assert (world.marks, world.registered) == (2, [4])


def test_the_minutes_between_read_and_write_nothing_that_did_not_change() -> None:
    world = World()
    for minute in range(2):
        world.run(NOON + minute * MINUTE)
    before = world.saved
    world.unreadable = True
    assert world.run(NOON + 2 * MINUTE).error == ""
    assert world.saved == before


def test_a_change_that_met_an_update_is_asked_for_again_each_minute() -> None:
    """The minimum is registered, and the count is below it: the change was lost."""
    world = World(endpoint=_with(desired=2))
    for minute in range(3):
        world.run(NOON + minute * MINUTE)
    assert world.registered == [4, 4, 4]


def _with(**change: Any) -> Endpoint:
    return replace(ENDPOINT, variants=(replace(ENDPOINT.variants[0], **change),))


@pytest.mark.parametrize(
    ("world", "floor"),
    [
        pytest.param(World(), 4, id="a day as expected"),
        pytest.param(World(streams=lambda at: 25.0 if at.date() < NOON.date() else 60.0), 8,
                     id="a new customer: the same hour"),
        pytest.param(World(streams=lambda at: 25.0 if at.date() < NOON.date() else None), 4,
                     id="missing readings of today are not zero"),
        pytest.param(World(endpoint=_with(pools=(Pool("ml.g6e.2xlarge", 2),))), 2,
                     id="a fallback of twice the capacity serves alone"),
        pytest.param(World(streams=lambda _: None), 0, id="no history: no floor"),
    ],
)  # fmt: skip
def test_the_floor_of_now(world: World, floor: int) -> None:
    applied = world.run().applied
    assert applied is not None
    assert applied.floor == floor
    assert world.minimum == min(6, max(1, floor))
    assert applied.differs == (f"the floor is {floor}, and max is 6" if floor > 6 else "")


@pytest.mark.parametrize(
    ("live", "minimums"),
    [
        pytest.param(
            "ml.g6e.2xlarge", {0: 3, 14: 3, 15: 2, 119: 2, 120: 3}, id="a fallback serves"
        ),
        pytest.param("ml.g6.2xlarge", {0: 4, 15: 4}, id="the first pool serves"),
    ],
)
def test_a_quarter_of_an_hour_every_two_hours_is_raised_to_change_back(
    live: str, minimums: Mapping[int, int]
) -> None:
    world = World(endpoint=_with(pools=(Pool(live, 4),)))
    changing = ManagedScaling(1, 6, None, CurveSettings(change_back=True))
    for minute, minimum in minimums.items():
        world.run(NOON + minute * MINUTE, replace(MANAGED, scaling=changing))
        assert (minute, world.minimum) == (minute, minimum)


@pytest.mark.parametrize(
    "world",
    [
        pytest.param(World(target=None), id="its scaling is not restored yet"),
        pytest.param(
            World(target={**TARGET, "SuspendedState": {"ScheduledScalingSuspended": True}}),
            id="it drains, or a person suspended its scaling",
        ),
        pytest.param(
            World(stored=StoredState(Record(), None, Pause(NOON, "", ""))), id="a person paused it"
        ),
        pytest.param(World(endpoint=Endpoint("e", Status.ABSENT)), id="it is asleep"),
    ],
)
def test_an_endpoint_is_left_alone(world: World) -> None:
    assert world.run().applied is None
    assert (world.registered, world.actions) == ([], {})


def test_an_endpoint_that_sleeps_is_planned_and_put_again_when_it_wakes() -> None:
    world = World()
    world.run(NOON - timedelta(days=1))
    world.endpoint, world.actions, world.target = Endpoint("e", Status.ABSENT), {}, None
    world.run()
    assert world.stored.floors.first(NOON.date()) == 4
    world.endpoint, world.target = replace(ENDPOINT, created_at=NOON), TARGET
    world.run(NOON + MINUTE)
    assert world.in_force(NOON + MINUTE) is None, "until all are seen to be there"
    world.run(NOON + 2 * MINUTE)
    assert (world.minimum, world.in_force(NOON + 2 * MINUTE)) == (4, 0.9)


def test_refused_actions_are_told_and_the_files_target_holds() -> None:
    world = World()
    for minute in range(2):
        world.run(NOON + minute * MINUTE)
    assert world.in_force() == 0.9
    world.actions, world.refuses = {}, ("lowtide-floor-mon-0000: no",)
    applied = world.run(NOON + 5 * MINUTE).applied
    assert applied is not None
    assert (applied.differs, world.minimum, world.in_force()) == (
        "lowtide-floor-mon-0000: no", 4, None,
    )  # fmt: skip


def test_unreadable_metrics_leave_the_last_plan_in_force() -> None:
    world = World()
    world.run(NOON - timedelta(days=1))
    world.unreadable = True
    result = world.run()
    assert result.error == "no plan of today: throttled"
    assert (world.minimum, result.applied and result.applied.floor) == (4, 4)


def test_two_variants_have_no_floors_and_an_error_says_so() -> None:
    two = (*ENDPOINT.variants, replace(ENDPOINT.variants[0], name="w"))
    result = World(endpoint=replace(ENDPOINT, variants=two)).run()
    assert result.error.endswith("it has 2 variants: floors are for endpoints with one")


def test_floors_that_left_the_file_are_given_back_once() -> None:
    world = World()
    world.run()
    services = world.services()
    without = replace(MANAGED, scaling=ManagedScaling(1, 6, None))
    for minute in range(2):
        run_planner([without], services, NOON + minute * MINUTE)
    assert (world.minimum, world.actions, world.stored.floors) == (1, {}, Floors())
    assert (world.registered, services.without_floors) == ([4, 1], {"e"})


def test_a_new_min_in_the_file_is_what_people_ask_for() -> None:
    world = World()
    world.run()
    assert MANAGED.scaling is not None
    world.run(NOON + MINUTE, replace(MANAGED, scaling=replace(MANAGED.scaling, minimum=5)))
    assert world.minimum == 5


def test_odd_days_a_far_day_and_the_week_are_entered_once() -> None:
    def streams(at: datetime) -> float:
        return 80.0 if at.date() == (NOON - 2 * WEEK).date() else 25.0 if at < NOON else 60.0

    world = World(streams=streams)
    world.run(NOON - timedelta(days=1))
    for minute in range(0, 120, 5):
        world.run(NOON + minute * MINUTE)
    planned, far = world.told
    assert planned == (
        "FloorsPlanned: the floors of Mon 19 Oct are made: left out, as their streams are unlike "
        "those of the other weeks: Mon 05 Oct; this week has 672 instance-hours of floors; last "
        "week had 672; a pool was above its capacity in 25.0% of the last week"
    )
    assert far == (
        "FarFromForecast: today's streams are 1.35 times their forecast: the floor is 5 now"
    )
