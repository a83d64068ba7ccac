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


def test_shares_name_those_who_do_the_work_and_add_up(tmp_path: Path) -> None:
    shares = bench.shares(1, timedelta(minutes=5), tmp_path)
    assert sum(shares.values()) == pytest.approx(1)
    assert {"Lowtide", "boto3 and botocore", "moto"} <= shares.keys()
    assert list(shares.values()) == sorted(shares.values(), reverse=True)
