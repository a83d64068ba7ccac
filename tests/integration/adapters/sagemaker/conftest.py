"""The adapter of endpoints on an account of the embedded AWS."""

from typing import Any

import pytest

from lowtide.adapters.sagemaker.endpoints import Endpoints
from tests.integration.adapters.conftest import POOLS, Account

PRODUCTION: Any = {
    "VariantName": "AllTraffic",
    "ModelName": "model",
    "InitialInstanceCount": 1,
    "InstancePools": POOLS,
}
SHADOW: Any = PRODUCTION | {"VariantName": "Shadow", "ModelName": "shadow-model"}
SINGLE = {"VariantName": "Canary", "InstanceType": "ml.g5.2xlarge"}


@pytest.fixture
def endpoints(account: Account) -> Endpoints:
    return Endpoints(account.sagemaker)


def configure(account: Account, *variants: Any, **fields: Any) -> None:
    """A configuration of exactly these production variants."""
    account.sagemaker.create_endpoint_config(
        EndpointConfigName="config", ProductionVariants=list(variants or (PRODUCTION,)), **fields
    )
