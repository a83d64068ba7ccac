"""A Lambda function: imported once an execution environment, JSON in, JSON out."""

import importlib.util
import itertools
import json
import sys
import traceback
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.lambda_service.run import Run
from lowtide_workbench.aws.lambda_service.sandbox import APP, OwnModules, Records, Sandbox
from lowtide_workbench.aws.protocol.faults import Call
from lowtide_workbench.aws.virtual_time.waiting import EndedError, TimedOutError, stop_if_ended

INVOCATIONS_KEPT = 10_000

type Handler = Callable[[Any, LambdaContext], object]
type Environment = tuple[Sandbox, Handler]


class FunctionError(Exception):
    """The error that Lambda reports when a handler raises or returns no JSON."""

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
    log_stream_name: str = "lowtide_workbench"
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


@dataclass(frozen=True, slots=True)
class Invocation:
    """One completed invocation of a function."""

    function: str
    event: object
    at: datetime
    calls: tuple[Call, ...]  # in order; each of botocore's retries is one
    lines: tuple[str, ...]  # what it wrote to its log
    error: FunctionError | None
    duration_s: float  # virtual: what late answers, waiting and sleep took


class Function:
    """`name` is that of its folder under functions/, `function_name` the deployed one."""

    def __init__(
        self,
        code_dir: Path,
        environment: Mapping[str, str],
        *,
        function_name: str | None = None,
        timeout_s: int = 60,
        memory_mb: int = 512,
        own_modules: OwnModules = OwnModules.AS_IN_LAMBDA,
    ) -> None:
        """Starts the function cold; boto3 clients made at import are its own."""
        self.name = code_dir.name
        self.function_name = function_name or code_dir.name
        self.invocations: deque[Invocation] = deque(maxlen=INVOCATIONS_KEPT)
        self._code_dir = code_dir
        self._environment = environment
        self._timeout_s = timeout_s
        self._memory_mb = memory_mb
        self._own_modules = own_modules
        self._requests = itertools.count(1)
        self._records = Records()
        self._watchers: list[Callable[[Invocation], None]] = []
        self._prepared: list[tuple[Mapping[str, str], Environment]] = []
        self._warm: list[Environment] = [self._start(environment)]  # none runs anything now

    @property
    def log(self) -> Sequence[str]:
        """The last lines that it wrote, metrics in EMF included."""
        return self._records.log

    @property
    def calls(self) -> Counter[Call]:
        """The number of calls of each operation of AWS."""
        return self._records.calls

    def watch(self, watcher: Callable[[Invocation], None]) -> None:
        """Calls `watcher` with each invocation when it has ended."""
        self._watchers.append(watcher)

    def twin(self) -> "Function":
        """The same function with records of its own, for concurrent runs; without watchers."""
        return Function(
            self._code_dir,
            self._environment,
            function_name=self.function_name,
            timeout_s=self._timeout_s,
            memory_mb=self._memory_mb,
            own_modules=self._own_modules,
        )

    def begin(self, event: object) -> Run:
        """Starts an invocation, which runs until it sleeps or ends."""
        context, payload = self._context(), json.dumps(event)
        warm = self._warm  # end_environment replaces the list
        environment = sandbox, handler = self._take_environment()
        at = datetime.now(UTC)
        sandbox.begin()

        def on_end(run: Run) -> None:
            if isinstance(run.error, EndedError):
                run.error = self._ended(run, context)
            else:
                warm.append(environment)  # Lambda discards an environment that it had to end
            self._record(event, at, run, sandbox)

        code = partial(_run, handler, payload, context)
        return Run(code, caller=self.name, sandbox=sandbox, limit_s=self._timeout_s, on_end=on_end)

    def invoke(self, event: object) -> Any:
        """The handler's result; raises FunctionError for what Lambda reports as an error.

        The cloud's clock stops, even while the function sleeps.
        """
        run = self.begin(event)
        while run.wakes is not None:
            run.go_on()
        return run.result

    def end_environment(self) -> None:
        """As a deployment does: the next invocation is a cold start."""
        self._warm, self._prepared = [], []

    def configure(self, **environment: str) -> None:
        """As UpdateFunctionConfiguration does, from the next invocation on."""
        self._environment = {**self._environment, **environment}
        self._warm = []

    def prepare_cold_start(self, **environment: str) -> None:
        """Prepares the next cold start with these variables, to save its time later."""
        variables = {**self._environment, **environment}
        if all(known != variables for known, _ in self._prepared):
            self._prepared.append((variables, self._start(variables)))

    def _take_environment(self) -> Environment:
        """An environment for one invocation: a warm one, a prepared one, or a cold start."""
        if self._warm:
            return self._warm.pop()
        for index, (variables, _) in enumerate(self._prepared):
            if variables == self._environment:
                return self._prepared.pop(index)[1]
        return self._start(self._environment)

    def _start(self, variables: Mapping[str, str]) -> Environment:
        sandbox = Sandbox(self.function_name, variables, self._records, self._own_modules)
        with sandbox.inside():
            handler = _imported(self._code_dir / f"{APP}.py").lambda_handler
        return sandbox, handler

    def _ended(self, run: Run, context: LambdaContext) -> FunctionError:
        request = f"RequestId: {context.aws_request_id} Error:"
        if isinstance(run.error, TimedOutError):
            message = f"Task timed out after {self._timeout_s:.2f} seconds"
            error = FunctionError("Sandbox.Timedout", f"{request} {message}")
        else:
            message = "Runtime exited without providing a reason"
            error = FunctionError("Runtime.ExitError", f"{request} {message}")
        self._records.log.append(f"{run.own.now.isoformat()} {context.aws_request_id} {message}")
        return error

    def _record(self, event: object, at: datetime, run: Run, sandbox: Sandbox) -> None:
        error = run.error if isinstance(run.error, FunctionError) else None
        calls, lines = tuple(sandbox.attempts), tuple(sandbox.lines)
        invocation = Invocation(self.name, event, at, calls, lines, error, run.own.spent_s)
        self.invocations.append(invocation)
        for watcher in self._watchers:
            watcher(invocation)

    def _context(self) -> LambdaContext:
        request_id = f"00000000-0000-4000-8000-{next(self._requests):012x}"
        deadline = datetime.now(UTC) + timedelta(seconds=self._timeout_s)
        return LambdaContext(self.function_name, str(self._memory_mb), request_id, deadline)


def _run(handler: Handler, payload: str, context: LambdaContext) -> Any:
    try:
        result = handler(json.loads(payload), context)
    except Exception as error:
        traceback.print_exc(file=sys.stdout)
        raise FunctionError(type(error).__name__, str(error)) from error
    stop_if_ended()
    return _round_trip(result)


def _imported(app: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(APP, app)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot import {app}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[APP] = module
    spec.loader.exec_module(module)
    return module


def _round_trip(result: object) -> Any:
    try:
        return json.loads(json.dumps(result))
    except TypeError as error:
        raise FunctionError(
            "Runtime.MarshalError", f"Unable to marshal response: {error}"
        ) from error
