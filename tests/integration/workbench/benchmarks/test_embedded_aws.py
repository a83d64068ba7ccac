"""The bench measures a stack that works."""

from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lowtide_workbench.benchmarks import embedded_aws as bench
from lowtide_workbench.benchmarks.__main__ import app


def test_a_short_bench_of_two_endpoints(tmp_path: Path) -> None:
    virtual = timedelta(minutes=5)
    timing = bench.measure(2, virtual, tmp_path)
    assert (timing.endpoints, timing.virtual) == (2, virtual)
    assert timing.ratio == pytest.approx(300 / timing.real_s)


def test_one_endpoint_is_singular_and_the_table_fits_80_columns() -> None:
    arguments = ["aws", "--endpoints", "1", "--hours", "0.1"]
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "80"})
    assert result.exit_code == 0, result.output
    head, row = result.stdout.splitlines()
    assert row.startswith("1 endpoint ")
    assert len(row.rstrip()) <= len(head) <= 80
