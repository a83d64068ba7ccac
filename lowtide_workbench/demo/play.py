"""Plays a scenario: the whole stack in the embedded AWS, from one evening to the last morning."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import boto3

from lowtide.adapters.dynamodb.store import Store
from lowtide.domain.history.entry import Entry
from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.deployment.stack import Stack
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.checkout import template
from lowtide_workbench.demo import endpoint_state as photograph
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
from lowtide_workbench.demo.endpoint_state import Photograph
from lowtide_workbench.demo.sampler import Recorder
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
class Played:
    """What a run leaves behind, raw."""

    scenario: Scenario
    minutes: tuple[Minute, ...]
    comparisons: tuple[Comparison, ...]
    ledger: tuple[Entry, ...]
    activities: tuple[dict[str, Any], ...]
    statuses: tuple[tuple[datetime, str], ...]
    wishes: tuple[tuple[datetime, dict[str, str]], ...]  # of people: when, and what they asked
    tally: Tally
    failures: tuple[str, ...]


def play(scenario: Scenario, folder: Path, progress: Progress) -> Played:
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
        return _Run(scenario, cloud, stack).through(progress)


@dataclass(slots=True)
class _Run:
    scenario: Scenario
    cloud: Cloud
    stack: Stack
    comparisons: dict[datetime, Comparison] = field(default_factory=dict)  # by evening
    evening: Photograph | None = None
    store: Store = field(init=False)
    wishes: list[tuple[datetime, dict[str, str]]] = field(default_factory=list)
    seen: int = 0
    reconciler_calls: int = 0

    def through(self, progress: Progress) -> Played:
        self.store = _store(self.stack)
        recorder = Recorder(self.cloud)
        self.cloud.every(_MINUTE, recorder.look)
        self.cloud.every(_MINUTE, self._look_into_the_ledger)
        self._wake("10m", "handed over to Lowtide")
        smoke_test_at = self.scenario.start + _SMOKE_TEST
        while (now := self.cloud.clock.now()) < self.scenario.end:
            if now == smoke_test_at:
                self._wake("40m", "smoke test of the new release")
            self.cloud.advance(_next_stop(now, smoke_test_at, self.scenario.end))
            progress(self.cloud.clock.now(), recorder.minutes[-1])
        return Played(
            scenario=self.scenario,
            minutes=tuple(recorder.minutes),
            comparisons=tuple(self.comparisons.values()),
            ledger=self.store.history(ENDPOINT, _NEWEST),
            activities=_activities(),
            statuses=tuple((at, status) for at, _, status in self.cloud.statuses),
            wishes=tuple(self.wishes),
            tally=self.cloud.tally(ENDPOINT),
            failures=tuple(f"{f.at:%a %H:%M} {f.function}: {f.error}" for f in self.stack.failures),
        )

    def _wake(self, lasts: str, reason: str) -> None:
        wish = {"action": "wake", "endpoint": ENDPOINT, "for": lasts, "reason": reason, "by": "ann"}
        self.wishes.append((self.cloud.clock.now(), wish))
        self.stack.invoke("control", wish)

    def _look_into_the_ledger(self, now: datetime) -> None:
        """A picture as each evening begins, and one as soon as Lowtide says what was saved is
        back, which gives way to one as soon as it says that the file's policy is there, too."""
        calls = self.stack.calls["reconciler"].total()
        if calls == self.reconciler_calls:
            return
        self.reconciler_calls = calls
        entries = self.store.history(ENDPOINT, _NEWEST)
        for entry in entries[self.seen :]:
            if entry.step == "TakeSnapshot":  # scaling is held right after it
                self.evening = photograph.take(now)
            if entry.step in ("Restore", "ApplyScaling") and self.evening:
                due = floor_due(self.scenario, self.evening.taken_at, now)
                expected = photograph.with_floor(self.evening, due)
                found = photograph.compare(expected, photograph.take(now))
                self.comparisons[self.evening.taken_at] = found
        self.seen = len(entries)


def _next_stop(now: datetime, wish_at: datetime, end: datetime) -> datetime:
    return min(stop for stop in (now + _STRIDE, wish_at, end) if stop > now)


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
      max: {scenario.most}
      target: {TARGET}
      publish: [WeightedConcurrency, CapacityUtilization]
"""


def _store(stack: Stack) -> Store:
    scheduler = next(spec for spec in stack.template.functions() if spec.name == "scheduler")
    return Store(boto3.resource("dynamodb").Table(scheduler.environment["LOWTIDE_TABLE"]))


def _activities() -> tuple[dict[str, Any], ...]:
    """Oldest first."""
    pages = boto3.client("application-autoscaling").get_paginator("describe_scaling_activities")
    found: Any = pages.paginate(ServiceNamespace="sagemaker", ResourceId=RESOURCE)
    return tuple(reversed([a for page in found for a in page["ScalingActivities"]]))
