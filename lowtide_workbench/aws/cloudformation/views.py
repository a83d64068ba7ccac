"""Stacks, resources and templates as the API shows them."""

from collections.abc import Mapping
from typing import Any

from lowtide_workbench.aws.cloudformation.stack import Stack, Status
from lowtide_workbench.aws.cloudformation.templates.declared import Target
from lowtide_workbench.aws.cloudformation.templates.template import Template, capabilities

type Document = dict[str, Any]


def parameter_views(target: Target) -> list[Document]:
    declared = target.template.parameters
    return [
        {
            "ParameterKey": name,
            "ParameterValue": "****" if _is_secret(declared.get(name, {})) else value,
        }
        for name, value in target.values.items()
    ]


def tag_views(target: Target) -> list[Document]:
    return [{"Key": key, "Value": value} for key, value in target.tags.items()]


def stack_view(stack: Stack) -> Document:
    """As in DescribeStacks."""
    target = stack.target
    view = {
        "StackId": stack.arn,
        "StackName": stack.name,
        "ChangeSetId": stack.change_set,
        "Description": stack.description,
        "Parameters": parameter_views(target) if target else [],
        "CreationTime": stack.created,
        "DeletionTime": stack.deleted,
        "LastUpdatedTime": stack.updated,
        "RollbackConfiguration": {},
        "StackStatus": stack.status,
        "StackStatusReason": stack.reason,
        "DisableRollback": not stack.rolls_back,
        "NotificationARNs": [],
        "Capabilities": list(target.capabilities) if target else [],
        "Outputs": list(stack.outputs),
        "Tags": tag_views(target) if target else [],
        "EnableTerminationProtection": stack.is_protected,
        "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
    }
    return {name: value for name, value in view.items() if value is not None}


def summary(stack: Stack) -> Document:
    """As in ListStacks."""
    view = {
        "StackId": stack.arn,
        "StackName": stack.name,
        "TemplateDescription": stack.description,
        "CreationTime": stack.created,
        "LastUpdatedTime": stack.updated,
        "DeletionTime": stack.deleted,
        "StackStatus": stack.status,
        "StackStatusReason": stack.reason,
        "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
    }
    return {name: value for name, value in view.items() if value is not None}


def resource_view(logical_id: str, status: Status) -> Document:
    """What every description of a resource has."""
    view = {
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": status.physical_id,
        "ResourceType": status.kind,
        "ResourceStatus": status.status,
        "ResourceStatusReason": status.reason,
        "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
    }
    return {name: value for name, value in view.items() if value is not None}


def template_summary(template: Template, document: Mapping[str, Any]) -> Document:
    """As GetTemplateSummary and ValidateTemplate say it; `document` is after the transform."""
    needed = list(capabilities(document))
    kinds = sorted({each.get("Type", "") for each in document["Resources"].values()})
    view = {
        "Parameters": [_declaration(*each) for each in template.parameters.items()],
        "Description": template.document.get("Description"),
        "Capabilities": needed,
        "CapabilitiesReason": _reason(document) if needed else None,
        "ResourceTypes": kinds,
        "Version": template.document.get("AWSTemplateFormatVersion"),
        "DeclaredTransforms": list(template.transforms),
    }
    return {name: value for name, value in view.items() if value is not None}


def _declaration(name: str, parameter: Mapping[str, Any]) -> Document:
    view = {
        "ParameterKey": name,
        "DefaultValue": str(parameter["Default"]) if "Default" in parameter else None,
        "ParameterType": parameter["Type"],
        "NoEcho": _is_secret(parameter),
        "Description": parameter.get("Description"),
        "ParameterConstraints": {
            "AllowedValues": [str(value) for value in parameter.get("AllowedValues", ())]
        },
    }
    return {key: value for key, value in view.items() if value is not None}


def _reason(document: Mapping[str, Any]) -> str:
    resources = document["Resources"].values()
    kinds = {each["Type"] for each in resources if each["Type"].startswith("AWS::IAM::")}
    return f"The following resource(s) require capabilities: [{', '.join(sorted(kinds))}]"


def _is_secret(parameter: Mapping[str, Any]) -> bool:
    return str(parameter.get("NoEcho", "false")).lower() == "true"
