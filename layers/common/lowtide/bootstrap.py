"""Puts the adapters together: the one place that makes AWS clients."""

from collections.abc import Mapping
from dataclasses import replace

import boto3
from botocore.config import Config as ClientConfig

from lowtide.adapters.autoscaling.documents import ScalingDocuments
from lowtide.adapters.autoscaling.views import ScalingViews
from lowtide.adapters.cloudwatch import Metrics
from lowtide.adapters.dynamodb.store import Store
from lowtide.adapters.iam import RightsCheck
from lowtide.adapters.parallel import InThreads
from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.adapters.sqs import StepsQueue
from lowtide.settings import LifecycleSettings
from lowtide.workflows.publisher.run import Aws
from lowtide.workflows.services import Services

# Many endpoints are asked about at once. Whoever takes longer is left out in this minute only.
THREADS = 16
WITHIN_S = 20
# Adaptive retries slow down by themselves where the unpublished API rates of SageMaker are met.
# A hung connection must not cost the functions, which have less than a minute, their minute.
_CLIENT = ClientConfig(
    retries={"mode": "adaptive", "max_attempts": 5}, connect_timeout=3, read_timeout=10
)
# For questions before a delete, whose missing answer is provided for: an IAM or CloudWatch that
# hangs must not cost the endpoints that come later in the same minute their step.
_ASKING = ClientConfig(
    retries={"mode": "standard", "total_max_attempts": 2},
    connect_timeout=2,
    read_timeout=5,
    max_pool_connections=THREADS,
)
# For what a person only looks at: one service that hangs costs its parts of the answer, not all.
_LOOKING = ClientConfig(
    retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=2, read_timeout=3
)
_MEASURING = ClientConfig(
    retries={"mode": "adaptive", "total_max_attempts": 3},
    connect_timeout=2,
    read_timeout=5,
    max_pool_connections=THREADS,
    # To check each of our own requests, and to describe this machine in it, is a fifth of the work.
    parameter_validation=False,
    user_agent="lowtide",
)
# What is asked again in the next minute, or by a person: the first calls and the last fit one run.
_DECIDING = _MEASURING.merge(ClientConfig(read_timeout=3))


def scaling_views() -> ScalingViews:
    return ScalingViews(
        boto3.client("application-autoscaling", config=_LOOKING),
        boto3.client("cloudwatch", config=_LOOKING),
    )


def steps_queue(url: str) -> StepsQueue:
    return StepsQueue(boto3.client("sqs", config=_DECIDING), url)


def publisher() -> Aws:
    each = InThreads(THREADS, WITHIN_S)
    return Aws(
        endpoints=Endpoints(boto3.client("sagemaker", config=_MEASURING)),
        metrics=Metrics(boto3.client("cloudwatch", config=_MEASURING), each),
        each=each,
    )


def services_for_many(settings: LifecycleSettings, prices: Mapping[str, float]) -> Services:
    """For those who ask about every endpoint, and change none."""
    one = services(settings, prices, _DECIDING)
    return replace(one, each=InThreads(THREADS, WITHIN_S))


def services(
    settings: LifecycleSettings, prices: Mapping[str, float], clients: ClientConfig = _CLIENT
) -> Services:
    table = boto3.resource("dynamodb", config=clients).Table(settings.table)
    scaling = ScalingDocuments(
        boto3.client("application-autoscaling", config=clients),
        boto3.client("cloudwatch", config=clients),
    )
    iam = boto3.client("iam", config=_ASKING)
    return Services(
        endpoints=Endpoints(boto3.client("sagemaker", config=clients)),
        scaling=scaling,
        metrics=Metrics(boto3.client("cloudwatch", config=_ASKING)),
        store=Store(table),
        stack=settings.stack,
        lead=settings.lead,
        longest_creation=settings.longest_creation,
        rights=RightsCheck(iam, settings.reconciler_role, settings.stack),
        deletions_per_minute=settings.deletions_per_minute,
        prices=prices,
    )
