"""From what an absent endpoint is created, and which of the tries that failed still count."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.observed import Endpoint, Status
from lowtide.domain.lifecycle.actions import Action, Blocked, Create, Delete, ResetRetries, Wait
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.creation import (
    configs_to_try,
    creating_too_long,
    failures_with_this_one,
    standing_failures,
    took,
)
from lowtide.domain.lifecycle.plan import plan
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.retries import Failure, FailureKind, Failures
from lowtide.domain.schedule.desired_state import DesiredState
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot
from tests.unit.contexts import context_with

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FAILED_AT = NOW - 5 * MINUTE
SECOND = timedelta(seconds=1)
MANAGED = ManagedEndpoint("e", Schedule((), ZoneInfo("UTC")), fallback_configs=("fallback", "last"))
PINNED = replace(MANAGED, config_name="pinned")
CONFIGS = ("in-use", "fallback", "last")


def failed(
    kind: FailureKind = FailureKind.OTHER,
    at: datetime = FAILED_AT,
    configs: tuple[str, ...] = CONFIGS,
) -> Failures:
    return Failures(Failure(at, at, kind, "why"), 1, 1, configs, dict.fromkeys(configs, kind))


def absent(
    failures: Failures | None = None,
    *,
    asked: datetime | None = None,
    managed: ManagedEndpoint = MANAGED,
    awake: bool = True,
    since: datetime | None = None,
) -> Context:
    """Saved with the configuration `in-use`, and not there."""
    saved = Snapshot(NOW - 600 * MINUTE, "in-use", {}, Scaling())
    return context_with(
        managed=managed,
        desired=DesiredState(awake, "the schedule says so"),
        endpoint=Endpoint("e", Status.ABSENT),
        record=Record(saved, failures=failures, creating_since=since),
        stack="lowtide-dev",
        now=NOW,
        asked=asked,
    )


def failed_creation(given: Context, **changes: Any) -> Context:
    """AWS created it three minutes ago, and gave it up one minute ago."""
    there = Endpoint(
        "e",
        Status.FAILED,
        failure="InsufficientInstanceCapacity",
        created_at=NOW - 3 * MINUTE,
        modified_at=NOW - MINUTE,
    )
    return replace(given, endpoint=replace(there, **changes))


@pytest.mark.parametrize(
    ("given", "configs"),
    [
        pytest.param(absent(), CONFIGS, id="the one last in use, then the file's others"),
        pytest.param(
            absent(managed=PINNED), ("pinned", "fallback", "last"), id="the pin is in its place"
        ),
        pytest.param(
            absent(managed=replace(PINNED, config_name="last")), ("last", "fallback"),
            id="each is tried once a round",
        ),
        pytest.param(
            replace(absent(), record=Record()), ("fallback", "last"), id="nothing was saved"
        ),
    ],
)  # fmt: skip
def test_what_could_be_tried(given: Context, configs: tuple[str, ...]) -> None:
    assert configs_to_try(given) == configs


@pytest.mark.parametrize(
    ("given", "stands"),
    [
        pytest.param(absent(failed()), True, id="nothing happened since"),
        pytest.param(
            absent(failed(), asked=FAILED_AT - SECOND), True, id="a person had asked before"
        ),
        pytest.param(absent(failed(), asked=FAILED_AT), False, id="a person asked at that instant"),
        pytest.param(absent(failed(), asked=NOW), False, id="a person asked since"),
    ],
)
def test_which_failures_still_count(given: Context, *, stands: bool) -> None:
    assert (standing_failures(given) is not None) is stands


@pytest.mark.parametrize(
    ("given", "expected", "said"),
    [
        pytest.param(absent(failed()), Create, "a creation failed: why", id="a pause is over"),
        pytest.param(
            absent(failed(at=NOW - MINUTE)), Create, "a creation failed: why",
            id="a pause is over at its very end",
        ),
        pytest.param(
            absent(failed(at=NOW - MINUTE + SECOND)), Wait, "the next try is at",
            id="a second before, it is not",
        ),
        pytest.param(
            absent(failed(FailureKind.QUOTA, NOW - 14 * MINUTE)), Blocked, "the quota is raised",
            id="a quota that is not in use needs a person",
        ),
        pytest.param(
            absent(failed(FailureKind.QUOTA, NOW - 15 * MINUTE)), Create, "a creation failed: why",
            id="and is tried again after a quarter of an hour",
        ),
        pytest.param(
            absent(failed(FailureKind.QUOTA), asked=NOW), Create, "the schedule says so",
            id="until a person asks",
        ),
        pytest.param(
            absent(failed(FailureKind.QUOTA), managed=PINNED), Create, "in-use was in use",
            id="or the file names another configuration",
        ),
        pytest.param(
            absent(failed(), awake=False), ResetRetries, "the schedule says so",
            id="not wanted any more: what failed is forgotten",
        ),
        pytest.param(
            absent(failed(at=NOW), awake=False), ResetRetries, "the schedule says so",
            id="also in the middle of a pause",
        ),
        pytest.param(
            absent(failed(FailureKind.QUOTA), awake=False), ResetRetries, "the schedule says so",
            id="a quota too: the next wake tries again",
        ),
        pytest.param(
            absent(since=FAILED_AT, awake=False), ResetRetries, "the schedule says so",
            id="so is a try whose end is unknown",
        ),
    ],
)  # fmt: skip
def test_the_next_step_of_one_that_is_absent(
    given: Context, expected: type[Action], said: str
) -> None:
    action = plan(given)
    assert isinstance(action, expected)
    assert said in action.reason


@pytest.mark.parametrize(
    "failures",
    [
        pytest.param(failed(FailureKind.QUOTA), id="a quota is in the way of the next"),
        pytest.param(failed(at=NOW), id="the next has to wait"),
    ],
)
def test_what_failed_is_cleaned_up_whatever_becomes_of_the_next_try(failures: Failures) -> None:
    given = failed_creation(absent(failures))
    saved = replace(given.record, restore_pending=True)
    assert isinstance(plan(replace(given, record=saved)), Delete)


Q, R, M = FailureKind.QUOTA, FailureKind.REFUSED, FailureKind.MISSING


@pytest.mark.parametrize(
    ("kinds", "code"),
    [
        pytest.param((Q, Q, Q), "quota", id="quotas alone"),
        pytest.param((R, R, R), "creation-refused", id="refusals"),
        pytest.param((M, R, Q), "creation-refused", id="refusals of all kinds"),
    ],
)
def test_the_pause_after_refusals_is_counted_as_blocked(
    kinds: tuple[FailureKind, ...], code: str
) -> None:
    failures = replace(failed(at=NOW), tried=dict(zip(CONFIGS, kinds, strict=True)))
    action = plan(absent(failures))
    assert isinstance(action, Blocked)
    assert action.codes == (code,)


def test_a_drought_beside_a_refusal_blocks_nothing() -> None:
    tried = dict(zip(CONFIGS, (R, FailureKind.CAPACITY, R), strict=True))
    assert isinstance(plan(absent(replace(failed(at=NOW), tried=tried))), Wait)


def test_a_failure_is_dated_by_aws_and_moves_on_to_the_next_configuration() -> None:
    found = failures_with_this_one(failed_creation(absent()))
    assert found is not None
    assert found.newest == Failure(
        at=NOW - MINUTE,
        attempt_id=NOW - 3 * MINUTE,
        kind=FailureKind.CAPACITY,
        why="InsufficientInstanceCapacity",
    )
    assert (found.count, found.next_config(CONFIGS)) == (1, "fallback")


def test_a_failure_adds_to_those_that_count_and_to_no_others() -> None:
    again = failures_with_this_one(failed_creation(absent(failed())))
    anew = failures_with_this_one(failed_creation(absent(failed(), asked=NOW)))
    assert again is not None
    assert anew is not None
    assert (again.count, anew.count) == (2, 1)


def test_a_failure_without_a_word_says_so() -> None:
    found = failures_with_this_one(failed_creation(absent(), failure=""))
    assert found is not None
    assert (found.newest.kind, found.newest.why) == (FailureKind.OTHER, "SageMaker gives no reason")


def test_without_a_configuration_there_is_nothing_to_try_again() -> None:
    bare = replace(absent(managed=replace(MANAGED, fallback_configs=())), record=Record())
    assert failures_with_this_one(failed_creation(bare)) is None


def test_one_in_service_did_not_fail() -> None:
    serves = replace(absent(), endpoint=Endpoint("e", Status.IN_SERVICE, created_at=NOW))
    assert failures_with_this_one(serves) is None


@pytest.mark.parametrize(
    ("asked", "learned"),
    [
        pytest.param(None, 9 * MINUTE, id="from the first try until now"),
        pytest.param(NOW - 9 * MINUTE, 9 * MINUTE, id="a request that began it counts in full"),
        pytest.param(NOW - 8 * MINUTE, None, id="one in between says nothing of the time it takes"),
    ],
)
def test_how_long_a_creation_took(asked: datetime | None, learned: timedelta | None) -> None:
    assert took(absent(since=NOW - 9 * MINUTE, asked=asked)) == learned


def test_what_nobody_began_took_no_time_that_is_known() -> None:
    assert took(absent()) is None


@pytest.mark.parametrize(
    ("status", "minutes", "too_long"),
    [
        pytest.param(Status.CREATING, 59, False, id="59 min in Creating"),
        pytest.param(Status.CREATING, 60, True, id="an hour in Creating"),
        pytest.param(Status.UPDATING, 60, False, id="an hour since it was created, and Updating"),
    ],
)
def test_a_creation_lasts_too_long_from_the_limit_on(
    status: Status, minutes: int, *, too_long: bool
) -> None:
    there = Endpoint("e", status, created_at=NOW - minutes * MINUTE)
    assert creating_too_long(replace(absent(), endpoint=there)) is too_long
