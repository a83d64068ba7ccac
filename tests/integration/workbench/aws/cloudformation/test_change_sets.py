"""What a change set shows before it is executed, and when it cannot be."""

from typing import Any

import pytest

from tests.integration.workbench.aws.cloudformation.conftest import (
    GROUP,
    NAME,
    TOPIC,
    Stacks,
    group,
)
from tests.integration.workbench.aws.conftest import OVER_HTTP, refusal

type Document = dict[str, Any]

NOTHING = (
    "The submitted information didn't contain changes. Submit different information to create a "
    "change set."
)


def _queue(**properties: Any) -> Document:
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def _policy(queue: Any) -> Document:
    properties = {"PolicyDocument": {"Statement": []}, "Queues": [queue]}
    return {"Type": "AWS::SQS::QueuePolicy", "Properties": properties}


REF: Document = {"Ref": "Q"}
ARN: Document = {"Fn::GetAtt": ["Q", "Arn"]}


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        pytest.param({"G": GROUP}, {"G": GROUP, "T": TOPIC}, ["Add T"], id="a new resource"),
        pytest.param({"G": GROUP, "T": TOPIC}, {"T": TOPIC}, ["Remove G"],
                     id="a resource that is gone"),
        pytest.param({"G": group("/g", 1)}, {"G": group("/g", 7)}, ["Modify G False"],
                     id="a value that can be changed"),
        pytest.param({"G": group("/g")}, {"G": group("/h")}, ["Modify G True"],
                     id="a value that is set at creation only"),
        pytest.param({"G": group("/g", 1)}, {"G": group("/g", {"Ref": "P"})}, [],
                     id="the same value in other words"),
        pytest.param({"Q": _queue(), "P": _policy(REF)},
                     {"Q": _queue(DelaySeconds=1), "P": _policy(REF)}, ["Modify Q False"],
                     id="what refers to an updated resource by Ref stays"),
        pytest.param({"Q": _queue(), "P": _policy(REF)},
                     {"Q": _queue(FifoQueue=True), "P": _policy(REF)},
                     ["Modify P False", "Modify Q True"],
                     id="what refers to a replaced resource changes with it"),
        pytest.param({"Q": _queue(), "G": group(ARN)},  # type: ignore[arg-type]
                     {"Q": _queue(DelaySeconds=1), "G": group(ARN)},  # type: ignore[arg-type]
                     ["Modify G Conditional", "Modify Q False"],
                     id="an attribute may change, and then replaces"),
        pytest.param({"G": GROUP}, {"G": {**GROUP, "DependsOn": "T"}, "T": TOPIC}, ["Add T"],
                     id="a dependency changes nothing"),
    ],
)  # fmt: skip
def test_a_change_set_shows(
    stacks: Stacks, before: Document, after: Document, changes: list[str]
) -> None:
    parameter = {"P": {"Type": "Number", "Default": 1}}
    stacks.deploy(before, Parameters=parameter)
    change_set = stacks.propose(after, Parameters=parameter)
    shown = [each["ResourceChange"] for each in change_set["Changes"]]
    assert [
        " ".join(filter(None, [c["Action"], c["LogicalResourceId"], c.get("Replacement")]))
        for c in shown
    ] == changes
    if not changes:
        assert (change_set["Status"], change_set["StatusReason"]) == ("FAILED", NOTHING)


UNTAGGED = {
    "D": {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {"DashboardName": "d", "DashboardBody": '{"widgets": []}'},
    }
}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"Outputs": {"O": {"Value": "other"}}}, id="another output"),
        pytest.param({"request": {"Tags": [{"Key": "k", "Value": "v"}]}}, id="another tag"),
    ],
)
def test_what_changes_no_resource_can_be_deployed(stacks: Stacks, change: Document) -> None:
    stacks.deploy(UNTAGGED)
    change_set = stacks.propose(UNTAGGED, **change)
    assert (change_set["Status"], change_set["Changes"]) == ("CREATE_COMPLETE", [])


def test_the_type_of_a_resource_cannot_change(stacks: Stacks) -> None:
    stacks.deploy({"G": GROUP})
    code, message = refusal(lambda: stacks.propose({"G": TOPIC}))
    assert code == "ValidationError"
    assert message.endswith("modifies resource type of the following resources: [G]")


@OVER_HTTP
def test_what_cannot_be_done_with_change_sets(stacks: Stacks) -> None:
    """Each code and text over HTTP once: CloudFormation's clients look for them."""
    client = stacks.client
    first = stacks.propose({"G": GROUP})
    again = {"StackName": NAME, "ChangeSetName": "change", "ChangeSetType": "CREATE"}
    body = '{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}'

    def create(**fields: Any) -> tuple[str, str]:
        return refusal(
            lambda: client.create_change_set(**{**again, "TemplateBody": body, **fields})
        )

    assert create() == ("AlreadyExistsException", "ChangeSet change already exists")
    assert create(ChangeSetType="UPDATE") == (
        "ValidationError", f"Stack [{NAME}] does not exist"
    )  # fmt: skip
    missing = refusal(lambda: client.describe_change_set(ChangeSetName="x", StackName=NAME))
    assert missing == ("ChangeSetNotFound", "ChangeSet [x] does not exist")
    client.execute_change_set(ChangeSetName="change", StackName=NAME)
    arn, stack = first["ChangeSetId"], stacks.stack()["StackId"]
    executed = refusal(lambda: client.execute_change_set(ChangeSetName=arn))
    assert executed == (
        "InvalidChangeSetStatus",
        f"ChangeSet [{arn}] cannot be executed in its current status of [CREATE_COMPLETE]",
    )
    assert create(ChangeSetName="other") == (
        "ValidationError",
        f"Stack [{NAME}] already exists and cannot be created again with the changeSet [other].",
    )
    assert stacks.stack()["ChangeSetId"] == arn
    assert stacks.events()[0] == f"{NAME} REVIEW_IN_PROGRESS"
    assert stack.startswith("arn:aws:cloudformation:us-east-1:123456789012:stack/stack/")


def test_the_other_change_sets_go_when_one_is_executed(stacks: Stacks) -> None:
    stacks.deploy({"G": GROUP})
    stacks.propose({"T": TOPIC}, request={})
    listed = stacks.client.list_change_sets(StackName=NAME)["Summaries"]
    assert [each["ChangeSetName"] for each in listed] == ["change"]
    body = '{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}'
    made = stacks.client.create_change_set(
        StackName=NAME, ChangeSetName="second", TemplateBody=body
    )
    stacks.client.execute_change_set(ChangeSetName=made["Id"])
    listed = stacks.client.list_change_sets(StackName=NAME)["Summaries"]
    assert [each["ExecutionStatus"] for each in listed] == ["EXECUTE_COMPLETE"]
