"""AWS::SQS::Queue and AWS::SQS::QueuePolicy."""

import json
from collections.abc import Mapping
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.cloudformation.resource_types.base import (
    Properties,
    ResourceType,
    client,
    differs,
    policy_text,
    retag,
    tag_map,
)

_DEFAULTS = {
    "ContentBasedDeduplication": "false",
    "DeduplicationScope": "queue",
    "DelaySeconds": "0",
    "FifoThroughputLimit": "perQueue",
    "KmsDataKeyReusePeriodSeconds": "300",
    "KmsMasterKeyId": "",
    "MaximumMessageSize": "1048576",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "RedriveAllowPolicy": "",
    "RedrivePolicy": "",
    "SqsManagedSseEnabled": "true",
    "VisibilityTimeout": "30",
}


class Queue(ResourceType):
    played = frozenset({*_DEFAULTS, "FifoQueue", "QueueName", "Tags"})
    name_property = "QueueName"

    def exists(self, name: str) -> bool:
        urls = client("sqs").list_queues(QueueNamePrefix=name).get("QueueUrls", ())
        return any(url.endswith(f"/{name}") for url in urls)

    def create(self, name: str, properties: Properties) -> str:
        is_fifo = properties.get("FifoQueue", False)
        given = {key: _text(value) for key, value in properties.items() if key in _DEFAULTS}
        if is_fifo:
            given["FifoQueue"] = "true"
        queue = properties.get("QueueName", f"{name}.fifo" if is_fifo else name)
        created = client("sqs").create_queue(
            QueueName=queue, Attributes=given, tags=tag_map(properties)
        )
        return str(created["QueueUrl"])

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        sqs = client("sqs")
        changed = {
            name: _text(new.get(name, default))
            for name, default in _DEFAULTS.items()
            if differs(name, new, old)
        }
        if changed:
            sqs.set_queue_attributes(QueueUrl=physical_id, Attributes=changed)
        put, removed = retag(new, old)
        if put:
            sqs.tag_queue(QueueUrl=physical_id, Tags=put)
        if removed:
            sqs.untag_queue(QueueUrl=physical_id, TagKeys=removed)

    def delete(self, physical_id: str, properties: Properties) -> None:
        client("sqs").delete_queue(QueueUrl=physical_id)

    def attributes(self, physical_id: str, properties: Properties) -> Mapping[str, str]:
        name = physical_id.rpartition("/")[2]
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
        return {"Arn": arn, "QueueName": name, "QueueUrl": physical_id}


class QueuePolicy(ResourceType):
    played = frozenset({"PolicyDocument", "Queues"})

    def create(self, name: str, properties: Properties) -> str:
        self.update(name, properties, {})
        return name

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        for queue in set(old.get("Queues", ())) - set(new["Queues"]):
            _put_policy(queue, "")
        for queue in new["Queues"]:
            _put_policy(queue, policy_text(new["PolicyDocument"]))

    def delete(self, physical_id: str, properties: Properties) -> None:
        for queue in properties["Queues"]:
            _put_policy(queue, "")


def _put_policy(queue: str, policy: str) -> None:
    client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})


def _text(value: Any) -> str:
    """SQS takes its attributes as text."""
    return value if isinstance(value, str) else json.dumps(value)
