"""Starts the measured function and the server that answers it, each in its own process."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typer
from rich.console import Console

from lowtide_workbench.benchmarks.harness.costs import Cost, Spent

_ROOT = Path(__file__).parents[3]


class IncompleteRunError(Exception):
    """The function did not finish all endpoints in time."""


@dataclass(frozen=True, slots=True)
class Bench:
    """`package` has the modules `answers`, for the server, and `child`, the measured process."""

    function: str
    package: str
    variables: Mapping[str, str]

    def measure(self, endpoints: int, file: str) -> Cost:
        with TemporaryDirectory() as folder, _server(f"{self.package}.answers") as server:
            path = Path(folder) / "endpoints.yaml"
            path.write_text(file, encoding="utf-8")
            report = run_json(
                [sys.executable, "-m", f"{self.package}.child"],
                self._environment(path, server.port),
            )
        if report["done"] != endpoints:
            raise IncompleteRunError(
                f"Only {report['done']:,} of {endpoints:,} endpoints were done in time, so nothing "
                "was measured; try again while the machine is less busy"
            )
        return Cost(
            endpoints=endpoints,
            cold=Spent(**report["cold"]),
            first=Spent(**report["first"]),
            steady=Spent(**report["steady"]),
            calls=report["calls"],
            peak_mb=report["peak_mb"],
            server_late_s=server.report["late_s"],
            server_calls=server.report["calls"],
        )

    def _environment(self, file: Path, port: int) -> Mapping[str, str]:
        return {
            **_python(),
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "LOWTIDE_CONFIG": str(file),
            "LOWTIDE_STACK": "lowtide-bench",
            "POWERTOOLS_METRICS_NAMESPACE": "Lowtide",
            "POWERTOOLS_SERVICE_NAME": self.function,
            **self.variables,
        }


def measure_all[A](
    items: Sequence[A], measure: Callable[[A], Cost], console: Console
) -> list[Cost]:
    """Measures one after the other; exits where a run is incomplete."""
    try:
        return [measure(item) for item in items]
    except IncompleteRunError as error:
        console.print(str(error))
        raise typer.Exit(1) from error


@dataclass
class _Server:
    port: int
    report: Mapping[str, Any]


@contextmanager
def _server(answers: str) -> Iterator[_Server]:
    """The running server; its report is known after the `with` block."""
    command = [sys.executable, "-m", "lowtide_workbench.benchmarks.harness.server", answers]
    with subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_python()
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the server has no pipes")
        try:
            server = _Server(int(process.stdout.readline()), {})
            yield server
        finally:
            process.stdin.close()
            report = process.stdout.read()
        server.report = json.loads(report)


def run_json(command: Sequence[str], environment: Mapping[str, str]) -> Any:
    done = subprocess.run(  # noqa: S603
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"the function failed:\n{done.stderr}")
    return json.loads(done.stdout)


def _python() -> dict[str, str]:
    """The environment with which both processes find the code."""
    path = os.pathsep.join([str(_ROOT), str(_ROOT / "layers/common")])
    return {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": path}
