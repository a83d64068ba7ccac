"""AWS::S3::Bucket and AWS::S3::BucketPolicy."""

from collections.abc import Mapping
from typing import Any

from lowtide_workbench.aws.account import REGION
from lowtide_workbench.aws.cloudformation.resource_types.base import (
    Properties,
    ResourceType,
    client,
    differs,
    listed,
    policy_text,
    tag_map,
)


class Bucket(ResourceType):
    played = frozenset(
        {
            "BucketName",
            "BucketEncryption",
            "PublicAccessBlockConfiguration",
            "Tags",
            "VersioningConfiguration",
        }
    )
    name_property = "BucketName"
    set_by_create = frozenset({"BucketName"})

    def exists(self, name: str) -> bool:
        return any(each["Name"] == name for each in client("s3").list_buckets()["Buckets"])

    def create(self, name: str, properties: Properties) -> str:
        bucket = str(properties.get("BucketName", name.lower()))
        client("s3").create_bucket(Bucket=bucket)
        return bucket

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        s3 = client("s3")
        if differs("VersioningConfiguration", new, old):
            versioning = new.get("VersioningConfiguration", {"Status": "Suspended"})
            s3.put_bucket_versioning(Bucket=physical_id, VersioningConfiguration=versioning)
        if differs("BucketEncryption", new, old):
            _encrypt(physical_id, new.get("BucketEncryption"))
        if differs("PublicAccessBlockConfiguration", new, old):
            block = new.get("PublicAccessBlockConfiguration", {})
            s3.put_public_access_block(Bucket=physical_id, PublicAccessBlockConfiguration=block)
        if differs("Tags", new, old):
            s3.put_bucket_tagging(Bucket=physical_id, Tagging={"TagSet": listed(tag_map(new))})

    def delete(self, physical_id: str, properties: Properties) -> None:
        client("s3").delete_bucket(Bucket=physical_id)

    def attributes(self, physical_id: str, properties: Properties) -> Mapping[str, str]:
        return {
            "Arn": f"arn:aws:s3:::{physical_id}",
            "DomainName": f"{physical_id}.s3.amazonaws.com",
            "RegionalDomainName": f"{physical_id}.s3.{REGION}.amazonaws.com",
        }


class BucketPolicy(ResourceType):
    played = frozenset({"Bucket", "PolicyDocument"})

    def create(self, name: str, properties: Properties) -> str:
        self.update(properties["Bucket"], properties, {})
        return str(properties["Bucket"])

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        client("s3").put_bucket_policy(
            Bucket=physical_id, Policy=policy_text(new["PolicyDocument"])
        )

    def delete(self, physical_id: str, properties: Properties) -> None:
        client("s3").delete_bucket_policy(Bucket=physical_id)


def _encrypt(bucket: str, encryption: Properties | None) -> None:
    if encryption is None:
        client("s3").delete_bucket_encryption(Bucket=bucket)
        return
    rules = [_encryption_rule(each) for each in encryption["ServerSideEncryptionConfiguration"]]
    client("s3").put_bucket_encryption(
        Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules}
    )


def _encryption_rule(rule: Properties) -> dict[str, Any]:
    """CloudFormation says ServerSideEncryptionByDefault where the API says Apply... before it."""
    name = "ServerSideEncryptionByDefault"
    return {f"Apply{name}" if key == name else key: value for key, value in rule.items()}
