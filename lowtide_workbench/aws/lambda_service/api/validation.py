"""What Lambda refuses in the settings of a function, and what the embedded AWS cannot run."""

import json
import sys

from lowtide_workbench.aws.lambda_service.api.configuration import artefact
from lowtide_workbench.aws.lambda_service.api.names import wrong
from lowtide_workbench.aws.lambda_service.api.state import Document, LayerVersion, Package
from lowtide_workbench.aws.lambda_service.artefacts.archive import LARGEST_UNPACKED, size
from lowtide_workbench.aws.lambda_service.roles import is_assumable
from lowtide_workbench.aws.protocol.refusal import NotPlayed, Refusal

RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
_MOST_LAYERS = 5
_LONGEST_TIMEOUT_S = 900
_MOST_VARIABLES_BYTES = 4096
# Those that the user may set are left out (AWS_LAMBDA_EXEC_WRAPPER, TZ and so on).
_RESERVED = frozenset(
    {
        "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
    }
)  # fmt: skip


def check(settings: Document) -> None:
    if settings.get("Timeout", 1) > _LONGEST_TIMEOUT_S:  # which botocore's model does not say
        raise Refusal(
            "ValidationException",
            f"1 validation error detected: Value '{settings['Timeout']}' at 'timeout' failed to "
            "satisfy constraint: Member must have value less than or equal to "
            f"{_LONGEST_TIMEOUT_S}",
        )
    if settings.get("PackageType", "Zip") != "Zip":
        raise NotPlayed("The embedded AWS runs zips, not container images.")
    if "Runtime" not in settings or "Handler" not in settings:
        raise wrong(
            "Runtime and Handler are mandatory parameters for functions created with deployment "
            "packages."
        )
    if settings["Runtime"] != RUNTIME:
        raise NotPlayed(
            f"The embedded AWS runs {RUNTIME}, which is its own Python; {settings['Runtime']} "
            "it does not."
        )
    if len(settings.get("Layers", ())) > _MOST_LAYERS:
        raise wrong("Cannot reference more than 5 layers.")
    _check_variables(settings.get("Environment", {}).get("Variables", {}))
    if not is_assumable(settings["Role"], "lambda.amazonaws.com"):
        raise wrong("The role defined for the function cannot be assumed by Lambda.")


def check_artefact(code: Package, layers: tuple[LayerVersion, ...]) -> None:
    """Refused at once, though Lambda itself says it at the first invocation."""
    unpacked = size(code.folder) + sum(size(layer.package.folder) for layer in layers)
    if unpacked > LARGEST_UNPACKED:
        raise wrong(
            "Function code combined with layers exceeds the maximum allowed size of "
            f"{LARGEST_UNPACKED} bytes. The actual size is {unpacked} bytes."
        )
    if problem := artefact(code, layers).problem:
        raise wrong(f"Runtime.ImportModuleError: {problem}")


def _check_variables(variables: dict[str, str]) -> None:
    if reserved := sorted(_RESERVED & variables.keys()):
        raise wrong(
            "Lambda was unable to configure your environment variables because the environment "
            "variables you have provided contains reserved keys that are currently not supported "
            f"for modification. Reserved keys used in this request: {', '.join(reserved)}"
        )
    if len(json.dumps(variables, separators=(",", ":")).encode()) > _MOST_VARIABLES_BYTES:
        raise wrong(
            "Lambda was unable to configure your environment variables because the environment "
            "variables you have provided exceeded the 4KB limit."
        )
