"""What a function runs, and its import; failures are worded as Lambda's runtime does."""

import importlib.util
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.lambda_service.artefacts.artefact import APP, Artefact
from lowtide_workbench.aws.lambda_service.sandbox import OwnModules

type Handler = Callable[[Any, LambdaContext], object]


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a function runs, and with what."""

    code_dir: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    timeout_s: int = 60
    memory_mb: int = 512
    own_modules: OwnModules = OwnModules.AS_IN_LAMBDA
    handler: str = f"{APP}.lambda_handler"
    artefact: Artefact | None = None  # None: the modules of the working tree
    log_group: str | None = None  # None: the one that Lambda names


@dataclass(frozen=True, slots=True)
class LambdaContext:
    function_name: str
    memory_limit_in_mb: str
    aws_request_id: str
    deadline: datetime
    log_group_name: str
    log_stream_name: str
    function_version: str = "$LATEST"
    identity: None = None
    client_context: None = None

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        return int((self.deadline - datetime.now(UTC)) / timedelta(milliseconds=1))


class InitError(Exception):
    """A cold start that failed."""

    def __init__(self, cause: Exception, error_type: str, message: str) -> None:
        super().__init__(message)
        self.cause = cause
        self.error_type = error_type


def load(configuration: Configuration) -> Handler:
    """The handler, imported anew where the caller is inside a sandbox. Raises InitError."""
    module, _, function = configuration.handler.rpartition(".")
    module = module.replace("/", ".")
    try:
        if configuration.artefact is None:
            imported = _imported_from(configuration.code_dir)
        else:
            imported = importlib.import_module(module)
    except ImportError as error:
        text = f"Unable to import module {module!r}: {error}"
        raise InitError(error, "Runtime.ImportModuleError", text) from error
    except SyntaxError as error:
        text = f"Syntax error in module {module!r}: {error}"
        raise InitError(error, "Runtime.UserCodeSyntaxError", text) from error
    except Exception as error:
        raise InitError(error, type(error).__name__, str(error)) from error
    if not hasattr(imported, function):
        text = f"Handler {function!r} missing on module {module!r}"
        raise InitError(AttributeError(text), "Runtime.HandlerNotFound", text)
    found: Handler = getattr(imported, function)
    return found


def _imported_from(code_dir: Path) -> ModuleType:
    """app.py of a folder of the working tree."""
    spec = importlib.util.spec_from_file_location(APP, code_dir / f"{APP}.py")
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot import {code_dir}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[APP] = module
    spec.loader.exec_module(module)
    return module
