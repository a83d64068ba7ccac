"""Plays a scenario: the whole stack in the embedded AWS, from one evening to the last morning."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import boto3

from lowtide.adapters.dynamodb.store import Store
from lowtide.domain.history import Entry
from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.lambda_service.invoker import InvocationFailure
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.aws.stack import Stack
from lowtide_workbench.checkout import template
from lowtide_workbench.demo import endpoint_state
from lowtide_workbench.demo.endpoint import (
    CONFIG,
    ENDPOINT,
    RESOURCE,
    STACK,
    create_endpoint,
    floor_due,
    register_target,
    set_up_scaling,
)
from lowtide_workbench.demo.endpoint_state import EndpointState
from lowtide_workbench.demo.sampler import Sampler
from lowtide_workbench.demo.scenario import CAPACITY, PREFERRED, TARGET, TIMEZONE, Scenario
from lowtide_workbench.fleet.pools import Drought
from lowtide_workbench.fleet.tally import Tally
from lowtide_workbench.report.model import Comparison, Minute

_MINUTE = timedelta(minutes=1)
_STRIDE = timedelta(minutes=10)
_SET_UP = timedelta(minutes=15)
_NEWEST = 1000
_SMOKE_TEST = timedelta(hours=1)

type Progress = Callable[[datetime, Minute], None]


@dataclass(frozen=True, slots=True)
class Run:
    """The raw records of a run."""

    scenario: Scenario
    minutes: tuple[Minute, ...]
    comparisons: tuple[Comparison, ...]
    history: tuple[Entry, ...]
    activities: tuple[dict[str, Any], ...]
    statuses: tuple[tuple[datetime, str], ...]
    requests: tuple[tuple[datetime, dict[str, str]], ...]  # of people: when, and the request
    tally: Tally
    failures: tuple[InvocationFailure, ...]


def play(scenario: Scenario, folder: Path, progress: Progress) -> Run:
    """`folder` receives the configuration file that the functions read."""
    config = folder / "endpoints.yaml"
    config.write_text(_config(scenario))
    with Cloud(scenario.start, _settings(scenario)) as cloud:
        create_endpoint()
        cloud.advance(scenario.start + _SET_UP)
        register_target(scenario)
        set_up_scaling(scenario)
        cloud.traffic(ENDPOINT, scenario.sessions)
        stack = Stack.deploy(cloud, template(), config_path=config, name=STACK)
        return _Player(scenario, cloud, stack).play(progress)


@dataclass(slots=True)
class _Player:
    scenario: Scenario
    cloud: Cloud
    stack: Stack
    store: Store = field(init=False)
    requests: list[tuple[datetime, dict[str, str]]] = field(default_factory=list)
    comparisons: dict[datetime, Comparison] = field(default_factory=dict)  # by time of the sleep
    before_sleep: EndpointState | None = None
    entries_read: int = 0
    reconciler_calls: int = 0

    def play(self, progress: Progress) -> Run:
        self.store = _store(self.stack)
        sampler = Sampler(self.cloud)
        self.cloud.every(_MINUTE, sampler.sample)
        self.cloud.every(_MINUTE, self._follow_history)
        self._wake("10m", "handed over to Lowtide")
        smoke_test_at = self.scenario.start + _SMOKE_TEST
        while (now := self.cloud.clock.now()) < self.scenario.end:
            if now == smoke_test_at:
                self._wake("40m", "smoke test of the new release")
            stops = (now + _STRIDE, smoke_test_at, self.scenario.end)
            self.cloud.advance(min(stop for stop in stops if stop > now))
            progress(self.cloud.clock.now(), sampler.minutes[-1])
        return Run(
            scenario=self.scenario,
            minutes=tuple(sampler.minutes),
            comparisons=tuple(self.comparisons.values()),
            history=self.store.history(ENDPOINT, _NEWEST),
            activities=_activities(),
            statuses=tuple((at, status) for at, _, status in self.cloud.statuses),
            requests=tuple(self.requests),
            tally=self.cloud.tally(ENDPOINT),
            failures=tuple(self.stack.failures),
        )

    def _wake(self, lasts: str, reason: str) -> None:
        request = {
            "action": "wake", "endpoint": ENDPOINT, "for": lasts, "reason": reason, "by": "ann",
        }  # fmt: skip
        self.requests.append((self.cloud.clock.now(), request))
        self.stack.invoke("control", request)

    def _follow_history(self, now: datetime) -> None:
        """Reads the endpoint's state as a snapshot is taken, and compares it after the wake.

        The comparison after the restore is replaced by that after the file's policy is applied.
        """
        calls = self.stack.calls["reconciler"].total()
        if calls == self.reconciler_calls:
            return
        self.reconciler_calls = calls
        entries = self.store.history(ENDPOINT, _NEWEST)
        for entry in entries[self.entries_read :]:
            if entry.step == "TakeSnapshot":  # scaling is suspended only after it
                self.before_sleep = endpoint_state.read(now)
            if entry.step in ("Restore", "ApplyScaling") and self.before_sleep:
                self._compare(self.before_sleep, endpoint_state.read(now))
        self.entries_read = len(entries)

    def _compare(self, before: EndpointState, after: EndpointState) -> None:
        floor = floor_due(self.scenario, before.read_at, after.read_at)
        expected = endpoint_state.with_floor(before, floor)
        self.comparisons[before.read_at] = endpoint_state.compare(expected, after)


def _settings(scenario: Scenario) -> CloudSettings:
    drought = Drought(scenario.drought.start.timestamp(), scenario.drought.end.timestamp())
    return CloudSettings(seed=1, capacity=CAPACITY, droughts={PREFERRED: [drought]})


def _config(scenario: Scenario) -> str:
    start, stop = scenario.window_cron
    capacity = ", ".join(f"{name}: {streams}" for name, streams in CAPACITY.items())
    return f"""\
timezone: {TIMEZONE.key}
schedules:
  opening-hours:
    windows:
      - {{start: "{start}", stop: "{stop}"}}
endpoints:
  - name: {ENDPOINT}
    schedule: opening-hours
    config: {CONFIG}
    scaling:
      capacity: {{{capacity}}}
      min: 1
      max: {scenario.max_instances}
      target: {TARGET}
      publish: [WeightedConcurrency, CapacityUtilization]
"""


def _store(stack: Stack) -> Store:
    return Store(boto3.resource("dynamodb").Table(stack.resources["Table"]))


def _activities() -> tuple[dict[str, Any], ...]:
    """Oldest first."""
    pages = boto3.client("application-autoscaling").get_paginator("describe_scaling_activities")
    activities: Any = pages.paginate(ServiceNamespace="sagemaker", ResourceId=RESOURCE)
    return tuple(reversed([a for page in activities for a in page["ScalingActivities"]]))
