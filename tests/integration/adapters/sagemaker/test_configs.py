"""What an endpoint is created from: configurations, models and kinds."""

from typing import Any

import pytest

from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.endpoint.observed import (
    ConfiguredVariant,
    EndpointConfig,
    Kind,
    Variant,
)
from lowtide.domain.errors import AbsentError
from tests.integration.adapters.conftest import NAME, POOLS, Account
from tests.integration.adapters.sagemaker.conftest import (
    PRODUCTION,
    SHADOW,
    SINGLE,
    configure,
)


def test_a_creation_from_an_absent_configuration_is_an_error(endpoints: Endpoints) -> None:
    with pytest.raises(AbsentError, match="Could not find endpoint configuration"):
        endpoints.create(NAME, "config", {}, {})


def test_an_absent_configuration_has_a_name_and_nothing_else(endpoints: Endpoints) -> None:
    gone = endpoints.config("gone")
    assert gone == EndpointConfig("gone")
    assert endpoints.missing_for(gone) == ("endpoint configuration gone",)


def test_a_configuration_has_types_by_priority_models_of_all_variants_and_its_key(
    account: Account, endpoints: Endpoints
) -> None:
    first, second = POOLS
    pools = [second | {"ModelNameOverride": "compiled"}, first]
    configure(
        account,
        PRODUCTION | {"InstancePools": pools, "InitialInstanceCount": 2},
        {"VariantName": "B", "ModelName": "model", "InitialInstanceCount": 1} | SINGLE,
        KmsKeyId="alias/voice",
    )
    assert endpoints.config("config") == EndpointConfig(
        "config",
        exists=True,
        variants=(
            ConfiguredVariant("AllTraffic", "ml.g6.2xlarge", 2),
            ConfiguredVariant("Canary", "ml.g5.2xlarge", 1),
        ),
        types={"AllTraffic": ("ml.g6.2xlarge", "ml.g6e.2xlarge"), "Canary": ("ml.g5.2xlarge",)},
        models=("compiled", "model"),
        kms_key="alias/voice",
    )


def test_the_models_that_do_not_exist_are_missing(account: Account, endpoints: Endpoints) -> None:
    configure(account, ShadowProductionVariants=[SHADOW])
    found = endpoints.config("config")
    assert endpoints.missing_for(found) == ("model model", "model shadow-model")
    account.sagemaker.create_model(
        ModelName="model", ExecutionRoleArn="arn:aws:iam::123456789012:role/sagemaker-execution"
    )
    assert endpoints.missing_for(found) == ("model shadow-model",)


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        pytest.param({}, set(), id="instances that serve requests"),
        pytest.param(
            {"AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://bucket/out"}}},
            {Kind.ASYNCHRONOUS},
            id="an asynchronous endpoint",
        ),
        pytest.param({"ShadowProductionVariants": [SHADOW]}, {Kind.SHADOWED}, id="a shadow"),
    ],
)
def test_kinds_are_read_from_the_endpoint_and_from_its_configuration(
    account: Account, endpoints: Endpoints, fields: dict[str, Any], kinds: set[Kind]
) -> None:
    configure(account, **fields)
    account.in_service()
    assert endpoints.config("config").kinds == kinds
    assert endpoints.observe(NAME).kinds == kinds


def test_a_variant_without_a_model_is_for_inference_components(
    account: Account, endpoints: Endpoints
) -> None:
    configure(account, {key: value for key, value in PRODUCTION.items() if key != "ModelName"})
    assert endpoints.config("config").kinds == {Kind.COMPONENTS}


def test_a_serverless_endpoint_has_neither_pools_nor_types(
    account: Account, endpoints: Endpoints
) -> None:
    serverless = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}

    def replaced_by(key: str) -> Any:
        def change(parsed: dict[str, Any], **_: object) -> None:
            kept = {"VariantName": "AllTraffic", "ModelName": "model", key: serverless}
            parsed["ProductionVariants"] = [kept]

        return change

    account.configure()
    account.in_service()
    account.after("DescribeEndpoint", replaced_by("CurrentServerlessConfig"))
    account.after("DescribeEndpointConfig", replaced_by("ServerlessConfig"))
    found, config = endpoints.observe(NAME), endpoints.config("config")
    assert found.kinds == config.kinds == {Kind.SERVERLESS}
    assert found.variants == (Variant("AllTraffic", (), pooled=False),)
    assert config.variants == (ConfiguredVariant("AllTraffic", "unknown", 0),)
