"""The table of costs: a column each, at 80 columns, with ratios to the first."""

import pytest
from rich.console import Console

from lowtide_workbench.benchmarks.harness.costs import Cost, Spent, footnote, table


def cost(endpoints: int, factor: float, calls: int) -> Cost:
    spent = Spent(wall_s=0.5 * factor, cpu_s=0.2 * factor)
    operations = {"DescribeEndpointConfig": calls}
    return Cost(
        endpoints, spent, spent, spent, operations, 80.0, server_late_s=0.2, server_calls=90
    )


def rows(columns: dict[str, Cost], width: int = 80) -> list[str]:
    console = Console(width=width)
    with console.capture() as captured:
        console.print(table("1,000 endpoints", columns))
    return captured.get().splitlines()


def test_each_number_has_its_ratio_to_the_first_column() -> None:
    lines = rows({"a": cost(1, 1, 50), "b": cost(10, 3, 300), "c": cost(100, 40, 9000)})
    assert " ".join(lines[3].split()) == "a steady minute 0.5 s 1.5 s (3.0x) 20 s (40x)"
    assert lines[5].split()[-6:] == ["6", "s", "(6.0x)", "180", "s", "(180x)"]
    assert lines[6].split()[-6:] == ["80", "MB", "(1.0x)", "80", "MB", "(1.0x)"]
    assert lines[7].split() == ["DescribeEndpointConfig", "50", "300", "9,000"]


def test_four_columns_fit_80() -> None:
    large = {f"{count:,}": cost(count, 1 + count / 7.77, count) for count in (1, 10, 100, 1_000)}
    assert [line.rstrip() for line in rows(large)] == [line.rstrip() for line in rows(large, 200)]


def test_the_servers_own_delay_is_a_share_of_all_answers() -> None:
    assert cost(1, 1, 1).server_share == pytest.approx(0.2 / 2.0)
    assert "at most 10% of the answers' time" in footnote([cost(1, 1, 1)])
