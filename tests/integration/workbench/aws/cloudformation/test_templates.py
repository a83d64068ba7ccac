"""What a template may say, and CloudFormation's errors where it says something else."""

from collections.abc import Mapping
from typing import Any

import pytest

from lowtide_workbench.aws.cloudformation.resource_types.base import client
from tests.integration.workbench.aws.cloudformation.conftest import (
    GROUP,
    NAME,
    TOPIC,
    Stacks,
    group,
)
from tests.integration.workbench.aws.conftest import OVER_HTTP, refusal

ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {"AssumeRolePolicyDocument": {"Statement": []}},
}
NAMED_ROLE = {**ROLE, "Properties": {**ROLE["Properties"], "RoleName": "role"}}  # type: ignore[dict-item]


def _of(**constraints: Any) -> dict[str, Any]:
    return {"Type": "String", **constraints}


@pytest.mark.parametrize(
    ("declaration", "value", "message"),
    [
        pytest.param(_of(AllowedValues=["a", "b"]), "c",
                     "Parameter 'P' must be one of AllowedValues", id="a value that is refused"),
        pytest.param(_of(AllowedPattern="[a-z]+"), "A", "Parameter 'P' must match pattern [a-z]+",
                     id="a value that the pattern does not match"),
        pytest.param(_of(AllowedPattern="[a-z]+"), "ab1", "Parameter 'P' must match pattern [a-z]+",
                     id="the pattern must match the whole value"),
        pytest.param(_of(MinLength=2), "a", "Parameter 'P' must contain at least 2 characters",
                     id="a value that is too short"),
        pytest.param(_of(MaxLength=2), "abc", "Parameter 'P' must contain at most 2 characters",
                     id="a value that is too long"),
        pytest.param({"Type": "Number"}, "many", "Parameter 'P' must be a number", id="no number"),
        pytest.param({"Type": "Number", "MinValue": 1}, "0",
                     "Parameter 'P' must be a number not less than 1", id="a number too small"),
        pytest.param({"Type": "Number", "MaxValue": 5}, "5.5",
                     "Parameter 'P' must be a number not greater than 5", id="a number too large"),
        pytest.param(_of(AllowedPattern="a", ConstraintDescription="only a"), "b",
                     "Parameter P failed to satisfy constraint: only a",
                     id="the description of the constraint, where there is one"),
        pytest.param(_of(), None, "Parameters: [P] must have values", id="no value and no default"),
        pytest.param(_of(Default="c", AllowedValues=["a"]), None,
                     "Parameter 'P' must be one of AllowedValues", id="a default that is refused"),
        pytest.param({"Type": "List<Number>"}, "1,b", "Parameter 'P' must be a number",
                     id="an item of a list that is no number"),
    ],
)  # fmt: skip
def test_a_parameter_is_refused(
    stacks: Stacks, declaration: Mapping[str, Any], value: str | None, message: str
) -> None:
    given = {} if value is None else {"P": value}
    refused = refusal(lambda: stacks.propose({"G": GROUP}, given, Parameters={"P": declaration}))
    assert refused == ("ValidationError", message)


@pytest.mark.parametrize(
    ("declaration", "value"),
    [
        pytest.param({"Type": "Number", "AllowedValues": [1, 2]}, "1", id="an allowed number"),
        pytest.param({"Type": "Number", "AllowedValues": [1, 2]}, "1.0", id="in another notation"),
        pytest.param(_of(AllowedPattern="^(a|)$"), "", id="an empty value"),
    ],
)  # fmt: skip
def test_a_parameter_is_taken(stacks: Stacks, declaration: Mapping[str, Any], value: str) -> None:
    stack = stacks.deploy({"G": GROUP}, {"P": value}, Parameters={"P": declaration})
    assert stack["Parameters"] == [{"ParameterKey": "P", "ParameterValue": value}]


