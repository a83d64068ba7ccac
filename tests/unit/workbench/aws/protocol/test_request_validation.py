"""The first check of every request, against botocore's model of the operation."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.aws.protocol.request_validation import check


def refused(operation: str, request: Any) -> str:
    with pytest.raises(Refusal) as caught:
        check("sagemaker", operation, request)
    return f"{caught.value.code}: {caught.value.message}"


@pytest.mark.parametrize(
    ("operation", "request_", "text"),
    [
        pytest.param(
            "DescribeEndpoint",
            {},
            "ValidationException: 1 validation error detected: Value null at 'endpointName' failed "
            "to satisfy constraint: Member must not be null",
            id="a member that must be there",
        ),
        pytest.param(
            "DescribeEndpoint",
            {"EndpointName": "my_endpoint"},
            "ValidationException: 1 validation error detected: Value 'my_endpoint' at "
            "'endpointName' failed to satisfy constraint: Member must satisfy regular expression "
            "pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
            id="a name out of pattern",
        ),
        pytest.param(
            "ListEndpoints",
            {"SortOrder": "Up"},
            "ValidationException: 1 validation error detected: Value 'Up' at 'sortOrder' failed to "
            "satisfy constraint: Member must satisfy enum value set: [Ascending, Descending]",
            id="a word that is none of those",
        ),
        pytest.param(
            "ListEndpoints",
            {"MaxResults": 0},
            "ValidationException: 1 validation error detected: Value '0' at 'maxResults' failed to "
            "satisfy constraint: Member must have value greater than or equal to 1",
            id="a number too small",
        ),
        pytest.param(
            "UpdateEndpointWeightsAndCapacities",
            {"EndpointName": "a", "DesiredWeightsAndCapacities": [{"DesiredWeight": -1.0}]},
            "ValidationException: 2 validation errors detected: Value null at "
            "'desiredWeightsAndCapacities.1.member.variantName' failed to satisfy constraint: "
            "Member must not be null; Value '-1.0' at "
            "'desiredWeightsAndCapacities.1.member.desiredWeight' failed to satisfy constraint: "
            "Member must have value greater than or equal to 0",
            id="two problems of one member",
        ),
        pytest.param(
            "DescribeEndpoint",
            {"EndpointName": 5},
            "SerializationException: NUMBER_VALUE can not be converted to a String",
            id="another type",
        ),
        pytest.param(
            "ListEndpoints",
            {"MaxResults": True},
            "SerializationException: TRUE_VALUE can not be converted to an Integer",
            id="true is no number",
        ),
    ],
)
def test_is_refused(operation: str, request_: dict[str, Any], text: str) -> None:
    assert refused(operation, request_) == text


def _fits(name: str) -> bool:
    return name.isascii() and len(name) <= 63


@given(st.from_regex(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,30}", fullmatch=True).filter(_fits))
def test_every_valid_name_passes(name: str) -> None:
    check("sagemaker", "DescribeEndpoint", {"EndpointName": name})
    check("sagemaker", "ListEndpoints", {"NameContains": name, "MaxResults": 100})


def test_what_only_java_can_match_is_let_through() -> None:
    tags = [{"Key": "Ключ", "Value": "значение"}]
    check(
        "sagemaker", "AddTags", {"ResourceArn": "arn:aws:sagemaker:r:123456789012:x", "Tags": tags}
    )
