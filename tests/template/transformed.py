"""The template as CloudFormation reads it, for one set of parameters."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lowtide_workbench.aws.cloudformation.templates import parameters
from lowtide_workbench.aws.cloudformation.templates.declared import StackContext, Target
from lowtide_workbench.aws.cloudformation.templates.template import Template

_ARN = "arn:aws:cloudformation:us-east-1:123456789012:stack/lowtide-dev/1"


class Transformed:
    """`document` is the template as it is written.

    `resources` are the properties after the SAM transform of what is created, by logical id;
    `<Name>` and `<Name.Attribute>` stand for what only a deployment knows.
    """

    def __init__(self, path: Path, **values: str) -> None:
        values = {"Environment": "dev", **values}
        self._path, self._values = path, values
        self.document = Template(path.read_text(encoding="utf-8")).document
        template = Template(json.dumps(_uploaded(self.document)))
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
        chosen = parameters.values(template.parameters, given)
        target = Target(template, template.processed(chosen), chosen, {})
        stack = StackContext("lowtide-dev", _ARN, lambda name: f"<{name}>")
        resolver = target.resolver(stack, lambda *names: f"<{'.'.join(filter(None, names))}>")
        declared = target.resources(stack)
        self.resources = {
            name: resolver.resolve(each.properties) for name, each in declared.items()
        }
        self._kinds = {name: each.kind for name, each in declared.items()}

    def given(self, **values: str) -> "Transformed":
        """The same template with other values of these parameters."""
        return Transformed(self._path, **{**self._values, **values})

    def __getitem__(self, logical_id: str) -> Any:
        return self.resources[logical_id]

    def of(self, kind: str) -> Mapping[str, Any]:
        """The properties of the resources of one type, by logical id."""
        return {name: self[name] for name, each in self._kinds.items() if each == kind}

    def statements(self, function: str) -> Sequence[Mapping[str, Any]]:
        """Of the policies in the role that the function runs under, and of those attached to it."""
        role = f"{function.capitalize()}Role"
        policies = self.of("AWS::IAM::Policy").values()
        attached = [policy for policy in policies if f"<{role}>" in policy["Roles"]]
        return [
            statement
            for policy in (*self[role]["Policies"], *attached)
            for statement in policy["PolicyDocument"]["Statement"]
        ]


def _uploaded(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """With each folder's archive in S3, as `sam deploy` sends it; the transform asks for that."""
    uploaded: dict[str, Any] = json.loads(json.dumps(document))
    for resource in uploaded["Resources"].values():
        for name in ("CodeUri", "ContentUri"):
            if name in resource.get("Properties", {}):
                resource["Properties"][name] = f"s3://bucket/{resource['Properties'][name]}"
    return uploaded
