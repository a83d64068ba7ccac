"""AWS::CloudFormation::Stack: a stack within a stack, which `sam sync` makes for dependencies."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from lowtide_workbench.aws.cloudformation.resource_types.base import (
    Properties,
    ResourceError,
    ResourceType,
    client,
)


class NestedStack(ResourceType):
    """Simplified: it is at its end before the next resource begins (`stack_step_s` 0)."""

    played = frozenset({"Parameters", "Tags", "TemplateURL"})
    set_by_create = played  # so that `update` checks how the creation ended

    def create(self, name: str, properties: Properties) -> str:
        created = client("cloudformation").create_stack(StackName=name, **_request(properties))
        return str(created["StackId"])

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        if new == old:
            _check(physical_id, "CREATE_COMPLETE")
            return
        try:
            client("cloudformation").update_stack(StackName=physical_id, **_request(new))
        except ClientError as error:
            if "No updates are to be performed" not in str(error):
                raise
            return
        _check(physical_id, "UPDATE_COMPLETE")

    def delete(self, physical_id: str, properties: Properties) -> None:
        client("cloudformation").delete_stack(StackName=physical_id)
        _check(physical_id, "DELETE_COMPLETE")

    def attributes(self, physical_id: str, properties: Properties) -> Mapping[str, str]:
        outputs = _describe(physical_id).get("Outputs", ())
        return {f"Outputs.{each['OutputKey']}": each["OutputValue"] for each in outputs}


def _request(properties: Properties) -> dict[str, Any]:
    return {
        "TemplateURL": properties["TemplateURL"],
        "Parameters": [
            {"ParameterKey": name, "ParameterValue": value}
            for name, value in properties.get("Parameters", {}).items()
        ],
        "Tags": properties.get("Tags", []),
        "Capabilities": ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],  # of the parent's
    }


def _describe(physical_id: str) -> dict[str, Any]:
    (stack,) = client("cloudformation").describe_stacks(StackName=physical_id)["Stacks"]
    return dict(stack)


def _check(physical_id: str, wanted: str) -> None:
    status = _describe(physical_id)["StackStatus"]
    if status != wanted:
        raise ResourceError(f"Embedded stack {physical_id} was not successful: {status}")
