"""What clients get of a job that has ended: an object in S3, and a message of SNS."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lowtide_workbench.aws.account import REGION
from lowtide_workbench.aws.protocol.moto_patches import publish
from lowtide_workbench.aws.protocol.moto_s3 import write_object
from lowtide_workbench.aws.sagemaker_runtime.asynchronous.job import End, Job
from lowtide_workbench.aws.sagemaker_runtime.echo import echo

type Document = Mapping[str, Any]

TEST_NOTIFICATION = json.dumps(  # facts A31
    {"eventVersion": "1.0", "eventSource": "aws:sagemaker", "eventName": "TestNotification"}
)
_LONGEST_IN_MESSAGE = 128 * 1024  # bytes (facts A4)


def deliver(job: Job, end: End, at: float, notifications: "Notifications") -> tuple[End, bool]:
    """Writes the answer or the error; returns how the job ends by that, and whether it was told."""
    kind, body = "", b""
    if end is End.PROCESSED:
        end, kind, body = _answer(job)
    if end is End.PROCESSED:
        return end, notifications.completed(job, kind, body, at)
    why = _reason(job, end)
    if job.failure is not None:
        write_object(job.failure, why.encode())
    return end, notifications.failed(job, why, at)


def _answer(job: Job) -> tuple[End, str, bytes]:
    """The answer and its type, once it is in S3; else why it is not."""
    content = job.input
    if content is None:
        return End.NO_INPUT, "", b""
    kind, body = echo(content, job.request.get("ContentType", ""), job.request.get("Accept", ""))
    return (End.PROCESSED if write_object(job.output, body) else End.NO_OUTPUT), kind, body


def _reason(job: Job, end: End) -> str:
    """The failure reason; the text for a model that failed is AWS's (facts A30), others ours."""
    match end:
        case End.MODEL_FAILED:
            return (
                f"ClientError: Received server error ({job.status}) from model. See the SageMaker "
                "Endpoint logs in your account for more information."
            )
        case End.NO_INPUT:
            return f"ClientError: No object at {job.request['InputLocation']}."
        case End.NO_OUTPUT:
            return f"ClientError: The answer cannot be written to {job.output}."
        case _:
            return f"ClientError: Request failed: {end.value}."


class Notifications:
    """The messages to the topics of an endpoint configuration (facts A29 to A31)."""

    def __init__(self, config: Document) -> None:
        output = config.get("AsyncInferenceConfig", {}).get("OutputConfig", {})
        self._config: Document = output.get("NotificationConfig", {})

    def test(self) -> None:
        kinds = ("SuccessTopic", "ErrorTopic")
        for topic in dict.fromkeys(self._config[kind] for kind in kinds if kind in self._config):
            publish(topic, None, TEST_NOTIFICATION)

    def completed(self, job: Job, kind: str, body: bytes, at: float) -> bool:
        """Whether the message could be sent, where one is wanted."""
        message = _frame(job, at) | {
            "invocationStatus": "Completed",
            "responseParameters": {"contentType": kind, "outputLocation": job.output},
        }
        included = self._config.get("IncludeInferenceResponseIn", ())
        if "SUCCESS_NOTIFICATION_TOPIC" in included and len(body) <= _LONGEST_IN_MESSAGE:
            message["responseBody"] = {"content": body.decode(errors="replace")}  # the key is ours
        return self._send("SuccessTopic", message)

    def failed(self, job: Job, why: str, at: float) -> bool:
        """As `completed`."""
        message = _frame(job, at) | {"invocationStatus": "Failed", "failureReason": why}
        if job.failure is not None:
            message["failureLocation"] = job.failure
        return self._send("ErrorTopic", message)

    def _send(self, kind: str, message: Document) -> bool:
        topic = self._config.get(kind)
        return topic is None or publish(topic, None, json.dumps(message))


def _frame(job: Job, at: float) -> dict[str, Any]:
    parameters = {
        "contentType": job.request.get("ContentType"),
        "endpointName": job.endpoint,
        "inputLocation": job.request.get("InputLocation"),
    }
    return {
        "awsRegion": REGION,
        "eventTime": _timestamp(at),
        "receivedTime": _timestamp(job.accepted),
        "requestParameters": {name: given for name, given in parameters.items() if given},
        "inferenceId": job.inference_id,
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
    }


def _timestamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
