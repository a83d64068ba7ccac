"""Objects of moto's S3, for services that read and write them without a request, and its policies.

moto evaluates a bucket policy without its conditions: a Deny of what comes without TLS, which
SAM's own bucket has, would refuse every request over HTTP.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.exceptions import MissingBucket
from moto.s3.models import FakeBucket, s3_backends

from lowtide_workbench.aws.account import ACCOUNT


def read_object(location: str) -> bytes | None:
    """The object at s3://bucket/key, if it exists."""
    bucket, key = _split(location)
    try:
        found = s3_backends[ACCOUNT]["aws"].get_object(bucket, key)
    except MissingBucket:
        return None
    return found.value if found is not None else None


def write_object(location: str, body: bytes) -> bool:
    """False where the bucket does not exist."""
    bucket, key = _split(location)
    try:
        s3_backends[ACCOUNT]["aws"].put_object(bucket, key, body)
    except MissingBucket:
        return False
    return True


@contextmanager
def bucket_policies_without_tls() -> Iterator[None]:
    """Requests over loopback count as requests over TLS."""

    def permission(bucket: FakeBucket, action: str, resource: str) -> Any:
        if bucket.policy is None:
            return PermissionResult.NEUTRAL
        policy = json.loads(bucket.policy)
        policy["Statement"] = [each for each in policy["Statement"] if not _asks_for_tls(each)]
        return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)

    with patch.object(FakeBucket, "get_permission", permission):
        yield


def _asks_for_tls(statement: dict[str, Any]) -> bool:
    without_tls = {"Bool": {"aws:SecureTransport": "false"}}
    return statement["Effect"] == "Deny" and statement.get("Condition") == without_tls


def _split(location: str) -> tuple[str, str]:
    bucket, _, key = location.removeprefix("s3://").partition("/")
    return bucket, key
