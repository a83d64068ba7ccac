"""Queues with an event source mapping call the functions."""

import pytest

from tests.integration.workbench.aws.conftest import refusal
from tests.integration.workbench.aws.lambda_api.conftest import PRINTS, SQS, Lambda

QUEUE = "arn:aws:sqs:us-east-1:123456789012:steps"
INVALID = "InvalidParameterValueException"
KEEPS_THE_BAD = """
    def lambda_handler(event, context):
        bad = [each["messageId"] for each in event["Records"] if each["body"] == "bad"]
        print(",".join(each["body"] for each in event["Records"]))
        return {"batchItemFailures": [{"itemIdentifier": each} for each in bad]}
"""


def queue(aws: Lambda, *bodies: str, visibility: int = 30) -> str:
    sqs = aws.client("sqs")
    attributes = {"VisibilityTimeout": str(visibility)}
    url = str(sqs.create_queue(QueueName="steps", Attributes=attributes)["QueueUrl"])
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=body)
    return url


def left(aws: Lambda, url: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    read = aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
    return sum(map(int, read["Attributes"].values()))


def test_a_mapping_hands_over_messages_until_it_is_disabled(aws: Lambda) -> None:
    aws.create(KEEPS_THE_BAD)
    url = queue(aws, "a", "b", "bad")
    mapping = aws.api.create_event_source_mapping(
        EventSourceArn=QUEUE,
        FunctionName="greet",
        BatchSize=2,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        ScalingConfig={"MaximumConcurrency": 2},
    )
    assert mapping["State"] == "Enabled"
    aws.wait(seconds=10)
    assert (aws.logged(), left(aws, url)) == (["a,b", "bad"], 1)
    aws.api.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    aws.wait(minutes=1)
    assert (aws.logged(), left(aws, url)) == (["a,b", "bad"], 1)
    read = aws.api.get_event_source_mapping(UUID=mapping["UUID"])
    assert (read["State"], read["ScalingConfig"]) == ("Disabled", {"MaximumConcurrency": 2})
    aws.api.delete_event_source_mapping(UUID=mapping["UUID"])
    assert not aws.api.list_event_source_mappings(FunctionName="greet")["EventSourceMappings"]


@pytest.mark.parametrize(
    ("missing", "received"),
    [
        pytest.param("sqs:ReceiveMessage", 0, id="without ReceiveMessage nothing is polled"),
        pytest.param("sqs:DeleteMessage", 2, id="without DeleteMessage messages come again"),
    ],
)
def test_a_mapping_does_what_the_functions_role_may(
    aws: Lambda, missing: str, received: int
) -> None:
    aws.create(PRINTS)
    queue(aws, "a")
    aws.api.create_event_source_mapping(EventSourceArn=QUEUE, FunctionName="greet")
    aws.allow("function", ["logs:*", *(right for right in SQS if right != missing)])
    aws.wait(seconds=50)
    record = aws.cloud.lambdas.state.functions["greet"]
    assert len(record.function.invocations) == received


@pytest.mark.parametrize(
    ("rights", "visibility", "source", "message"),
    [
        pytest.param(
            SQS[:1], 30, QUEUE, "permissions to call DeleteMessage on SQS", id="a right is missing"
        ),
        pytest.param(
            SQS,
            5,
            QUEUE,
            "Queue visibility timeout: 5 seconds is less than Function timeout: 10 seconds",
            id="messages come back while the function runs",
        ),
        pytest.param(
            SQS, 30, f"{QUEUE}-none", "AWS.SimpleQueueService.NonExistentQueue", id="no such queue"
        ),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(
    aws: Lambda, rights: list[str], visibility: int, source: str, message: str
) -> None:
    aws.create()
    queue(aws, visibility=visibility)
    aws.allow("function", rights)
    found = refusal(
        lambda: aws.api.create_event_source_mapping(EventSourceArn=source, FunctionName="greet")
    )
    assert (found[0], message in found[1]) == (INVALID, True), found


def test_a_function_has_a_queue_once(aws: Lambda) -> None:
    aws.create()
    queue(aws)
    given = {"EventSourceArn": QUEUE, "FunctionName": "greet"}
    aws.api.create_event_source_mapping(**given)
    found = refusal(lambda: aws.api.create_event_source_mapping(**given))
    assert found[0] == "ResourceConflictException"
