"""Names keep their case, ARNs do not."""

from lowtide_workbench.aws.account import ACCOUNT, REGION


def arn(kind: str, name: str) -> str:
    return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{kind}/{name.lower()}"
