"""AWS::Events::Rule, on the default bus."""

import json
from collections.abc import Mapping
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.cloudformation.resource_types.base import (
    Properties,
    ResourceType,
    chosen,
    client,
    listed,
    retag,
)


class Rule(ResourceType):
    played = frozenset(
        {"Description", "EventPattern", "Name", "ScheduleExpression", "State", "Tags", "Targets"}
    )
    name_property = "Name"
    set_by_create = played - {"Targets"}

    def exists(self, name: str) -> bool:
        found = client("events").list_rules(NamePrefix=name)["Rules"]
        return any(each["Name"] == name for each in found)

    def create(self, name: str, properties: Properties) -> str:
        rule = str(properties.get("Name", name))
        client("events").put_rule(Name=rule, **_rule(properties), **chosen(properties, "Tags"))
        return rule

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        events = client("events")
        if _rule(new) != _rule(old):
            events.put_rule(Name=physical_id, **_rule(new))
        kept = {target["Id"] for target in new.get("Targets", ())}
        if gone := [each["Id"] for each in old.get("Targets", ()) if each["Id"] not in kept]:
            events.remove_targets(Rule=physical_id, Ids=gone)
        if new.get("Targets"):
            events.put_targets(Rule=physical_id, Targets=new["Targets"])
        put, removed = retag(new, old)
        arn = self.attributes(physical_id, new)["Arn"]
        if put:
            events.tag_resource(ResourceARN=arn, Tags=listed(put))
        if removed:
            events.untag_resource(ResourceARN=arn, TagKeys=removed)

    def delete(self, physical_id: str, properties: Properties) -> None:
        events = client("events")
        if targets := [target["Id"] for target in properties.get("Targets", ())]:
            events.remove_targets(Rule=physical_id, Ids=targets)
        events.delete_rule(Name=physical_id)

    def attributes(self, physical_id: str, properties: Properties) -> Mapping[str, str]:
        return {"Arn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{physical_id}"}


def _rule(properties: Properties) -> dict[str, Any]:
    rule = chosen(properties, "Description", "ScheduleExpression", "State")
    if "EventPattern" in properties:
        rule["EventPattern"] = json.dumps(properties["EventPattern"])
    return rule
