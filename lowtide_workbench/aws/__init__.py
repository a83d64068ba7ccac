"""The embedded AWS: moto, and beside it what SageMaker and its scaling really do."""

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.settings import Settings

__all__ = ["Cloud", "Settings"]
