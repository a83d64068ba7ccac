"""After a creation that failed: what is tried next, and when."""

from datetime import UTC, datetime, timedelta

import pytest

from lowtide.domain.lifecycle.retries import Failure, FailureKind, Failures, kind_of, with_another
from lowtide_workbench.aws.sagemaker.deployment_failures import NO_CAPACITY
from lowtide_workbench.aws.settings import ModelFailure

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
C, M, Q, U, R, X = (
    FailureKind.CAPACITY, FailureKind.MISSING, FailureKind.QUOTA, FailureKind.QUOTA_IN_USE,
    FailureKind.REFUSED, FailureKind.OTHER,
)  # fmt: skip
QUOTA = (
    "The account-level service limit 'ml.g6e.2xlarge for endpoint usage' is {} Instances, with "
    "current utilization of {} Instances and a request delta of 1 Instances."
)


def after(kinds: list[FailureKind], configs: tuple[str, ...]) -> Failures:
    failures = None
    for number, kind in enumerate(kinds):
        at = NOW + number * MINUTE
        config = failures.next_config(configs) if failures else configs[0]
        failures = with_another(failures, Failure(at, at, kind, "why"), config, configs)
    assert failures is not None
    return failures


ONE, TWO = ("a",), ("a", "b")


@pytest.mark.parametrize(
    ("kinds", "configs", "config", "pause"),
    [
        pytest.param([C], ONE, "a", 1, id="one configuration: a minute later"),
        pytest.param([C, C], ONE, "a", 2, id="then two minutes later"),
        pytest.param([X] * 4, ONE, "a", 8, id="the fourth time eight minutes later"),
        pytest.param([C] * 9, ONE, "a", 15, id="never more than a quarter of an hour"),
        pytest.param([C], ("a", "b", "c"), "b", 0, id="no capacity: the next one at once"),
        pytest.param([C, X], ("a", "b", "c"), "c", 0, id="and the one after, whatever failed"),
        pytest.param([X], TWO, "b", 0, id="an unknown failure: the next one at once"),
        pytest.param([Q], TWO, "b", 0, id="a quota: the next one at once"),
        pytest.param([C, X], TWO, "a", 1, id="after the last the first, with a pause"),
        pytest.param([C] * 4, TWO, "a", 2, id="a longer pause after the second round"),
        pytest.param([Q], ONE, "a", 15, id="a quota not in use: a quarter of an hour"),
        pytest.param([Q, Q], TWO, "a", 15, id="no quota is in use: a quarter of an hour"),
        pytest.param([Q, C], TWO, "a", 1, id="a quota does not delay what may have capacity"),
        pytest.param([C, Q], TWO, "a", 1, id="nor where it comes last"),
        pytest.param([U] * 9, ONE, "a", 4, id="a quota in use may be free any minute"),
        pytest.param([C, U] * 9, TWO, "a", 4, id="also beside a drought"),
        pytest.param([M, M], ONE, "a", 2, id="a missing one has the growing pause"),
        pytest.param([R, R], ONE, "a", 2, id="so has a refused one"),
        pytest.param([M, R] * 9, TWO, "a", 4, id="never long: its cause may be gone any minute"),
        pytest.param([R, Q] * 9, TWO, "a", 4, id="also beside a quota that is not in use"),
        pytest.param([M, C] * 3, TWO, "a", 4, id="a drought beside a missing one has its pauses"),
    ],
)
def test_the_next_try(
    kinds: list[FailureKind], configs: tuple[str, ...], config: str, pause: int
) -> None:
    failures = after(kinds, configs)
    assert failures.next_config(configs) == config
    assert failures.next_try(configs) - failures.newest.at == pause * MINUTE
    assert failures.count == len(kinds)


