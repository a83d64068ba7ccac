"""What a deployment made of an endpoint: weights, counts and how it was rolled out."""

import re
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.endpoint.observed import (
    STACK_TAG,
    Status,
)
from lowtide.domain.errors import AwsError, BusyError
from tests.integration.adapters.conftest import NAME, POOLS, Account

CANARY = {"VariantName": "Canary", "InstancePools": POOLS, "InitialVariantWeight": 0.5}
ROLLING: dict[str, Any] = {
    "RollingUpdatePolicy": {
        "MaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": 50},
        "WaitIntervalInSeconds": 60,
    },
    "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
}


def weights_and_counts(endpoints: Endpoints) -> dict[str, tuple[float, int, float, int]]:
    _, variants = endpoints.deployed(endpoints.observe(NAME))
    return {
        v["VariantName"]: (
            v["DesiredWeight"],
            v["DesiredInstanceCount"],
            v["InitialVariantWeight"],
            v["InitialInstanceCount"],
        )
        for v in variants
    }


def test_weights_and_counts_are_read_beside_those_of_the_configuration(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure({"InstancePools": POOLS, "InitialInstanceCount": 2}, CANARY)
    account.in_service()
    assert weights_and_counts(endpoints) == {"AllTraffic": (1, 2, 1, 2), "Canary": (0.5, 1, 0.5, 1)}
    changes = (
        {"VariantName": "AllTraffic", "DesiredInstanceCount": 3},
        {"VariantName": "Canary", "DesiredWeight": 0.1},
    )
    endpoints.put_variants(NAME, changes)
    with pytest.raises(BusyError):  # it is Updating
        endpoints.put_variants(NAME, changes)
    account.wait_for("InService")
    assert weights_and_counts(endpoints) == {"AllTraffic": (1, 3, 1, 2), "Canary": (0.1, 1, 0.5, 1)}


def test_weights_and_counts_are_read_also_without_the_configuration(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure({"InstancePools": POOLS})
    account.in_service()
    observed = endpoints.observe(NAME)
    account.sagemaker.delete_endpoint_config(EndpointConfigName="config")
    assert endpoints.deployed(observed)[1] == (
        {"VariantName": "AllTraffic", "DesiredWeight": 1.0, "DesiredInstanceCount": 1},
    )


def test_a_deployment_configuration_is_passed_on(account: Account, endpoints: Endpoints) -> None:
    account.configure()
    assert endpoints.create(NAME, "config", {}, ROLLING) == ""
    account.wait_for("InService")
    assert endpoints.deployed(endpoints.observe(NAME))[0] == ROLLING


INVALID = "ValidationException"
TOO_LARGE = (
    "1 validation error detected: Value '9' at 'deploymentConfig.rollingUpdatePolicy."
    "maximumBatchSize.value' failed to satisfy constraint"
)


@pytest.mark.parametrize(
    ("code", "message", "created"),
    [
        pytest.param(INVALID, "Alarm errors does not exist", True, id="its alarm is gone"),
        pytest.param(INVALID, TOO_LARGE, True, id="a field of it is named"),
        pytest.param(INVALID, "MaximumBatchSize must be at most 50%", True, id="its size"),
        pytest.param(INVALID, "The execution role cannot be assumed", False, id="another part"),
        pytest.param(INVALID, "InsufficientInstanceCapacity: deployment", False, id="no instances"),
        pytest.param("AccessDeniedException", "to describe the alarm", False, id="access denied"),
        pytest.param("InternalFailure", "ValidationException: deployment", False, id="AWS fails"),
    ],
)
def test_only_a_validation_error_about_the_deployment_configuration_leaves_it_out(
    account: Account, endpoints: Endpoints, code: str, message: str, *, created: bool
) -> None:
    account.configure()
    has_deployment: list[bool] = []

    def refuse(params: dict[str, Any], **_: object) -> Any:
        has_deployment.append(b"DeploymentConfig" in params["body"])
        if has_deployment == [True]:
            error = {"Error": {"Code": code, "Message": message}}
            return SimpleNamespace(status_code=400, headers={}), error
        return None

    account.sagemaker.meta.events.register("before-call.sagemaker.CreateEndpoint", refuse)
    left_out = ""
    with nullcontext() if created else pytest.raises(AwsError, match=re.escape(message)):
        left_out = endpoints.create(NAME, "config", {}, ROLLING)
    assert has_deployment == ([True, False] if created else [True])
    assert left_out.startswith("without its deployment configuration (") == created
    assert endpoints.observe(NAME).status == (Status.CREATING if created else Status.ABSENT)


JUNK = {"junk": 1}
TAGS_LEFT = "without its tags but lowtide:stack ("


@pytest.mark.parametrize(
    ("tags", "deployment", "left_out"),
    [
        pytest.param({}, JUNK, "without its deployment configuration (", id="junk to botocore"),
        pytest.param({f"t{n}": "" for n in range(60)}, {}, TAGS_LEFT, id="more tags than AWS has"),
        pytest.param({"k" * 200: "v"}, {}, TAGS_LEFT, id="a key of 200 characters"),
        pytest.param({"": "v"}, {}, TAGS_LEFT, id="a key without characters"),
        pytest.param({"k" * 200: "v"}, JUNK, TAGS_LEFT, id="both"),
    ],
)
def test_an_endpoint_is_created_without_the_optional_parts_that_are_refused(
    account: Account,
    endpoints: Endpoints,
    tags: dict[str, str],
    deployment: dict[str, Any],
    left_out: str,
) -> None:
    account.configure()
    own = {STACK_TAG: "lowtide"}
    assert left_out in endpoints.create(NAME, "config", tags | own, deployment)
    assert endpoints.tags(endpoints.observe(NAME).arn) == own
