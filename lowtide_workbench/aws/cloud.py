"""The embedded AWS: moto, our own SageMaker hosting and Application Auto Scaling, one clock."""

import os
import random
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import datetime, timedelta
from types import TracebackType
from typing import Literal, Self
from unittest.mock import patch

from moto import mock_aws

from lowtide_workbench.aws.account import REGION
from lowtide_workbench.aws.autoscaling.api import ApplicationAutoScaling
from lowtide_workbench.aws.autoscaling.engine import Scaler
from lowtide_workbench.aws.cloudwatch.alarm_actions import AlarmNotices
from lowtide_workbench.aws.cloudwatch.alarm_engine import AlarmWatch
from lowtide_workbench.aws.cloudwatch.alarm_store import AlarmBook
from lowtide_workbench.aws.cloudwatch.alarms_api import Alarms
from lowtide_workbench.aws.cloudwatch.metric_store import MetricStore
from lowtide_workbench.aws.cloudwatch.metrics_api import Metrics
from lowtide_workbench.aws.eventbridge.bus import Bus, Event
from lowtide_workbench.aws.eventbridge.eventbridge import EventBridge
from lowtide_workbench.aws.eventbridge.targets import Targets
from lowtide_workbench.aws.iam import PolicySimulator
from lowtide_workbench.aws.protocol.dispatcher import Dispatcher
from lowtide_workbench.aws.protocol.faults import Faults
from lowtide_workbench.aws.protocol.moto_patches import (
    asked_before_moto,
    cloudwatch_by,
    publish,
    queries_answered_directly,
    sqs_remembers_duplicates,
    with_faults,
)
from lowtide_workbench.aws.sagemaker.endpoint_configs import EndpointConfigs
from lowtide_workbench.aws.sagemaker.endpoints_api import Endpoints
from lowtide_workbench.aws.sagemaker.hosting import Hosting
from lowtide_workbench.aws.sagemaker.models import Models
from lowtide_workbench.aws.sagemaker.runtime import Runtime
from lowtide_workbench.aws.sagemaker.tags import TagBook
from lowtide_workbench.aws.sagemaker.traffic import Traffic
from lowtide_workbench.aws.settings import Settings
from lowtide_workbench.aws.virtual_time.clock import STEP_S, Clock
from lowtide_workbench.aws.virtual_time.sleepers import Sleepers
from lowtide_workbench.aws.virtual_time.thread_pools import pools_work_in_turn
from lowtide_workbench.aws.virtual_time.waiting import botocore_waits_virtually
from lowtide_workbench.fleet.fleet import Fleet, Session
from lowtide_workbench.fleet.tally import Tally

_STEP = timedelta(seconds=STEP_S)
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",  # moto knows AWS's own addresses only
}
_NOT_SAVED = ("_callbacks", "_open", "sleepers")  # they belong to the process


