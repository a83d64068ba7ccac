"""AWS::Scheduler::Schedule."""

from collections.abc import Mapping

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.cloudformation.resource_types.base import (
    Properties,
    ResourceType,
    chosen,
    client,
)


class Schedule(ResourceType):
    played = frozenset(
        {
            "Description",
            "EndDate",
            "FlexibleTimeWindow",
            "GroupName",
            "Name",
            "ScheduleExpression",
            "ScheduleExpressionTimezone",
            "StartDate",
            "State",
            "Target",
        }
    )
    name_property = "Name"

    def create(self, name: str, properties: Properties) -> str:
        schedule = str(properties.get("Name", name))
        client("scheduler").create_schedule(**{**properties, "Name": schedule})
        return schedule

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        client("scheduler").update_schedule(**{**new, "Name": physical_id})

    def delete(self, physical_id: str, properties: Properties) -> None:
        client("scheduler").delete_schedule(Name=physical_id, **chosen(properties, "GroupName"))

    def attributes(self, physical_id: str, properties: Properties) -> Mapping[str, str]:
        group = properties.get("GroupName", "default")
        return {"Arn": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{group}/{physical_id}"}

    def must_replace(self, old: Properties, new: Properties) -> bool:
        return bool(old.get("GroupName") != new.get("GroupName"))
