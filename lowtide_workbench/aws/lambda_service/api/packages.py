"""Reads the zip that a request uploads or names."""

import base64
import hashlib
from typing import Any

import boto3
from botocore.exceptions import ClientError

from lowtide_workbench.aws.account import REGION
from lowtide_workbench.aws.lambda_service.api.names import wrong
from lowtide_workbench.aws.lambda_service.api.state import Document, Package
from lowtide_workbench.aws.lambda_service.artefacts.archive import unpack
from lowtide_workbench.aws.protocol.faults import calling_as
from lowtide_workbench.aws.protocol.refusal import NotPlayed


def package(code: Document) -> Package:
    """The unpacked zip, from the request itself or from S3."""
    content = _content(code)
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return Package(unpack(content), digest, len(content))


def _content(code: Document) -> bytes:
    if "ImageUri" in code:
        raise NotPlayed("The embedded AWS runs zips, not container images.")
    if "ZipFile" in code:
        return bytes(code["ZipFile"])
    if "S3Bucket" not in code or "S3Key" not in code:
        raise wrong("Please provide a source for function code.")
    place = {"Bucket": code["S3Bucket"], "Key": code["S3Key"]}
    if "S3ObjectVersion" in code:
        place["VersionId"] = code["S3ObjectVersion"]
    s3: Any = boto3.client("s3", region_name=REGION)
    try:
        with calling_as(None):
            return bytes(s3.get_object(**place)["Body"].read())
    except ClientError as error:
        reason = error.response["Error"]
        raise wrong(
            f"Error occurred while GetObject. S3 Error Code: {reason['Code']}. "
            f"S3 Error Message: {reason['Message']}"
        ) from None
