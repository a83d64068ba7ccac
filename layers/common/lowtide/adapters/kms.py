"""The KMS keys that endpoint configurations name."""

from typing import Any

from lowtide.adapters.aws_errors import translated
from lowtide.domain.errors import AbsentError, DeniedError
from lowtide.domain.lifecycle import KmsKey


class Keys:
    def __init__(self, client: Any) -> None:
        self._client = client

    def find(self, key_id: str, endpoint_arn: str) -> KmsKey:
        """The key that a configuration names by an id, an alias, or the ARN of either.

        Rights are given on keys and not on aliases, so an alias has to be looked up.
        """
        try:
            with translated():
                key = self._client.describe_key(KeyId=key_id)["KeyMetadata"]
        except AbsentError:
            return KmsKey(_arn_of(key_id, endpoint_arn), f"the KMS key {key_id}")
        except DeniedError:
            return KmsKey(_arn_of(key_id, endpoint_arn), readable=False)
        state = key.get("KeyState", "Enabled")
        missing = "" if state == "Enabled" else f"a usable KMS key ({key_id} is {state})"
        return KmsKey(key["Arn"], missing)


def _arn_of(key_id: str, endpoint_arn: str) -> str:
    """An id alone names a key of the endpoint's own account and region."""
    if key_id.startswith("arn:"):
        return key_id if ":key/" in key_id else ""
    _, partition, _, region, account, *_ = endpoint_arn.split(":")
    alias = key_id.startswith("alias/")
    return "" if alias else f"arn:{partition}:kms:{region}:{account}:key/{key_id}"
