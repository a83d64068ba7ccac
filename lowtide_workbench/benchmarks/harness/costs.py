"""What was measured, and how it is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table

from lowtide_workbench.benchmarks.harness.server import LATENCY_S


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


def calls(head: str, rows: Mapping[str, Cost]) -> Table:
    """Of a minute."""
    operations = sorted({operation for cost in rows.values() for operation in cost.calls})
    shown = Table.grid(padding=(0, 2, 0, 0))
    shown.add_row(head, *operations)
    for name, cost in rows.items():
        counts = (f"{cost.calls.get(operation, 0):,}" for operation in operations)
        shown.add_row(name, *counts)
    return shown


SPENT = ("cold", "first", "a minute", "processor", "peak")


def spent(cost: Cost, before: Cost | None) -> tuple[str, ...]:
    """The cells below SPENT; `before` is what the steady minute is compared with."""
    return (
        f"{cost.cold.wall_s:.2f} s",
        f"{cost.first.wall_s:.2f} s",
        grown(cost.steady.wall_s, before.steady.wall_s if before else None, "s"),
        grown(cost.steady.cpu_s, before.steady.cpu_s if before else None, "s"),
        grown(cost.peak_mb, before.peak_mb if before else None, "MB"),
    )


def grown(value: float, before: float | None, unit: str) -> str:
    """With the ratio to what it is compared with."""
    ratio = f" ({value / before:.1f}x)" if before else ""
    return f"{value:.3g} {unit}{ratio}"


def server_note(costs: Sequence[Cost]) -> str:
    share = max(cost.server_share for cost in costs)
    return (
        f"Each call takes {LATENCY_S * 1000:.0f} ms; at most {share:.0%} of the time of answers "
        "was the server's own delay beyond that."
    )
