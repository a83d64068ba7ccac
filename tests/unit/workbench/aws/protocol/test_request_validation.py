"""The first check of every request, against botocore's model of the operation."""

from typing import Any

import pytest

from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.aws.protocol.request_validation import check

ONE = "ValidationException: 1 validation error detected: Value"
MEMBER = "desiredWeightsAndCapacities.1.member"
FAILED = "failed to satisfy constraint: Member must"


@pytest.mark.parametrize(
    ("operation", "request_", "text"),
    [
        pytest.param("DescribeEndpoint", {}, f"{ONE} null at 'endpointName' {FAILED} not be null",
                     id="a member that must be there"),
        pytest.param("DescribeEndpoint", {"EndpointName": "my_endpoint"},
                     f"{ONE} 'my_endpoint' at 'endpointName' {FAILED} satisfy regular expression "
                     "pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", id="a name out of pattern"),
        pytest.param("ListEndpoints", {"SortOrder": "Up"},
                     f"{ONE} 'Up' at 'sortOrder' {FAILED} satisfy enum value set: "
                     "[Ascending, Descending]", id="a word that is none of those"),
        pytest.param("ListEndpoints", {"MaxResults": 0},
                     f"{ONE} '0' at 'maxResults' {FAILED} have value greater than or equal to 1",
                     id="a number too small"),
        pytest.param("UpdateEndpointWeightsAndCapacities",
                     {"EndpointName": "a", "DesiredWeightsAndCapacities": [{"DesiredWeight": -1.0}]
                      }, "ValidationException: 2 validation errors detected: Value null at "
                     f"'{MEMBER}.variantName' {FAILED} not be null; Value '-1.0' at "
                     f"'{MEMBER}.desiredWeight' {FAILED} have value greater than or equal to 0",
                     id="two problems of one member"),
        pytest.param("DescribeEndpoint", {"EndpointName": 5},
                     "SerializationException: NUMBER_VALUE can not be converted to a String",
                     id="another type"),
        pytest.param("ListEndpoints", {"MaxResults": True},
                     "SerializationException: TRUE_VALUE can not be converted to an Integer",
                     id="true is no number"),
        pytest.param("ListEndpoints", {"MaxResults": 10**12},
                     "SerializationException: NUMBER_VALUE can not be converted to an Integer",
                     id="more than 32 bits"),
    ],
)  # fmt: skip
def test_a_request_is_refused(operation: str, request_: dict[str, Any], text: str) -> None:
    with pytest.raises(Refusal) as caught:
        check("sagemaker", operation, request_)
    assert f"{caught.value.code}: {caught.value.message}" == text


TAGS = [{"Key": "Ключ", "Value": "значение"}]


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        *(pytest.param("DescribeEndpoint", {"EndpointName": name}, id=f"the name {name}")
          for name in ("a", "9-lives", "a--b", "x" * 63)),
        pytest.param("ListEndpoints", {"NameContains": "a--b", "MaxResults": 100},
                     id="the largest number"),
        pytest.param("AddTags", {"ResourceArn": "arn:aws:sagemaker:r:123456789012:x", "Tags": TAGS},
                     id="a pattern that only Java can match"),
    ],
)  # fmt: skip
def test_a_valid_request_passes(operation: str, request_: dict[str, Any]) -> None:
    check("sagemaker", operation, request_)
