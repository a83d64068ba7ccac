"""boto3's clients of the account and region that are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from lowtide.adapters.aws_errors import translated

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_sagemaker import SageMakerClient


def clients(profile: str | None, region: str | None) -> tuple[SageMakerClient, CloudWatchClient]:
    """Raises AwsError where there is no region, too."""
    config = Config(retries={"mode": "standard"})
    with translated():
        session = boto3.Session(profile_name=profile, region_name=region)
        return (
            session.client("sagemaker", config=config),
            session.client("cloudwatch", config=config),
        )
