"""A run of the scheduler: an endpoint that fails, or gets no answer in time, costs no other."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lowtide.adapters.parallel import Mapper, one_by_one
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
from lowtide.workflows.scheduler import tick

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LEAD = timedelta(minutes=30)
NAMES = ("a", "b", "c", "d")


class Queue:
    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, endpoint: str, _cause: str) -> None:
        self.sent.append(endpoint)


class First:
    """A Mapper whose time is over after `reached` items."""

    def __init__(self, reached: int) -> None:
        self._reached = reached

    def __call__[A, B](
        self, work: Callable[[A], B], items: Iterable[A]
    ) -> Sequence[B | UnreachableError]:
        row = list(items)
        late = [UnreachableError("no answer in time") for _ in row[self._reached :]]
        return [*map(work, row[: self._reached]), *late]


def managed() -> list[ManagedEndpoint]:
    """Endpoints that are always desired awake, and absent: each needs a step."""
    always = Schedule((), ZoneInfo("UTC"))
    return [ManagedEndpoint(name, always, "config") for name in NAMES]


def absent(name: str) -> Endpoint:
    return Endpoint(name, Status.ABSENT)


def services(
    each: Mapper, observe: Callable[[str], Endpoint] = absent, suspended: Iterable[str] = ()
) -> Any:
    """What a decision about an absent endpoint needs, where nothing says what has changed."""
    store = SimpleNamespace(
        load=lambda _: StoredState(Record(), None),
        suspended=lambda: frozenset(suspended),
        endpoints=frozenset,
        history_since=lambda *_: (),
    )
    return SimpleNamespace(
        endpoints=SimpleNamespace(observe=observe, versions=lambda _: None),
        store=store,
        each=each,
        stack="lowtide-dev",
        lead=LeadTimeBounds(LEAD, LEAD, LEAD),
        longest_creation=LEAD,
        deletion_grace=LEAD,
        prices={},
        schedule_cache=ScheduleCache(),
    )


def run(
    services: Any, now: datetime = NOW, only: str | None = None
) -> tuple[dict[str, Decision], list[str]]:
    """The decisions by endpoint, and the endpoints that a step was queued for."""
    queue: Any = Queue()
    decisions = tick(managed(), services, queue, now, "cause", only)
    return {decision.endpoint: decision for decision in decisions}, queue.sent


@pytest.mark.parametrize("error", [AwsError("no"), KeyError("no")], ids=["of AWS", "of Lowtide"])
def test_an_endpoint_that_raises_costs_only_itself(error: Exception) -> None:
    def observe(name: str) -> Endpoint:
        if name == "b":
            raise error
        return absent(name)

    decisions, queued = run(services(one_by_one, observe))
    assert sorted(queued) == ["a", "c", "d"]
    assert [name for name, decision in decisions.items() if decision.failed] == ["b"]
    assert decisions["b"].reason == f"{type(error).__name__}: {error}"


def test_an_endpoint_without_an_answer_in_time_has_failed() -> None:
    decisions, queued = run(services(First(1)))
    assert len(queued) == 1
    assert {name for name, decision in decisions.items() if decision.failed} == {*NAMES} - {*queued}
    reasons = {decision.reason for decision in decisions.values() if decision.failed}
    assert reasons == {"UnreachableError: no answer in time"}


@pytest.mark.parametrize("suspended", [(), ("x", "y", "z")], ids=["of the file", "not listed"])
def test_all_endpoints_have_their_turn_though_a_run_reaches_only_one(
    suspended: tuple[str, ...],
) -> None:
    here = services(First(1), suspended=suspended)
    queued = {name for n in range(60) for name in run(here, NOW + timedelta(minutes=n))[1]}
    assert queued == {*NAMES, *suspended}


def test_a_mark_that_names_no_endpoint_is_left_out() -> None:
    """It could never be unmarked: AWS refuses to describe it."""
    _, queued = run(services(one_by_one, suspended=("x", "\x1b[2J", "", "a/b")))
    assert sorted(queued) == [*NAMES, "x"]


def test_a_named_endpoint_is_decided_alone() -> None:
    decisions, queued = run(services(one_by_one, suspended=("x",)), only="c")
    assert (list(decisions), queued) == (["c"], ["c"])


def test_status_has_an_error_where_there_is_no_answer_in_time() -> None:
    result = status_of_all(managed(), (), services(First(0)), NOW)["endpoints"]
    assert result == [{"endpoint": name, "error": "no answer in time"} for name in NAMES]
