"""The services that speak of an account: its callers, its quotas, its tags."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.aws.protocol.request_validation import problems, service_model
from lowtide_workbench.aws.settings import AWS_DEFAULTS, Quotas
from tests.integration.workbench.aws.conftest import OVER_HTTP, refusal

type Client = Callable[[str], Any]


@pytest.fixture
def client(account: Any) -> Client:
    """Reaches what the account reaches, in process or over HTTP."""
    url = account.sagemaker.meta.endpoint_url
    address = url if "127.0.0.1" in url else None
    made: Any = boto3.client
    return lambda service: made(service, endpoint_url=address)


@OVER_HTTP
def test_a_caller_has_an_arn_in_the_form_of_aws(client: Client) -> None:
    """Notebooks make the execution role of their models from it."""
    identity = client("sts").get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::123456789012:assumed-role/lowtide-workbench/visitor"
    assert identity["UserId"].endswith(":visitor")
    assert identity["Account"] == "123456789012"


def quotas(client: Client, **request: Any) -> list[dict[str, Any]]:
    pages = (
        client("service-quotas")
        .get_paginator("list_service_quotas")
        .paginate(ServiceCode="sagemaker", **request)
    )
    return [quota for page in pages for quota in page["Quotas"]]


@pytest.mark.parametrize(
    ("settings", "name", "value"),
    [
        pytest.param(Quotas(), "ml.g6.2xlarge for endpoint usage", 10_000,
                     id="no limit is shown as a high one"),
        pytest.param(AWS_DEFAULTS, "ml.g6e.2xlarge for endpoint usage", 0,
                     id="a new account has no ml.g6e (facts 1.4)"),
        pytest.param(Quotas(by_type={"ml.g5.xlarge": 3}), "ml.g5.xlarge for endpoint usage", 3,
                     id="the quota of a type"),
    ],
)  # fmt: skip
def test_a_quota_has_the_value_by_which_requests_are_refused(
    open_account: Any, settings: Quotas, name: str, value: float
) -> None:
    open_account(CloudSettings(quotas=settings))
    made: Any = boto3.client
    (listed,) = [quota for quota in quotas(made) if quota["QuotaName"] == name]
    assert listed["Value"] == value
    found = boto3.client("service-quotas").get_service_quota(
        ServiceCode="sagemaker", QuotaCode=listed["QuotaCode"]
    )["Quota"]
    assert found == listed
    shape = service_model("service-quotas").shape_for("ServiceQuota")
    assert list(problems(shape, found)) == []


@OVER_HTTP
def test_quotas_come_in_pages_each_once(client: Client) -> None:
    codes = [quota["QuotaCode"] for quota in quotas(client)]
    assert len(codes) > 200
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    ("operation", "request_", "code"),
    [
        pytest.param("get_service_quota", {"ServiceCode": "sagemaker", "QuotaCode": "L-0"},
                     "NoSuchResourceException", id="a quota that does not exist"),
        pytest.param("list_service_quotas", {"ServiceCode": "ec2"},
                     "NotImplemented", id="the quotas of another service"),
        pytest.param("list_aws_default_service_quotas", {"ServiceCode": "sagemaker"},
                     "NotImplemented", id="the quotas of a new account"),
    ],
)  # fmt: skip
@OVER_HTTP
def test_service_quotas_refuses(
    client: Client, operation: str, request_: dict[str, str], code: str
) -> None:
    call = getattr(client("service-quotas"), operation)
    assert refusal(lambda: call(**request_))[0] == code


ARN = "arn:aws:sagemaker:us-east-1:123456789012"
NIGHTS = {"Key": "schedule", "Values": ["nights"]}


@pytest.fixture
def tagged(account: Any) -> Any:
    """Endpoints one to three, of which one and two have a schedule; a model without tags."""
    account.configure()
    tags = {"one": "nights", "two": "days", "three": None}
    for name, schedule in tags.items():
        given = [{"Key": "schedule", "Value": schedule}] if schedule else []
        account.create(EndpointName=name, Tags=given)
    account.sagemaker.add_tags(
        ResourceArn=f"{ARN}:endpoint-config/config", Tags=[{"Key": "schedule", "Value": "nights"}]
    )
    return account


def arns(client: Client, **request: Any) -> list[str]:
    pages = client("resourcegroupstaggingapi").get_paginator("get_resources").paginate(**request)
    return sorted(
        mapping["ResourceARN"].removeprefix(f"{ARN}:")
        for page in pages
        for mapping in page["ResourceTagMappingList"]
    )


ENDPOINTS = {"ResourceTypeFilters": ["sagemaker:endpoint"]}


@OVER_HTTP
def test_the_tagging_api_finds(tagged: Any, client: Client) -> None:
    assert tagged.sagemaker.list_endpoints()["Endpoints"]
    config, one, two = "endpoint-config/config", "endpoint/one", "endpoint/two"
    rows: list[tuple[dict[str, Any], list[str]]] = [
        ({}, [config, one, two]),
        (ENDPOINTS, [one, two]),
        ({"ResourceTypeFilters": ["sagemaker"], "TagFilters": [NIGHTS]}, [config, one]),
        (ENDPOINTS | {"TagFilters": [{"Key": "schedule"}]}, [one, two]),
        ({"TagFilters": [{"Key": "team"}]}, []),
        ({"ResourceTypeFilters": ["sagemaker:model"]}, []),
        ({"ResourceARNList": [f"{ARN}:endpoint/two"]}, [two]),
        (ENDPOINTS | {"ResourcesPerPage": 1}, [one, two]),
    ]
    for request, found in rows:
        assert arns(client, **request) == found, request


def test_the_tagging_api_tags_what_exists_until_it_is_deleted(tagged: Any, client: Client) -> None:
    api = client("resourcegroupstaggingapi")
    arn = f"{ARN}:endpoint/three"
    assert not api.tag_resources(ResourceARNList=[arn], Tags={"team": "voice"}).get(
        "FailedResourcesMap"
    )
    assert tagged.sagemaker.list_tags(ResourceArn=arn)["Tags"] == [
        {"Key": "team", "Value": "voice"}
    ]
    assert arns(client, TagFilters=[{"Key": "team"}]) == ["endpoint/three"]
    assert "team" in api.get_tag_keys()["TagKeys"]
    api.untag_resources(ResourceARNList=[arn], TagKeys=["team"])
    assert arns(client, TagFilters=[{"Key": "team"}]) == []
    absent = f"{ARN}:endpoint/absent"
    failed = api.tag_resources(ResourceARNList=[absent], Tags={"team": "voice"})
    assert list(failed["FailedResourcesMap"]) == [absent]
    tagged.wait(minutes=15)
    tagged.sagemaker.delete_endpoint(EndpointName="one")
    tagged.wait(minutes=5)
    assert arns(client, **ENDPOINTS) == ["endpoint/two"]
