"""The operations that describe stacks, their resources and templates."""

import json
import re
from typing import Any

from lowtide_workbench.aws.account import REGION
from lowtide_workbench.aws.cloudformation import requests
from lowtide_workbench.aws.cloudformation.operations import Operations
from lowtide_workbench.aws.cloudformation.stack import Stack
from lowtide_workbench.aws.cloudformation.templates.declared import Target
from lowtide_workbench.aws.cloudformation.templates.template import Template
from lowtide_workbench.aws.cloudformation.templates.transform import TransformError
from lowtide_workbench.aws.cloudformation.views import (
    resource_view,
    stack_view,
    summary,
    template_summary,
)
from lowtide_workbench.aws.protocol.paging import page
from lowtide_workbench.aws.protocol.refusal import Refusal, invalid_request

type Document = dict[str, Any]

_PAGE = 100
_OF_LOOPBACK = re.compile(r"http://127\.0\.0\.1:\d+/")


class DescriptionsApi:
    operations = frozenset(
        {
            "DescribeStackEvents",
            "DescribeStackResource",
            "DescribeStackResources",
            "DescribeStacks",
            "GetTemplate",
            "GetTemplateSummary",
            "ListExports",
            "ListStackResources",
            "ListStacks",
            "ValidateTemplate",
        }
    )

    def __init__(self, operations: Operations) -> None:
        self._store = operations.store

    def describe_stacks(self, request: Document) -> Document:
        if "StackName" in request:
            return {"Stacks": [stack_view(self._store.require(request["StackName"]))]}
        living = [each for each in self._newest_first() if each.status != "DELETE_COMPLETE"]
        shown, token = page([stack_view(each) for each in living], request, _PAGE, _INVALID)
        return {"Stacks": list(shown)} | token

    def list_stacks(self, request: Document) -> Document:
        wanted = request.get("StackStatusFilter", ())
        chosen = [each for each in self._newest_first() if not wanted or each.status in wanted]
        shown, token = page([summary(each) for each in chosen], request, _PAGE, _INVALID)
        return {"StackSummaries": list(shown)} | token

    def describe_stack_events(self, request: Document) -> Document:
        stack = self._store.find(request["StackName"])
        if stack is None:
            raise invalid_request(f"Stack [{request['StackName']}] does not exist")
        shown, token = page(stack.events[::-1], request, _PAGE, _INVALID)
        return {"StackEvents": list(shown)} | token

    def describe_stack_resources(self, request: Document) -> Document:
        stack = self._holder(request)
        wanted = request.get("LogicalResourceId")
        return {
            "StackResources": [
                {"StackId": stack.arn, "StackName": stack.name, "Timestamp": status.at}
                | resource_view(name, status)
                for name, status in stack.statuses.items()
                if wanted in (None, name)
            ]
        }

    def describe_stack_resource(self, request: Document) -> Document:
        stack, name = self._store.require(request["StackName"]), request["LogicalResourceId"]
        if name not in stack.statuses:
            raise invalid_request(f"Resource {name} does not exist for stack {stack.name}")
        status = stack.statuses[name]
        made = stack.resources.get(name)
        metadata = {"Metadata": json.dumps(made.metadata)} if made and made.metadata else {}
        view = {"StackId": stack.arn, "StackName": stack.name, "LastUpdatedTimestamp": status.at}
        return {"StackResourceDetail": view | resource_view(name, status) | metadata}

    def list_stack_resources(self, request: Document) -> Document:
        stack = self._store.require(request["StackName"])
        views = [
            {"LastUpdatedTimestamp": status.at} | resource_view(name, status)
            for name, status in stack.statuses.items()
        ]
        shown, token = page(views, request, _PAGE, _INVALID)
        return {"StackResourceSummaries": list(shown)} | token

    def get_template(self, request: Document) -> Document:
        target = self._deployed(request)
        stages = ["Original", "Processed"] if target.template.transforms else ["Original"]
        is_processed = request.get("TemplateStage", "Original") == "Processed"
        body = json.dumps(target.document) if is_processed else target.template.text
        # What is in S3 has AWS's address: `sam delete` takes no other for a nested template.
        body = _OF_LOOPBACK.sub(f"https://s3.{REGION}.amazonaws.com/", body)
        return {"TemplateBody": body, "StagesAvailable": stages}

    def get_template_summary(self, request: Document) -> Document:
        if "StackName" in request:
            target = self._deployed(request)
            return template_summary(target.template, target.document)
        return self._summary(request)

    def validate_template(self, request: Document) -> Document:
        return self._summary(request)

    def list_exports(self, request: Document) -> Document:
        views = [
            {"ExportingStackId": stack.arn, "Name": name, "Value": value}
            for name, (value, stack) in self._store.exports().items()
        ]
        shown, token = page(views, request, _PAGE, _INVALID)
        return {"Exports": list(shown)} | token

    def _summary(self, request: Document) -> Document:
        template = requests.template(request)
        return template_summary(template, _processed(template))

    def _deployed(self, request: Document) -> Target:
        stack = self._store.require(request["StackName"])
        if stack.target is None:
            raise invalid_request(f"Template for stack {stack.name} does not exist")
        return stack.target

    def _holder(self, request: Document) -> Stack:
        """The stack of that name, or that which has a resource of a physical id."""
        if "StackName" in request:
            return self._store.require(request["StackName"])
        physical_id = request.get("PhysicalResourceId")
        for stack in self._store.stacks.values():
            if any(each.physical_id == physical_id for each in stack.resources.values()):
                return stack
        raise invalid_request(f"Stack for {physical_id} does not exist")

    def _newest_first(self) -> list[Stack]:
        return list(self._store.stacks.values())[::-1]


_INVALID = "ValidationError"


def _processed(template: Template) -> Document:
    """With the defaults of the parameters; a parameter without one stays as it is written."""
    defaults = {
        name: str(p["Default"]) for name, p in template.parameters.items() if "Default" in p
    }
    try:
        return dict(template.processed(defaults))
    except TransformError as error:
        raise Refusal(_INVALID, str(error)) from None
