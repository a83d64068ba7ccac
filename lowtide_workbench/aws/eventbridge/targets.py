"""The targets of EventBridge and its Scheduler: functions, queues, topics, AWS operations."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import boto3
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from lowtide_workbench.aws.account import REGION
from lowtide_workbench.aws.protocol.faults import calling_as
from lowtide_workbench.aws.template_specs import EVENTBRIDGE_RETRIES, Retries

EVENTBRIDGE = "eventbridge"  # the caller, for faults: rules and schedules

type Send = Callable[[object, Retries], None]


class Targets:
    def __init__(self) -> None:
        self.undelivered: list[tuple[str, str]] = []  # the target's ARN, and why
        self._functions: dict[str, Send] = {}

    def add_function(self, name: str, send: Send) -> None:
        self._functions[name] = send

    def deliver(self, target: Mapping[str, Any], payload: str) -> None:
        """Delivers to `target`, written as in PutTargets and CreateSchedule."""
        arn = str(target["Arn"])
        service, name = arn.split(":")[2], arn.rpartition(":")[2]
        try:
            with calling_as(EVENTBRIDGE):
                match service:
                    case "lambda" if name in self._functions:
                        policy = target.get("RetryPolicy", {})
                        retries = Retries.read(policy, EVENTBRIDGE_RETRIES)
                        self._functions[name](json.loads(payload), retries)
                    case "sqs":
                        _to_queue(name, target.get("SqsParameters", {}), payload)
                    case "sns":
                        _client("sns").publish(TopicArn=arn, Message=payload)
                    case "scheduler" if ":aws-sdk:" in arn:
                        _call(arn.split(":")[-2], name, payload)
                    case _:
                        self.undelivered.append((arn, "the embedded AWS does not play this target"))
        except (BotoCoreError, ClientError) as error:
            self.undelivered.append((arn, str(error)))


def _to_queue(name: str, parameters: Mapping[str, str], payload: str) -> None:
    sqs = _client("sqs")
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=payload, **parameters)


def _call(service: str, operation: str, payload: str) -> None:
    """Calls a universal target, arn:aws:scheduler:::aws-sdk:<service>:<operation>."""
    names = {name.replace("-", ""): name for name in boto3.Session().get_available_services()}
    method = getattr(_client(names.get(service, service)), xform_name(operation))
    method(**json.loads(payload or "{}"))


def _client(service: str) -> Any:
    make: Any = boto3.client
    return make(service, region_name=REGION)
