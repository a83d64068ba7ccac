"""What a function in Lambda has to itself: environment, boto3 session, layer, log."""

import io
import logging
import os
import sys
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from types import ModuleType
from typing import NamedTuple
from unittest.mock import patch

import boto3
import botocore.session
from botocore.loaders import create_loader
from botocore.model import OperationModel

from workbench.aws.settings import REGION

LOG_LINES_KEPT = 10_000
LAYER = "lowtide"  # the package in the common layer; each function has its own copy, as in Lambda
_service_models = create_loader()


class Call(NamedTuple):
    """An AWS operation that was called, named as IAM names its action."""

    service: str
    operation: str

    @property
    def action(self) -> str:
        return f"{self.service}:{self.operation}"


class Sandbox:
    def __init__(self, function_name: str, environment: Mapping[str, str]) -> None:
        self.log: deque[str] = deque(maxlen=LOG_LINES_KEPT)
        self.calls: Counter[Call] = Counter()
        self._environment = {**_lambda_variables(function_name), **environment}
        self._output = io.StringIO()
        self._layer: dict[str, ModuleType] = {}
        self._session = _session()
        self._session.events.register("before-call", self._record)
        # powertools keeps a logger, and the stream it writes to, by service name.
        service = environment.get("POWERTOOLS_SERVICE_NAME", "")
        logging.Logger.manager.loggerDict.pop(service, None)

    @contextmanager
    def inside(self) -> Iterator[None]:
        kept = (
            "PATH",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        )
        laptop = {name: os.environ[name] for name in kept if name in os.environ}
        with (
            patch.dict(os.environ, {**laptop, **self._environment}, clear=True),
            patch.object(boto3, "DEFAULT_SESSION", self._session),
            self._own_layer(),
            self._own_output(),
        ):
            yield

    @contextmanager
    def _own_layer(self) -> Iterator[None]:
        others = _taken_from_sys_modules()
        sys.modules.update(self._layer)
        try:
            yield
        finally:
            self._layer = _taken_from_sys_modules()
            sys.modules.update(others)

    @contextmanager
    def _own_output(self) -> Iterator[None]:
        """One stream for ever: a logger holds on to the stream it was made with."""
        try:
            with redirect_stdout(self._output), redirect_stderr(self._output):
                yield
        finally:
            self.log.extend(self._output.getvalue().splitlines())
            self._output.seek(0)
            self._output.truncate()

    def _record(self, model: OperationModel, **_: object) -> None:
        self.calls[Call(model.service_model.service_name, model.name)] += 1


def _session() -> boto3.Session:
    core = botocore.session.get_session()
    core.register_component("data_loader", _service_models)  # a second to read, for each session
    return boto3.Session(botocore_session=core, region_name=REGION)


def _lambda_variables(function_name: str) -> Mapping[str, str]:
    return {
        "AWS_LAMBDA_FUNCTION_NAME": function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function_name}",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
    }


def _taken_from_sys_modules() -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name.partition(".")[0] == LAYER]
    return {name: sys.modules.pop(name) for name in names}
