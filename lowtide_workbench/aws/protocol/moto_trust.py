"""Who may assume the roles that moto stores, read without a request."""

from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends

from lowtide_workbench.aws.account import ACCOUNT


def trust_policy(arn: str) -> str | None:
    """The document that says who may assume a role; None without such a role."""
    try:
        role = iam_backends[ACCOUNT]["aws"].get_role_by_arn(arn)
    except NotFoundException:
        return None
    return str(role.assume_role_policy_document)
