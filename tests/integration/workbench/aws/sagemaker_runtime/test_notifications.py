"""The messages that an asynchronous endpoint sends to its topics."""

import json
from typing import Any

import boto3
import pytest

from tests.integration.workbench.aws.sagemaker_runtime.conftest import AsynchronousEndpoint, Deploy

TEST = {"eventVersion": "1.0", "eventSource": "aws:sagemaker", "eventName": "TestNotification"}


class Topics:
    """One for each kind, with a queue that reads both."""

    def __init__(self) -> None:
        sns, sqs = boto3.client("sns"), boto3.client("sqs")
        self.url = sqs.create_queue(QueueName="answers")["QueueUrl"]
        self.arns = {kind: sns.create_topic(Name=kind)["TopicArn"] for kind in ("done", "failed")}
        for topic in self.arns.values():
            sns.subscribe(
                TopicArn=topic,
                Protocol="sqs",
                Endpoint="arn:aws:sqs:us-east-1:123456789012:answers",
            )

    def messages(self) -> list[tuple[str, dict[str, Any]]]:
        """Each by the name of its topic."""
        received = boto3.client("sqs").receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)
        bodies = [json.loads(each["Body"]) for each in received.get("Messages", ())]
        return [(body["TopicArn"].split(":")[-1], json.loads(body["Message"])) for body in bodies]


def notified(deploy: Deploy, **settings: Any) -> tuple[AsynchronousEndpoint, Topics]:
    """An endpoint whose topics are made while it is created."""
    arn = "arn:aws:sns:us-east-1:123456789012:"
    config = {
        "SuccessTopic": f"{arn}done",
        "ErrorTopic": f"{arn}failed",
        "IncludeInferenceResponseIn": ["SUCCESS_NOTIFICATION_TOPIC"],
    }
    endpoint = deploy(output={"NotificationConfig": config}, **settings)
    return endpoint, Topics()


def test_a_job_that_is_done_or_has_failed_is_told(deploy: Deploy) -> None:
    """Facts A4, A29, A30."""
    endpoint, topics = notified(deploy)
    endpoint.minute()
    done = endpoint.invoke(Body=b"{}", InferenceId="one", ContentType="application/json")
    failed = endpoint.invoke(CustomAttributes="status=500", InferenceId="two")
    endpoint.account.wait(seconds=10)
    frame = {"awsRegion": "us-east-1", "eventVersion": "1.0", "eventSource": "aws:sagemaker",
             "eventName": "InferenceResult"}  # fmt: skip
    (first, completed), (second, error) = topics.messages()
    assert (first, second) == ("done", "failed")
    assert completed.pop("receivedTime") < completed.pop("eventTime")
    assert completed == frame | {
        "inferenceId": "one",
        "invocationStatus": "Completed",
        "requestParameters": {"contentType": "application/json", "endpointName": "My-Endpoint"},
        "responseParameters": {
            "contentType": "application/json",
            "outputLocation": done["OutputLocation"],
        },
        "responseBody": {"content": "{}"},
    }
    assert error["invocationStatus"] == "Failed"
    assert error["failureReason"].startswith("ClientError: Received server error (500) from model")
    assert error["failureLocation"] == failed["FailureLocation"]
    assert "responseParameters" not in error


@pytest.mark.parametrize(
    ("sent", "messages"),
    [
        pytest.param(True, [("done", TEST), ("failed", TEST)], id="to each topic"),
        pytest.param(False, [], id="or none: unknown of newer endpoints"),
    ],
)
def test_each_change_of_the_capacity_sends_test_notifications(
    deploy: Deploy, messages: list[tuple[str, dict[str, Any]]], *, sent: bool
) -> None:
    """Facts A31."""
    endpoint, topics = notified(deploy, test_notifications=sent)
    endpoint.scale(2)
    assert topics.messages() == messages


def test_a_message_without_a_topic_is_counted_and_the_job_is_done(deploy: Deploy) -> None:
    endpoint = deploy(
        output={"NotificationConfig": {"SuccessTopic": "arn:aws:sns:us-east-1:123456789012:gone"}}
    )
    endpoint.minute()
    endpoint.invoke()
    endpoint.account.wait(seconds=60)
    assert endpoint.jobs.processed == 1
    assert endpoint.metric("NotificationFailures", "Sum", VariantName="AllTraffic") == 1
