"""`lowtide aws` as a person starts it: another process, reached over HTTP."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest

ROOT = Path(__file__).parents[4]
ENDED_BY = signal.SIGINT
_PATIENCE_S = 120.0  # only a hang waits so long


class Running:
    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._clients: dict[str, Any] = {}
        self._process = process
        self._log = log
        self.url = ""

    @property
    def output(self) -> str:
        return self._log.read_text()

    def client(self, service: str) -> Any:
        if service not in self._clients:
            made: Any = boto3.Session(region_name="us-east-1")
            self._clients[service] = made.client(service, endpoint_url=self.url)
        return self._clients[service]

    def get(self, path: str) -> Any:
        with urlopen(f"{self.url}/_lowtide/{path}") as answer:  # noqa: S310
            return json.load(answer)

    def advance(self, **body: object) -> Any:
        request = Request(f"{self.url}/_lowtide/advance", json.dumps(body).encode())  # noqa: S310
        with urlopen(request) as answer:  # noqa: S310
            return json.load(answer)

    def statuses(self, endpoint: str) -> list[str]:
        return [each["status"] for each in self.get("statuses") if each["endpoint"] == endpoint]

    def until(self, happened: Callable[[], bool]) -> None:
        patience = time.monotonic() + _PATIENCE_S
        while not happened():
            assert self._process.poll() is None, f"it ended: {self.output}"
            assert time.monotonic() < patience, f"never happened; output: {self.output}"
            time.sleep(0.1)

    def end(self) -> int:
        """As Ctrl-C does; the exit code."""
        self._process.send_signal(ENDED_BY)
        return self._process.wait(_PATIENCE_S)


@contextmanager
def _running(log: Path, *options: str) -> Iterator[Running]:
    command = [
        sys.executable,
        "-c",
        "from lowtide_cli.main import app; app()",
        "aws",
        *options,
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)  # noqa: S603
    running = Running(process, log)
    try:
        running.until(lambda: "AWS_SECRET_ACCESS_KEY" in running.output)
        running.url = running.output.split("AWS_ENDPOINT_URL=")[1].split()[0]
        yield running
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def running() -> Callable[..., AbstractContextManager[Running]]:
    """For those whose tests share a cloud: a log, and the options."""
    return _running


type Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """On a free port, unless the options say otherwise."""
    with ExitStack() as started:

        def run(*options: object) -> Running:
            log = tmp_path / f"{time.monotonic_ns()}.log"
            return started.enter_context(_running(log, "--port", "0", *map(str, options)))

        yield run


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A cloud with Lowtide and calls in it, an hour in a second, for all tests of a file."""
    folder = tmp_path_factory.mktemp("town")
    config, trace = folder / "endpoints.yaml", folder / "calls.csv"
    config.write_text(_CONFIG)
    calls = "".join(f"{second},60\n" for second in range(0, 7 * 86400, 600))
    trace.write_text(f"arrival_s,duration_s\n{calls}")
    options = ("--port", "0", "--speed", "3600", "--start", "2026-11-23T07:00")
    played = ("--stack", str(config), "--traffic", f"sleeper={trace}")
    with _running(folder / "log", *options, *played) as running:
        yield running


_CONFIG = """
timezone: UTC
endpoints:
  - name: sleeper
    schedule: {windows: [{start: "0 10 * * *", stop: "0 8 * * *"}]}
    drain: {deadline: 10m}
    scaling: {capacity: {ml.g6.2xlarge: 10}}
"""


@pytest.fixture(scope="session")
def endpoint() -> Callable[..., None]:
    def create(running: Running, name: str, **fields: Any) -> None:
        sagemaker = running.client("sagemaker")
        variant = {
            "VariantName": "AllTraffic",
            "ModelName": f"{name}-model",
            "InitialInstanceCount": 1,
            "InstancePools": [{"InstanceType": "ml.g6.2xlarge", "Priority": 1}],
        }
        sagemaker.create_model(
            ModelName=f"{name}-model",
            ExecutionRoleArn="arn:aws:iam::123456789012:role/sagemaker-execution",
            PrimaryContainer={"ModelPackageName": "speech-to-text"},
        )
        sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name, **fields)

    return create
