"""The embedded AWS: moto, our own SageMaker hosting and Application Auto Scaling, one clock."""

import os
import random
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Literal, Self
from unittest.mock import patch

from moto import mock_aws

from lowtide_workbench.aws.account import REGION
from lowtide_workbench.aws.autoscaling.api import ApplicationAutoScaling
from lowtide_workbench.aws.autoscaling.engine import ScalingEngine
from lowtide_workbench.aws.cloudformation.service import CloudFormation
from lowtide_workbench.aws.cloudwatch.alarm_actions import notify_topics
from lowtide_workbench.aws.cloudwatch.alarm_engine import AlarmEngine
from lowtide_workbench.aws.cloudwatch.alarm_store import AlarmStore
from lowtide_workbench.aws.cloudwatch.alarms_api import AlarmsApi
from lowtide_workbench.aws.cloudwatch.metric_store import MetricStore
from lowtide_workbench.aws.cloudwatch.metrics_api import MetricsApi
from lowtide_workbench.aws.eventbridge.bus import Bus, Event
from lowtide_workbench.aws.iam.account_view import AccountView
from lowtide_workbench.aws.iam.authorizer import Authorizer
from lowtide_workbench.aws.iam.simulator import PolicySimulator
from lowtide_workbench.aws.lambda_service.service import LambdaService
from lowtide_workbench.aws.protocol.botocore_speed import clients_made_quickly
from lowtide_workbench.aws.protocol.dispatcher import Dispatcher
from lowtide_workbench.aws.protocol.faults import Faults
from lowtide_workbench.aws.protocol.moto_identity import callers_have_a_role
from lowtide_workbench.aws.protocol.moto_patches import (
    asked_before_moto,
    cloudwatch_by,
    publish,
    sqs_remembers_duplicates,
    with_faults,
)
from lowtide_workbench.aws.protocol.moto_s3 import bucket_policies_without_tls
from lowtide_workbench.aws.protocol.moto_speed import (
    names_looked_up_once,
    queries_answered_directly,
)
from lowtide_workbench.aws.protocol.moto_tagging import sagemaker_tags_of
from lowtide_workbench.aws.sagemaker.endpoint_configs import EndpointConfigsApi
from lowtide_workbench.aws.sagemaker.endpoints_api import EndpointPoliciesApi, EndpointsApi
from lowtide_workbench.aws.sagemaker.hosting import Hosting
from lowtide_workbench.aws.sagemaker.models import ModelsApi
from lowtide_workbench.aws.sagemaker.tags import TagsApi
from lowtide_workbench.aws.sagemaker.traffic import Traffic
from lowtide_workbench.aws.sagemaker_runtime.api import RuntimeApi
from lowtide_workbench.aws.sagemaker_runtime.asynchronous.service import (
    AsynchronousInference,
    JobCounts,
)
from lowtide_workbench.aws.service_quotas import ServiceQuotasApi
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.aws.virtual_time.clock import STEP_S, VirtualClock
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


