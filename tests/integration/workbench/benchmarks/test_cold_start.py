"""The bench of cold starts runs a function, and the same clients and calls without it."""

from pathlib import Path

from lowtide_workbench.benchmarks.cold_start.bench import measure


def test_a_function_and_its_clients_and_calls_alone_are_measured(tmp_path: Path) -> None:
    assert min(measure("publisher", tmp_path, runs=1)) > 0
