"""Functions: created, read, changed, deleted."""

import uuid
from datetime import UTC, datetime
from typing import Any, Protocol

from lowtide_workbench.aws.lambda_service.api import validation
from lowtide_workbench.aws.lambda_service.api.configuration import (
    CONFIGURED,
    configuration,
    view,
)
from lowtide_workbench.aws.lambda_service.api.layers import marked
from lowtide_workbench.aws.lambda_service.api.names import function_arn, function_name, not_found
from lowtide_workbench.aws.lambda_service.api.packages import package
from lowtide_workbench.aws.lambda_service.api.state import (
    Document,
    FunctionRecord,
    LambdaState,
    LayerVersion,
    Package,
)
from lowtide_workbench.aws.lambda_service.function import Function
from lowtide_workbench.aws.lambda_service.sandbox import OwnModules
from lowtide_workbench.aws.protocol.refusal import NotPlayed, Refusal


class OnChange(Protocol):
    def __call__(self, record: FunctionRecord, *, is_new: bool) -> None: ...


class FunctionsApi:
    operations = frozenset(
        {
            "CreateFunction",
            "GetFunction",
            "GetFunctionConfiguration",
            "GetFunctionUrlConfig",
            "GetFunctionCodeSigningConfig",
            "UpdateFunctionCode",
            "UpdateFunctionConfiguration",
            "DeleteFunction",
            "ListFunctions",
            "ListVersionsByFunction",
        }
    )

    def __init__(self, state: LambdaState, on_change: OnChange) -> None:
        """`on_change` is told of each function that was created or has another configuration."""
        self.own_modules = OwnModules.AS_IN_LAMBDA
        self._state = state
        self._on_change = on_change

    def create_function(self, request: Document) -> Document:
        name = function_name(request["FunctionName"])
        if name in self._state.functions:
            raise Refusal("ResourceConflictException", f"Function already exist: {name}")
        if request.get("Publish"):
            raise NotPlayed("The embedded AWS has no published versions of functions.")
        settings = {key: request[key] for key in CONFIGURED if key in request}
        code = package(request["Code"])
        layers = self._checked(settings, code)
        record = FunctionRecord(
            name,
            settings,
            code,
            layers,
            Function(name, configuration(settings, code, layers, self.own_modules)),
            *_stamps(),
            tags=dict(request.get("Tags", {})),
        )
        self._state.functions[name] = record
        self._on_change(record, is_new=True)
        return view(record)

    def get_function(self, request: Document) -> Document:
        """Where the code can be fetched (Code.Location) is not said."""
        record = self._state.record(request)
        answer: dict[str, Any] = {"Configuration": view(record), "Code": {"RepositoryType": "S3"}}
        if record.tags:
            answer["Tags"] = record.tags
        if record.function.reserved_concurrency is not None:
            reserved = record.function.reserved_concurrency
            answer["Concurrency"] = {"ReservedConcurrentExecutions": reserved}
        return answer

    def get_function_configuration(self, request: Document) -> Document:
        return view(self._state.record(request))

    def get_function_url_config(self, request: Document) -> Document:
        self._state.record(request)
        raise not_found("The resource you requested does not exist.")

    def get_function_code_signing_config(self, request: Document) -> Document:
        return {"FunctionName": self._state.record(request).name}

    def update_function_code(self, request: Document) -> Document:
        record = self._unchanged(request)
        if request.get("Publish"):
            raise NotPlayed("The embedded AWS has no published versions of functions.")
        settings = dict(record.settings)
        if "Architectures" in request:
            settings["Architectures"] = request["Architectures"]
        code, layers = package(request), record.layers
        validation.check_artefact(code, layers)
        if request.get("DryRun"):
            return view(record)
        return self._change(record, settings, code, layers)

    def update_function_configuration(self, request: Document) -> Document:
        record = self._unchanged(request)
        given = {key: request[key] for key in CONFIGURED if key in request}
        settings = {**record.settings, **given}
        layers = self._checked(settings, record.package)
        return self._change(record, settings, record.package, layers)

    def delete_function(self, request: Document) -> Document:
        """204: the function ends after what it runs now; its mappings stay."""
        record = self._state.record(request)
        del self._state.functions[record.name]
        return {"StatusCode": 204}

    def list_functions(self, request: Document) -> Document:
        records = sorted(self._state.functions.values(), key=lambda record: record.name)
        shown, marker = marked([view(record) for record in records], request)
        return {"Functions": shown, **marker}

    def list_versions_by_function(self, request: Document) -> Document:
        record = self._state.record(request)
        latest = {**view(record), "FunctionArn": f"{function_arn(record.name)}:$LATEST"}
        return {"Versions": [latest]}

    def _unchanged(self, request: Document) -> FunctionRecord:
        """The function, if it has not changed since the caller read it."""
        record = self._state.record(request)
        if request.get("RevisionId", record.revision) != record.revision:
            raise Refusal(
                "PreconditionFailedException",
                "The Revision Id provided does not match the latest Revision Id. Call the "
                "GetFunction/GetAlias API to retrieve the latest Revision Id",
            )
        return record

    def _checked(self, settings: Document, code: Package) -> tuple[LayerVersion, ...]:
        layers = tuple(self._state.layer(arn) for arn in settings.get("Layers", ()))
        validation.check(settings)
        validation.check_artefact(code, layers)
        return layers

    def _change(
        self,
        record: FunctionRecord,
        settings: Document,
        code: Package,
        layers: tuple[LayerVersion, ...],
    ) -> Document:
        record.settings, record.package, record.layers = settings, code, layers
        record.modified, record.revision = _stamps()
        record.function.deploy(configuration(settings, code, layers, self.own_modules))
        self._on_change(record, is_new=False)
        return view(record)


def _stamps() -> tuple[str, str]:
    """When it was changed, and the revision that the change made."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    return now, str(uuid.uuid4())
