"""After a creation that failed: what is tried next, and when."""

from datetime import UTC, datetime, timedelta

import pytest

from lowtide.domain.lifecycle.retries import Failure, FailureKind, Failures, kind_of, with_another
from lowtide_workbench.aws.sagemaker.deployment_failures import NO_CAPACITY
from lowtide_workbench.aws.settings import ModelFailure

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
C, M, Q, X = FailureKind.CAPACITY, FailureKind.MISSING, FailureKind.QUOTA, FailureKind.OTHER
QUOTA = (
    "The account-level service limit 'ml.g6e.2xlarge for endpoint usage' is 0 Instances, with "
    "current utilization of 0 Instances and a request delta of 1 Instances."
)


def after(kinds: list[FailureKind], configs: tuple[str, ...]) -> Failures:
    failures = None
    for number, kind in enumerate(kinds):
        at = NOW + number * MINUTE
        failures = with_another(failures, Failure(at, at, kind, "why"), configs)
    assert failures is not None
    return failures


@pytest.mark.parametrize(
    ("kinds", "configs", "config", "pause"),
    [
        pytest.param([C], ("a",), "a", 1, id="one configuration: a minute later"),
        pytest.param([C, C], ("a",), "a", 2, id="then two minutes later"),
        pytest.param([C] * 4, ("a",), "a", 8, id="the fourth time eight minutes later"),
        pytest.param([C] * 5, ("a",), "a", 15, id="the fifth time a quarter of an hour later"),
        pytest.param([C] * 9, ("a",), "a", 15, id="never more than a quarter of an hour"),
        pytest.param([C], ("a", "b", "c"), "b", 0, id="no capacity: the next one at once"),
        pytest.param([C, C], ("a", "b", "c"), "c", 0, id="and the one after"),
        pytest.param([C, C, C], ("a", "b", "c"), "a", 1, id="after the last the first, paused"),
        pytest.param([C] * 4, ("a", "b"), "a", 2, id="a longer pause after the second round"),
        pytest.param([X], ("a", "b"), "a", 1, id="another reason: the same one, paused"),
        pytest.param([C, X], ("a", "b"), "a", 1, id="on a fallback: the first again, paused"),
        pytest.param([X, X, X], ("a",), "a", 4, id="another reason each time: growing pauses"),
        pytest.param([M], ("a",), "a", 0, id="not there: looked for at once again"),
        pytest.param([M], ("a", "b"), "b", 0, id="not there: the next one at once"),
    ],
)
def test_the_next_try(
    kinds: list[FailureKind], configs: tuple[str, ...], config: str, pause: int
) -> None:
    failures = after(kinds, configs)
    assert failures.next_config == config
    assert failures.next_try - failures.newest.at == pause * MINUTE
    assert failures.count == len(kinds)


def test_the_same_failure_met_again_counts_once() -> None:
    first = with_another(None, Failure(NOW, NOW, C, "why"), ("a", "b"))
    again = Failure(NOW + MINUTE, NOW, C, "why")
    assert with_another(first, again, ("a", "b")) == first


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        pytest.param(NO_CAPACITY, C, id="no capacity"),
        pytest.param(QUOTA, Q, id="a quota"),
        pytest.param(f"ResourceLimitExceeded: {QUOTA}", Q, id="a quota by its code"),
        pytest.param("ResourceLimitExceeded", Q, id="a quota by its code alone"),
        pytest.param(ModelFailure.CRASH_LOOP.reason("AllTraffic"), X, id="a crash loop"),
        pytest.param(ModelFailure.SERVICE.reason(""), X, id="no reason at all"),
        pytest.param("", X, id="nothing"),
    ],
)
def test_what_sagemaker_says_tells_the_kind(reason: str, kind: FailureKind) -> None:
    assert kind_of(reason) == kind
