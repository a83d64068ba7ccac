"""The embedded AWS: moto, with SageMaker hosting, scaling and CloudWatch of our own.

May import lowtide_workbench.fleet. Inside, imports go only downward: pyproject.toml has the layers.
"""

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.settings import CloudSettings

__all__ = ["Cloud", "CloudSettings"]
