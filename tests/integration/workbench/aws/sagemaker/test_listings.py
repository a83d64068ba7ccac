"""Listings and tags: filters, order, pages, limits."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
ARN = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-endpoint"


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


@pytest.fixture
def five(account: Any) -> Any:
    """b-0 to a-4, a minute apart; the last two are still Creating."""
    account.configure()
    for name in ("b-0", "a-1", "b-2"):
        account.create(EndpointName=name)
        account.wait(minutes=1)
    account.wait(minutes=17)
    for name in ("b-3", "a-4"):
        account.create(EndpointName=name)
        account.wait(minutes=1)
    return account


def test_endpoints_are_listed(five: Any) -> None:
    """Both bounds of a time are excluded."""
    rows: list[tuple[dict[str, Any], str]] = [
        ({}, "a-4 b-3 b-2 a-1 b-0"),
        ({"SortOrder": "Ascending"}, "b-0 a-1 b-2 b-3 a-4"),
        ({"SortBy": "Name"}, "b-3 b-2 b-0 a-4 a-1"),
        ({"SortBy": "Status", "SortOrder": "Ascending"}, "b-3 a-4 b-0 a-1 b-2"),
        ({"NameContains": "a-"}, "a-4 a-1"),
        ({"StatusEquals": "Creating"}, "a-4 b-3"),
        ({"StatusEquals": "Failed"}, ""),
        ({"CreationTimeAfter": START, "CreationTimeBefore": at(2)}, "a-1"),
        ({"LastModifiedTimeAfter": at(3), "LastModifiedTimeBefore": at(20)}, "b-2 a-1 b-0"),
        ({"MaxResults": 2}, "a-4 b-3"),
    ]
    for request, expected in rows:
        found = five.sagemaker.list_endpoints(**request)["Endpoints"]
        assert " ".join(each["EndpointName"] for each in found) == expected, request


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


@pytest.mark.parametrize("kind", ["endpoint-config", "model"])
def test_configurations_and_models_have_tags_as_well(account: Any, kind: str) -> None:
    account.configure()
    name = {"endpoint-config": "config"}.get(kind, kind)
    where = f"arn:aws:sagemaker:us-east-1:123456789012:{kind}"
    account.sagemaker.add_tags(ResourceArn=f"{where}/{name}", Tags=[{"Key": "a", "Value": "1"}])
    tags = account.sagemaker.list_tags(ResourceArn=f"{where}/{name}")["Tags"]
    assert tags == [{"Key": "a", "Value": "1"}]
    with pytest.raises(ClientError, match=f'Could not find .*"{where}/none"'):
        account.sagemaker.list_tags(ResourceArn=f"{where}/none")


def test_fifty_tags_and_none_of_awss_own(account: Any) -> None:
    """Facts 5."""
    account.configure()
    tags = [{"Key": f"key-{n}", "Value": "v"} for n in range(51)]
    with pytest.raises(ClientError, match=r"at 'tags' .* length less than or equal to 50"):
        account.create(Tags=tags)
    reserved = [{"Key": "aws:cloudformation:stack-name", "Value": "stack"}]
    with pytest.raises(ClientError, match="aws: prefixed tag key names are not allowed"):
        account.create(Tags=reserved)
    account.create(Tags=tags[:50])
    with pytest.raises(ClientError, match="aws: prefixed tag key names are not allowed"):
        account.sagemaker.add_tags(ResourceArn=ARN, Tags=reserved)
    with pytest.raises(ClientError, match="more than 50 tags"):
        account.sagemaker.add_tags(ResourceArn=ARN, Tags=tags[50:])
    account.sagemaker.add_tags(ResourceArn=ARN, Tags=[{"Key": "key-1", "Value": "new"}])
    pages = account.sagemaker.get_paginator("list_tags").paginate(ResourceArn=ARN)
    assert [len(page["Tags"]) for page in pages] == [50]
