"""The embedded AWS: moto, and beside it what SageMaker and its scaling really do."""

from workbench.aws.cloud import Cloud
from workbench.aws.settings import Settings

__all__ = ["Cloud", "Settings"]
