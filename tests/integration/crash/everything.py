"""An endpoint that uses everything that Application Auto Scaling has."""

from lowtide_workbench.demo.endpoint import VARIANT
from tests.fixtures.tables.endpoint import set_up_more_scaling
from tests.integration.functions.aws_calls import SCALED, autoscaling


def set_up_everything() -> None:
    """On top of what the demo has."""
    autoscaling().register_scalable_target(
        **SCALED, MaxCapacity=8, SuspendedState={"ScheduledScalingSuspended": True}
    )
    set_up_more_scaling(VARIANT)