def test_an_unknown_parameter_is_refused(stacks: Stacks) -> None:
    refused = refusal(lambda: stacks.propose({"G": GROUP}, {"Nobody": "1"}))
    message = "Parameters: [Nobody] do not exist in the template"
    assert refused == ("ValidationError", message)


@OVER_HTTP
def test_a_secret_is_not_shown(stacks: Stacks) -> None:
    declared = {"P": {"Type": "String", "NoEcho": True}}
    stack = stacks.deploy({"G": GROUP}, {"P": "secret"}, Parameters=declared)
    assert stack["Parameters"] == [{"ParameterKey": "P", "ParameterValue": "****"}]


REGION = {"Ref": "AWS::Region"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param({"Ref": "P"}, "one", id="Ref of a parameter"),
        pytest.param({"Ref": "G"}, "/group", id="Ref of a resource"),
        pytest.param({"Fn::GetAtt": ["G", "Arn"]},
                     "arn:aws:logs:us-east-1:123456789012:log-group:/group:*", id="GetAtt"),
        pytest.param({"Fn::GetAtt": "G.Arn"},
                     "arn:aws:logs:us-east-1:123456789012:log-group:/group:*", id="GetAtt as text"),
        pytest.param({"Fn::Sub": "${P} ${G} ${AWS::StackName} ${!P}"}, "one /group stack ${P}",
                     id="Sub"),
        pytest.param({"Fn::Sub": ["${A}-${P}", {"A": REGION}]}, "us-east-1-one",
                     id="Sub with values of its own"),
        pytest.param({"Fn::Join": ["-", ["a", {"Ref": "P"}, 1, True]]}, "a-one-1-true", id="Join"),
        pytest.param({"Fn::Join": ["-", {"Ref": "L"}]}, "x-y", id="Join of a list parameter"),
        pytest.param({"Fn::Select": [1, {"Fn::Split": [",", "a,b"]}]}, "b", id="Select, Split"),
        pytest.param({"Fn::FindInMap": ["M", REGION, "size"]}, "3", id="FindInMap"),
        pytest.param({"Fn::Base64": "text"}, "dGV4dA==", id="Base64"),
        pytest.param({"Fn::If": ["IsOne", "yes", {"Ref": "G"}]}, "yes", id="If"),
        pytest.param({"Fn::If": ["IsTwo", "yes", "no"]}, "no", id="If not"),
    ],
)  # fmt: skip
def test_an_intrinsic_function(stacks: Stacks, value: Any, expected: str) -> None:
    stacks.deploy(
        {"G": GROUP},
        Parameters={
            "P": {"Type": "String", "Default": "one"},
            "L": {"Type": "CommaDelimitedList", "Default": "x, y"},
        },
        Mappings={"M": {"us-east-1": {"size": 3}}},
        Conditions={
            "IsOne": {"Fn::Equals": [{"Ref": "P"}, "one"]},
            "IsTwo": {"Fn::And": [{"Fn::Not": [{"Condition": "IsOne"}]}, {"Condition": "IsOne"}]},
        },
        Outputs={"Value": {"Value": value}},
    )
    assert stacks.outputs() == {"Value": expected}


def test_no_value_takes_a_property_away(stacks: Stacks) -> None:
    stacks.deploy({"G": group("/a", {"Ref": "AWS::NoValue"}), "H": group("/b", "7")})
    assert stacks.groups() == {"/a": None, "/b": 7}


def test_what_a_condition_leaves_out_is_not_made(stacks: Stacks) -> None:
    stacks.deploy(
        {"G": GROUP, "H": group("/other", Condition="Never")},
        Conditions={"Never": {"Fn::Equals": ["a", "b"]}},
        Outputs={"O": {"Condition": "Never", "Value": {"Ref": "H"}}},
    )
    assert stacks.groups() == {"/group": None}
    assert stacks.outputs() == {}


FORMAT = "Template format error: "
NOT_PLAYED = "The embedded AWS does not play "


