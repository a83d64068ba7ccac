"""ARNs of SageMaker's resources: in lower case, whatever the case of the name (facts 5)."""

from lowtide_workbench.aws.account import ACCOUNT, REGION


def arn(kind: str, name: str) -> str:
    return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{kind}/{name.lower()}"
