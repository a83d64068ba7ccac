"""AWS::SNS::Topic, AWS::SNS::Subscription and AWS::SNS::TopicPolicy."""

import json
from collections.abc import Mapping

from lowtide_workbench.aws.account import ACCOUNT
from lowtide_workbench.aws.cloudformation.resource_types.base import (
    Properties,
    ResourceType,
    client,
    differs,
    listed,
    policy_text,
    retag,
    tag_map,
)

_ATTRIBUTES = ("DisplayName", "KmsMasterKeyId")
_OWNER_ONLY = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": ["sns:Publish", "sns:Subscribe"],
}


class Topic(ResourceType):
    played = frozenset({*_ATTRIBUTES, "Tags", "TopicName"})
    name_property = "TopicName"

    def exists(self, name: str) -> bool:
        pages = client("sns").get_paginator("list_topics").paginate()
        return any(
            each["TopicArn"].endswith(f":{name}") for page in pages for each in page["Topics"]
        )

    def create(self, name: str, properties: Properties) -> str:
        given = {key: properties[key] for key in _ATTRIBUTES if key in properties}
        created = client("sns").create_topic(
            Name=properties.get("TopicName", name),
            Attributes=given,
            Tags=listed(tag_map(properties)),
        )
        return str(created["TopicArn"])

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        sns = client("sns")
        for name in _ATTRIBUTES:
            if differs(name, new, old):
                sns.set_topic_attributes(
                    TopicArn=physical_id, AttributeName=name, AttributeValue=new.get(name, "")
                )
        put, removed = retag(new, old)
        if put:
            sns.tag_resource(ResourceArn=physical_id, Tags=listed(put))
        if removed:
            sns.untag_resource(ResourceArn=physical_id, TagKeys=removed)

    def delete(self, physical_id: str, properties: Properties) -> None:
        client("sns").delete_topic(TopicArn=physical_id)

    def attributes(self, physical_id: str, properties: Properties) -> Mapping[str, str]:
        return {"TopicArn": physical_id, "TopicName": physical_id.rpartition(":")[2]}


class Subscription(ResourceType):
    played = frozenset({"Endpoint", "Protocol", "TopicArn"})

    def create(self, name: str, properties: Properties) -> str:
        created = client("sns").subscribe(**properties, ReturnSubscriptionArn=True)
        return str(created["SubscriptionArn"])

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        """Nothing: every change makes a new subscription."""

    def delete(self, physical_id: str, properties: Properties) -> None:
        client("sns").unsubscribe(SubscriptionArn=physical_id)


class TopicPolicy(ResourceType):
    played = frozenset({"PolicyDocument", "Topics"})

    def create(self, name: str, properties: Properties) -> str:
        self.update(name, properties, {})
        return name

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        for topic in set(old.get("Topics", ())) - set(new["Topics"]):
            _put_policy(topic, _default(topic))
        for topic in new["Topics"]:
            _put_policy(topic, policy_text(new["PolicyDocument"]))

    def delete(self, physical_id: str, properties: Properties) -> None:
        for topic in properties["Topics"]:
            _put_policy(topic, _default(topic))


def _default(topic: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{**_OWNER_ONLY, "Resource": topic}]})


def _put_policy(topic: str, policy: str) -> None:
    client("sns").set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=policy
    )
