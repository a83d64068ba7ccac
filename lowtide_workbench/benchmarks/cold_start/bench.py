"""The bench of cold starts: import and first invocation, against a bare function."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from lowtide_workbench.benchmarks.cold_start.child import EVENTS, ROOT

_CHILD = Path(__file__).with_name("child.py")
_RUNS = 5  # the fastest counts: other programs only make a run slower
_FILE = "endpoints: [{name: my-endpoint, schedule: always}]\ntimezone: UTC\n"


def bench_cold_start() -> None:
    """Processor time of each function's import and first invocation, with byte code at hand."""
    table = Table("function", "cold start", "same clients and calls alone", "ratio")
    for function in EVENTS:
        with TemporaryDirectory() as folder:
            own, bare = measure(function, Path(folder))
        table.add_row(function, f"{own:.2f} s", f"{bare:.2f} s", f"{own / bare:.2f}")
    Console(markup=False, highlight=False).print(table)


def measure(function: str, folder: Path, runs: int = _RUNS) -> tuple[float, float]:
    """Returns the seconds of the function, and of a bare one. The first run compiles."""
    environment = _environment(folder)
    calls = _run(environment, function)["calls"]
    own = min(_run(environment, function)["cpu_s"] for _ in range(runs))
    _run(environment, calls=calls)
    return own, min(_run(environment, calls=calls)["cpu_s"] for _ in range(runs))


def _run(environment: Mapping[str, str], *function: str, calls: object = None) -> Any:
    done = subprocess.run(  # noqa: S603
        [sys.executable, str(_CHILD), *function],
        env=environment, input=json.dumps(calls), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the function failed:\n{done.stderr}")
    return json.loads(done.stdout)


def _environment(folder: Path) -> Mapping[str, str]:
    file = folder / "bench.yaml"
    file.write_text(_FILE, encoding="utf-8")
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(ROOT / "layers/common"),
        "PYTHONPYCACHEPREFIX": str(folder / "byte-code"),
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "LOWTIDE_CONFIG": str(file),
        "LOWTIDE_STACK": "bench",
        "LOWTIDE_TABLE": "bench",
        "LOWTIDE_LEAD_MINUTES": "30",
        "LOWTIDE_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/bench.fifo",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "Lowtide",
    }
