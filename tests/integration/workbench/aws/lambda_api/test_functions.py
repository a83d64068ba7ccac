"""Functions and their permissions, created, changed and deleted as in AWS."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.workbench.aws.conftest import OVER_HTTP, refusal
from tests.integration.workbench.aws.lambda_api.conftest import ARN, GREETS, Lambda, zipped

INVALID = "InvalidParameterValueException"


@OVER_HTTP
def test_a_function_lives_as_sam_expects_it(aws: Lambda) -> None:
    """The fixture holds each answer against botocore's model."""
    created = aws.create(Tags={"team": "speech"}, Environment={"Variables": {"A": "b"}})
    assert (created["FunctionArn"], created["State"]) == (ARN, "Active")
    aws.api.get_waiter("function_updated_v2").wait(FunctionName="greet")
    assert aws.invoke() == "hello Ann"
    read = aws.api.get_function(FunctionName=ARN)
    assert read["Configuration"]["Environment"] == {"Variables": {"A": "b"}}
    assert read["Configuration"]["CodeSha256"] == created["CodeSha256"]
    assert read["Tags"] == {"team": "speech"}
    names = [each["FunctionName"] for each in aws.api.list_functions()["Functions"]]
    assert names == ["greet"]
    with pytest.raises(aws.api.exceptions.ResourceNotFoundException):
        aws.api.get_function_url_config(FunctionName="greet")
    aws.api.delete_function(FunctionName="greet")
    message = f"Function not found: {ARN}"
    assert refusal(lambda: aws.api.get_function(FunctionName="greet")) == (
        "ResourceNotFoundException",
        message,
    )


def test_the_next_invocation_runs_what_was_changed(aws: Lambda) -> None:
    code = """
        import os

        COLOUR = os.environ.get("COLOUR", "none")

        def lambda_handler(event, context):
            return [COLOUR, context.memory_limit_in_mb]
    """
    aws.create(code)
    seen = [aws.invoke()]
    changed = {"Environment": {"Variables": {"COLOUR": "red"}}, "MemorySize": 256}
    aws.api.update_function_configuration(FunctionName="greet", **changed)
    seen.append(aws.invoke())
    aws.api.update_function_code(FunctionName="greet", ZipFile=zipped({"app.py": GREETS}))
    assert [*seen, aws.invoke()] == [["none", "128"], ["red", "256"], "hello Ann"]


LAYER = "arn:aws:lambda:us-east-1:123456789012:layer:none:1"


@pytest.mark.parametrize(
    ("fields", "code", "message"),
    [
        pytest.param(
            {"FunctionName": "known"}, "ResourceConflictException", "already exist", id="it exists"
        ),
        pytest.param(
            {"Role": "arn:aws:iam::123456789012:role/nobody"},
            INVALID,
            "The role defined for the function cannot be assumed by Lambda.",
            id="its role does not exist",
        ),
        pytest.param(
            {"Layers": [LAYER]}, INVALID, f"Layer version {LAYER} does not exist", id="no layer"
        ),
        pytest.param(
            {"Code": {"ZipFile": b"text"}}, INVALID, "Could not unzip uploaded file", id="no zip"
        ),
        pytest.param(
            {"Code": {"ZipFile": zipped({"../out.py": ""})}},
            INVALID,
            "Could not unzip uploaded file",
            id="a zip that leads out of its folder",
        ),
        pytest.param(
            {"Code": {"S3Bucket": "nowhere", "S3Key": "a.zip"}},
            INVALID,
            "S3 Error Code: NoSuchBucket",
            id="its bucket does not exist",
        ),
        pytest.param(
            {"Environment": {"Variables": {"AWS_REGION": "eu-west-1"}}},
            INVALID,
            "Reserved keys used in this request: AWS_REGION",
            id="a variable of Lambda's own",
        ),
        pytest.param(
            {"Environment": {"Variables": {"A": "b" * 4096}}},
            INVALID,
            "exceeded the 4KB limit",
            id="variables of more than 4 KB",
        ),
        pytest.param(
            {"Timeout": 901}, "ValidationException", "less than or equal to 900", id="the time-out"
        ),
        pytest.param(
            {"Runtime": "nodejs22.x"}, "NotImplemented", "runs python3.13", id="another runtime"
        ),
    ],
)
def test_a_function_that_cannot_be_is_refused(
    aws: Lambda, fields: dict[str, Any], code: str, message: str
) -> None:
    aws.create(FunctionName="known")
    found = refusal(lambda: aws.create(**fields))
    assert (found[0], message in found[1]) == (code, True), found