@pytest.mark.parametrize(
    ("resources", "sections", "message"),
    [
        pytest.param({"X": {"Type": "AWS::Nobody::Thing"}}, {},
                     f"{FORMAT}Unrecognized resource types: [AWS::Nobody::Thing]",
                     id="a type that AWS does not have"),
        pytest.param({"X": {"Type": "AWS::EC2::Instance"}}, {},
                     f"{NOT_PLAYED}the resource types [AWS::EC2::Instance].",
                     id="a type that is not played"),
        pytest.param({"G": {**GROUP, "Properties": {"KmsKeyId": "k"}}}, {},
                     f"{NOT_PLAYED}the properties [KmsKeyId] of AWS::Logs::LogGroup (G).",
                     id="a property that is not played"),
        pytest.param({"G": group({"Ref": "X"})}, {},  # type: ignore[arg-type]
                     f"{FORMAT}Unresolved resource dependencies [X] in the Resources block of the "
                     "template", id="a reference to nothing"),
        pytest.param({"G": group("/g", DependsOn="X")}, {},
                     f"{FORMAT}Unresolved resource dependencies [X] in the Resources block of the "
                     "template", id="a dependency on nothing"),
        pytest.param({"G": group({"Ref": "H"}), "H": group("/h", Condition="Never")},  # type: ignore[arg-type]
                     {"Conditions": {"Never": {"Fn::Equals": ["a", "b"]}}},
                     f"{FORMAT}Unresolved resource dependencies [H] in the Resources block of the "
                     "template", id="a reference to what a condition leaves out"),
        pytest.param({"G": GROUP}, {"Outputs": {"O": {"Value": {"Ref": "X"}}}},
                     f"{FORMAT}Unresolved resource dependencies [X] in the Outputs block of the "
                     "template", id="an output of nothing"),
        pytest.param({"G": group("/g", Condition="C")}, {},
                     f"{FORMAT}Unresolved condition dependency C", id="an unknown condition"),
        pytest.param({"G": group({"Ref": "H"}), "H": group({"Ref": "G"})}, {},  # type: ignore[arg-type]
                     "Circular dependency between resources: [G, H]", id="a circle"),
        pytest.param({"G": group({"Fn::Cidr": ["10.0.0.0/8", 1]})}, {},  # type: ignore[arg-type]
                     f"{NOT_PLAYED}the intrinsic function Fn::Cidr.",
                     id="a function that is not played"),
        pytest.param({"G": group("{{resolve:ssm:name}}")}, {},
                     f"{NOT_PLAYED}dynamic references to ssm: {{{{resolve:ssm:name}}}}",
                     id="a dynamic reference"),
        pytest.param({"G": GROUP}, {"Parameters": {"P": {"Default": "a"}}},
                     f"{FORMAT}Every Parameters object must contain a Type member.",
                     id="a parameter without a type"),
        pytest.param({"G": GROUP}, {"Transform": "AWS::Include"},
                     f"{NOT_PLAYED}the transforms ['AWS::Include'].", id="another transform"),
        pytest.param({"G": group({"Fn::FindInMap": ["M", "a", "b"]})}, {},  # type: ignore[arg-type]
                     "Template error: Unable to get mapping for M::a::b", id="a missing mapping"),
        pytest.param({"G": group({"Fn::ImportValue": "x"})}, {},  # type: ignore[arg-type]
                     "No export named x found.", id="an import of nothing"),
        pytest.param({"G": GROUP}, {"Rules": {"R": {"Assertions": [
                         {"Assert": {"Fn::Equals": ["a", "b"]}, "AssertDescription": "a is b"}]}}},
                     "Template error: rule R failed: a is b", id="a rule that is not kept"),
    ],
)  # fmt: skip
def test_a_template_is_refused(
    stacks: Stacks, resources: dict[str, Any], sections: dict[str, Any], message: str
) -> None:
    code, said = refusal(lambda: stacks.propose(resources, **sections))
    assert said == message
    assert code == ("NotImplemented" if message.startswith(NOT_PLAYED) else "ValidationError")
    assert stacks.client.describe_stacks()["Stacks"] == []


