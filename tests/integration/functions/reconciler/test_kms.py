"""An endpoint whose configuration names a KMS key comes back, or is not deleted."""

from typing import Any

import boto3
import pytest

from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT
from tests.integration.functions.conftest import EVENING_PAUSE, Town, TownMaker

KEY = "arn:aws:kms:us-east-1:123456789012:key/{}"
PINNED = "    config: {}\n    drain:"


def kms() -> Any:
    return boto3.client("kms")


def sagemaker() -> Any:
    return boto3.client("sagemaker")


def with_key(name: str, key: str) -> None:
    """A configuration like the demo's, with a key."""
    known = sagemaker().describe_endpoint_config(EndpointConfigName=CONFIG)
    sagemaker().create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=known["ProductionVariants"], KmsKeyId=key
    )


def new_key() -> str:
    arn: str = kms().create_key()["KeyMetadata"]["Arn"]
    kms().create_alias(AliasName="alias/voice", TargetKeyId=arn)
    return arn


def pinning(*configs: str) -> str:
    listed = ", ".join(configs)
    return EVENING_PAUSE.replace("    drain:", PINNED.format(f"[{listed}]"))


def refused(town: Town) -> str:
    return str(town.control(action="status", endpoint=ENDPOINT)["refused"])


@pytest.mark.parametrize("configs", [("encrypted",), (CONFIG, "encrypted")], ids=["first", "last"])
def test_without_the_right_it_is_not_deleted(
    town_with: TownMaker, configs: tuple[str, ...]
) -> None:
    town = town_with()
    new_key()
    with_key("encrypted", "alias/voice")
    town.deploy(pinning(*configs))
    town.until("Mon 20:30")
    assert town.status == "InService"
    assert "lacks kms:CreateGrant on alias/voice" in refused(town)
    assert town.ledger() == ["Refuse"]


def test_with_the_parameter_it_sleeps_and_is_created_with_its_key(town_with: TownMaker) -> None:
    """The key has to be there before the stack, as its ARN is a parameter."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("moto.kms.models.generate_key_id", lambda *_: "4711")
        town = town_with(EndpointKmsKeyArns=KEY.format("4711"))
        assert new_key() == KEY.format("4711")
    with_key("encrypted", "alias/voice")
    town.deploy(pinning("encrypted"))
    town.until("Mon 20:30")
    assert town.status == "Absent"
    town.until("Mon 22:00")
    description = sagemaker().describe_endpoint(EndpointName=ENDPOINT)
    assert description["EndpointConfigName"] == "encrypted"
    assert town.stack.failures == []


def test_a_right_that_is_lost_meanwhile_is_what_aws_refuses(town_with: TownMaker) -> None:
    town = town_with()
    town.until("Mon 20:10")
    new_key()
    with_key("encrypted", "alias/voice")
    town.deploy(pinning("encrypted"))
    town.until("Mon 21:40")
    assert town.status == "Absent"
    (tried, *_) = [outcome for step, outcome in town.entries() if step == "Create"]
    assert "not authorized to perform: kms:CreateGrant" in tried
