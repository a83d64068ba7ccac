"""One path, played once: undisturbed, to record its calls, or with one thing that goes wrong."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from lowtide_workbench.aws.lambda_service.function import Function, FunctionError, Invocation
from lowtide_workbench.aws.lambda_service.sqs_poller import POLLER
from lowtide_workbench.aws.protocol.faults import Call, Failed, Fault, Meanwhile
from lowtide_workbench.aws.virtual_time.clock import STEP_S
from lowtide_workbench.demo.endpoint import ENDPOINT
from lowtide_workbench.demo.endpoint_state import EndpointState
from tests.integration.crash.cases import OVERLAPPED, Case, RecordedCall, is_again, is_late, trouble
from tests.integration.crash.checks import Judge, not_as_it_was, settled
from tests.integration.crash.paths import PREPARED, Path
from tests.integration.crash.world import World, at

_MINUTE, _STEP = timedelta(minutes=1), timedelta(seconds=STEP_S)
_CRASHED = ("scheduler", "reconciler")


def warm_up(world: World) -> None:
    """Plays a night, so that no case has to wait for what is made only once."""
    world.until(PREPARED)
    _prepare_crashes(world)
    list(not_as_it_was(world, world.endpoint_state()))
    settled(world)


def begin(world: World, path: Path) -> EndpointState:
    """To where the path begins; returns what must be the same at its end."""
    path.before(world)
    before = world.endpoint_state()
    world.until(path.begins)
    path.as_it_begins(world)
    _prepare_crashes(world)
    return before


def _prepare_crashes(world: World) -> None:
    for name in _CRASHED:
        world.stack.functions[name].prepare_cold_start()


def record(world: World, path: Path, before: EndpointState) -> tuple[list[RecordedCall], int]:
    """Its calls, and the number of messages."""
    known = {name: len(world.stack.functions[name].invocations) for name in _CRASHED}
    if wrong := list(_on_the_way(world, path, before, path.recorded_until)):
        raise AssertionError(wrong)
    world.until(path.recorded_until)
    new = {name: list(world.stack.functions[name].invocations)[known[name] :] for name in _CRASHED}
    return _calls(new), len(new["reconciler"])


def play(world: World, path: Path, case: Case, before: EndpointState) -> list[str]:
    """What was wrong; nothing, if all went well."""
    judge = Judge(world)
    injected = _Injected(world, case)
    wrong = list(_on_the_way(world, path, before, path.awake_by))
    while world.now < at(path.awake_by) and not (injected.over() and settled(world)):
        world.cloud.advance(world.now + _MINUTE)
        _a_person_answers(world)
    wrong += [*not_as_it_was(world, before), *judge.harm()]
    if not injected.over():
        wrong.append("the fault met nothing")
    return wrong


def _on_the_way(world: World, path: Path, before: EndpointState, until: str) -> Iterator[str]:
    for clock, happens in path.on_the_way:
        if at(clock) < at(until):
            world.until(clock)
            yield from happens(world, before)


def _a_person_answers(world: World) -> None:
    """After a quota that nothing uses the next try is late: a person asks before."""
    if "once the quota is raised" in world.stored_state().blocked:
        world.stack.invoke("control", {"action": "resume", "endpoint": ENDPOINT})


def _calls(invocations: Mapping[str, list[Invocation]]) -> list[RecordedCall]:
    return [
        RecordedCall(name, nth, call.service, call.operation, first)
        for name, runs in invocations.items()
        for nth, (call, first) in enumerate(_in_order(runs), 1)
    ]


def _in_order(runs: Iterable[Invocation]) -> Iterator[tuple[Call, bool]]:
    """Each call, and whether it is the first of its invocation."""
    for run in runs:
        yield from ((call, index == 0) for index, call in enumerate(run.calls))


class _Injected:
    """What goes wrong in a case, and whether it already has."""

    def __init__(self, world: World, case: Case) -> None:
        self._world = world
        self._again: _Again | None = None
        if is_again(case):
            self._again = _Again(world, case.nth, timedelta(minutes=case.minutes))
        elif is_late(case):
            denied = Failed("AccessDenied", "made up by the test", 403)
            polls = case.minutes * (_MINUTE // _STEP)
            world.cloud.faults.add(
                Fault(denied, "sqs", "ReceiveMessage", POLLER, case.nth, times=polls)
            )
        elif case.fault == OVERLAPPED:
            second = Meanwhile(lambda: _invoke(world.twin, world.message))
            world.cloud.faults.add(Fault(second, function=case.function, nth=case.nth))
        else:
            effect, times = trouble(case)
            world.cloud.faults.add(Fault(effect, function=case.function, nth=case.nth, times=times))

    def over(self) -> bool:
        return self._again.delivered if self._again else bool(self._world.cloud.faults.hits)


class _Again:
    """The nth message is delivered a second time, some minutes after the first."""

    def __init__(self, world: World, nth: int, after: timedelta) -> None:
        self.delivered = False
        self._world, self._after = world, after
        self._left = nth
        self._due: datetime | None = None
        world.reconciler.watch(self._seen)
        world.cloud.every(_STEP, self._deliver)

    def _seen(self, invocation: Invocation) -> None:
        self._left -= 1
        if self._left == 0:
            self._due, self._event = invocation.at + self._after, invocation.event

    def _deliver(self, now: datetime) -> None:
        if self._due is not None and now > self._due and not self.delivered:
            self.delivered = True
            _invoke(self._world.reconciler, self._event)


def _invoke(function: Function, event: object) -> None:
    with suppress(FunctionError):
        function.invoke(event)
