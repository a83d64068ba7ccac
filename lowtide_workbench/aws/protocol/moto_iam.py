"""The policies of the roles that moto stores, read without a request."""

from typing import NamedTuple

from moto.iam.exceptions import NotFoundException
from moto.iam.models import ManagedPolicy, iam_backends

from lowtide_workbench.aws.account import ACCOUNT


class RolePolicies(NamedTuple):
    """Policy documents in JSON."""

    identity: tuple[str, ...]  # inline and attached
    boundary: str | None


def role_policies(arn: str) -> RolePolicies | None:
    """None without such a role."""
    backend = iam_backends[ACCOUNT]["aws"]
    try:
        role = backend.get_role_by_arn(arn)
    except NotFoundException:
        return None
    attached = map(_document, role.managed_policies.values())
    boundary = role.permissions_boundary_arn
    return RolePolicies(
        (*role.policies.values(), *attached),
        _document(backend.managed_policies[boundary]) if boundary else None,
    )


def _document(policy: ManagedPolicy) -> str:
    """That of the policy's default version."""
    return next(version.document for version in policy.versions if version.is_default)
