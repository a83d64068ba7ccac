"""What becomes of a stack: created, updated, rolled back, deleted, and each of them failing."""

import json
from typing import Any

import pytest

from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.aws.cloudformation.resource_types.base import client
from lowtide_workbench.aws.protocol.faults import Failed, Fault
from tests.integration.workbench.aws.cloudformation.conftest import (
    GROUP,
    NAME,
    TOPIC,
    Stacks,
    group,
)
from tests.integration.workbench.aws.conftest import OVER_HTTP, refusal

type Document = dict[str, Any]

FAILING = {"Bad": group("/taken", DependsOn=["G"])}  # fails where the group /taken exists


@pytest.fixture(autouse=True)
def _taken(stacks: Stacks) -> None:
    assert stacks.groups() == {}
    client("logs").create_log_group(logGroupName="/taken")


def _body(resources: Document) -> str:
    return json.dumps({"Resources": resources})


@OVER_HTTP
def test_a_stack_is_created_in_the_order_of_its_dependencies(stacks: Stacks) -> None:
    stack = stacks.deploy({"Second": group("/2", DependsOn="First"), "First": group("/1", 7)})
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert stacks.groups() == {"/1": 7, "/2": None, "/taken": None}
    assert stacks.events() == [
        "stack REVIEW_IN_PROGRESS",
        "stack CREATE_IN_PROGRESS",
        "First CREATE_IN_PROGRESS",
        "First CREATE_IN_PROGRESS",
        "First CREATE_COMPLETE",
        "Second CREATE_IN_PROGRESS",
        "Second CREATE_IN_PROGRESS",
        "Second CREATE_COMPLETE",
        "stack CREATE_COMPLETE",
    ]


def test_events_are_later_one_than_the_other_while_the_clock_stands(stacks: Stacks) -> None:
    """SAM leaves out an event whose time is not later than that of the last it showed."""
    stacks.deploy({"G": GROUP})
    events = stacks.client.describe_stack_events(StackName=NAME)["StackEvents"]
    times = [each["Timestamp"] for each in events]
    assert sorted(set(times), reverse=True) == times


@pytest.mark.parametrize(
    ("policy", "left", "event"),
    [
        pytest.param({}, False, "G DELETE_COMPLETE", id="what was made is deleted"),
        pytest.param({"DeletionPolicy": "Retain"}, True, "G DELETE_SKIPPED",
                     id="what is retained stays"),
        pytest.param({"DeletionPolicy": "RetainExceptOnCreate"}, False, "G DELETE_COMPLETE",
                     id="what is retained later only is deleted"),
    ],
)  # fmt: skip
def test_a_creation_that_fails_is_rolled_back(
    stacks: Stacks, policy: Document, *, left: bool, event: str
) -> None:
    stack = stacks.deploy({"G": {**GROUP, **policy}, **FAILING})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert ("/group" in stacks.groups()) == left
    assert stacks.last_events(2) == [event, "stack ROLLBACK_COMPLETE"]
    (reason,) = stacks.reasons()
    assert "ResourceAlreadyExistsException: The specified log group already exists" in reason
    refused = refusal(lambda: stacks.propose({"G": GROUP}))
    message = f"Stack:{stack['StackId']} is in ROLLBACK_COMPLETE state and can not be updated."
    assert refused == ("ValidationError", message)


def test_the_others_of_a_wave_are_cancelled(stacks: Stacks) -> None:
    stacks.deploy({"Bad": group("/taken"), "Other": group("/other")})
    assert stacks.reasons()[1:] == ["Resource creation cancelled"]
    assert "/other" not in stacks.groups()


@pytest.mark.parametrize(
    ("request_fields", "execution", "status"),
    [
        pytest.param({"OnStackFailure": "DELETE"}, {}, None, id="deleted"),
        pytest.param({"OnStackFailure": "DO_NOTHING"}, {}, "CREATE_FAILED", id="left as it is"),
        pytest.param({}, {"DisableRollback": True}, "CREATE_FAILED", id="not rolled back"),
    ],
)
def test_what_becomes_of_a_creation_that_fails_can_be_chosen(
    stacks: Stacks, request_fields: Document, execution: Document, status: str | None
) -> None:
    change_set = stacks.propose({"G": GROUP, **FAILING}, request=request_fields)
    arn, stack = change_set["ChangeSetId"], change_set["StackId"]
    stacks.client.execute_change_set(ChangeSetName=arn, **execution)
    assert stacks.stack(stack)["StackStatus"] == (status or "DELETE_COMPLETE")
    assert ("/group" in stacks.groups()) == (status is not None)


