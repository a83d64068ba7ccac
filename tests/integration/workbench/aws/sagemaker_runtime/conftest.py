"""A client of the runtime, and endpoints of both kinds."""

from typing import Any

import boto3
import pytest

OUTPUT = "s3://answers/out/"
FAILURES = "s3://answers/failed"


@pytest.fixture
def runtime(account: Any) -> Any:
    """Reaches what the account reaches, in process or over HTTP."""
    url = account.sagemaker.meta.endpoint_url
    address = url if "127.0.0.1" in url else None
    return boto3.client("sagemaker-runtime", endpoint_url=address)


@pytest.fixture
def asynchronous(account: Any) -> Any:
    """An account with an asynchronous endpoint in service, and the bucket of its answers."""
    boto3.client("s3").create_bucket(Bucket="answers")
    account.model()
    account.sagemaker.create_endpoint_config(
        EndpointConfigName="config",
        ProductionVariants=[
            {
                "VariantName": "AllTraffic",
                "ModelName": "model",
                "InstanceType": "ml.g6.2xlarge",
                "InitialInstanceCount": 1,
            }
        ],
        AsyncInferenceConfig={"OutputConfig": {"S3OutputPath": OUTPUT, "S3FailurePath": FAILURES}},
    )
    account.create()
    account.wait_for("InService")
    return account
