"""AWS::DynamoDB::Table."""

from collections.abc import Mapping
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.cloudformation.resource_types.base import (
    Properties,
    ResourceType,
    chosen,
    client,
    differs,
    listed,
    retag,
)

_CREATED = ("AttributeDefinitions", "BillingMode", "DeletionProtectionEnabled", "KeySchema")


class Table(ResourceType):
    played = frozenset(
        {
            *_CREATED,
            "PointInTimeRecoverySpecification",
            "ProvisionedThroughput",
            "SSESpecification",
            "TableName",
            "Tags",
            "TimeToLiveSpecification",
        }
    )
    name_property = "TableName"
    set_by_create = played - {"PointInTimeRecoverySpecification", "TimeToLiveSpecification"}

    def create(self, name: str, properties: Properties) -> str:
        table = str(properties.get("TableName", name))
        given = chosen(properties, *_CREATED, "ProvisionedThroughput", "Tags")
        client("dynamodb").create_table(TableName=table, **given, **_encryption(properties))
        return table

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        dynamodb = client("dynamodb")
        recovery, expiry = "PointInTimeRecoverySpecification", "TimeToLiveSpecification"
        if differs(recovery, new, old):
            wanted = new.get(recovery, {"PointInTimeRecoveryEnabled": False})
            dynamodb.update_continuous_backups(TableName=physical_id, **{recovery: wanted})
        if differs(expiry, new, old):
            wanted = new.get(expiry) or {**old[expiry], "Enabled": False}
            dynamodb.update_time_to_live(TableName=physical_id, **{expiry: wanted})
        if changed := self._changed(new, old):
            dynamodb.update_table(TableName=physical_id, **changed)
        put, removed = retag(new, old)
        arn = self.attributes(physical_id, new)["Arn"]
        if put:
            dynamodb.tag_resource(ResourceArn=arn, Tags=listed(put))
        if removed:
            dynamodb.untag_resource(ResourceArn=arn, TagKeys=removed)

    def delete(self, physical_id: str, properties: Properties) -> None:
        client("dynamodb").delete_table(TableName=physical_id)

    def attributes(self, physical_id: str, properties: Properties) -> Mapping[str, str]:
        return {"Arn": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{physical_id}"}

    def must_replace(self, old: Properties, new: Properties) -> bool:
        return bool(old["KeySchema"] != new["KeySchema"])

    def _changed(self, new: Properties, old: Properties) -> dict[str, Any]:
        changed: dict[str, Any] = {}
        if differs("DeletionProtectionEnabled", new, old):
            changed["DeletionProtectionEnabled"] = new.get("DeletionProtectionEnabled", False)
        for name in ("BillingMode", "ProvisionedThroughput"):
            if name in new and differs(name, new, old):
                changed[name] = new[name]
        if differs("SSESpecification", new, old):
            changed |= _encryption(new) or {"SSESpecification": {"Enabled": False}}
        return changed


def _encryption(properties: Properties) -> dict[str, Any]:
    """CloudFormation says SSEEnabled where the API says Enabled."""
    if "SSESpecification" not in properties:
        return {}
    wanted = properties["SSESpecification"]
    others = chosen(wanted, "SSEType", "KMSMasterKeyId")
    return {"SSESpecification": {"Enabled": wanted["SSEEnabled"], **others}}
