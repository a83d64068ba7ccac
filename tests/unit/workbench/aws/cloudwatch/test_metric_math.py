"""Metric math: the operators and functions of CloudWatch's documentation."""

from collections.abc import Mapping

import pytest

from lowtide_workbench.aws.cloudwatch.metric_math import check, evaluate
from lowtide_workbench.aws.cloudwatch.metric_math_functions import Grid, Points, Value

A: Points = {0: 1.0, 60: 2.0}
B: Points = {60: 4.0, 180: 8.0}
GRID = Grid(0, 240, 60)


def result(expression: str, **series: Points) -> Value:
    given_: Mapping[str, Value] = {"a": A, "b": B, "none": {}, **series}
    return evaluate(expression, given_, GRID, metrics=["a", "b"])


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        pytest.param("a + b", {0: 1, 60: 6, 180: 8}, id="missing counts as 0 (facts 1.7)"),
        pytest.param("a / b", {60: 0.5, 180: 0}, id="division by zero drops the point (facts 1.7)"),
        pytest.param("none / none", {}, id="nothing at all is no data (facts 1.8)"),
        pytest.param("a + 2 * a", {0: 3, 60: 6}, id="a product binds tighter than a sum"),
        pytest.param("(a + 2) * a", {0: 3, 60: 8}, id="parentheses bind tightest"),
        pytest.param("a - b", {0: 1, 60: -2, 180: -8}, id="a difference with missing points"),
        pytest.param("b / a", {0: 0, 60: 2}, id="a missing divisor is 0, too: no point at 180"),
        pytest.param("-none", {}, id="unary minus of nothing"),
        pytest.param("-a + 1", {0: 0, 60: -1}, id="unary minus"),
        pytest.param("8 - a - 1", {0: 6, 60: 5}, id="differences go from left to right"),
        pytest.param("2 ^ a", {0: 2, 60: 4}, id="a caret is a power"),
        pytest.param("FILL(a, 0)", {0: 1, 60: 2, 120: 0, 180: 0}, id="fill with a number"),
        pytest.param("FILL(b, REPEAT)", {60: 4, 120: 4, 180: 8}, id="repeat begins at a point"),
        pytest.param("FILL(a, b)", {0: 1, 60: 2, 180: 8}, id="fill from another series"),
        pytest.param("FILL(none, 0)", dict.fromkeys(GRID.times, 0), id="fill of nothing"),
        pytest.param("IF(a > 1, a, 0)", {0: 0, 60: 2}, id="if, a point at a time"),
        pytest.param("IF(a > 1, b)", {60: 4}, id="if without an else leaves none"),
        pytest.param("IF(a, b, 7)", {60: 4}, id="a branch without a point leaves none"),
        pytest.param("IF(MAX(a) >= 2, a, b)", A, id="if of a number chooses whole series"),
        pytest.param("a > 1 AND b > 1", {0: 0, 60: 1, 180: 0}, id="and of truths"),
        pytest.param("a > 1 || b > 1", {0: 0, 60: 1, 180: 1}, id="or of truths"),
        pytest.param("a == 2", {0: 0, 60: 1}, id="equality"),
        pytest.param("a / MAX(a)", {0: 0.5, 60: 1}, id="of a series the maximum is a number"),
        pytest.param("MAX([a, b])", {0: 1, 60: 4, 180: 8}, id="of an array it is a series"),
        pytest.param("AVG([a, b])", {0: 1, 60: 3, 180: 8}, id="the mean is over those present"),
        pytest.param("SUM(METRICS())", {0: 1, 60: 6, 180: 8}, id="metrics are all of the request"),
        pytest.param('SUM(METRICS("b"))', B, id="metrics by a part of their id"),
        pytest.param("MIN([a, 1.5])", {0: 1, 60: 1.5}, id="a number in an array"),
        pytest.param("in + is", {0: 3}, id="Python's own words are ids like any other"),
    ],
)
def test_an_expression_comes_to(expression: str, expected: Points) -> None:
    assert result(expression, **{"in": {0: 1.0}, "is": {0: 2.0}}) == expected


def test_an_array_stays_an_array() -> None:
    assert result("METRICS() / 2") == [{0: 0.5, 60: 1}, {60: 2, 180: 4}]


@pytest.mark.parametrize(
    "expression",
    [
        pytest.param("SEARCH('{x} y', 'Sum', 60)", id="a search"),
        pytest.param("SELECT AVG(x) FROM y", id="a query of Metrics Insights"),
        pytest.param("ANOMALY_DETECTION_BAND(a)", id="a function that is not played"),
        pytest.param("a.b", id="an attribute"),
        pytest.param("a[0]", id="an index"),
        pytest.param("__import__('os')", id="a call of something small"),
        pytest.param("a if b else a", id="Python that is no metric math"),
        pytest.param("a +", id="half an expression"),
        pytest.param("0 < a < 1", id="a chain of comparisons"),
    ],
)
def test_an_expression_that_is_not_supported_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"not supported here|not an expression"):
        check(expression)


def test_an_unknown_id_is_named() -> None:
    with pytest.raises(ValueError, match="unknown id 'zzz'"):
        result("a + zzz")
