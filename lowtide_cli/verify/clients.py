"""boto3's clients of the account that the environment names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from lowtide.adapters.aws_errors import translated

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_sagemaker import SageMakerClient


def clients() -> tuple[SageMakerClient, CloudWatchClient]:
    """Raises AwsError where there is no region, too."""
    config = Config(retries={"mode": "standard"})
    with translated():
        return boto3.client("sagemaker", config=config), boto3.client("cloudwatch", config=config)
