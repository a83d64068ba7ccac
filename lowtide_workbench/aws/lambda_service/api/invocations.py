"""Lambda's Invoke."""

import base64
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from lowtide_workbench.aws.lambda_service.api.state import Document, FunctionRecord, LambdaState
from lowtide_workbench.aws.lambda_service.function import FunctionError
from lowtide_workbench.aws.lambda_service.invoker import Invoker
from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.aws.virtual_time.waiting import is_invocation

_TAIL_BYTES = 4096
_LONGEST = {"RequestResponse": 6 * 1024 * 1024, "Event": 1024 * 1024}


class InvocationsApi:
    operations = frozenset({"Invoke"})

    def __init__(
        self, state: LambdaState, invoker: Invoker, advance: Callable[[datetime], None]
    ) -> None:
        """`advance` moves the cloud's time on, for a caller that waits while a function sleeps."""
        self._state = state
        self._invoker = invoker
        self._advance = advance

    def invoke(self, request: Document) -> Document:
        record, kind = self._state.record(request), request.get("InvocationType", "RequestResponse")
        event = _event(request.get("Payload", b""), _LONGEST.get(kind))
        if kind == "DryRun":
            return {"StatusCode": 204}
        if kind == "Event":
            self._invoker.queue(record.name, event)
            return {"StatusCode": 202}
        if record.function.is_throttled:
            self._invoker.count_throttle(record.name)
            raise Refusal("TooManyRequestsException", "Rate Exceeded.")
        return self._invoked(record, event, tail=request.get("LogType") == "Tail")

    def _invoked(self, record: FunctionRecord, event: object, *, tail: bool) -> Document:
        answer: Document = {"ExecutedVersion": "$LATEST"}
        try:
            answer["Payload"] = json.dumps(self._result(record, event)).encode()
        except FunctionError as error:
            # 200 all the same, and marked.
            answer["FunctionError"] = "Unhandled"
            body = {"errorMessage": error.error_message, "errorType": error.error_type}
            answer["Payload"] = json.dumps(body).encode()
        if tail:
            last = record.function.invocations[-1]
            log = "\n".join([*last.init_lines, *last.lines]).encode()
            answer["LogResult"] = base64.b64encode(log[-_TAIL_BYTES:]).decode()
        return answer

    def _result(self, record: FunctionRecord, event: object) -> Any:
        run = record.function.begin(event)
        while run.wakes is not None:
            if not is_invocation():  # while one waits for another, the cloud's clock stops
                self._advance(run.wakes)
            run.go_on()
        return run.result


def _event(payload: bytes, longest: int | None) -> object:
    if longest is not None and len(payload) > longest:
        raise Refusal(
            "RequestTooLargeException",
            f"Request must be smaller than {longest} bytes for the InvokeFunction operation",
        )
    try:
        return json.loads(payload or b"{}")
    except (ValueError, RecursionError) as error:
        message = f"Could not parse request body into json: {error}"
        raise Refusal("InvalidRequestContentException", message) from None
