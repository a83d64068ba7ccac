"""How functions are invoked: retries of asynchronous events, reserved concurrency, tags."""

from datetime import UTC, datetime

from lowtide_workbench.aws.lambda_service.api.names import not_found
from lowtide_workbench.aws.lambda_service.api.state import Document, FunctionRecord, LambdaState
from lowtide_workbench.aws.protocol.refusal import NotPlayed

_CONFIGURED = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")


class InvokeSettingsApi:
    operations = frozenset(
        {
            "PutFunctionEventInvokeConfig",
            "UpdateFunctionEventInvokeConfig",
            "GetFunctionEventInvokeConfig",
            "DeleteFunctionEventInvokeConfig",
            "ListFunctionEventInvokeConfigs",
            "PutFunctionConcurrency",
            "GetFunctionConcurrency",
            "DeleteFunctionConcurrency",
            "TagResource",
            "UntagResource",
            "ListTags",
        }
    )

    def __init__(self, state: LambdaState) -> None:
        self._state = state

    def put_function_event_invoke_config(self, request: Document) -> Document:
        return self._configure(self._state.record(request), {}, request)

    def update_function_event_invoke_config(self, request: Document) -> Document:
        record = self._state.record(request)
        return self._configure(record, _configured(record), request)

    def get_function_event_invoke_config(self, request: Document) -> Document:
        record = self._state.record(request)
        return {
            **_configured(record),
            "FunctionArn": f"{record.arn}:$LATEST",
            "LastModified": record.invoke_config_modified,
        }

    def list_function_event_invoke_configs(self, request: Document) -> Document:
        has_one = self._state.record(request).invoke_config is not None
        found = [self.get_function_event_invoke_config(request)] if has_one else []
        return {"FunctionEventInvokeConfigs": found}

    def delete_function_event_invoke_config(self, request: Document) -> Document:
        record = self._state.record(request)
        _configured(record)
        record.invoke_config = None
        return {}

    def put_function_concurrency(self, request: Document) -> Document:
        reserved = request["ReservedConcurrentExecutions"]
        self._state.record(request).function.reserved_concurrency = reserved
        return {"ReservedConcurrentExecutions": reserved}

    def get_function_concurrency(self, request: Document) -> Document:
        reserved = self._state.record(request).function.reserved_concurrency
        return {} if reserved is None else {"ReservedConcurrentExecutions": reserved}

    def delete_function_concurrency(self, request: Document) -> Document:
        self._state.record(request).function.reserved_concurrency = None
        return {}

    def tag_resource(self, request: Document) -> Document:
        self._tagged(request).tags.update(request["Tags"])
        return {}

    def untag_resource(self, request: Document) -> Document:
        for key in request["TagKeys"]:
            self._tagged(request).tags.pop(key, None)
        return {}

    def list_tags(self, request: Document) -> Document:
        return {"Tags": self._tagged(request).tags}

    def _configure(self, record: FunctionRecord, before: Document, request: Document) -> Document:
        given = {key: request[key] for key in _CONFIGURED if key in request}
        places = given.get("DestinationConfig", {}).values()
        if any(place.get("Destination") for place in places):
            raise NotPlayed("The embedded AWS has no destinations of asynchronous invocations.")
        record.invoke_config = {**before, **given}
        record.invoke_config_modified = datetime.now(UTC)
        return self.get_function_event_invoke_config({"FunctionName": record.name})

    def _tagged(self, request: Document) -> FunctionRecord:
        return self._state.record({"FunctionName": request["Resource"]})


def _configured(record: FunctionRecord) -> Document:
    if record.invoke_config is None:
        raise not_found(f"The function {record.arn}:$LATEST doesn't have an EventInvokeConfig")
    return record.invoke_config
