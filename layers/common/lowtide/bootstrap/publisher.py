"""The services of the publisher."""

import time
from datetime import UTC, datetime

import boto3

from lowtide.adapters.cloudwatch import Metrics
from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.bootstrap.clients import PUBLISH, parallel_map
from lowtide.workflows.publisher.run import Clock, PublisherServices


def publisher_services() -> PublisherServices:
    mapper = parallel_map()
    return PublisherServices(
        endpoints=Endpoints(boto3.client("sagemaker", config=PUBLISH)),
        metrics=Metrics(boto3.client("cloudwatch", config=PUBLISH), mapper),
        mapper=mapper,
    )


def real_clock() -> Clock:
    return Clock(now=lambda: datetime.now(UTC), sleep=time.sleep)