def test_a_creation_that_was_left_is_rolled_back_later(stacks: Stacks) -> None:
    stacks.deploy({"G": GROUP, **FAILING}, execution={"DisableRollback": True})
    stacks.client.rollback_stack(StackName=NAME)
    assert stacks.stack()["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "/group" not in stacks.groups()


def test_a_creation_that_was_left_is_completed_by_an_update(stacks: Stacks) -> None:
    stacks.deploy({"G": GROUP, **FAILING}, execution={"DisableRollback": True})
    stack = stacks.deploy({"G": GROUP, "Bad": group("/free")})
    assert stack["StackStatus"] == "UPDATE_COMPLETE"
    assert stacks.groups().keys() == {"/group", "/free", "/taken"}


def test_what_was_half_made_is_made_again(stacks: Stacks) -> None:
    denied = Failed("AccessDeniedException", "no right for it")
    stacks.cloud.faults.add(Fault(denied, operation="PutRetentionPolicy"))
    wanted = {"G": group("/group", 7)}
    failed = stacks.deploy(wanted, execution={"DisableRollback": True})
    assert failed["StackStatus"] == "CREATE_FAILED"
    assert stacks.groups()["/group"] is None
    assert stacks.deploy(wanted)["StackStatus"] == "UPDATE_COMPLETE"
    assert stacks.groups()["/group"] == 7


@OVER_HTTP
def test_an_update_changes_replaces_adds_and_removes(stacks: Stacks) -> None:
    stacks.deploy({"Kept": group("/kept", 1), "Moved": group("/old"), "Gone": group("/gone")})
    stack = stacks.deploy({"Kept": group("/kept", 7), "Moved": group("/new"), "T": TOPIC})
    assert stack["StackStatus"] == "UPDATE_COMPLETE"
    assert stacks.groups() == {"/kept": 7, "/new": None, "/taken": None}
    assert stacks.last_events(6) == [
        "stack UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "Moved DELETE_IN_PROGRESS",
        "Moved DELETE_COMPLETE",
        "Gone DELETE_IN_PROGRESS",
        "Gone DELETE_COMPLETE",
        "stack UPDATE_COMPLETE",
    ]
    assert stacks.physical_ids().keys() == {"Kept", "Moved", "T"}
    assert stacks.physical_ids()["Moved"] == "/new"


def test_policies_keep_what_an_update_takes_out(stacks: Stacks) -> None:
    retained = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    stacks.deploy({"Moved": group("/old", **retained), "Gone": group("/gone", **retained)})
    stacks.deploy({"Moved": group("/new", **retained)})
    assert stacks.groups().keys() == {"/old", "/gone", "/new", "/taken"}


def test_an_update_that_fails_restores_what_was(stacks: Stacks) -> None:
    parameter = {"Days": {"Type": "Number"}}
    days = {"Ref": "Days"}
    stacks.deploy({"G": group("/g", days), "M": group("/old"), "Gone": group("/gone")},
                  {"Days": "7"}, Parameters=parameter)  # fmt: skip
    stack = stacks.deploy({"G": group("/g", days), "M": group("/new"), "T": TOPIC, **FAILING},
                          {"Days": "30"}, Parameters=parameter)  # fmt: skip
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert stack["Parameters"] == [{"ParameterKey": "Days", "ParameterValue": "7"}]
    assert stacks.groups() == {"/g": 7, "/old": None, "/gone": None, "/taken": None}
    assert client("sns").list_topics()["Topics"] == []
    assert stacks.physical_ids().items() >= {"G": "/g", "M": "/old", "Gone": "/gone"}.items()
    assert stacks.propose(
        {"G": group("/g", days), "M": group("/old"), "Gone": group("/gone")},
        {"Days": "7"}, Parameters=parameter,
    )["Status"] == "FAILED", "nothing differs from what was"  # fmt: skip


def test_an_update_that_was_left_is_rolled_back_later(stacks: Stacks) -> None:
    stacks.deploy({"G": group("/group", 1)})
    changed = {"G": group("/group", 7), **FAILING}
    assert stacks.deploy(changed, execution={"DisableRollback": True})["StackStatus"] == (
        "UPDATE_FAILED"
    )
    assert stacks.groups()["/group"] == 7
    stacks.client.rollback_stack(StackName=NAME)
    assert stacks.stack()["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.groups()["/group"] == 1


def test_an_update_that_was_left_is_tried_again_when_its_cause_is_gone(stacks: Stacks) -> None:
    stacks.deploy({"G": group("/group", 1)})
    changed = {"G": group("/group", 7), **FAILING}
    stacks.deploy(changed, execution={"DisableRollback": True})
    client("logs").delete_log_group(logGroupName="/taken")
    assert stacks.deploy(changed)["StackStatus"] == "UPDATE_COMPLETE"
    assert stacks.groups() == {"/group": 7, "/taken": None}


def _fail_rollback(stacks: Stacks) -> None:
    """An update fails, and its rollback too: someone deleted what it has to change back."""
    stacks.deploy({"G": group("/group", 1), "H": group("/h", 1)})
    changed = {"G": group("/group", 7), "H": group("/h", 7), **FAILING}
    stacks.deploy(changed, execution={"DisableRollback": True})
    client("logs").delete_log_group(logGroupName="/group")
    stacks.client.rollback_stack(StackName=NAME)
    assert stacks.stack()["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
    assert stacks.groups()["/h"] == 1, "what came after it was restored before"


def test_a_rollback_that_fails_is_continued_when_its_cause_is_gone(stacks: Stacks) -> None:
    _fail_rollback(stacks)
    client("logs").create_log_group(logGroupName="/group")
    stacks.client.continue_update_rollback(StackName=NAME)
    assert stacks.stack()["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.groups()["/group"] == 1


def test_a_rollback_that_fails_is_continued_without_a_resource(stacks: Stacks) -> None:
    _fail_rollback(stacks)
    stacks.client.continue_update_rollback(StackName=NAME, ResourcesToSkip=["G"])
    assert stacks.stack()["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"


def test_a_custom_name_is_not_replaced(stacks: Stacks) -> None:
    def queue(**properties: Any) -> Document:
        return {
            "Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q.fifo", **properties}}
        }

    stacks.deploy({"G": GROUP})
    stacks.deploy({"G": GROUP, **queue(FifoQueue=True)})
    stack = stacks.deploy({"G": GROUP, **queue(FifoQueue=False)})
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.reasons() == [
        (
            "CloudFormation cannot update a stack when a custom-named resource requires "
            "replacing. Rename q.fifo and update the stack again."
        )
    ]


@OVER_HTTP
def test_a_stack_is_deleted_dependents_first(stacks: Stacks) -> None:
    kept = group("/kept", DeletionPolicy="Retain")
    stack = stacks.deploy({"G": GROUP, "H": group("/h", DependsOn="G"), "Kept": kept})["StackId"]
    stacks.client.delete_stack(StackName=NAME)
    assert stacks.groups().keys() == {"/kept", "/taken"}
    events = stacks.events(stack)
    assert events.index("H DELETE_COMPLETE") < events.index("G DELETE_IN_PROGRESS")
    assert "Kept DELETE_SKIPPED" in events
    assert stacks.stack(stack)["StackStatus"] == "DELETE_COMPLETE"
    refused = refusal(lambda: stacks.stack())
    assert refused == ("ValidationError", f"Stack with id {NAME} does not exist")
    stacks.client.delete_stack(StackName=NAME)  # no error, as by AWS


def test_a_deletion_that_fails_leaves_what_is_needed(stacks: Stacks) -> None:
    bucket = {"Type": "AWS::S3::Bucket", "DependsOn": "G", "Properties": {"BucketName": "bucket"}}
    stacks.deploy({"G": GROUP, "B": bucket, "T": TOPIC})
    client("s3").put_object(Bucket="bucket", Key="k", Body=b"")
    stacks.client.delete_stack(StackName=NAME)
    assert stacks.stack()["StackStatus"] == "DELETE_FAILED"
    assert stacks.groups().keys() == {"/group", "/taken"}
    assert client("sns").list_topics()["Topics"] == []
    stacks.client.delete_stack(StackName=NAME, RetainResources=["B"])
    assert stacks.client.describe_stacks()["Stacks"] == []
    assert stacks.groups().keys() == {"/taken"}


def test_a_protected_stack_is_not_deleted(stacks: Stacks) -> None:
    stacks.deploy({"G": GROUP})
    protect = stacks.client.update_termination_protection
    protect(StackName=NAME, EnableTerminationProtection=True)
    refused = refusal(lambda: stacks.client.delete_stack(StackName=NAME))
    message = f"Stack [{NAME}] cannot be deleted while TerminationProtection is enabled"
    assert refused == ("ValidationError", message)
    protect(StackName=NAME, EnableTerminationProtection=False)
    stacks.client.delete_stack(StackName=NAME)
    assert stacks.client.describe_stacks()["Stacks"] == []


def test_an_export_is_imported_and_holds_its_stack(stacks: Stacks) -> None:
    exported = {"Value": {"Ref": "G"}, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-group"}}}
    stacks.deploy({"G": GROUP}, Outputs={"O": exported})
    name = {"Fn::Join": ["", [{"Fn::ImportValue": f"{NAME}-group"}, "-two"]]}
    stacks.deploy({"G": group(name)}, stack="other")  # type: ignore[arg-type]
    assert "/group-two" in stacks.groups()
    refused = refusal(lambda: stacks.client.delete_stack(StackName=NAME))
    message = f"Export {NAME}-group cannot be deleted as it is in use by other"
    assert refused == ("ValidationError", message)
    stacks.client.delete_stack(StackName="other")
    stacks.client.delete_stack(StackName=NAME)
    assert stacks.client.list_exports()["Exports"] == []


@OVER_HTTP
def test_create_and_update_without_a_change_set(stacks: Stacks) -> None:
    create, update = stacks.client.create_stack, stacks.client.update_stack
    create(StackName=NAME, TemplateBody=_body({"G": GROUP}))
    refused = refusal(lambda: create(StackName=NAME, TemplateBody=_body({"G": GROUP})))
    assert refused == ("AlreadyExistsException", f"Stack [{NAME}] already exists")
    refused = refusal(lambda: update(StackName=NAME, TemplateBody=_body({"G": GROUP})))
    assert refused == ("ValidationError", "No updates are to be performed.")
    update(StackName=NAME, TemplateBody=_body({"G": group("/group", 7)}))
    assert stacks.groups()["/group"] == 7
    refused = refusal(lambda: update(StackName="x", TemplateBody=_body({"G": GROUP})))
    assert refused == ("ValidationError", "Stack [x] does not exist")


def test_tags_of_a_stack_are_its_resources(stacks: Stacks) -> None:
    def tags() -> object:
        return client("logs").list_tags_log_group(logGroupName="/group")["tags"]

    own = {"Properties": {**GROUP["Properties"], "Tags": [{"Key": "own", "Value": "1"}]}}
    for value, expected in (("a", "a"), ("b", "b")):
        request = {"Tags": [{"Key": "team", "Value": value}, {"Key": "own", "Value": "stack"}]}
        stacks.deploy({"G": {**GROUP, **own}}, request=request)
        assert tags() == {"own": "1", "team": expected}


def test_a_fault_of_the_embedded_aws_is_a_failed_deployment(stacks: Stacks) -> None:
    denied = Failed("AccessDeniedException", "no right for it")
    stacks.cloud.faults.add(Fault(denied, operation="PutRetentionPolicy"))
    assert stacks.deploy({"G": group("/group", 7)})["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "AccessDeniedException: no right for it" in stacks.reasons()[0]
    assert "/group" not in stacks.groups(), "what was half made is deleted"


class TestThatTakesTime:
    """With `stack_step_s`, an operation goes on as the clock does."""

    @pytest.fixture
    def settings(self) -> CloudSettings:
        return CloudSettings(stack_step_s=30)

    def test_a_stack_is_busy_until_its_time_has_passed(self, stacks: Stacks) -> None:
        assert stacks.deploy({"G": GROUP})["StackStatus"] == "CREATE_IN_PROGRESS"
        code, message = refusal(lambda: stacks.propose({"G": GROUP}))
        assert code == "ValidationError"
        assert message.endswith("is in CREATE_IN_PROGRESS state and can not be updated.")
        stacks.wait(minutes=1)
        assert stacks.stack()["StackStatus"] == "CREATE_COMPLETE"

    def test_an_update_is_cancelled(self, stacks: Stacks) -> None:
        stacks.deploy({"G": group("/group", 1)})
        stacks.wait(minutes=1)
        stacks.deploy({"G": group("/group", 7), "H": group("/h", DependsOn="G")})
        stacks.client.cancel_update_stack(StackName=NAME)
        stacks.wait(minutes=3)
        assert stacks.stack()["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
        assert stacks.groups() == {"/group": 1, "/taken": None}

    def test_a_stack_is_deleted_while_it_is_created(self, stacks: Stacks) -> None:
        stack = stacks.deploy({"G": GROUP, "H": group("/h", DependsOn="G")})["StackId"]
        stacks.wait(seconds=30)
        stacks.client.delete_stack(StackName=NAME)
        stacks.wait(minutes=5)
        assert "H CREATE_COMPLETE" not in stacks.events(stack)
        assert stacks.client.describe_stacks()["Stacks"] == []
        assert stacks.groups().keys() == {"/taken"}
