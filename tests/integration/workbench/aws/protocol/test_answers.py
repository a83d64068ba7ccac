"""Every operation of our SageMaker answers as botocore's model of it says."""

from typing import Any

import pytest
from botocore.model import OperationModel

from lowtide_workbench.aws.protocol.request_validation import problems, service_model
from lowtide_workbench.aws.sagemaker.endpoint_configs import EndpointConfigsApi
from lowtide_workbench.aws.sagemaker.endpoints_api import EndpointsApi
from lowtide_workbench.aws.sagemaker.models import ModelsApi
from lowtide_workbench.aws.sagemaker.tags import TagsApi
from tests.integration.workbench.aws.conftest import OVER_HTTP

ARN = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-endpoint"
NAMES = {"EndpointName": "My-Endpoint"}


@OVER_HTTP
def test_all_operations_answer_by_the_model(account: Any) -> None:
    """The check itself hangs on every client of these tests: see conftest."""
    answered: set[str] = set()

    def record(operation_model: OperationModel, **_: object) -> None:
        answered.add(operation_model.name)

    account.sagemaker.meta.events.register("before-parse.sagemaker", record)
    account.in_service()
    call = account.sagemaker
    call.update_endpoint_weights_and_capacities(
        **NAMES, DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredWeight": 2.0}]
    )
    call.describe_endpoint(**NAMES)
    account.wait_for("InService")
    account.configure(name="other")
    call.update_endpoint(**NAMES, EndpointConfigName="other")
    call.describe_endpoint(**NAMES)
    account.wait_for("InService")
    call.add_tags(ResourceArn=ARN, Tags=[{"Key": "a", "Value": "b"}])
    call.list_tags(ResourceArn=ARN)
    call.delete_tags(ResourceArn=ARN, TagKeys=["a"])
    call.list_endpoints()
    call.list_endpoint_configs()
    call.describe_endpoint_config(EndpointConfigName="other")
    call.describe_model(ModelName="model")
    account.delete()
    call.describe_endpoint(**NAMES)
    call.delete_endpoint_config(EndpointConfigName="config")
    call.delete_model(ModelName="model")
    services = (EndpointsApi, EndpointConfigsApi, ModelsApi, TagsApi)
    assert answered == {name for service in services for name in service.operations}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({}, id="a member that must be there is not"),
        pytest.param({"EndpointArn": "arn"}, id="an ARN too short"),
    ],
)
def test_the_check_can_fail(answer: dict[str, Any]) -> None:
    shape = service_model("sagemaker").operation_model("CreateEndpoint").output_shape
    assert shape is not None
    assert list(problems(shape, answer))


@OVER_HTTP
def test_every_answer_has_a_request_id(account: Any) -> None:
    first, second = (account.sagemaker.list_endpoints()["ResponseMetadata"] for _ in range(2))
    assert first["HTTPStatusCode"] == 200
    assert first["RequestId"] != second["RequestId"]
