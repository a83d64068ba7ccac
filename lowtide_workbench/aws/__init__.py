"""The embedded AWS: moto, with SageMaker hosting, scaling and CloudWatch of our own.

Its packages import only downward: virtual_time, protocol, (cloudwatch | eventbridge), sagemaker,
autoscaling; beside the last two lambda_service and deployment; cloud on top.
"""

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.settings import CloudSettings

__all__ = ["Cloud", "CloudSettings"]