@pytest.mark.parametrize(
    ("role", "given", "missing"),
    [
        pytest.param(ROLE, [], "CAPABILITY_IAM", id="a role asks for CAPABILITY_IAM"),
        pytest.param(NAMED_ROLE, ["CAPABILITY_IAM"], "CAPABILITY_NAMED_IAM",
                     id="a role with a name asks for more"),
        pytest.param(ROLE, ["CAPABILITY_NAMED_IAM"], None, id="more is enough"),
    ],
)  # fmt: skip
def test_capabilities_must_be_acknowledged(
    stacks: Stacks, role: dict[str, Any], given: list[str], missing: str | None
) -> None:
    request = {"Capabilities": given}
    if missing is None:
        assert stacks.propose({"R": role}, request=request)["Status"] == "CREATE_COMPLETE"
    else:
        refused = refusal(lambda: stacks.propose({"R": role}, request=request))
        message = f"Requires capabilities : [{missing}]"
        assert refused == ("InsufficientCapabilitiesException", message)


def test_a_transform_needs_an_acknowledgement_without_a_change_set(stacks: Stacks) -> None:
    body = "{Transform: AWS::Serverless-2016-10-31, Resources: {T: {Type: AWS::SNS::Topic}}}"
    create = stacks.client.create_stack
    refused = refusal(lambda: create(StackName=NAME, TemplateBody=body))
    message = "Requires capabilities : [CAPABILITY_AUTO_EXPAND]"
    assert refused == ("InsufficientCapabilitiesException", message)
    create(StackName=NAME, TemplateBody=body, Capabilities=["CAPABILITY_AUTO_EXPAND"])
    assert stacks.stack()["StackStatus"] == "CREATE_COMPLETE"


def test_a_template_that_sam_cannot_read_fails_its_change_set(stacks: Stacks) -> None:
    function = {"Type": "AWS::Serverless::Function", "Properties": {"Runtime": "python3.13"}}
    change_set = stacks.propose({"F": function}, Transform="AWS::Serverless-2016-10-31")
    assert (change_set["Status"], change_set["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert change_set["StatusReason"].startswith(
        "Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application "
        "Specification document. Number of errors found: 1."
    )


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("http://127.0.0.1:4666/bucket", id="path style over loopback, as SAM does"),
        pytest.param("https://s3.us-east-1.amazonaws.com/bucket", id="path style"),
        pytest.param("https://bucket.s3.us-east-1.amazonaws.com", id="virtual-hosted style"),
    ],
)
def test_a_template_is_read_from_s3(stacks: Stacks, host: str) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="bucket")
    body = b"Resources: {T: {Type: AWS::SNS::Topic}}"
    s3.put_object(Bucket="bucket", Key="a folder/key", Body=body)
    url = f"{host}/a%20folder/key"
    assert stacks.client.validate_template(TemplateURL=url)["Parameters"] == []
    refused = refusal(lambda: stacks.client.validate_template(TemplateURL=f"{host}/missing"))
    assert refused == ("ValidationError", "S3 error: The specified key does not exist.")


@OVER_HTTP
def test_the_summary_of_a_template(stacks: Stacks) -> None:
    declared = {"P": {"Type": "Number", "Default": 1, "AllowedValues": [1, 2]}}
    stacks.deploy({"T": TOPIC}, Parameters=declared, Description="what it is")
    summary = stacks.client.get_template_summary(StackName=NAME)
    assert summary["Description"] == "what it is"
    assert summary["ResourceTypes"] == ["AWS::SNS::Topic"]
    (parameter,) = summary["Parameters"]
    assert parameter["DefaultValue"] == "1"
    assert parameter["ParameterConstraints"] == {"AllowedValues": ["1", "2"]}
