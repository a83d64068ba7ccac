"""The services of the scheduler, the reconciler and control."""

from collections.abc import Mapping
from dataclasses import replace

import boto3
from botocore.config import Config

from lowtide.adapters.autoscaling.documents import ScalingDocuments
from lowtide.adapters.autoscaling.views import ScalingViews
from lowtide.adapters.cloudwatch import Metrics
from lowtide.adapters.dynamodb.store import Store
from lowtide.adapters.iam import PermissionsCheck
from lowtide.adapters.kms import Keys
from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.adapters.sqs import StepsQueue
from lowtide.bootstrap.clients import BEFORE_DELETE, DECIDE, STATUS, STEP, parallel_map
from lowtide.settings import LifecycleSettings
from lowtide.workflows.services import Services


def services(
    settings: LifecycleSettings, prices: Mapping[str, float], clients: Config = STEP
) -> Services:
    """For the reconciler, which takes one endpoint at a time."""
    return Services(
        endpoints=Endpoints(boto3.client("sagemaker", config=clients)),
        scaling=ScalingDocuments(
            boto3.client("application-autoscaling", config=clients),
            boto3.client("cloudwatch", config=clients),
        ),
        metrics=Metrics(boto3.client("cloudwatch", config=BEFORE_DELETE)),
        store=Store(boto3.resource("dynamodb", config=clients).Table(settings.table)),
        stack=settings.stack,
        lead=settings.lead,
        longest_creation=settings.longest_creation,
        deletion_grace=settings.deletion_grace,
        rights=PermissionsCheck(
            boto3.client("iam", config=BEFORE_DELETE),
            Keys(boto3.client("kms", config=BEFORE_DELETE)),
            settings.reconciler_role,
            settings.stack,
        ),
        deletions_per_minute=settings.deletions_per_minute,
        prices=prices,
        alarm_names=settings.alarm_names,
    )


def services_for_many(settings: LifecycleSettings, prices: Mapping[str, float]) -> Services:
    """For the scheduler and control, which read every endpoint and change none."""
    return replace(services(settings, prices, DECIDE), each=parallel_map())


def scaling_views() -> ScalingViews:
    return ScalingViews(
        boto3.client("application-autoscaling", config=STATUS),
        boto3.client("cloudwatch", config=STATUS),
    )


def steps_queue(url: str) -> StepsQueue:
    return StepsQueue(boto3.client("sqs", config=DECIDE), url)
