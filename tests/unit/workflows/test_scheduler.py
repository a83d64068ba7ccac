"""Endpoints that are decided about at the same time: none waits for another."""

import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lowtide.adapters.parallel import Mapper, ParallelMap, one_by_one
from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.observed import Endpoint, Status
from lowtide.domain.errors import AwsError, UnreachableError
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import StoredState
from lowtide.domain.schedule.lead_time import LeadTimeBounds
from lowtide.domain.schedule.schedule import Schedule
from lowtide.workflows.control.status import status_of_all
from lowtide.workflows.decision import Decision
from lowtide.workflows.schedule_cache import ScheduleCache
from lowtide.workflows.scheduler import tick, tick_unlisted

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PATIENT_S = 60
LEAD = timedelta(minutes=30)
NAMES = ("a", "b", "c", "d")
LATE = {"no answer within 0.01 s", "not started within 0.01 s: others took longer"}


class Queue:
    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, endpoint: str, _cause: str) -> None:
        self.sent.append(endpoint)


class Few:
    """A minute that is over after some of them."""

    def __init__(self, reached: int) -> None:
        self._reached = reached

    def __call__[A, B](
        self, work: Callable[[A], B], items: Iterable[A]
    ) -> Sequence[B | UnreachableError]:
        row = list(items)
        late = [UnreachableError("no answer in time") for _ in row[self._reached :]]
        return [*map(work, row[: self._reached]), *late]


def listed() -> list[ManagedEndpoint]:
    """All are wanted, none is there: each needs a step."""
    always = Schedule((), ZoneInfo("UTC"))
    return [ManagedEndpoint(name, always, "config") for name in NAMES]


def absent(name: str) -> Endpoint:
    return Endpoint(name, Status.ABSENT)


def services(
    each: Mapper,
    observe: Callable[[str], Endpoint] = absent,
    suspended: Callable[[], frozenset[str]] = frozenset,
) -> Any:
    """As much of one as a decision about an absent endpoint asks."""
    store = SimpleNamespace(
        load=lambda _: StoredState(Record(), None),
        suspended=suspended,
        endpoints=frozenset,
        history_since=lambda *_: (),
    )
    return SimpleNamespace(
        endpoints=SimpleNamespace(observe=observe),
        store=store,
        each=each,
        stack="lowtide-dev",
        lead=LeadTimeBounds(LEAD, LEAD, LEAD),
        longest_creation=LEAD,
        deletion_grace=LEAD,
        prices={},
        schedule_cache=ScheduleCache(),
    )


def by_name(decisions: Iterable[Decision]) -> dict[str, Decision]:
    return {decision.endpoint: decision for decision in decisions}


def hanging(until: threading.Event) -> Callable[[str], Endpoint]:
    """SageMaker does not answer until then."""

    def observe(name: str) -> Endpoint:
        assert until.wait(PATIENT_S), "it waits for ever"
        return absent(name)

    return observe


@pytest.mark.parametrize("who", NAMES)
def test_one_that_hangs_delays_no_other(who: str) -> None:
    """It hangs until the steps of all others are queued."""
    others_done = threading.Event()

    class Watched(Queue):
        def send(self, endpoint: str, cause: str) -> None:
            super().send(endpoint, cause)
            if set(self.sent) == {*NAMES} - {who}:
                others_done.set()

    late, queue = hanging(others_done), Watched()
    here = services(ParallelMap(2, PATIENT_S), lambda name: (late if name == who else absent)(name))
    decisions = tick(listed(), here, queue, NOW, "cause")  # type: ignore[arg-type]
    assert [decision.action for decision in decisions] == ["Create"] * 4
    assert queue.sent[-1] == who


def test_those_that_get_no_answer_in_time_say_so() -> None:
    end, queue = threading.Event(), Queue()
    here = services(ParallelMap(2, within_s=0.01), hanging(end))
    try:
        decisions = tick(listed(), here, queue, NOW, "cause")  # type: ignore[arg-type]
        assert queue.sent == []
    finally:
        end.set()
    assert all(decision.failed for decision in decisions)
    assert {decision.reason.removeprefix("UnreachableError: ") for decision in decisions} <= LATE


def test_they_are_asked_about_at_the_same_time() -> None:
    together = threading.Barrier(len(NAMES), timeout=PATIENT_S)

    def observe(name: str) -> Endpoint:
        together.wait()
        return absent(name)

    here = services(ParallelMap(len(NAMES), PATIENT_S), observe)
    decisions = tick(listed(), here, Queue(), NOW, "cause")  # type: ignore[arg-type]
    assert not [decision for decision in decisions if decision.failed]


@pytest.mark.parametrize("error", [AwsError("no"), KeyError("unforeseen")], ids=["AWS's", "ours"])
def test_one_that_raises_costs_only_itself(error: Exception) -> None:
    queue = Queue()

    def observe(name: str) -> Endpoint:
        if name == "b":
            raise error
        return absent(name)

    here = services(ParallelMap(2, PATIENT_S), observe)
    decisions = by_name(tick(listed(), here, queue, NOW, "cause"))  # type: ignore[arg-type]
    assert sorted(queue.sent) == ["a", "c", "d"]
    assert decisions["b"].failed
    assert decisions["b"].reason == f"{type(error).__name__}: {error}"


def test_where_each_minute_reaches_only_one_all_have_their_turn() -> None:
    queue = Queue()
    here = services(Few(1))
    for minute in range(60):
        now = NOW + timedelta(minutes=minute)
        decisions = tick(listed(), here, queue, now, "cause")  # type: ignore[arg-type]
        assert len([decision for decision in decisions if decision.failed]) == 3
    assert set(queue.sent) == {*NAMES}


def test_those_that_left_the_file_have_their_turn_too() -> None:
    queue = Queue()
    here = services(Few(1), suspended=lambda: frozenset({"x", "y", "z"}))
    for minute in range(60):
        tick_unlisted([], here, queue, NOW + timedelta(minutes=minute), "cause")  # type: ignore[arg-type]
    assert set(queue.sent) == {"x", "y", "z"}


def test_one_by_one_they_are_asked_in_the_same_order() -> None:
    asked: list[str] = []

    def observe(name: str) -> Endpoint:
        asked.append(name)
        return absent(name)

    decisions = tick(listed(), services(one_by_one, observe), Queue(), NOW, "cause")  # type: ignore[arg-type]
    assert asked == [decision.endpoint for decision in decisions]


def test_status_says_of_those_that_hang_that_they_did_not_answer() -> None:
    end = threading.Event()
    here = services(ParallelMap(len(NAMES), within_s=0.01), hanging(end))
    try:
        result = status_of_all(listed(), (), here, NOW)["endpoints"]
    finally:
        end.set()
    assert [one["endpoint"] for one in result] == list(NAMES)
    assert {one["error"] for one in result} <= LATE


def test_status_asks_about_all_at_the_same_time() -> None:
    together = threading.Barrier(len(NAMES), timeout=PATIENT_S)

    def observe(name: str) -> Endpoint:
        together.wait()
        return absent(name)

    result = status_of_all(listed(), (), services(ParallelMap(len(NAMES), PATIENT_S), observe), NOW)
    assert [one["endpoint"] for one in result["endpoints"]] == list(NAMES)
