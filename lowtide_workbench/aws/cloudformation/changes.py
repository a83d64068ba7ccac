"""The changes of a change set: what its execution will add, modify and remove."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lowtide_workbench.aws.cloudformation.stack import Resource, Stack, StackStore
from lowtide_workbench.aws.cloudformation.templates.declared import Target
from lowtide_workbench.aws.cloudformation.templates.intrinsics import marker, markers
from lowtide_workbench.aws.cloudformation.templates.schemas import schema
from lowtide_workbench.aws.cloudformation.templates.template import Declared, tag_property, waves
from lowtide_workbench.aws.protocol.refusal import invalid_request

type Document = Mapping[str, Any]
type Resources = Mapping[str, Declared]


@dataclass(frozen=True, slots=True)
class Change:
    action: str  # Add, Modify or Remove
    logical_id: str
    kind: str
    physical_id: str | None = None
    replacement: str | None = None  # True, False or Conditional
    properties: Mapping[str, str] | None = None  # Static or Dynamic, by the name of the property

    def view(self) -> Document:
        """As DescribeChangeSet shows it."""
        view = {
            "Action": self.action,
            "LogicalResourceId": self.logical_id,
            "PhysicalResourceId": self.physical_id,
            "ResourceType": self.kind,
            "Replacement": self.replacement,
            "Scope": ["Properties"] if self.properties else [],
            "Details": [_detail(*each) for each in (self.properties or {}).items()],
        }
        shown = {name: value for name, value in view.items() if value is not None}
        return {"Type": "Resource", "ResourceChange": shown}


def stack_changes(store: StackStore, stack: Stack, wanted: Target) -> list[Change]:
    """What an update of the stack changes; all is added where nothing is deployed."""
    context, before = store.context(stack), stack.target
    old = before.resources(context) if before and stack.resources else {}
    retagged = before is not None and before.tags != wanted.tags
    return compare(old, wanted.resources(context), stack.resources, retagged=retagged)


def is_same(store: StackStore, stack: Stack, wanted: Target) -> bool:
    """Whether its outputs and tags stay, too. What has failed may be tried again."""
    context, before = store.context(stack), stack.target
    return (
        before is not None
        and not stack.status.endswith("_FAILED")
        and before.tags == wanted.tags
        and before.outputs(context, marker) == wanted.outputs(context, marker)
    )


def compare(
    old: Resources, new: Resources, deployed: Mapping[str, Resource], *, retagged: bool
) -> list[Change]:
    """The changes from `old` to `new`, in CloudFormation's order: added, modified, removed."""
    kept = sorted(new.keys() & deployed.keys())
    if other := [name for name in kept if new[name].kind != deployed[name].kind]:
        raise invalid_request(
            "Update of resource type is not permitted. The new template modifies resource type "
            f"of the following resources: [{', '.join(other)}]"
        )
    added = [Change("Add", name, new[name].kind) for name in sorted(new) if name not in deployed]
    modified = sorted(_modified(old, new, deployed, retagged), key=lambda each: each.logical_id)
    removed = [
        Change("Remove", name, each.kind, each.physical_id)
        for name, each in sorted(deployed.items())
        if name not in new
    ]
    return [*added, *modified, *removed]


def _modified(
    old: Resources, new: Resources, deployed: Mapping[str, Resource], retagged: bool
) -> Iterator[Change]:
    """Those with other values, and those that refer to what is modified: Ref to what may be
    replaced, GetAtt to all, as an attribute may change."""
    modified: dict[str, Change] = {}
    for wave in waves(new):
        for name in wave:
            if name in deployed:
                properties = _changed(old.get(name), new[name], modified, retagged)
                if properties:
                    modified[name] = Change(
                        "Modify",
                        name,
                        new[name].kind,
                        deployed[name].physical_id,
                        _replacement(new[name].kind, properties),
                        properties,
                    )
    yield from modified.values()


def _changed(
    before: Declared | None, after: Declared, modified: Mapping[str, Change], retagged: bool
) -> Mapping[str, str]:
    old: Document = before.symbolic if before else {}
    changed = {}
    for name in sorted(old.keys() | after.symbolic.keys()):
        if old.get(name) != after.symbolic.get(name):
            changed[name] = "Static"
        elif any(_may_change(*each, modified) for each in markers(after.symbolic.get(name))):
            changed[name] = "Dynamic"
    if retagged and (tags := tag_property(after.kind)):
        changed.setdefault(tags, "Static")
    return changed


def _may_change(name: str, attribute: str, modified: Mapping[str, Change]) -> bool:
    return name in modified and (bool(attribute) or modified[name].replacement != "False")


def _replacement(kind: str, changed: Mapping[str, str]) -> str:
    known = schema(kind)
    if known is None:
        return "Conditional"
    recreated = [changed[path[0]] for path in known.create_only if path[0] in changed]
    if "Static" in recreated:
        return "True"
    maybe = any(path[0] in changed for path in known.maybe_create_only)
    return "Conditional" if recreated or maybe else "False"


def _detail(name: str, evaluation: str) -> Document:
    recreation = {"Attribute": "Properties", "Name": name}
    source = "DirectModification" if evaluation == "Static" else "ResourceReference"
    return {"Target": recreation, "Evaluation": evaluation, "ChangeSource": source}
