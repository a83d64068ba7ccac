"""The comparison of a week: what each way to scale three endpoints costs, and what calls meet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

FULL = "calls that meet a full instance"


@dataclass(frozen=True, slots=True)
class Row:
    """One way to scale; `usd` is of the week, by endpoint."""

    way: str
    usd: Mapping[str, float]
    full: float  # share of the calls of all endpoints that meet a full instance

    @property
    def total(self) -> float:
        return sum(self.usd.values())

    @property
    def is_lowtide(self) -> bool:
        return self.way.startswith("Lowtide")

    @property
    def cells(self) -> Sequence[str]:
        costs = [f"${cost:,.0f}" for cost in (*self.usd.values(), self.total)]
        return [self.way, *costs, f"{self.full:.1%}".replace("%", " %")]


@dataclass(frozen=True, slots=True)
class Week:
    rows: Sequence[Row]
    calls: int
    assumptions: Sequence[str]

    @property
    def heads(self) -> Sequence[str]:
        return ["USD a week", *self.rows[0].usd, "all", "calls full"]


def headline(week: Week) -> str:
    """Returns what the table is of; its rows say who is ahead."""
    names = " and ".join(", ".join(week.rows[0].usd).rsplit(", ", 1))
    return f"A week of {names}: USD, and the share of {FULL}"


def markdown(week: Week) -> Iterator[str]:
    """The table of the README."""
    yield f"| {' | '.join(week.heads)} |"
    yield "|---|" + "--:|" * (len(week.heads) - 1)
    for row in week.rows:
        yield f"| {' | '.join(row.cells)} |"
