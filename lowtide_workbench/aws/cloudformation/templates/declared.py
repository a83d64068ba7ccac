"""What is to be deployed: a template with its values, read for one stack."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.cloudformation.templates import parameters
from lowtide_workbench.aws.cloudformation.templates.intrinsics import (
    Attribute,
    Resolver,
    marker,
    markers,
    text,
)
from lowtide_workbench.aws.cloudformation.templates.schemas import schema
from lowtide_workbench.aws.cloudformation.templates.template import (
    Declared,
    Template,
    check_properties,
    format_error,
)
from lowtide_workbench.aws.protocol.refusal import Refusal, invalid_request

type Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StackContext:
    """What a template can name beside itself: its stack, and the exports of the others."""

    name: str
    arn: str
    imported: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Target:
    """What a stack is to become; `document` is the template after its transform."""

    template: Template
    document: Document
    values: Mapping[str, str]
    tags: Mapping[str, str]
    capabilities: Sequence[str] = ()

    def resolver(self, stack: StackContext, attribute: Attribute) -> Resolver:
        declared = self.template.parameters
        values = {
            name: parameters.typed(declared.get(name, {}), value)
            for name, value in self.values.items()
        }
        pseudo = {
            "AWS::AccountId": ACCOUNT,
            "AWS::NotificationARNs": [],
            "AWS::Partition": "aws",
            "AWS::Region": REGION,
            "AWS::StackId": stack.arn,
            "AWS::StackName": stack.name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        return Resolver(self.document, values | pseudo, attribute, stack.imported)

    def resources(self, stack: StackContext) -> dict[str, Declared]:
        """The resources whose conditions are met, by logical id.

        Raises ValidationError for a reference to what the template does not have.
        """
        unresolved: dict[str, None] = {}
        active: set[str] = set()

        def symbol(logical_id: str, attribute: str | None) -> str:
            if logical_id not in active:
                unresolved[logical_id] = None
            return marker(logical_id, attribute)

        resolver = self.resolver(stack, symbol)
        wanted = {
            logical_id: resource
            for logical_id, resource in self.document["Resources"].items()
            if "Condition" not in resource or resolver.is_met(resource["Condition"])
        }
        active.update(wanted)
        declared = {name: _declared(name, each, resolver) for name, each in wanted.items()}
        for each in declared.values():
            check_properties(each)
        depends_on = {name for each in declared.values() for name in each.dependencies}
        unresolved |= dict.fromkeys(sorted(depends_on - active))
        if unresolved:
            raise _unresolved(unresolved, "Resources")
        self._check_rules(resolver)
        for output in self.document.get("Outputs", {}).values():
            if "Condition" not in output or resolver.is_met(output["Condition"]):
                resolver.resolve(output["Value"])
        if unresolved:
            raise _unresolved(unresolved, "Outputs")
        return declared

    def outputs(self, stack: StackContext, attribute: Attribute) -> list[dict[str, str]]:
        """As DescribeStacks shows them, with ExportName where an output is exported."""
        resolver = self.resolver(stack, attribute)
        shown = []
        for name, output in self.document.get("Outputs", {}).items():
            if "Condition" in output and not resolver.is_met(output["Condition"]):
                continue
            view = {"OutputKey": name, "OutputValue": text(resolver.resolve(output["Value"]))}
            if "Description" in output:
                view["Description"] = output["Description"]
            if "Export" in output:
                view["ExportName"] = text(resolver.resolve(output["Export"]["Name"]))
            shown.append(view)
        return shown

    def _check_rules(self, resolver: Resolver) -> None:
        for name, rule in self.document.get("Rules", {}).items():
            if "RuleCondition" in rule and not resolver.decide(rule["RuleCondition"]):
                continue
            for assertion in rule["Assertions"]:
                if not resolver.decide(assertion["Assert"]):
                    said = assertion.get("AssertDescription", "its assertion is false")
                    raise invalid_request(f"Template error: rule {name} failed: {said}")


def _declared(logical_id: str, resource: Document, resolver: Resolver) -> Declared:
    properties = resource.get("Properties", {})
    known = schema(resource["Type"])
    symbolic = resolver.resolve(properties)
    symbolic = known.coerced(symbolic) if known else symbolic
    named = resource.get("DependsOn", [])
    return Declared(
        logical_id,
        resource["Type"],
        properties,
        symbolic,
        frozenset([named] if isinstance(named, str) else named)
        | {name for name, _ in markers(symbolic)},
        resolver.resolve(resource.get("DeletionPolicy", "Delete")),
        resolver.resolve(resource.get("UpdateReplacePolicy", "Delete")),
        resource.get("Metadata", {}),
    )


def _unresolved(names: Mapping[str, None], block: str) -> Refusal:
    return format_error(
        f"Unresolved resource dependencies [{', '.join(names)}] in the "
        f"{block} block of the template"
    )
