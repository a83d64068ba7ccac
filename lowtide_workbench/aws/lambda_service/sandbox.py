"""The sandbox of an execution environment: variables, boto3 session, modules, output."""

import io
import logging
import os
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from itertools import count
from types import ModuleType
from typing import Any
from unittest.mock import patch

import boto3
from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config
from botocore.model import OperationModel

from lowtide_workbench.aws.account import REGION
from lowtide_workbench.aws.iam.request import sign
from lowtide_workbench.aws.lambda_service.artefacts.artefact import APP, Artefact
from lowtide_workbench.aws.protocol.botocore_speed import botocore_session
from lowtide_workbench.aws.protocol.faults import Call, attempt
from lowtide_workbench.aws.virtual_time.waiting import sleep, stop_if_ended

LOG_LINES_KEPT = 10_000
_environments = count(1)


class OwnModules(Enum):
    """The modules and packages that each sandbox imports for itself; it shares all others."""

    AS_IN_LAMBDA = (APP, "lowtide", "aws_lambda_powertools")
    # For tests, which deploy hundreds of stacks: what keeps state between two invocations. The
    # rest of the layer keeps nothing but caches of pure functions, the rest of Powertools nothing.
    WITH_STATE = (
        APP,
        "lowtide.observability",
        "aws_lambda_powertools.logging",
        "aws_lambda_powertools.metrics",
    )

    def names(self, artefact: Artefact | None) -> tuple[str, ...]:
        if artefact is None:
            return self._names
        if self is OwnModules.AS_IN_LAMBDA or not artefact.has_our("lowtide"):
            return artefact.own
        return tuple(name for name in artefact.own if name != "lowtide") + self._names

    @property
    def _names(self) -> tuple[str, ...]:
        names: tuple[str, ...] = self.value
        return names


@dataclass(slots=True)
class Records:
    """The log and the calls of a function over all its sandboxes."""

    log: deque[str] = field(default_factory=lambda: deque(maxlen=LOG_LINES_KEPT))
    calls: Counter[Call] = field(default_factory=Counter)


class Sandbox:
    """It runs one invocation at a time."""

    def __init__(
        self,
        function_name: str,
        environment: Mapping[str, str],
        records: Records,
        own: OwnModules = OwnModules.AS_IN_LAMBDA,
        artefact: Artefact | None = None,
        log_group: str | None = None,
    ) -> None:
        """Without an artefact, modules are those of the working tree."""
        self.log_stream = f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{next(_environments):032x}"
        self.log_group = log_group or f"/aws/lambda/{function_name}"
        self.init_lines: list[str] = []  # until the first invocation began
        # Of the last invocation, or of the one that runs:
        self.attempts: list[Call] = []  # retries included
        self.lines: list[str] = []
        self._function_name = function_name
        self._records = records
        variables = artefact.environment(environment) if artefact else environment
        self._environment = {
            **_lambda_variables(function_name),
            "AWS_LAMBDA_LOG_GROUP_NAME": self.log_group,
            "AWS_LAMBDA_LOG_STREAM_NAME": self.log_stream,
            **variables,
        }
        self._output = io.StringIO()
        self._muted_at: int | None = None
        self._own = own.names(artefact)
        self._finder = artefact.finder(self._own) if artefact else None
        self._begun = False
        self._modules: dict[str, ModuleType] = {}
        self._session = _session()
        # Before any client is made: a client copies what is registered.
        self._session.events.register_last("before-parameter-build", self._sign)
        self._session.events.register("before-call", self._record)
        self._session.events.register_first("before-send", self._record_attempt)
        # powertools keeps a logger, and the stream it writes to, by service name.
        service = environment.get("POWERTOOLS_SERVICE_NAME", "")
        logging.Logger.manager.loggerDict.pop(service, None)

    def begin(self) -> None:
        """Forgets the attempts and lines of the last invocation."""
        self.init_lines = [] if self._begun else self.lines
        self._begun, self.attempts, self.lines = True, [], []

    @contextmanager
    def inside(self) -> Iterator[None]:
        with (
            self._own_environment(),
            patch.object(boto3, "DEFAULT_SESSION", self._session),
            patch.object(time, "sleep", sleep),
            self._own_modules(),
            self._own_finder(),
            self._own_output(),
        ):
            yield

    @contextmanager
    def _own_environment(self) -> Iterator[None]:
        """Replaces the dictionary in os.environ, which stays the object that modules have imported.

        To set and unset each variable would take longer than many an invocation.
        """
        inherited = (
            "PATH",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        )
        laptop = {name: os.environ[name] for name in inherited if name in os.environ}
        own = {**laptop, **self._environment}
        encoded = {os.fsencode(name): os.fsencode(value) for name, value in own.items()}
        with patch.object(os.environ, "_data", encoded):
            yield

    def mute(self) -> None:
        """Discards what is written from now on, until the sandbox is left."""
        self._muted_at = self._output.tell()

    @contextmanager
    def _own_modules(self) -> Iterator[None]:
        others = _taken_from_sys_modules(self._own)
        sys.modules.update(self._modules)
        try:
            yield
        finally:
            self._modules = _taken_from_sys_modules(self._own)
            sys.modules.update(others)

    @contextmanager
    def _own_finder(self) -> Iterator[None]:
        if self._finder is None:
            yield
            return
        with patch.object(sys, "meta_path", [self._finder, *sys.meta_path]):
            yield

    @contextmanager
    def _own_output(self) -> Iterator[None]:
        """Redirects to one stream for ever, since a logger keeps the stream it was made with."""
        try:
            with redirect_stdout(self._output), redirect_stderr(self._output):
                yield
        finally:
            lines = self._output.getvalue()[: self._muted_at].splitlines()
            self.lines += lines
            self._records.log.extend(lines)
            self._muted_at = None
            self._output.seek(0)
            self._output.truncate()

    def _sign(self, params: Mapping[str, Any], model: OperationModel, **_: object) -> None:
        sign(self._function_name, model.name, params)

    def _record(self, model: OperationModel, **_: object) -> None:
        self._records.calls[Call(model.service_model.service_name, model.name)] += 1

    def _record_attempt(self, event_name: str, request: AWSPreparedRequest, **_: object) -> None:
        stop_if_ended()
        made = attempt(event_name, request)
        if made.caller is not None:  # None: a Meanwhile fault acts through our session
            self.attempts.append(made.call)


def _session() -> boto3.Session:
    core = botocore_session()
    # Without a signature and with a short user agent: each would cost a tenth of a call.
    core.register("choose-signer", lambda **_: UNSIGNED)
    core.set_default_client_config(Config(user_agent="lowtide-lowtide_workbench"))
    return boto3.Session(botocore_session=core, region_name=REGION)


def _lambda_variables(function_name: str) -> Mapping[str, str]:
    return {
        "AWS_LAMBDA_FUNCTION_NAME": function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
    }


class _OwnNames:
    """Finds a sandbox's own modules; sys.modules is long, so it is searched only when it grew."""

    def __init__(self, own: tuple[str, ...]) -> None:
        self._packages = tuple(f"{name}." for name in own)
        self._known: set[str] = set()
        self._others = -1

    def present(self) -> list[str]:
        present = [name for name in self._known if name in sys.modules]
        if len(sys.modules) - len(present) != self._others:
            present = [name for name in sys.modules if f"{name}.".startswith(self._packages)]
            self._known.update(present)
            self._others = len(sys.modules) - len(present)
        return present


_own_names = cache(_OwnNames)


def _taken_from_sys_modules(own: tuple[str, ...]) -> dict[str, ModuleType]:
    return {name: sys.modules.pop(name) for name in _own_names(own).present()}
