"""The cost of an invocation, and the table of several of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table

from lowtide_workbench.benchmarks.harness.server import LATENCY_S


@dataclass(frozen=True, slots=True)
class Spent:
    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What the function spent; `calls` are those of the steady minute."""

    endpoints: int
    cold: Spent
    first: Spent
    steady: Spent
    calls: Mapping[str, int]
    peak_mb: float
    server_late_s: float  # beyond 20 ms a call, in all
    server_calls: int

    @property
    def server_share(self) -> float:
        """The server's own delay as a share of the time that its answers took."""
        return self.server_late_s / (self.server_late_s + self.server_calls * LATENCY_S)

    @property
    def in_turn_s(self) -> float:
        """What the calls of the steady minute alone would take one after the other."""
        return sum(self.calls.values()) * LATENCY_S


_ROWS: tuple[tuple[str, Callable[[Cost], float], str], ...] = (
    ("cold start", lambda cost: cost.cold.wall_s, "s"),
    ("first minute", lambda cost: cost.first.wall_s, "s"),
    ("a steady minute", lambda cost: cost.steady.wall_s, "s"),
    ("  processor time", lambda cost: cost.steady.cpu_s, "s"),
    ("  calls in turn", lambda cost: cost.in_turn_s, "s"),
    ("peak memory", lambda cost: cost.peak_mb, "MB"),
)


def table(head: str, costs: Mapping[str, Cost]) -> Table:
    """A column a cost; in brackets the ratio to the first column."""
    shown = Table.grid(padding=(0, 2, 0, 0))
    for justify in ("left", *["right"] * len(costs)):
        shown.add_column(justify=justify)  # type: ignore[arg-type]
    shown.add_row(head, *costs)
    for label, value, unit in _ROWS:
        shown.add_row(label, *_cells([value(cost) for cost in costs.values()], unit))
    for operation in sorted({operation for cost in costs.values() for operation in cost.calls}):
        counts = (f"{cost.calls.get(operation, 0):,}" for cost in costs.values())
        shown.add_row(operation, *counts)
    return shown


def _cells(values: Sequence[float], unit: str) -> Iterator[str]:
    first, *others = values
    yield f"{first:.3g} {unit}"
    for value in others:
        ratio = value / first
        yield f"{value:.3g} {unit} ({ratio:.{int(ratio < 10)}f}x)"


def footnote(costs: Sequence[Cost]) -> str:
    share = max(cost.server_share for cost in costs)
    return (
        f"Each call takes {LATENCY_S * 1000:.0f} ms; at most {share:.0%} of the answers' time was "
        "the server's own delay. The first minute opens the connections, too. In brackets: "
        "against the first column. In turn: by arithmetic."
    )
