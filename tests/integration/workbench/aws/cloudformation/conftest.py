"""CloudFormation as clients use it: change sets for what is deployed, events for what was done."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from typing import Any

import boto3
import pytest

from lowtide_workbench.aws import Cloud, CloudSettings
from lowtide_workbench.aws.account import REGION
from lowtide_workbench.aws.cloudformation.resource_types.base import client
from tests.integration.workbench.aws.conftest import START

type Document = dict[str, Any]

NAME = "stack"
GROUP: Document = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/group"}}
TOPIC: Document = {"Type": "AWS::SNS::Topic"}


def group(name: str, days: Any = None, **fields: Any) -> Document:
    """A log group, the cheapest resource, as a template has it."""
    retention = {} if days is None else {"RetentionInDays": days}
    return {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {"LogGroupName": name, **retention},
        **fields,
    }


class Stacks:
    """A client, and the usual way of a template into a stack."""

    def __init__(self, cloud: Cloud, client: Any) -> None:
        self.cloud = cloud
        self.client = client

    def propose(
        self,
        resources: Mapping[str, Document],
        parameters: Mapping[str, str] | None = None,
        stack: str = NAME,
        request: Mapping[str, Any] | None = None,
        **sections: Any,
    ) -> Document:
        """A change set, as CloudFormation describes it."""
        names = [each["StackName"] for each in self.client.describe_stacks()["Stacks"]]
        given = [{"ParameterKey": k, "ParameterValue": v} for k, v in (parameters or {}).items()]
        made = self.client.create_change_set(
            StackName=stack,
            ChangeSetName="change",
            ChangeSetType="UPDATE" if stack in names else "CREATE",
            TemplateBody=json.dumps({"Resources": resources, **sections}),
            Parameters=given,
            **(request or {}),
        )
        return dict(self.client.describe_change_set(ChangeSetName=made["Id"]))

    def deploy(self, resources: Mapping[str, Document], *args: Any, **fields: Any) -> Document:
        """The stack after a change set was executed, whatever came of it."""
        execution = fields.pop("execution", {})
        change_set = self.propose(resources, *args, **fields)
        assert change_set["Status"] == "CREATE_COMPLETE", change_set
        self.client.execute_change_set(ChangeSetName=change_set["ChangeSetId"], **execution)
        self.client.delete_change_set(ChangeSetName=change_set["ChangeSetId"])
        return self.stack(change_set["StackName"])

    def stack(self, name: str = NAME) -> Document:
        (stack,) = self.client.describe_stacks(StackName=name)["Stacks"]
        return dict(stack)

    def outputs(self, name: str = NAME) -> dict[str, str]:
        return {each["OutputKey"]: each["OutputValue"] for each in self.stack(name)["Outputs"]}

    def events(self, name: str = NAME) -> list[str]:
        """`logical id STATUS`, oldest first."""
        pages = self.client.get_paginator("describe_stack_events").paginate(StackName=name)
        events = [event for page in pages for event in page["StackEvents"]]
        return [f"{e['LogicalResourceId']} {e['ResourceStatus']}" for e in reversed(events)]

    def last_events(self, count: int, name: str = NAME) -> list[str]:
        return self.events(name)[-count:]

    def reasons(self, name: str = NAME) -> list[str]:
        """Why resources failed, oldest first."""
        events = self.client.describe_stack_events(StackName=name)["StackEvents"]
        failed = [each for each in events if each["ResourceStatus"].endswith("_FAILED")]
        return [each["ResourceStatusReason"] for each in reversed(failed)]

    def physical_ids(self, name: str = NAME) -> dict[str, str]:
        listed = self.client.list_stack_resources(StackName=name)["StackResourceSummaries"]
        return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in listed}

    def groups(self) -> dict[str, int | None]:
        """The retention of each log group of the account."""
        found = client("logs").describe_log_groups()["logGroups"]
        return {each["logGroupName"]: each.get("retentionInDays") for each in found}

    def wait(self, **span: float) -> None:
        self.cloud.advance(self.cloud.clock.now() + timedelta(**span))


@pytest.fixture
def settings() -> CloudSettings:
    return CloudSettings()


@pytest.fixture
def stacks(
    request: pytest.FixtureRequest,
    session: boto3.Session,
    settings: CloudSettings,
    *,
    over_http: bool,
) -> Iterator[Stacks]:
    """In process all share one client, since making one takes longer than a test."""
    if over_http:
        account = request.getfixturevalue("account")
        url = account.sagemaker.meta.endpoint_url
        yield Stacks(account.cloud, session.client("cloudformation", endpoint_url=url))
        return
    with Cloud(START, settings) as cloud:
        yield Stacks(cloud, _shared(session))


@cache
def _shared(session: boto3.Session) -> Any:
    return session.client("cloudformation", region_name=REGION)
