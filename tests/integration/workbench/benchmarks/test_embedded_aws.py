"""The bench measures a stack that works."""

from datetime import timedelta
from pathlib import Path

import pytest

from lowtide_workbench.benchmarks import embedded_aws as bench


def test_a_short_bench_of_two_endpoints(tmp_path: Path) -> None:
    virtual = timedelta(minutes=5)
    timing = bench.measure(2, virtual, tmp_path)
    assert (timing.endpoints, timing.virtual) == (2, virtual)
    assert timing.ratio == pytest.approx(300 / timing.real_s)
