"""What InvokeEndpoint says where there is no endpoint to invoke."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.integration.workbench.aws.conftest import OVER_HTTP


@OVER_HTTP
def test_an_endpoint_that_is_not_there_cannot_be_invoked(account: Any) -> None:
    url = account.sagemaker.meta.endpoint_url
    address = url if "127.0.0.1" in url else None
    runtime = boto3.client("sagemaker-runtime", endpoint_url=address)
    account.in_service()
    assert runtime.invoke_endpoint(EndpointName=account.name, Body=b"{}")["Body"] is not None
    with pytest.raises(ClientError) as caught:
        runtime.invoke_endpoint(EndpointName="nobody", Body=b"{}")
    error = caught.value.response["Error"]
    assert error["Code"] == "ValidationError"
    assert error["Message"] == "Endpoint nobody of account 123456789012 not found."
