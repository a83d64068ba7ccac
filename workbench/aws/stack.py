"""The system that template.yaml describes, deployed into the embedded AWS and hung on its clock."""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from moto.events.models import EventPattern

from workbench.aws.faults import Call
from workbench.aws.lambdas import Function, FunctionError
from workbench.aws.queue_poller import QueuePoller
from workbench.aws.stack_resources import deploy_resources
from workbench.aws.template import FunctionSpec, RuleSpec, ScheduleSpec, Template

MINUTE = timedelta(minutes=1)
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")


class Clock(Protocol):
    def now(self) -> datetime: ...


class Surroundings(Protocol):
    """What of the embedded AWS a stack hangs on."""

    @property
    def clock(self) -> Clock: ...
    def every(self, period: timedelta, callback: Callable[[datetime], None]) -> None: ...
    def on_event(self, callback: Callable[[dict[str, Any]], None]) -> None: ...


@dataclass(frozen=True, slots=True)
class Failure:
    """An invocation that nobody waited for and that went wrong: an error metric, in AWS."""

    at: datetime
    function: str
    error: FunctionError


class Stack:
    """Deploy it inside `with cloud:`; from then on the clock and the events run it."""

    def __init__(
        self, cloud: Surroundings, template: Template, functions: Mapping[str, Function]
    ) -> None:
        self.functions = functions
        self.template = template
        self.failures: list[Failure] = []
        self._clock = cloud.clock
        self._pollers = [
            QueuePoller(source, functions[source.function]) for source in template.queue_sources()
        ]
        for schedule in template.schedules():
            if schedule.enabled:
                cloud.every(period(schedule.expression), self._on_schedule(schedule))
        for rule in template.rules():
            if rule.enabled:
                cloud.on_event(self._on_match(rule))
        cloud.every(MINUTE, lambda _: self.poll())  # after the schedules of the same minute

    @classmethod
    def deploy(
        cls,
        cloud: Surroundings,
        template_path: Path,
        *,
        config_path: Path,
        name: str = "lowtide-dev",
        parameters: Mapping[str, str] | None = None,
    ) -> "Stack":
        """`config_path` stands for the file in the config layer, which is not unpacked here."""
        template = deploy_resources(Template.load(template_path, parameters, stack=name), name)
        functions = {spec.name: _load(spec, config_path) for spec in template.functions()}
        return cls(cloud, template, functions)

    @property
    def calls(self) -> Mapping[str, Counter[Call]]:
        """How often each function called each operation of AWS."""
        return {name: function.calls for name, function in self.functions.items()}

    def invoke(self, function: str, event: object) -> Any:
        """As a person does: wait for the answer; raises FunctionError."""
        return self.functions[function].invoke(event)

    def poll(self) -> None:
        """Hand over whatever is visible in the queues."""
        for poller in self._pollers:
            more = True
            while more:
                try:
                    more = poller.poll()
                except FunctionError as error:
                    self._note(poller.function, error)

    def _on_schedule(self, schedule: ScheduleSpec) -> Callable[[datetime], None]:
        def at(time: datetime) -> None:
            stamp = time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            text = schedule.input.replace("<aws.scheduler.scheduled-time>", stamp)
            self._deliver(schedule.function, json.loads(text))

        return at

    def _on_match(self, rule: RuleSpec) -> Callable[[dict[str, Any]], None]:
        pattern = EventPattern(None, dict(rule.pattern))

        def on_event(event: dict[str, Any]) -> None:
            if pattern.matches_event(event):  # type: ignore[arg-type]  # any JSON document will do
                self._deliver(rule.function, event)
                self.poll()

        return on_event

    def _deliver(self, function: str, event: object) -> None:
        """Asynchronously, so a failure is nobody's exception; the template wants no retries."""
        try:
            self.functions[function].invoke(event)
        except FunctionError as error:
            self._note(function, error)

    def _note(self, function: str, error: FunctionError) -> None:
        self.failures.append(Failure(self._clock.now(), function, error))


def period(expression: str) -> timedelta:
    found = _RATE.fullmatch(expression)
    if found is None:
        raise ValueError(f"{expression!r} is not played here; write for example rate(1 minute)")
    return timedelta(**{f"{found[2]}s": int(found[1])})


def _load(spec: FunctionSpec, config_path: Path) -> Function:
    return Function.load(
        spec.code_dir,
        {**spec.environment, "LOWTIDE_CONFIG": str(config_path)},
        function_name=spec.function_name,
        timeout_s=spec.timeout_s,
        memory_mb=spec.memory_mb,
    )