class Cloud:
    """Inside `with cloud:` every boto3 client reaches it, and the clock stands until `advance`."""

    def __init__(self, start: datetime, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.clock = Clock(start)
        self.metrics = MetricStore(absent_is_zero=self.settings.math_of_absent_is_zero)
        self.faults = Faults(self.settings.seed)
        self._bus = Bus(
            self.settings.event_copies,
            random.Random(self.settings.seed),
            self.settings.event_lateness_s,
        )
        self.alarms, tags = AlarmBook(self.clock), TagBook()
        self._watch = AlarmWatch(self.alarms, self.metrics)
        AlarmNotices(self.alarms, publish)
        self._cloudwatch = (Metrics(self.metrics, self.clock), Alarms(self.alarms))
        self._hosting = Hosting(
            self.settings, self._bus, self.metrics, tags, self.alarms.first_in_alarm
        )
        self._scaler = Scaler(self._hosting, self.settings)
        scaling = ApplicationAutoScaling(
            self._hosting, self._scaler, self.alarms, self.clock, self.settings
        )
        models = Models(self.clock, tags)
        configs = EndpointConfigs(self.settings, self.clock, models, tags)
        endpoints = Endpoints(self._hosting, configs, models, scaling, self.clock, self.settings)
        self.dispatcher = Dispatcher(
            {
                "SageMaker": (endpoints, configs, models, tags),
                "AnyScaleFrontendService": (scaling,),
            },
            checked={
                "SageMaker": "sagemaker",
                "AnyScaleFrontendService": "application-autoscaling",
            },
            others=(Runtime(self._hosting), PolicySimulator()),
        )
        self.targets = Targets()
        self._eventbridge = EventBridge(self.targets)
        self._begin()

    def __enter__(self) -> Self:
        self._open.enter_context(patch.dict(os.environ, _ENVIRONMENT))
        os.environ.pop("AWS_PROFILE", None)
        self.clock.start()
        self._open.callback(self.clock.stop)
        self._open.callback(self.sleepers.abandon)
        self._open.enter_context(mock_aws())
        self._open.enter_context(cloudwatch_by(self._cloudwatch))
        self._open.enter_context(asked_before_moto(self.dispatcher))
        self._open.enter_context(queries_answered_directly())
        self._open.enter_context(with_faults(self.faults))
        self._open.enter_context(sqs_remembers_duplicates())
        self._open.enter_context(botocore_waits_virtually())
        self._open.enter_context(pools_work_in_turn())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in vars(self).items() if name not in _NOT_SAVED}

    def __setstate__(self, state: dict[str, object]) -> None:
        vars(self).update(state)
        self._begin()

    def _begin(self) -> None:
        """What belongs to the process, and is made anew where a saved cloud is loaded."""
        self._callbacks: list[tuple[float, Callable[[datetime], None]]] = []
        self._open = ExitStack()
        self.sleepers = Sleepers()
        self.every(timedelta(minutes=1), self._eventbridge.run_schedules)
        self.on_event(self._eventbridge.on_event)

    @property
    def statuses(self) -> list[tuple[datetime, str, str]]:
        """Every change of an endpoint's status so far; "Absent" once its name is free."""
        return self._hosting.statuses

    def advance(self, until: datetime) -> None:
        """10 seconds at a time; less in the last step, and where a sleeper wakes."""
        while (now := self.clock.now()) < until:
            beyond = timedelta(seconds=now.timestamp() % STEP_S)
            wakes = self.sleepers.first or until
            if wakes <= now:
                self.sleepers.wake(now)
            else:
                self._step(min(now - beyond + _STEP, wakes, until))

    def every(self, period: timedelta, callback: Callable[[datetime], None]) -> None:
        """Called at each multiple of the period, after fleets, alarms and scaling."""
        self._callbacks.append((period.total_seconds(), callback))

    def on_event(self, callback: Callable[[Event], None]) -> None:
        self._bus.listen(callback)

    def traffic(self, endpoint: str, sessions: Iterable[Session]) -> None:
        """Sessions by arrival; those of the past are left out."""
        self._hosting.play(endpoint, Traffic(sessions, self.clock.seconds()))

    def fleet(self, endpoint: str) -> Fleet | None:
        """The true state of the first variant; None without an endpoint."""
        found = self._hosting.endpoints.get(endpoint)
        return next(iter(found.variants.values())).fleet if found else None

    def fleets(self, endpoint: str) -> list[Fleet]:
        """The true state of every variant, of both generations while one takes over."""
        found = self._hosting.endpoints.get(endpoint)
        return found.fleets if found else []

    def status(self, endpoint: str) -> str:
        found = self._hosting.endpoints.get(endpoint)
        return found.status if found else "Absent"

    def impose(
        self,
        endpoint: str,
        status: Literal["SystemUpdating", "OutOfService"],
        lasts: timedelta | None = None,
    ) -> None:
        """Maintenance, or taken out of service: AWS's own doing, no call's.

        It ends in InService; without `lasts` it stays.
        """
        seconds = lasts.total_seconds() if lasts is not None else None
        self._hosting.impose(endpoint, status, seconds, self.clock.seconds())

    def tally(self, endpoint: str) -> Tally:
        """Running totals over every life of the endpoint."""
        return self._hosting.tallies[endpoint]

    def _step(self, at: datetime) -> None:
        self.clock.move_to(at)
        now = at.timestamp()
        self._hosting.advance(now)
        self._bus.deliver(now)
        if now % STEP_S == 0:
            self._measure_and_scale(now)
        self.sleepers.wake(at)
        for period, callback in self._callbacks:
            if now % period == 0:
                callback(at)

    def _measure_and_scale(self, now: float) -> None:
        self._hosting.measure(now)
        self._scaler.settle(now)
        if now % 60 == 0:
            self._scaler.run_schedules(now)
        trips = self._watch.evaluate(now)
        self._scaler.respond(trips, self._watch.readings, now)
