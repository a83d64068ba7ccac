"""The settings of a function, as its runtime takes them and as the API shows them."""

from lowtide_workbench.aws.lambda_service.api.state import (
    Document,
    FunctionRecord,
    LayerVersion,
    Package,
)
from lowtide_workbench.aws.lambda_service.artefacts.artefact import Artefact
from lowtide_workbench.aws.lambda_service.handler import Configuration
from lowtide_workbench.aws.lambda_service.sandbox import OwnModules

CONFIGURED = (
    "Runtime", "Role", "Handler", "Description", "Timeout", "MemorySize", "Environment", "Layers",
    "LoggingConfig", "Architectures", "TracingConfig", "EphemeralStorage", "KMSKeyArn",
    "DeadLetterConfig", "VpcConfig", "SnapStart", "PackageType",
)  # fmt: skip
_DEFAULTS: Document = {
    "Description": "",
    "Timeout": 3,
    "MemorySize": 128,
    "PackageType": "Zip",
    "Architectures": ["x86_64"],
    "TracingConfig": {"Mode": "PassThrough"},
    "EphemeralStorage": {"Size": 512},
}


def artefact(code: Package, layers: tuple[LayerVersion, ...]) -> Artefact:
    return Artefact.of(code.folder, tuple(layer.package.folder for layer in layers))


def configuration(
    settings: Document,
    code: Package,
    layers: tuple[LayerVersion, ...],
    own_modules: OwnModules,
) -> Configuration:
    shown = {**_DEFAULTS, **settings}
    return Configuration(
        code.folder,
        settings.get("Environment", {}).get("Variables", {}),
        shown["Timeout"],
        shown["MemorySize"],
        own_modules,
        settings["Handler"],
        artefact(code, layers),
        settings.get("LoggingConfig", {}).get("LogGroup"),
    )


def view(record: FunctionRecord) -> Document:
    """The answer of GetFunctionConfiguration."""
    shown = {**_DEFAULTS, **record.settings}
    if not shown.get("Environment", {}).get("Variables"):
        shown.pop("Environment", None)
    shown["Layers"] = [
        {"Arn": layer.arn, "CodeSize": layer.package.size} for layer in record.layers
    ]
    shown["LoggingConfig"] = {
        "LogFormat": "Text",
        **record.settings.get("LoggingConfig", {}),
        "LogGroup": record.log_group,
    }
    snap = shown.pop("SnapStart", {}).get("ApplyOn", "None")
    return {
        **shown,
        "FunctionName": record.name,
        "FunctionArn": record.arn,
        "CodeSize": record.package.size,
        "CodeSha256": record.package.sha256,
        "LastModified": record.modified,
        "RevisionId": record.revision,
        "Version": "$LATEST",
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "SnapStart": {"ApplyOn": snap, "OptimizationStatus": "Off"},
    }