class Cloud:
    """Inside `with cloud:` every boto3 client reaches it, and its time moves only by `advance`."""

    def __init__(self, start: datetime, settings: CloudSettings | None = None) -> None:
        settings = settings or CloudSettings()
        # Changed while time passes: types without capacity, and quotas. By drills and tests.
        self.droughts = dict(settings.droughts)
        self.quotas = dict(settings.quotas.by_type)
        quotas = replace(settings.quotas, by_type=self.quotas)
        self.settings = replace(settings, droughts=self.droughts, quotas=quotas)
        self.clock = VirtualClock(start)
        self.sleepers = Sleepers()
        self.metrics = MetricStore()
        self.faults = Faults(self.settings.seed)
        self.alarms = AlarmStore(self.clock)
        self.roles: dict[str, str] = {}  # ARN by the folder of the function that runs under it
        self._callbacks: list[tuple[float, Callable[[datetime], None]]] = []
        self._contexts = ExitStack()
        self._bus = Bus(random.Random(self.settings.seed))
        self._tags = TagsApi()
        self._alarm_engine = AlarmEngine(self.alarms, self.metrics)
        notify_topics(self.alarms, publish)
        self._hosting = Hosting(self.settings, self._bus, self.metrics, self._tags)
        self._scaling = ScalingEngine(
            self._hosting,
            self.settings.seed,
            zero_maximum=self.settings.asynchronous.zero_maximum,
        )
        self._asynchronous = AsynchronousInference(self._hosting, self.metrics, self.settings)
        self._bus.listen(self._asynchronous.on_event)
        self._runtime = RuntimeApi(
            self._hosting, self._asynchronous, self.clock, self.settings.seed
        )
        self.lambdas = LambdaService(self, self._bus)
        self._cloudformation = CloudFormation(self.clock, self.settings)
        self.dispatcher = self._dispatcher()
        self.every(_STEP, self.lambdas.step)
        self.every(_STEP, self._cloudformation.run_due)

    def _dispatcher(self) -> Dispatcher:
        """Our own services by the prefix of their targets; CloudWatch's hang on moto."""
        hosting, clock, settings = self._hosting, self.clock, self.settings
        scaling = ApplicationAutoScaling(hosting, self._scaling, self.alarms, clock)
        models = ModelsApi(clock, self._tags)
        configs = EndpointConfigsApi(settings, clock, models, self._tags)
        endpoints = EndpointsApi(hosting, configs, models, scaling, clock, settings)
        account = AccountView(hosting, configs, self._tags, scaling)
        self.authorizer = Authorizer(self.roles, account)
        policies = EndpointPoliciesApi(hosting)
        return Dispatcher(
            {
                "SageMaker": (endpoints, policies, configs, models, self._tags),
                "AnyScaleFrontendService": (scaling,),
                "ServiceQuotasV20190624": (ServiceQuotasApi(settings.quotas),),
            },
            checked={
                "SageMaker": "sagemaker",
                "AnyScaleFrontendService": "application-autoscaling",
                "ServiceQuotasV20190624": "service-quotas",
            },
            others=(self._runtime, self._cloudformation, PolicySimulator(), self.lambdas),
        )

    def __enter__(self) -> Self:
        enter = self._contexts.enter_context
        enter(patch.dict(os.environ, _ENVIRONMENT))
        os.environ.pop("AWS_PROFILE", None)
        self.clock.start()
        self._contexts.callback(self.clock.stop)
        self._contexts.callback(self.sleepers.abandon)
        enter(mock_aws())
        enter(clients_made_quickly())
        enter(cloudwatch_by((MetricsApi(self.metrics, self.clock), AlarmsApi(self.alarms))))
        enter(asked_before_moto(self.dispatcher))
        enter(queries_answered_directly())
        enter(names_looked_up_once())
        enter(with_faults(self.faults, self.authorizer.refusal))
        enter(sqs_remembers_duplicates())
        enter(self.lambdas.played())
        enter(callers_have_a_role())
        enter(bucket_policies_without_tls())
        enter(sagemaker_tags_of(self._tags))
        enter(botocore_waits_virtually())
        enter(pools_work_in_turn())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._contexts.close()

    @property
    def statuses(self) -> list[tuple[datetime, str, str]]:
        """Every change of an endpoint's status so far; "Absent" once its name is free."""
        return self._hosting.statuses

    def advance(self, until: datetime) -> None:
        """Moves time on, 10 seconds a step; a step ends earlier at `until` or where a run wakes."""
        while (now := self.clock.now()) < until:
            beyond = timedelta(seconds=now.timestamp() % STEP_S)
            wakes = self.sleepers.first or until
            if wakes <= now:
                self.sleepers.wake(now)
            else:
                self._step(min(now - beyond + _STEP, wakes, until))

    def every(self, period: timedelta, callback: Callable[[datetime], None]) -> None:
        """Calls back at each multiple of the period, after fleets, alarms and scaling."""
        self._callbacks.append((period.total_seconds(), callback))

    def on_event(self, callback: Callable[[Event], None]) -> None:
        self._bus.listen(callback)

    def traffic(self, endpoint: str, sessions: Iterable[Session]) -> None:
        """Plays sessions, which are in order of arrival; those of the past are left out."""
        self._hosting.play(endpoint, Traffic(sessions, self.clock.seconds()))

    def fleet(self, endpoint: str) -> Fleet | None:
        """The true state of the first variant; None without an endpoint."""
        fleets = self.fleets(endpoint)
        return fleets[0] if fleets else None

    def fleets(self, endpoint: str) -> list[Fleet]:
        """The true state of every variant, of both generations during an update."""
        hosted = self._hosting.endpoints.get(endpoint)
        return hosted.fleets if hosted else []

    def status(self, endpoint: str) -> str:
        hosted = self._hosting.endpoints.get(endpoint)
        return hosted.status if hosted else "Absent"

    def impose(
        self,
        endpoint: str,
        status: Literal["SystemUpdating", "OutOfService", "UpdateRollbackFailed"],
        lasts: timedelta | None = None,
    ) -> None:
        """Sets a status that no call brings about here: maintenance, out of service, stuck.

        After `lasts` the endpoint is InService again; without it the status stays.
        """
        seconds = lasts.total_seconds() if lasts is not None else None
        self._hosting.impose(endpoint, status, seconds, self.clock.seconds())

    def tally(self, endpoint: str) -> Tally:
        """Running totals over every life of the endpoint."""
        return self._hosting.tallies[endpoint]

    def jobs(self, endpoint: str) -> JobCounts:
        """The true state of an asynchronous endpoint's jobs, over every life of the endpoint."""
        return self._asynchronous.count(endpoint)

    def _step(self, at: datetime) -> None:
        self.clock.move_to(at)
        now = at.timestamp()
        self._hosting.advance(now)
        self._asynchronous.advance(now)
        self._bus.deliver()
        if now % STEP_S == 0:
            self._measure_and_scale(now)
        self.sleepers.wake(at)
        for period, callback in self._callbacks:
            if now % period == 0:
                callback(at)

    def _measure_and_scale(self, now: float) -> None:
        self._hosting.measure(now)
        self._scaling.settle(now)
        if now % 60 == 0:
            self._scaling.run_schedules(now)
        triggers = self._alarm_engine.evaluate(now)
        self._scaling.respond(triggers, self._alarm_engine.evaluations, now)
