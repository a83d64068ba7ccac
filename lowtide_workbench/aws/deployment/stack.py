"""The system that template.yaml describes, deployed into the embedded AWS and hung on its clock."""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from lowtide_workbench.aws.deployment.resources import (
    deploy_alarms,
    deploy_policies,
    deploy_resources,
)
from lowtide_workbench.aws.deployment.template import Template
from lowtide_workbench.aws.lambda_service.function import Function, FunctionError
from lowtide_workbench.aws.lambda_service.handler import Configuration
from lowtide_workbench.aws.lambda_service.invoker import InvocationFailure, Invoker
from lowtide_workbench.aws.lambda_service.sandbox import OwnModules
from lowtide_workbench.aws.lambda_service.service import Dependencies
from lowtide_workbench.aws.lambda_service.sqs_poller import QueuePoller
from lowtide_workbench.aws.protocol.faults import Call
from lowtide_workbench.aws.protocol.moto_patches import matcher
from lowtide_workbench.aws.template_specs import FunctionSpec, RuleSpec, ScheduleSpec

STEP = timedelta(seconds=10)
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")


class StackDependencies(Dependencies, Protocol):
    """The parts of the cloud that a stack needs: those of Lambda, and its clock and events."""

    def every(self, period: timedelta, callback: Callable[[datetime], None]) -> None: ...
    def on_event(self, callback: Callable[[dict[str, Any]], None]) -> None: ...


class Stack:
    """A deployed template; inside `with cloud:` the clock and the events run its functions."""

    def __init__(
        self, cloud: StackDependencies, template: Template, functions: Mapping[str, Function]
    ) -> None:
        self.functions = functions
        self.template = template
        self._cloud = cloud
        self._invoker = Invoker(
            functions.get,
            {spec.name: spec.retries for spec in template.functions()}.__getitem__,
            cloud.clock,
            cloud.metrics,
            cloud.faults,
            cloud.sleepers,
        )
        for function in functions.values():
            self._invoker.measure(function)
        self._pollers = [
            QueuePoller(source, partial(self._invoker.wait, source.function))
            for source in template.queue_sources()
        ]
        cloud.every(STEP, self._invoker.timers.run)
        cloud.roles.update(template.roles())
        for schedule in template.schedules():
            if schedule.enabled:
                cloud.every(period(schedule.expression), self._on_schedule(schedule))
        for rule in template.rules():
            if rule.enabled:
                cloud.on_event(self._on_match(rule))
        cloud.every(STEP, lambda _: self.poll())  # after the schedules of the same instant

    @classmethod
    def deploy(
        cls,
        cloud: StackDependencies,
        template_path: Path,
        *,
        config_path: Path,
        name: str = "lowtide-dev",
        parameters: Mapping[str, str] | None = None,
        own_modules: OwnModules = OwnModules.AS_IN_LAMBDA,
    ) -> "Stack":
        """`config_path` stands for the file in the config layer, which is not unpacked here."""
        given = {"Environment": config_path.stem, **(parameters or {})}
        template = deploy_resources(Template.load(template_path, given, stack=name), name)
        functions = {
            spec.name: _load(spec, config_path, own_modules) for spec in template.functions()
        }
        names = {spec.logical_id: spec.function_name for spec in template.functions()}
        template = template.knowing(names)
        deploy_policies(template)
        deploy_alarms(template, name)
        return cls(cloud, template, functions)

    @property
    def failures(self) -> Sequence[InvocationFailure]:
        """The failed invocations, except of clients that waited."""
        return self._invoker.failures

    @property
    def calls(self) -> Mapping[str, Counter[Call]]:
        """The number of calls of each operation of AWS, by function."""
        return {name: function.calls for name, function in self.functions.items()}

    def invoke(self, function: str, event: object) -> Any:
        """The result of the function; raises FunctionError. While it sleeps, time moves on."""
        run = self.functions[function].begin(event)
        while run.wakes is not None:
            self._cloud.advance(run.wakes)
            run.go_on()
        return run.result

    def send(self, function: str, event: object) -> None:
        """Queues an event and does not wait (InvocationType Event)."""
        self._invoker.queue(function, event)

    def poll(self) -> None:
        """Hands over all messages that are visible in the queues."""
        for poller in self._pollers:
            more = True
            while more:
                with suppress(FunctionError):  # recorded; the batch becomes visible again
                    more = poller.poll()

    def _on_schedule(self, schedule: ScheduleSpec) -> Callable[[datetime], None]:
        def at(time: datetime) -> None:
            stamp = time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            text = schedule.input.replace("<aws.scheduler.scheduled-time>", stamp)
            self._invoker.send(schedule.function, json.loads(text), schedule.retries)

        return at

    def _on_match(self, rule: RuleSpec) -> Callable[[dict[str, Any]], None]:
        matches = matcher(rule.pattern)

        def on_event(event: dict[str, Any]) -> None:
            if matches(event):
                self._invoker.send(rule.function, event, rule.retries)
                self.poll()

        return on_event


def period(expression: str) -> timedelta:
    match = _RATE.fullmatch(expression)
    if match is None:
        raise ValueError(f"{expression!r} is not played here; write for example rate(1 minute)")
    return timedelta(**{f"{match[2]}s": int(match[1])})


def _load(spec: FunctionSpec, config_path: Path, own_modules: OwnModules) -> Function:
    configuration = Configuration(
        spec.code_dir,
        {**spec.environment, "LOWTIDE_CONFIG": str(config_path)},
        spec.timeout_s,
        spec.memory_mb,
        own_modules,
    )
    return Function.started(spec.name, configuration, function_name=spec.function_name)
