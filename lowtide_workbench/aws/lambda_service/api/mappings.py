"""Event source mappings of SQS queues."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.exceptions import ClientError

from lowtide_workbench.aws.account import REGION
from lowtide_workbench.aws.lambda_service.api.layers import marked
from lowtide_workbench.aws.lambda_service.api.names import (
    function_arn,
    function_name,
    not_found,
    wrong,
)
from lowtide_workbench.aws.lambda_service.api.state import (
    Document,
    FunctionRecord,
    LambdaState,
    MappingRecord,
)
from lowtide_workbench.aws.lambda_service.roles import may
from lowtide_workbench.aws.protocol.faults import calling_as
from lowtide_workbench.aws.protocol.refusal import NotPlayed, Refusal

_CONFIGURED = (
    "EventSourceArn", "Enabled", "BatchSize", "MaximumBatchingWindowInSeconds", "ScalingConfig",
    "FunctionResponseTypes",
)  # fmt: skip
_LARGEST_BATCH = {True: 10, False: 10_000}  # of a FIFO queue, of another
_RIGHTS = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")


class MappingsApi:
    operations = frozenset(
        {
            "CreateEventSourceMapping",
            "GetEventSourceMapping",
            "UpdateEventSourceMapping",
            "DeleteEventSourceMapping",
            "ListEventSourceMappings",
        }
    )

    def __init__(self, state: LambdaState) -> None:
        self._state = state

    def create_event_source_mapping(self, request: Document) -> Document:
        record = self._state.record(request)
        if "FilterCriteria" in request:
            raise NotPlayed("The embedded AWS filters no messages of event source mappings.")
        settings = {key: request[key] for key in _CONFIGURED if key in request}
        _check(settings, record)
        for known in self._of(request["EventSourceArn"], record.name):
            raise Refusal(
                "ResourceConflictException",
                f'An event source mapping with SQS arn (" {request["EventSourceArn"]} ") and '
                f'function (" {record.name} ") already exists. Please update or delete the '
                f"existing mapping with UUID {known.uuid}",
            )
        mapping = MappingRecord(str(uuid.uuid4()), settings, record.name, datetime.now(UTC))
        self._state.mappings[mapping.uuid] = mapping
        return _view(mapping)

    def get_event_source_mapping(self, request: Document) -> Document:
        return _view(self._mapping(request))

    def update_event_source_mapping(self, request: Document) -> Document:
        mapping = self._mapping(request)
        record = self._state.record({"FunctionName": request.get("FunctionName", mapping.function)})
        given = {key: request[key] for key in _CONFIGURED if key in request}
        settings = {**mapping.settings, **given}
        _check(settings, record)
        mapping.settings, mapping.function = settings, record.name
        mapping.modified = datetime.now(UTC)
        return _view(mapping)

    def delete_event_source_mapping(self, request: Document) -> Document:
        mapping = self._mapping(request)
        del self._state.mappings[mapping.uuid]
        return {**_view(mapping), "State": "Deleting"}

    def list_event_source_mappings(self, request: Document) -> Document:
        name = function_name(request["FunctionName"]) if "FunctionName" in request else None
        found = [_view(mapping) for mapping in self._of(request.get("EventSourceArn"), name)]
        shown, marker = marked(found, request)
        return {"EventSourceMappings": shown, **marker}

    def _of(self, source: str | None, function: str | None) -> Iterator[MappingRecord]:
        for mapping in self._state.mappings.values():
            of_source = source in (None, mapping.settings["EventSourceArn"])
            if of_source and function in (None, mapping.function):
                yield mapping

    def _mapping(self, request: Document) -> MappingRecord:
        if request["UUID"] not in self._state.mappings:
            raise not_found("The resource you requested does not exist.")
        return self._state.mappings[request["UUID"]]


def _check(settings: Document, record: FunctionRecord) -> None:
    arn = settings.get("EventSourceArn", "")
    if not arn.startswith("arn:aws:sqs:"):
        raise NotPlayed(f"The embedded AWS reads events from queues of SQS only, not from {arn}.")
    queue = arn.rpartition(":")[2]
    largest = _LARGEST_BATCH[queue.endswith(".fifo")]
    if not 1 <= settings.get("BatchSize", 10) <= largest:
        raise wrong(f"BatchSize must be between 1 and {largest} for {arn}.")
    for action in _RIGHTS:
        if not may(record.role, f"sqs:{action}", arn):
            raise wrong(
                f"The provided execution role does not have permissions to call {action} on SQS"
            )
    visibility_s = _visibility_s(queue)
    if visibility_s < record.timeout_s:
        raise wrong(
            f"Queue visibility timeout: {visibility_s} seconds is less than Function timeout: "
            f"{record.timeout_s} seconds"
        )


def _visibility_s(queue: str) -> int:
    sqs: Any = boto3.client("sqs", region_name=REGION)
    try:
        with calling_as(None):
            url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
            read = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    except ClientError as error:
        reason = error.response["Error"]
        raise wrong(
            f"Error occurred while ReceiveMessage. SQS Error Code: {reason['Code']}. "
            f"SQS Error Message: {reason['Message']}"
        ) from None
    return int(read["Attributes"]["VisibilityTimeout"])


def _view(mapping: MappingRecord) -> Document:
    return {
        "BatchSize": 10,
        "MaximumBatchingWindowInSeconds": 0,
        **{key: value for key, value in mapping.settings.items() if key != "Enabled"},
        "UUID": mapping.uuid,
        "EventSourceMappingArn": (
            f"{function_arn('').rpartition(':function:')[0]}:event-source-mapping:{mapping.uuid}"
        ),
        "FunctionArn": function_arn(mapping.function),
        "State": "Enabled" if mapping.is_enabled else "Disabled",
        "StateTransitionReason": "USER_INITIATED",
        "LastModified": mapping.modified,
    }