@pytest.mark.parametrize(
    ("call", "code"),
    [
        pytest.param(
            lambda api: api.update_function_code(
                FunctionName="greet", ZipFile=zipped({"app.py": ""}), RevisionId="old"
            ),
            "PreconditionFailedException",
            id="a change of what the caller has not read",
        ),
        pytest.param(
            lambda api: api.get_function(FunctionName="greet", Qualifier="1"),
            "ResourceNotFoundException",
            id="a version",
        ),
        pytest.param(
            lambda api: api.get_policy(FunctionName="greet"),
            "ResourceNotFoundException",
            id="a policy that nobody has put",
        ),
        pytest.param(
            lambda api: api.get_function_event_invoke_config(FunctionName="greet"),
            "ResourceNotFoundException",
            id="a configuration that nobody has put",
        ),
        pytest.param(
            lambda api: api.remove_permission(FunctionName="greet", StatementId="none"),
            "ResourceNotFoundException",
            id="a statement that is not in the policy",
        ),
        pytest.param(
            lambda api: api.get_layer_version(LayerName="none", VersionNumber=1),
            "ResourceNotFoundException",
            id="a layer that is not there",
        ),
        pytest.param(
            lambda api: api.get_event_source_mapping(UUID="0" * 36),
            "ResourceNotFoundException",
            id="a mapping that is not there",
        ),
        pytest.param(
            lambda api: api.create_alias(FunctionName="greet", Name="live", FunctionVersion="1"),
            "NotImplemented",
            id="an operation that is not played",
        ),
    ],
)
def test_what_is_not_there_has_lambdas_own_error(
    aws: Lambda, call: Callable[[Any], object], code: str
) -> None:
    aws.create()
    assert refusal(lambda: call(aws.api))[0] == code


def test_permissions_are_statements_of_a_policy(aws: Lambda) -> None:
    aws.create()
    rule = "arn:aws:events:us-east-1:123456789012:rule/changed"
    given = {
        "FunctionName": "greet",
        "StatementId": "rule",
        "Action": "lambda:InvokeFunction",
        "Principal": "events.amazonaws.com",
        "SourceArn": rule,
    }
    aws.api.add_permission(**given)
    assert refusal(lambda: aws.api.add_permission(**given))[0] == "ResourceConflictException"
    (statement,) = json.loads(aws.api.get_policy(FunctionName="greet")["Policy"])["Statement"]
    assert statement == {
        "Sid": "rule",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": ARN,
        "Condition": {"ArnLike": {"AWS:SourceArn": rule}},
    }
    aws.api.remove_permission(FunctionName="greet", StatementId="rule")
    assert refusal(lambda: aws.api.get_policy(FunctionName="greet"))[0] == (
        "ResourceNotFoundException"
    )


def test_tags_and_invocation_settings_are_kept_and_removed(aws: Lambda) -> None:
    aws.create()
    of: Any = {"FunctionName": "greet"}
    aws.api.tag_resource(Resource=ARN, Tags={"a": "1", "b": "2"})
    aws.api.untag_resource(Resource=ARN, TagKeys=["a"])
    assert aws.api.list_tags(Resource=ARN)["Tags"] == {"b": "2"}
    aws.api.put_function_event_invoke_config(**of, MaximumRetryAttempts=1)
    updated = aws.api.update_function_event_invoke_config(**of, MaximumEventAgeInSeconds=60)
    assert (updated["MaximumRetryAttempts"], updated["MaximumEventAgeInSeconds"]) == (1, 60)
    aws.api.delete_function_event_invoke_config(**of)
    aws.api.put_function_concurrency(**of, ReservedConcurrentExecutions=3)
    assert aws.api.get_function_concurrency(**of)["ReservedConcurrentExecutions"] == 3
    aws.api.delete_function_concurrency(**of)
    assert "ReservedConcurrentExecutions" not in aws.api.get_function_concurrency(**of)
    assert aws.api.list_function_event_invoke_configs(**of)["FunctionEventInvokeConfigs"] == []
