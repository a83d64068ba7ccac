"""The services of the planner."""

import boto3

from lowtide.adapters.autoscaling.documents import ScalingDocuments
from lowtide.adapters.cloudwatch import Metrics
from lowtide.adapters.dynamodb.store import Store
from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.bootstrap.clients import DECIDE, parallel_map
from lowtide.workflows.planner.services import PlannerServices


def planner_services(table: str) -> PlannerServices:
    cloudwatch = boto3.client("cloudwatch", config=DECIDE)
    return PlannerServices(
        endpoints=Endpoints(boto3.client("sagemaker", config=DECIDE)),
        metrics=Metrics(cloudwatch),
        scaling=ScalingDocuments(
            boto3.client("application-autoscaling", config=DECIDE), cloudwatch
        ),
        store=Store(boto3.resource("dynamodb", config=DECIDE).Table(table)),
        mapper=parallel_map(),
    )
