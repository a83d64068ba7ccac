"""Objects of moto's S3, for services that read and write them without a request."""

from moto.s3.exceptions import MissingBucket
from moto.s3.models import s3_backends

from lowtide_workbench.aws.account import ACCOUNT


def read_object(location: str) -> bytes | None:
    """The object at s3://bucket/key, if it exists."""
    bucket, key = _split(location)
    try:
        found = s3_backends[ACCOUNT]["aws"].get_object(bucket, key)
    except MissingBucket:
        return None
    return found.value if found is not None else None


def write_object(location: str, body: bytes) -> None:
    """Nothing is written where the bucket does not exist."""
    bucket, key = _split(location)
    try:
        s3_backends[ACCOUNT]["aws"].put_object(bucket, key, body)
    except MissingBucket:
        return


def _split(location: str) -> tuple[str, str]:
    bucket, _, key = location.removeprefix("s3://").partition("/")
    return bucket, key
