"""The right that CreateEndpoint needs of its caller for a configuration's KMS key (facts 5).

moto keeps the keys.
"""

from collections.abc import Mapping

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.iam import may
from lowtide_workbench.aws.protocol.faults import caller
from lowtide_workbench.aws.protocol.moto_patches import kms_key_of_alias
from lowtide_workbench.aws.protocol.refusal import Refusal

_CONTEXT = {
    "kms:viaservice": [f"sagemaker.{REGION}.amazonaws.com"],
    "kms:grantisforawsresource": ["true"],
}


class KeyGrants:
    """`roles` are the roles of functions, by folder. Other callers may do everything."""

    def __init__(self, roles: Mapping[str, str]) -> None:
        self._roles = roles

    def refusal(self, key_id: str) -> Refusal | None:
        key, role = key_arn(key_id), self._roles.get(caller() or "")
        if role is None or may(role, "kms:CreateGrant", key, _CONTEXT):
            return None
        return Refusal(
            "AccessDeniedException",
            f"User: {role} is not authorized to perform: kms:CreateGrant on resource: {key} "
            "because no identity-based policy allows the kms:CreateGrant action",
        )


def key_arn(key_id: str) -> str:
    """The ARN of a key that is named by its id, an alias, or the ARN of either."""
    name = key_id.rpartition(":")[2]
    if name.startswith("alias/"):
        name = f"key/{kms_key_of_alias(name)}"
    elif not name.startswith("key/"):
        name = f"key/{name}"
    return f"{key_id.rpartition(':')[0] or f'arn:aws:kms:{REGION}:{ACCOUNT}'}:{name}"
