"""AWS::Lambda::Permission, EventInvokeConfig and EventSourceMapping."""

from lowtide_workbench.aws.cloudformation.resource_types.base import (
    Properties,
    ResourceType,
    client,
)


class Permission(ResourceType):
    played = frozenset(
        {
            "Action",
            "EventSourceToken",
            "FunctionName",
            "FunctionUrlAuthType",
            "Principal",
            "PrincipalOrgID",
            "SourceAccount",
            "SourceArn",
        }
    )

    def create(self, name: str, properties: Properties) -> str:
        client("lambda").add_permission(StatementId=name, **properties)
        return name

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        """Nothing: every change makes a new statement."""

    def delete(self, physical_id: str, properties: Properties) -> None:
        client("lambda").remove_permission(
            FunctionName=properties["FunctionName"], StatementId=physical_id
        )


class EventInvokeConfig(ResourceType):
    """What becomes of asynchronous invocations."""

    played = frozenset(
        {
            "DestinationConfig",
            "FunctionName",
            "MaximumEventAgeInSeconds",
            "MaximumRetryAttempts",
            "Qualifier",
        }
    )

    def create(self, name: str, properties: Properties) -> str:
        client("lambda").put_function_event_invoke_config(**properties)
        return name

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        self.delete(physical_id, old)  # moto would keep the former
        client("lambda").put_function_event_invoke_config(**new)

    def delete(self, physical_id: str, properties: Properties) -> None:
        client("lambda").delete_function_event_invoke_config(
            FunctionName=properties["FunctionName"], Qualifier=properties["Qualifier"]
        )


class EventSourceMapping(ResourceType):
    played = frozenset(
        {
            "BatchSize",
            "Enabled",
            "EventSourceArn",
            "FilterCriteria",
            "FunctionName",
            "FunctionResponseTypes",
            "MaximumBatchingWindowInSeconds",
            "ScalingConfig",
        }
    )

    def create(self, name: str, properties: Properties) -> str:
        created = client("lambda").create_event_source_mapping(**properties)
        return str(created["UUID"])

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        changeable = {name: value for name, value in new.items() if name != "EventSourceArn"}
        client("lambda").update_event_source_mapping(UUID=physical_id, **changeable)

    def delete(self, physical_id: str, properties: Properties) -> None:
        client("lambda").delete_event_source_mapping(UUID=physical_id)