@pytest.mark.parametrize(
    ("kinds", "before", "now", "config", "pause"),
    [
        pytest.param([Q], ONE, TWO, "b", 0, id="a fallback is added: tried at once"),
        pytest.param([Q], ONE, ("b", "a"), "b", 0, id="it is put in front: tried at once"),
        pytest.param([X] * 5, ONE, ("b",), "b", 0, id="another one is named: tried at once"),
        pytest.param([C], ("a", "b", "c"), ("a", "c"), "c", 0, id="the next one is removed"),
        pytest.param([C, C], TWO, ONE, "a", 1, id="nothing is new: the pause goes on"),
        pytest.param([C], TWO, ONE, "a", 1, id="nothing is left of the round: a pause"),
    ],
)
def test_a_list_that_changed_goes_on_with_what_was_not_tried(
    kinds: list[FailureKind],
    before: tuple[str, ...],
    now: tuple[str, ...],
    config: str,
    pause: int,
) -> None:
    failures = after(kinds, before)
    assert failures.next_config(now) == config
    assert failures.next_try(now) - failures.newest.at == pause * MINUTE


def test_the_pauses_of_another_list_begin_anew() -> None:
    failures = with_another(after([C] * 5, ONE), Failure(NOW, NOW, C, "why"), "b", ("b",))
    assert failures.next_try(("b",)) == NOW + MINUTE


def test_the_same_failure_met_again_counts_once() -> None:
    first = after([C], TWO)
    again = Failure(NOW + MINUTE, NOW, C, "why")
    assert with_another(first, again, "a", TWO) == first


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        pytest.param(NO_CAPACITY, C, id="no capacity"),
        pytest.param(
            "CapacityError: Unable to provision requested ML compute capacity. Please retry using "
            "a different ML instance type.",
            C, id="no capacity in other words",
        ),
        pytest.param(QUOTA.format(0, 0), Q, id="a quota that is not in use"),
        pytest.param(QUOTA.format(1, 1), U, id="a quota in use"),
        pytest.param(QUOTA.format(20, 10), U, id="a quota of which a part is in use"),
        pytest.param(f"ResourceLimitExceeded: {QUOTA.format(0, 0)}", Q, id="a quota by its code"),
        pytest.param("ResourceLimitExceeded", U, id="a quota by its code alone"),
        pytest.param(
            "service limit 'ml.g5.2xlarge for endpoint usage' is 1, with current usage of 1 "
            "Instances", U, id="a usage, not a utilization",
        ),
        pytest.param(
            "The account-level service limit 'ml.g5.2xlarge for endpoint usage' is 1 Instances",
            U, id="the name of a limit is no usage",
        ),
        pytest.param("An error (ServiceQuotaExceeded)", U, id="a quota by a newer code"),
        pytest.param("ServiceQuotaExceededException: 3", U, id="by the code of other services"),
        pytest.param("InsufficientQuotaFault", U, id="by any code that names it"),
        pytest.param("Your service quota is too low.", U, id="a quota, not a limit"),
        pytest.param("Account-Level Service Limit reached", U, id="a limit in capitals"),
        pytest.param("Quota: 4 of 4 instances are in use", U, id="all of a quota"),
        pytest.param("Quota exceeded. Used: 3. Limit: 3.", U, id="used and limit"),
        pytest.param("Service quota: currently using 5 of 5", U, id="currently using"),
        pytest.param("Quota exceeded. Used: 0. Limit: 0.", Q, id="nothing is used"),
        pytest.param("Service quota: currently using 0 of 0", Q, id="currently using nothing"),
        pytest.param("Quota exceeded, current usage of 0.5 units", U, id="less than one is used"),
        pytest.param("Quotation failed: a quotable model", X, id="a word that begins like a quota"),
        pytest.param(ModelFailure.CRASH_LOOP.reason("AllTraffic"), X, id="a crash loop"),
        pytest.param(ModelFailure.SERVICE.reason(""), X, id="no reason at all"),
        pytest.param("", X, id="nothing"),
    ],
)  # fmt: skip
def test_the_kind_follows_from_the_words_of_sagemaker(reason: str, kind: FailureKind) -> None:
    assert kind_of(reason) == kind
