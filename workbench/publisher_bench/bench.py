"""`lowtide bench publisher`: calls, time and memory of the publisher as endpoints become more."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from lowtide.domain.scaling import Figure
from workbench.publisher_bench.answers import CAPACITY
from workbench.publisher_bench.server import LATENCY_S

_ROOT = Path(__file__).parents[2]
_COUNTS = (1, 10, 100, 1_000)


class NoMeasureError(Exception):
    """The publisher left out endpoints."""


@dataclass(frozen=True, slots=True)
class Spent:
    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Cost:
    """`calls` are those of the steady minute; `server_late_s` those beyond 20 ms a call, in all."""

    endpoints: int
    cold: Spent
    first: Spent
    steady: Spent
    calls: Mapping[str, int]
    peak_mb: float
    server_late_s: float
    server_calls: int

    @property
    def server_share(self) -> float:
        """Of the time that answers took, what the server itself was late with."""
        return self.server_late_s / (self.server_late_s + self.server_calls * LATENCY_S)


def bench_publisher(
    endpoints: Annotated[
        list[int] | None,
        typer.Option(min=1, max=1_000, help="How many, with three pools each; may be repeated."),
    ] = None,
    resolution: Annotated[int, typer.Option(help="Seconds between two points: 60 or 10.")] = 60,
    all_figures: Annotated[bool, typer.Option(help="Publish every figure, not only one.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Calls, time and memory of the publisher, against a server of its own that takes 20 ms."""
    if resolution not in (60, 10):
        raise typer.BadParameter(f"{resolution}; give 60 or 10", param_hint="--resolution")
    console = Console(markup=False, highlight=False)
    counts = endpoints or list(_COUNTS)
    every: Literal[60, 10] = 10 if resolution == 10 else 60
    costs = []
    try:
        # Not `track`, which an error of its loop leaves open: the program then never ends.
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("Measuring", total=len(counts))
            for count in counts:
                costs.append(measure(count, every, all_figures=all_figures))
                bar.advance(task)
    except NoMeasureError as error:
        console.print(str(error))
        raise typer.Exit(1) from error
    if as_json:
        console.print_json(json.dumps([asdict(cost) for cost in costs]))
        return
    console.print(table(costs), calls(costs), sep="\n\n")
    console.print(_footnote(costs), soft_wrap=True)


def measure(endpoints: int, resolution: Literal[60, 10] = 60, *, all_figures: bool = False) -> Cost:
    with TemporaryDirectory() as folder, _server() as server:
        file = Path(folder) / "endpoints.yaml"
        file.write_text(_file(endpoints, resolution, all_figures), encoding="utf-8")
        environment = _environment(file, server.port)
        found = _json_of([sys.executable, "-m", "workbench.publisher_bench.measured"], environment)
    if found["read"] != endpoints:
        raise NoMeasureError(
            f"Only {found['read']:,} of {endpoints:,} endpoints answered within 20 s, which is no "
            "measure; try again while the machine is less busy"
        )
    return Cost(
        endpoints=endpoints,
        cold=Spent(**found["cold"]),
        first=Spent(**found["first"]),
        steady=Spent(**found["steady"]),
        calls=found["calls"],
        peak_mb=found["peak_mb"],
        server_late_s=server.report["late_s"],
        server_calls=server.report["calls"],
    )


def table(costs: Sequence[Cost]) -> Table:
    shown = Table.grid(padding=(0, 2, 0, 0))
    shown.add_row("endpoints", "cold", "first", "a minute", "processor", "peak")
    for before, cost in zip([None, *costs], costs, strict=False):
        shown.add_row(
            f"{cost.endpoints:,}",
            f"{cost.cold.wall_s:.2f} s",
            f"{cost.first.wall_s:.2f} s",
            _grown(cost.steady.wall_s, before.steady.wall_s if before else None, "s"),
            _grown(cost.steady.cpu_s, before.steady.cpu_s if before else None, "s"),
            _grown(cost.peak_mb, before.peak_mb if before else None, "MB"),
        )
    return shown


def calls(costs: Sequence[Cost]) -> Table:
    """Of a minute."""
    operations = sorted({operation for cost in costs for operation in cost.calls})
    shown = Table.grid(padding=(0, 2, 0, 0))
    shown.add_row("endpoints", *operations)
    for cost in costs:
        counts = (f"{cost.calls.get(operation, 0):,}" for operation in operations)
        shown.add_row(f"{cost.endpoints:,}", *counts)
    return shown


@dataclass
class _Server:
    port: int
    report: Mapping[str, Any]


@contextmanager
def _server() -> Iterator[_Server]:
    """What it reports is known when it has ended."""
    command = [sys.executable, "-m", "workbench.publisher_bench.server"]
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
            told = process.stdout.read()
        server.report = json.loads(told)


def _json_of(command: Sequence[str], environment: Mapping[str, str]) -> Any:
    done = subprocess.run(  # noqa: S603
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"the publisher failed:\n{done.stderr}")
    return json.loads(done.stdout)


def _python() -> dict[str, str]:
    """Both processes find the code as this one does."""
    path = os.pathsep.join([str(_ROOT), str(_ROOT / "layers/common")])
    return {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": path}


def _environment(file: Path, port: int) -> Mapping[str, str]:
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
        "POWERTOOLS_SERVICE_NAME": "publisher",
    }


def _file(endpoints: int, resolution: int, all_figures: bool) -> str:
    capacity = ", ".join(f"{name}: {streams}" for name, streams in CAPACITY.items())
    figures = f", publish: [{', '.join(Figure)}]" if all_figures else ""
    scaling = f"capacity: {{{capacity}}}, target: 0.75, resolution: {resolution}{figures}"
    entries = "".join(
        f"  - {{name: endpoint-{n}, schedule: always, scaling: {{{scaling}}}}}\n"
        for n in range(endpoints)
    )
    return f"timezone: UTC\nendpoints:\n{entries}"


def _grown(value: float, before: float | None, unit: str) -> str:
    grown = f" ({value / before:.1f}x)" if before else ""
    return f"{value:.3g} {unit}{grown}"


def _footnote(costs: Sequence[Cost]) -> str:
    share = max(cost.server_share for cost in costs)
    return (
        f"Each call takes {LATENCY_S * 1000:.0f} ms; at most {share:.0%} of the time of answers "
        "was the server's own delay beyond that. Cold: file and clients; first: "
        "its connections, too. In brackets: against the row above."
    )
