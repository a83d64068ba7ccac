"""Listings and tags: filters, order, pages, limits."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
ARN = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-endpoint"


def names(found: Any) -> list[str]:
    return [each["EndpointName"] for each in found["Endpoints"]]


@pytest.fixture
def five(account: Any) -> Any:
    """b-0 to a-4, a minute apart; the last two are still Creating."""
    account.configure()
    for number, name in enumerate(("b-0", "a-1", "b-2")):
        account.create(EndpointName=name)
        account.wait(minutes=1)
        assert number < 3
    account.wait(minutes=17)
    for name in ("b-3", "a-4"):
        account.create(EndpointName=name)
        account.wait(minutes=1)
    return account


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param({}, ["a-4", "b-3", "b-2", "a-1", "b-0"], id="newest first by default"),
        pytest.param({"SortOrder": "Ascending"}, ["b-0", "a-1", "b-2", "b-3", "a-4"], id="oldest"),
        pytest.param({"SortBy": "Name"}, ["b-3", "b-2", "b-0", "a-4", "a-1"], id="by name"),
        pytest.param(
            {"SortBy": "Status", "SortOrder": "Ascending"},
            ["b-3", "a-4", "b-0", "a-1", "b-2"],
            id="by status",
        ),
        pytest.param({"NameContains": "a-"}, ["a-4", "a-1"], id="part of the name"),
        pytest.param({"StatusEquals": "Creating"}, ["a-4", "b-3"], id="in a status"),
        pytest.param({"StatusEquals": "Failed"}, [], id="in a status that none has"),
        pytest.param(
            {"CreationTimeAfter": START, "CreationTimeBefore": START + timedelta(minutes=2)},
            ["a-1"],
            id="created between: both bounds are excluded",
        ),
        pytest.param(
            {"LastModifiedTimeAfter": START + timedelta(minutes=3),
             "LastModifiedTimeBefore": START + timedelta(minutes=20)},
            ["b-2", "a-1", "b-0"],
            id="modified between",
        ),
        pytest.param({"MaxResults": 2}, ["a-4", "b-3"], id="the first page"),
    ],
)  # fmt: skip
def test_endpoints_are_listed(five: Any, asked: dict[str, Any], found: list[str]) -> None:
    assert names(five.sagemaker.list_endpoints(**asked)) == found


@pytest.mark.parametrize("asked", [{"MaxResults": 101}, {"SortBy": "Status2"}])
def test_a_listing_is_refused(account: Any, asked: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="1 validation error detected: Value"):
        account.sagemaker.list_endpoints(**asked)


def test_a_page_holds_ten_and_paginators_find_the_rest(account: Any) -> None:
    account.configure()
    for number in range(23):
        account.create(EndpointName=f"endpoint-{number}")
    pages = account.sagemaker.get_paginator("list_endpoints").paginate()
    assert [len(page["Endpoints"]) for page in pages] == [10, 10, 3]


def test_configurations_and_models_are_listed_the_same_way(account: Any) -> None:
    for number in range(3):
        account.configure(name=f"config-{number}")
        account.wait(minutes=1)
    found = account.sagemaker.list_endpoint_configs(
        CreationTimeAfter=START, SortOrder="Ascending", MaxResults=1
    )
    assert [each["EndpointConfigName"] for each in found["EndpointConfigs"]] == ["config-1"]
    assert found["NextToken"]
    found = account.sagemaker.list_endpoint_configs(NameContains="config-2")
    assert [each["EndpointConfigName"] for each in found["EndpointConfigs"]] == ["config-2"]
    found = account.sagemaker.list_models(CreationTimeBefore=START)
    assert found["Models"] == []


def test_tags_belong_to_the_endpoint_and_go_with_it(account: Any) -> None:
    account.configure()
    account.create(Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    account.sagemaker.add_tags(ResourceArn=ARN, Tags=[{"Key": "b", "Value": "3"}])
    account.sagemaker.delete_tags(ResourceArn=ARN, TagKeys=["a"])
    assert account.sagemaker.list_tags(ResourceArn=ARN)["Tags"] == [{"Key": "b", "Value": "3"}]
    account.wait_for("InService")
    account.delete()
    account.wait_for("Absent")
    account.create()
    assert account.sagemaker.list_tags(ResourceArn=ARN)["Tags"] == []


@pytest.mark.parametrize("resource", ["endpoint/none", "endpoint-config/none", "model/none"])
def test_tags_of_what_is_not_there(account: Any, resource: str) -> None:
    where = f"arn:aws:sagemaker:us-east-1:123456789012:{resource}"
    with pytest.raises(ClientError, match=f'Could not find .*"{where}"'):
        account.sagemaker.list_tags(ResourceArn=where)


def test_configurations_and_models_have_tags_as_well(account: Any) -> None:
    account.configure()
    for resource in ("endpoint-config/config", "model/model"):
        where = f"arn:aws:sagemaker:us-east-1:123456789012:{resource}"
        account.sagemaker.add_tags(ResourceArn=where, Tags=[{"Key": "a", "Value": "1"}])
        assert account.sagemaker.list_tags(ResourceArn=where)["Tags"] == [
            {"Key": "a", "Value": "1"}
        ]


def test_fifty_tags_and_no_more(account: Any) -> None:
    """Facts 5."""
    account.configure()
    tags = [{"Key": f"key-{n}", "Value": "v"} for n in range(51)]
    with pytest.raises(ClientError, match=r"at 'tags' .* length less than or equal to 50"):
        account.create(Tags=tags)
    account.create(Tags=tags[:50])
    with pytest.raises(ClientError, match="more than 50 tags"):
        account.sagemaker.add_tags(ResourceArn=ARN, Tags=tags[50:])
    account.sagemaker.add_tags(ResourceArn=ARN, Tags=[{"Key": "key-1", "Value": "new"}])
    pages = account.sagemaker.get_paginator("list_tags").paginate(ResourceArn=ARN)
    assert [len(page["Tags"]) for page in pages] == [50]


def test_awss_own_tags_cannot_be_set(account: Any) -> None:
    """Facts 5."""
    account.configure()
    reserved = [{"Key": "aws:cloudformation:stack-name", "Value": "stack"}]
    with pytest.raises(ClientError, match="aws: prefixed tag key names are not allowed"):
        account.create(Tags=reserved)
    account.create()
    with pytest.raises(ClientError, match="aws: prefixed tag key names are not allowed"):
        account.sagemaker.add_tags(ResourceArn=ARN, Tags=reserved)
