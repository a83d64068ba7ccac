"""AWS::Logs::LogGroup."""

from collections.abc import Mapping

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.cloudformation.resource_types.base import (
    Properties,
    ResourceType,
    client,
    differs,
    retag,
    tag_map,
)


class LogGroup(ResourceType):
    played = frozenset({"LogGroupName", "RetentionInDays", "Tags"})
    name_property = "LogGroupName"
    set_by_create = frozenset({"LogGroupName", "Tags"})

    def create(self, name: str, properties: Properties) -> str:
        group = str(properties.get("LogGroupName", name))
        client("logs").create_log_group(logGroupName=group, tags=tag_map(properties))
        return group

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        logs = client("logs")
        if differs("RetentionInDays", new, old):
            if "RetentionInDays" in new:
                logs.put_retention_policy(
                    logGroupName=physical_id, retentionInDays=new["RetentionInDays"]
                )
            else:
                logs.delete_retention_policy(logGroupName=physical_id)
        put, removed = retag(new, old)
        arn = self.attributes(physical_id, new)["Arn"].removesuffix(":*")
        if put:
            logs.tag_resource(resourceArn=arn, tags=put)
        if removed:
            logs.untag_resource(resourceArn=arn, tagKeys=removed)

    def delete(self, physical_id: str, properties: Properties) -> None:
        client("logs").delete_log_group(logGroupName=physical_id)

    def attributes(self, physical_id: str, properties: Properties) -> Mapping[str, str]:
        return {"Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{physical_id}:*"}
