"""CloudFormation as the embedded AWS asks it."""

from lowtide_workbench.aws.cloudformation.change_sets_api import ChangeSetsApi
from lowtide_workbench.aws.cloudformation.descriptions_api import DescriptionsApi
from lowtide_workbench.aws.cloudformation.operations import Operations
from lowtide_workbench.aws.cloudformation.stacks_api import StacksApi
from lowtide_workbench.aws.protocol.query import QueryDoor
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.aws.virtual_time.clock import VirtualClock


class CloudFormation:
    """Answers CloudFormation's requests."""

    def __init__(self, clock: VirtualClock, settings: CloudSettings) -> None:
        operations = Operations(clock, settings)
        self.run_due = operations.run_due
        parts = (DescriptionsApi(operations), ChangeSetsApi(operations), StacksApi(operations))
        self.reply = QueryDoor("cloudformation", parts).reply
