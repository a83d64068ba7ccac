"""A function as Lambda runs it: imported once, JSON in, JSON out."""

import importlib.util
import itertools
import json
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from workbench.aws.sandbox import Call, Sandbox
from workbench.aws.settings import ACCOUNT, REGION

_cold_starts = itertools.count(1)

type Handler = Callable[[Any, LambdaContext], object]


class FunctionError(Exception):
    """What Lambda answers when a handler raises, or returns what is not JSON."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(f"{error_type}: {message}")
        self.error_type = error_type
        self.error_message = message


@dataclass(frozen=True, slots=True)
class LambdaContext:
    function_name: str
    memory_limit_in_mb: str
    aws_request_id: str
    deadline: datetime
    function_version: str = "$LATEST"
    log_stream_name: str = "workbench"
    identity: None = None
    client_context: None = None

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.function_name}"

    @property
    def log_group_name(self) -> str:
        return f"/aws/lambda/{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        return int((self.deadline - datetime.now(UTC)) / timedelta(milliseconds=1))


class Function:
    def __init__(
        self, handler: Handler, sandbox: Sandbox, name: str, timeout_s: int, memory_mb: int
    ) -> None:
        self._handler = handler
        self._sandbox = sandbox
        self._name = name
        self._timeout = timedelta(seconds=timeout_s)
        self._memory_mb = memory_mb
        self._requests = itertools.count(1)

    @classmethod
    def load(
        cls,
        code_dir: Path,
        environment: Mapping[str, str],
        *,
        function_name: str | None = None,
        timeout_s: int = 60,
        memory_mb: int = 512,
    ) -> "Function":
        """A cold start; boto3 clients made at import belong to this function alone."""
        name = function_name or code_dir.name
        sandbox = Sandbox(name, environment)
        with sandbox.inside():
            handler = _imported(code_dir / "app.py").lambda_handler
        return cls(handler, sandbox, name, timeout_s, memory_mb)

    @property
    def log(self) -> Sequence[str]:
        """The last lines of what it wrote, metrics in the embedded format included."""
        return self._sandbox.log

    @property
    def calls(self) -> Counter[Call]:
        """How often it called each operation of AWS."""
        return self._sandbox.calls

    def invoke(self, event: object) -> Any:
        """The handler's result; raises FunctionError for what Lambda reports as an error."""
        payload = json.dumps(event)
        with self._sandbox.inside():
            try:
                result = self._handler(json.loads(payload), self._context())
            except Exception as error:
                traceback.print_exc(file=sys.stdout)
                raise FunctionError(type(error).__name__, str(error)) from error
        return _round_trip(result)

    def _context(self) -> LambdaContext:
        request_id = f"00000000-0000-4000-8000-{next(self._requests):012x}"
        deadline = datetime.now(UTC) + self._timeout
        return LambdaContext(self._name, str(self._memory_mb), request_id, deadline)


def _imported(app: Path) -> ModuleType:
    name = f"lambda_{app.parent.name}_{next(_cold_starts)}"
    spec = importlib.util.spec_from_file_location(name, app)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot import {app}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _round_trip(result: object) -> Any:
    try:
        return json.loads(json.dumps(result))
    except TypeError as error:
        raise FunctionError(
            "Runtime.MarshalError", f"Unable to marshal response: {error}"
        ) from error
