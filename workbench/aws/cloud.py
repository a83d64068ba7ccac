"""The embedded AWS: moto, our own SageMaker hosting and Application Auto Scaling, one clock."""

import os
import random
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self
from unittest.mock import patch

from moto import mock_aws

from workbench.aws.alarm_book import AlarmBook
from workbench.aws.alarm_notices import AlarmNotices
from workbench.aws.alarm_watch import AlarmWatch
from workbench.aws.alarms_api import Alarms
from workbench.aws.autoscaling import ApplicationAutoScaling
from workbench.aws.clock import STEP_S, Clock
from workbench.aws.events import Bus, Event
from workbench.aws.hosting import Hosting
from workbench.aws.metric_store import MetricStore
from workbench.aws.metrics_api import Metrics
from workbench.aws.moto_internals import asked_before_moto, cloudwatch_by, publish
from workbench.aws.sagemaker import SageMaker
from workbench.aws.scaler import Scaler
from workbench.aws.settings import REGION, Settings
from workbench.aws.traffic import Traffic
from workbench.aws.wire import Dispatcher
from workbench.fleet.fleet import Fleet, Session
from workbench.fleet.tally import Tally

_STEP = timedelta(seconds=STEP_S)
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
}


class Cloud:
    """Inside `with cloud:` every boto3 client reaches it, and the clock stands until `advance`."""

    def __init__(self, start: datetime, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.clock = Clock(start)
        self.metrics = MetricStore(absent_is_zero=self.settings.math_of_absent_is_zero)
        self._bus = Bus(self.settings.event_copies, random.Random(self.settings.seed))
        self._hosting = Hosting(self.settings, self._bus, self.metrics)
        self.alarms = AlarmBook(self.clock)
        self._watch = AlarmWatch(self.alarms, self.metrics)
        AlarmNotices(self.alarms, publish)
        self._cloudwatch = (Metrics(self.metrics, self.clock), Alarms(self.alarms))
        self._scaler = Scaler(self._hosting, self.settings)
        scaling = ApplicationAutoScaling(
            self._hosting, self._scaler, self.alarms, self.clock, self.settings
        )
        sagemaker = SageMaker(
            self._hosting, scaling, self.clock, may_deregister=self.settings.may_deregister
        )
        self._dispatcher = Dispatcher({"SageMaker": sagemaker, "AnyScaleFrontendService": scaling})
        self._callbacks: list[tuple[float, Callable[[datetime], None]]] = []
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._open.enter_context(patch.dict(os.environ, _ENVIRONMENT))
        self.clock.start()
        self._open.callback(self.clock.stop)
        self._open.enter_context(mock_aws())
        self._open.enter_context(cloudwatch_by(self._cloudwatch))
        self._open.enter_context(asked_before_moto(self._dispatcher))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    @property
    def statuses(self) -> list[tuple[datetime, str, str]]:
        """Every change of an endpoint's status so far; "Absent" once its name is free."""
        return self._hosting.statuses

    def advance(self, until: datetime) -> None:
        """10 seconds at a time; the last step may be shorter."""
        while (now := self.clock.now()) < until:
            beyond = timedelta(seconds=now.timestamp() % STEP_S)
            self._step(min(now - beyond + _STEP, until))

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

    def status(self, endpoint: str) -> str:
        found = self._hosting.endpoints.get(endpoint)
        return found.status if found else "Absent"

    def tally(self, endpoint: str) -> Tally:
        """Running totals over every life of the endpoint."""
        return self._hosting.tallies[endpoint]

    def _step(self, at: datetime) -> None:
        self.clock.move_to(at)
        now = at.timestamp()
        self._hosting.advance(now)
        self._bus.deliver()
        if now % STEP_S:
            return
        self._hosting.measure(now)
        self._scaler.settle(now)
        if now % 60 == 0:
            self._scaler.run_schedules(now)
        trips = self._watch.evaluate(now)
        self._scaler.respond(trips, self._watch.readings, now)
        for period, callback in self._callbacks:
            if now % period == 0:
                callback(at)
