"""The FIFO queue: an endpoint is a message group, and a cause has one message."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from lowtide.adapters.sqs import StepsQueue
from lowtide.domain.errors import AwsError
from lowtide_workbench.aws.protocol.botocore_speed import clients_made_quickly

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@pytest.fixture
def sqs() -> Iterator["SQSClient"]:
    with mock_aws(), clients_made_quickly():
        yield boto3.client("sqs")


@pytest.fixture
def url(sqs: "SQSClient") -> str:
    """Without content-based deduplication, as in the template: the id must be given."""
    return sqs.create_queue(QueueName="steps.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]


@pytest.fixture
def steps(sqs: "SQSClient", url: str) -> StepsQueue:
    return StepsQueue(sqs, url)


def received(sqs: "SQSClient", url: str) -> list[Any]:
    found = sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
    )
    return list(found.get("Messages", []))


def test_each_endpoint_has_a_message_group_of_its_own(
    steps: StepsQueue, sqs: "SQSClient", url: str
) -> None:
    for endpoint in ("first", "second"):
        steps.send(endpoint, "20261123T120000")
    messages = received(sqs, url)
    assert [json.loads(m["Body"]) for m in messages] == [
        {"endpoint": "first"}, {"endpoint": "second"},
    ]  # fmt: skip
    assert [m["Attributes"]["MessageGroupId"] for m in messages] == ["first", "second"]


@pytest.mark.parametrize(
    ("causes", "messages"),
    [
        pytest.param(("20261123T120000", "20261123T120000"), 1, id="the same minute asks once"),
        pytest.param(("20261123T120000", "20261123T120100"), 2, id="the next minute asks again"),
        pytest.param(("20261123T120000", "9c8a-event"), 2, id="an event asks beside the minute"),
    ],
)
def test_a_cause_has_one_message(
    steps: StepsQueue, sqs: "SQSClient", url: str, causes: tuple[str, ...], messages: int
) -> None:
    for cause in causes:
        steps.send("my-endpoint", cause)
    assert len(received(sqs, url)) == messages


def test_an_absent_queue_is_an_error_of_the_domain(
    sqs: "SQSClient", steps: StepsQueue, url: str
) -> None:
    sqs.delete_queue(QueueUrl=url)
    with pytest.raises(AwsError, match="SendMessage"):
        steps.send("my-endpoint", "20261123T120000")
