"""Deploys a template of the working tree in process, as `sam deploy` does it over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, cast

from lowtide_workbench.aws.cloudformation.packaging import packaged
from lowtide_workbench.aws.cloudformation.resource_types.base import client
from lowtide_workbench.aws.virtual_time.clock import STEP_S, VirtualClock

_STEP = timedelta(seconds=STEP_S)
_CAPABILITIES = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


class DeployError(Exception):
    """The stack did not become what was asked for; the message is that of its first failure."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """A stack that is deployed: the names of its resources by logical id, and its outputs."""

    stack: str
    physical_ids: Mapping[str, str]
    outputs: Mapping[str, str]


class Cloud(Protocol):
    """What a deployment needs of the cloud: the time that it takes."""

    @property
    def clock(self) -> VirtualClock: ...
    def advance(self, until: datetime) -> None: ...


def deploy(
    cloud: Cloud,
    template_path: Path,
    parameters: Mapping[str, str] | None = None,
    stack: str = "lowtide-dev",
    files: Mapping[str, Path] | None = None,
) -> Deployed:
    """Creates or updates the stack; what does not change is no error. Raises DeployError.

    It works inside `with cloud:`, and lets the time pass that a deployment takes. Folders that the
    template names are packed as they are; `sam build` is not run. `files` stand in for those of the
    tree, by their paths beside the template, such as the file that lists the endpoints.
    """
    cloudformation = client("cloudformation")
    request = {
        "StackName": stack,
        "TemplateBody": packaged(template_path, files or {}),
        "Parameters": [
            {"ParameterKey": name, "ParameterValue": value}
            for name, value in (parameters or {}).items()
        ],
        "Capabilities": _CAPABILITIES,
    }
    stacks = {each["StackName"] for each in cloudformation.describe_stacks()["Stacks"]}
    kind = "UPDATE" if stack in stacks else "CREATE"
    made = cloudformation.create_change_set(**request, ChangeSetType=kind, ChangeSetName="deploy")
    change_set = cloudformation.describe_change_set(ChangeSetName=made["Id"])
    if change_set["Status"] != "FAILED":
        cloudformation.execute_change_set(ChangeSetName=made["Id"])
    cloudformation.delete_change_set(ChangeSetName=made["Id"])
    reason = change_set.get("StatusReason", "")
    if change_set["Status"] == "FAILED" and "didn't contain changes" not in reason:
        raise DeployError(reason)
    while (state := _state(stack))["StackStatus"].endswith("_IN_PROGRESS"):
        cloud.advance(cloud.clock.now() + _STEP)
    return _deployed(stack, state)


def _state(stack: str) -> Mapping[str, Any]:
    (state,) = client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return cast("Mapping[str, Any]", state)


def _deployed(stack: str, state: Mapping[str, Any]) -> Deployed:
    cloudformation = client("cloudformation")
    if state["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        failed = [each for each in events if each["ResourceStatus"].endswith("_FAILED")]
        reasons = [f"{e['LogicalResourceId']}: {e['ResourceStatusReason']}" for e in failed[-1:]]
        raise DeployError("; ".join([state["StackStatus"], *reasons]))
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    resources = [each for page in pages for each in page["StackResourceSummaries"]]
    return Deployed(
        stack,
        {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in resources},
        {each["OutputKey"]: each["OutputValue"] for each in state.get("Outputs", ())},
    )
