"""A Lambda function: imported once an execution environment, JSON in, JSON out."""

import itertools
import json
import sys
import traceback
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from lowtide_workbench.aws.lambda_service.handler import (
    Configuration,
    Handler,
    InitError,
    LambdaContext,
    load,
)
from lowtide_workbench.aws.lambda_service.run import Run
from lowtide_workbench.aws.lambda_service.sandbox import Records, Sandbox
from lowtide_workbench.aws.protocol.faults import Call
from lowtide_workbench.aws.virtual_time.waiting import EndedError, TimedOutError, stop_if_ended

INVOCATIONS_KEPT = 10_000

type Environment = tuple[Sandbox, Handler | InitError]


class FunctionError(Exception):
    """The error that Lambda reports when a handler raises or returns no JSON."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(f"{error_type}: {message}")
        self.error_type = error_type
        self.error_message = message


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
    request_id: str = ""
    log_stream: str = ""
    init_lines: tuple[str, ...] = ()  # of a cold start


class Function:
    """`name` is that of its folder under functions/, or of the function in Lambda's API."""

    def __init__(
        self, name: str, configuration: Configuration, *, function_name: str | None = None
    ) -> None:
        self.name = name
        self.function_name = function_name or name
        self.reserved_concurrency: int | None = None
        self.running = 0  # invocations that have begun, and have not ended
        self.invocations: deque[Invocation] = deque(maxlen=INVOCATIONS_KEPT)
        self._configuration = configuration
        self._requests = itertools.count(1)
        self._records = Records()
        self._watchers: list[Callable[[Invocation], None]] = []
        self._prepared: list[tuple[Mapping[str, str], Environment]] = []
        self._warm: list[Environment] = []  # none runs anything now

    @classmethod
    def started(
        cls, name: str, configuration: Configuration, *, function_name: str | None = None
    ) -> "Function":
        """The function after its first cold start; raises what its import raises."""
        function = cls(name, configuration, function_name=function_name)
        environment = function._start(configuration.environment)
        if isinstance(environment[1], InitError):
            raise environment[1].cause
        function._warm.append(environment)
        return function

    @property
    def log(self) -> Sequence[str]:
        """The last lines that it wrote, metrics in EMF included."""
        return self._records.log

    @property
    def calls(self) -> Counter[Call]:
        """The number of calls of each operation of AWS."""
        return self._records.calls

    @property
    def is_throttled(self) -> bool:
        """Whether its reserved concurrency allows no further invocation now."""
        return self.reserved_concurrency is not None and self.running >= self.reserved_concurrency

    def watch(self, watcher: Callable[[Invocation], None]) -> None:
        """Calls `watcher` with each invocation when it has ended."""
        self._watchers.append(watcher)

    def twin(self) -> "Function":
        """The same function with records of its own, for concurrent runs; without watchers."""
        return Function.started(self.name, self._configuration, function_name=self.function_name)

    def begin(self, event: object) -> Run:
        """Starts an invocation, which runs until it sleeps or ends."""
        payload, limit_s = json.dumps(event), self._configuration.timeout_s
        warm = self._warm  # end_environment replaces the list
        environment = sandbox, handler = self._take_environment()
        context = self._context(sandbox)
        at = datetime.now(UTC)
        sandbox.begin()
        self.running += 1

        def on_end(run: Run) -> None:
            self.running -= 1
            if isinstance(run.error, EndedError):
                run.error = self._ended(run, context, limit_s)
            elif not isinstance(handler, InitError):
                warm.append(environment)  # Lambda discards an environment that it had to end
            self._record(event, at, run, sandbox, context)

        code = partial(_run, handler, payload, context)
        return Run(code, caller=self.name, sandbox=sandbox, limit_s=limit_s, on_end=on_end)

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

    def deploy(self, configuration: Configuration) -> None:
        """From the next invocation on, which is a cold start; those that run go on as they are."""
        self._configuration = configuration
        self.end_environment()

    def configure(self, **environment: str) -> None:
        """As UpdateFunctionConfiguration does, from the next invocation on."""
        variables = {**self._configuration.environment, **environment}
        self._configuration = replace(self._configuration, environment=variables)
        self._warm = []

    def prepare_cold_start(self, **environment: str) -> None:
        """Prepares the next cold start with these variables, to save its time later."""
        variables = {**self._configuration.environment, **environment}
        if all(known != variables for known, _ in self._prepared):
            self._prepared.append((variables, self._start(variables)))

    def _take_environment(self) -> Environment:
        """An environment for one invocation: a warm one, a prepared one, or a cold start."""
        if self._warm:
            return self._warm.pop()
        for index, (variables, _) in enumerate(self._prepared):
            if variables == self._configuration.environment:
                return self._prepared.pop(index)[1]
        return self._start(self._configuration.environment)

    def _start(self, variables: Mapping[str, str]) -> Environment:
        configured = self._configuration
        sandbox = Sandbox(
            self.function_name,
            variables,
            self._records,
            configured.own_modules,
            configured.artefact,
            configured.log_group,
        )
        with sandbox.inside():
            try:
                return sandbox, load(configured)
            except InitError as error:
                sys.stdout.write(f"[ERROR] {error.error_type}: {error}\n")
                traceback.print_exception(error.cause, file=sys.stdout)
                return sandbox, error

    def _ended(self, run: Run, context: LambdaContext, limit_s: int) -> FunctionError:
        request = f"RequestId: {context.aws_request_id} Error:"
        if isinstance(run.error, TimedOutError):
            message = f"Task timed out after {limit_s:.2f} seconds"
            error = FunctionError("Sandbox.Timedout", f"{request} {message}")
        else:
            message = "Runtime exited without providing a reason"
            error = FunctionError("Runtime.ExitError", f"{request} {message}")
        self._records.log.append(f"{run.own.now.isoformat()} {context.aws_request_id} {message}")
        return error

    def _record(
        self, event: object, at: datetime, run: Run, sandbox: Sandbox, context: LambdaContext
    ) -> None:
        error = run.error if isinstance(run.error, FunctionError) else None
        invocation = Invocation(
            self.name,
            event,
            at,
            tuple(sandbox.attempts),
            tuple(sandbox.lines),
            error,
            run.own.spent_s,
            context.aws_request_id,
            sandbox.log_stream,
            tuple(sandbox.init_lines),
        )
        self.invocations.append(invocation)
        for watcher in self._watchers:
            watcher(invocation)

    def _context(self, sandbox: Sandbox) -> LambdaContext:
        request_id = f"00000000-0000-4000-8000-{next(self._requests):012x}"
        deadline = datetime.now(UTC) + timedelta(seconds=self._configuration.timeout_s)
        memory = str(self._configuration.memory_mb)
        group = sandbox.log_group
        return LambdaContext(
            self.function_name, memory, request_id, deadline, group, sandbox.log_stream
        )


def _run(handler: Handler | InitError, payload: str, context: LambdaContext) -> Any:
    if isinstance(handler, InitError):
        raise FunctionError(handler.error_type, str(handler))
    try:
        result = handler(json.loads(payload), context)
    except Exception as error:
        traceback.print_exc(file=sys.stdout)
        raise FunctionError(type(error).__name__, str(error)) from error
    stop_if_ended()
    return _round_trip(result)


def _round_trip(result: object) -> Any:
    try:
        return json.loads(json.dumps(result))
    except TypeError as error:
        raise FunctionError(
            "Runtime.MarshalError", f"Unable to marshal response: {error}"
        ) from error
