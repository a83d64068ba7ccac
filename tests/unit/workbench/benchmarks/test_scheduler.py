"""The bench measures a minute of the scheduler in each of three cases."""

from typing import Any

import pytest
from typer.testing import CliRunner

from lowtide_workbench.benchmarks.__main__ import app

_READ_IN_FULL_AT_ONCE = 1  # at most: each of the ten has another minute of the 120


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["scheduler", *arguments], env={"COLUMNS": "80"})


@pytest.fixture(scope="module")
def printed() -> list[str]:
    """What the bench prints for ten endpoints; each case takes a server and a function."""
    result = run("--endpoints", "10")
    assert result.exit_code == 0, result.output
    lines: list[str] = result.stdout.splitlines()
    return lines


def test_each_case_is_a_column_at_80_columns(printed: list[str]) -> None:
    assert max(map(len, printed)) <= 80
    heads = "10 endpoints nothing to do all to wake all to delete"
    assert " ".join(printed[0].split()) == heads


@pytest.mark.parametrize(
    ("operation", "steady", "waking", "closing"),
    [
        pytest.param("ListEndpoints", 1, 1, 1, id="all endpoints, a page"),
        pytest.param("Query", 2, 12, 12, id="what all have in common, then an endpoint's items"),
        pytest.param("DescribeEndpoint", 0, 10, 10, id="where something may have to be done"),
        pytest.param("SendMessage", 0, 10, 10, id="each step is queued"),
        pytest.param("DescribeEndpointConfig", 0, 0, 20, id="the types, then a deletion's own"),
        pytest.param("DescribeModel", 0, 0, 10, id="the models, for a deletion"),
        pytest.param("ListTags", 0, 0, 10, id="the tags, for a deletion"),
        pytest.param("GetMetricData", 0, 0, 10, id="the streams, for a deletion"),
    ],
)
def test_each_case_has_its_calls(
    printed: list[str], operation: str, steady: int, waking: int, closing: int
) -> None:
    (counts,) = [line.split()[1:] for line in printed if line.split()[0] == operation]
    at_rest, *busy = map(int, counts)
    assert busy == [waking, closing]
    # The bench runs by the real clock, and each endpoint is read in full once in two hours.
    assert steady <= at_rest <= steady + _READ_IN_FULL_AT_ONCE
