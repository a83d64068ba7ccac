"""The one account and Region of the embedded AWS, and ARNs in them."""

ACCOUNT = "123456789012"
REGION = "us-east-1"
SCALING_SERVICE = "sagemaker.application-autoscaling.amazonaws.com"
SCALING_ROLE = (  # the service-linked role of Application Auto Scaling for SageMaker
    f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/{SCALING_SERVICE}"
    "/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
)


def sagemaker_arn(kind: str, name: str) -> str:
    """ARNs of SageMaker are in lower case, whatever the case of the name (facts 5)."""
    return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{kind}/{name.lower()}"
