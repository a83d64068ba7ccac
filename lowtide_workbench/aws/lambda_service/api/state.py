"""The functions, layers and mappings that were made through Lambda's API."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from lowtide_workbench.aws.lambda_service.api.names import (
    function_arn,
    function_name,
    layer_arn,
    layer_version,
    not_found,
    wrong,
)
from lowtide_workbench.aws.lambda_service.function import Function
from lowtide_workbench.aws.template_specs import LAMBDA_RETRIES, QueueSourceSpec, Retries

type Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Package:
    """A zip that was uploaded, and the folder where it is unpacked."""

    folder: Path
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class LayerVersion:
    name: str
    version: int
    package: Package
    created: str
    request: Mapping[str, Any]

    @property
    def arn(self) -> str:
        return f"{layer_arn(self.name)}:{self.version}"


@dataclass(slots=True)
class FunctionRecord:
    name: str
    settings: Document  # the members of CreateFunction and UpdateFunctionConfiguration
    package: Package
    layers: tuple[LayerVersion, ...]
    function: Function
    modified: str
    revision: str
    tags: dict[str, str] = field(default_factory=dict)
    statements: list[Document] = field(default_factory=list)  # of its resource policy
    invoke_config: Document | None = None
    invoke_config_modified: datetime | None = None

    @property
    def arn(self) -> str:
        return function_arn(self.name)

    @property
    def role(self) -> str:
        return str(self.settings["Role"])

    @property
    def timeout_s(self) -> int:
        return int(self.settings.get("Timeout", 3))

    @property
    def memory_mb(self) -> int:
        return int(self.settings.get("MemorySize", 128))

    @property
    def log_group(self) -> str:
        given = self.settings.get("LoggingConfig", {}).get("LogGroup")
        return str(given or f"/aws/lambda/{self.name}")

    @property
    def retries(self) -> Retries:
        """Of asynchronous invocations."""
        return Retries.read(self.invoke_config or {}, LAMBDA_RETRIES)

    def may_be_invoked_by(self, service: str, source_arn: str, account: str) -> bool:
        """Whether the resource policy lets the service invoke it on behalf of the source."""
        return any(
            statement["Principal"] in ({"Service": service}, "*")
            and fnmatchcase("lambda:InvokeFunction", statement["Action"])
            and _holds(statement.get("Condition", {}), source_arn, account)
            for statement in self.statements
        )


@dataclass(slots=True)
class MappingRecord:
    """An event source mapping of a queue."""

    uuid: str
    settings: Document
    function: str
    modified: datetime

    @property
    def is_enabled(self) -> bool:
        return bool(self.settings.get("Enabled", True))

    @property
    def source(self) -> QueueSourceSpec:
        return QueueSourceSpec(
            self.function,
            self.settings["EventSourceArn"],
            self.settings.get("BatchSize", 10),
            "ReportBatchItemFailures" in self.settings.get("FunctionResponseTypes", ()),
        )


@dataclass(slots=True)
class LambdaState:
    functions: dict[str, FunctionRecord] = field(default_factory=dict)
    layers: dict[str, list[LayerVersion]] = field(default_factory=dict)
    layer_numbers: dict[str, int] = field(default_factory=dict)  # are never used again
    mappings: dict[str, MappingRecord] = field(default_factory=dict)

    def record(self, request: Document) -> FunctionRecord:
        """The function that a request names; ResourceNotFoundException without it."""
        name = function_name(request["FunctionName"], request.get("Qualifier"))
        if name not in self.functions:
            raise not_found(f"Function not found: {function_arn(name)}")
        return self.functions[name]

    def layer(self, arn: str) -> LayerVersion:
        name, number = layer_version(arn)
        for version in self.layers.get(name, ()):
            if version.version == number:
                return version
        raise wrong(f"Layer version {arn} does not exist.")


def policy(record: FunctionRecord) -> str:
    return json.dumps({"Version": "2012-10-17", "Id": "default", "Statement": record.statements})


def _holds(condition: Mapping[str, Any], source_arn: str, account: str) -> bool:
    """The two conditions that AddPermission writes."""
    arn = condition.get("ArnLike", {}).get("AWS:SourceArn", "*")
    owner = condition.get("StringEquals", {}).get("AWS:SourceAccount", account)
    return fnmatchcase(source_arn, arn) and bool(owner == account)
