"""Several variants: weights, counts, shadows."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.fleet.pools import Drought

SMALL, OTHER = "ml.g6.2xlarge", "ml.g5.2xlarge"


def two(account: Any, *weights: float, **fields: Any) -> Any:
    variants = [
        {"VariantName": name, "ModelName": "model", "InstanceType": instance_type,
         "InitialInstanceCount": 1, "InitialVariantWeight": weight}
        for name, instance_type, weight in zip(("A", "B"), (SMALL, OTHER), weights, strict=False)
    ]  # fmt: skip
    account.sagemaker.create_endpoint_config(
        EndpointConfigName="config", ProductionVariants=variants, **fields
    )
    account.create()
    account.wait_for("InService")
    return account


def change(account: Any, **changes: dict[str, Any]) -> None:
    account.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=account.name,
        DesiredWeightsAndCapacities=[
            {"VariantName": name, **fields} for name, fields in changes.items()
        ],
    )


def streams(account: Any, calls: int = 1000) -> list[int]:
    """By variant, of so many calls that have just begun and are still going."""
    account.sessions(*((n / calls, 60.0) for n in range(1, calls)))
    account.wait(seconds=10)
    found = [fleet.streams for fleet in account.cloud.fleets(account.name)]
    account.wait(seconds=70)
    return found


def variant_fields(account: Any, field: str) -> list[Any]:
    return [variant[field] for variant in account.described["ProductionVariants"]]


def test_traffic_follows_the_weights_once_they_are_in_force(account: Any) -> None:
    two(account, 3.0, 1.0)
    first, second = streams(account)
    assert first + second == 999
    assert 680 <= first <= 820
    change(account, A={"DesiredWeight": 0.0})
    assert variant_fields(account, "CurrentWeight") == [3.0, 1.0]
    assert variant_fields(account, "DesiredWeight") == [0.0, 1.0]
    account.wait_for("InService")
    assert variant_fields(account, "CurrentWeight") == [0.0, 1.0]
    assert streams(account) == [0, 999]


def test_several_variants_change_at_once(account: Any) -> None:
    two(account, 1.0, 1.0)
    change(account, A={"DesiredInstanceCount": 2}, B={"DesiredInstanceCount": 3})
    (growing, _) = variant_fields(account, "VariantStatus")
    assert growing[0]["Status"] == "Updating"
    assert growing[0]["StatusMessage"] == "Scaling out desired instance count to 2."
    account.wait_for("InService")
    assert variant_fields(account, "CurrentInstanceCount") == [2, 3]


def test_where_one_variant_finds_no_capacity_all_go_back(open_account: Any) -> None:
    """botocore: RollingBack is "rolling back to its previous configuration"."""
    dry = Drought(datetime(2026, 11, 23, 12, 15, tzinfo=UTC).timestamp(), 1e11)
    account = open_account(CloudSettings(droughts={OTHER: [dry]}, provisioning_s=(60, 60)))
    two(account, 1.0, 1.0)
    account.wait(minutes=15)
    change(
        account,
        A={"DesiredInstanceCount": 3, "DesiredWeight": 5.0},
        B={"DesiredInstanceCount": 2},
    )
    account.wait_for("RollingBack")
    account.wait_for("InService")
    assert variant_fields(account, "CurrentInstanceCount") == [1, 1]
    assert (
        variant_fields(account, "DesiredWeight")
        == variant_fields(account, "CurrentWeight")
        == [1.0, 1.0]
    )
    assert "InsufficientInstanceCapacity" in account.described["FailureReason"]
    change(account, A={"DesiredWeight": 2.0})
    assert "FailureReason" not in account.described, "an old failure is forgotten"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        pytest.param([{"VariantName": "C"}], 'Could not find variant "C"', id="unknown"),
        pytest.param([{"VariantName": "A"}, {"VariantName": "A"}], "must be unique", id="twice"),
        pytest.param(
            [{"VariantName": "A", "DesiredInstanceCount": 0}],
            "Only an asynchronous endpoint",
            id="zero instances (facts 4)",
        ),
    ],
)
def test_a_change_is_refused(account: Any, changes: list[dict[str, Any]], text: str) -> None:
    two(account, 1.0, 1.0)
    with pytest.raises(ClientError, match=text):
        account.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName=account.name, DesiredWeightsAndCapacities=changes
        )
    assert account.status == "InService"


def test_an_asynchronous_endpoint_may_have_no_instances(account: Any) -> None:
    """Facts 4, 8."""
    output = {"OutputConfig": {"S3OutputPath": "s3://bucket/out"}}
    two(account, 1.0, AsyncInferenceConfig=output)
    change(account, A={"DesiredInstanceCount": 0})
    account.wait_for("InService")
    assert variant_fields(account, "CurrentInstanceCount") == [0]


def test_a_shadow_has_instances_and_no_traffic_of_its_own(account: Any) -> None:
    shadow = {"VariantName": "Shadow", "ModelName": "model", "InstanceType": OTHER,
              "InitialInstanceCount": 1}  # fmt: skip
    two(account, 1.0, ShadowProductionVariants=[shadow])
    assert streams(account) == [999, 0]
    assert account.cloud.tally(account.name).instance_seconds[OTHER] > 0


def test_variants_of_one_name_or_shadows_of_many_are_refused(account: Any) -> None:
    variant = {"VariantName": "A", "ModelName": "model", "InstanceType": SMALL}
    call = account.sagemaker.create_endpoint_config
    with pytest.raises(ClientError, match="must be unique"):
        call(EndpointConfigName="config", ProductionVariants=[variant, variant])
    shadows = [variant | {"VariantName": name} for name in ("B", "C")]
    with pytest.raises(ClientError, match="you can only specify one variant"):
        call(
            EndpointConfigName="config",
            ProductionVariants=[variant],
            ShadowProductionVariants=shadows,
        )
