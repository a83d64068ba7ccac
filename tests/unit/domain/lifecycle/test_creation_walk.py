"""Creations minute by minute: failures x positions in the list x recoveries, against an oracle."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.observed import Endpoint, Status
from lowtide.domain.errors import AbsentError, AwsError, LowtideError
from lowtide.domain.lifecycle.actions import Create, Delete
from lowtide.domain.lifecycle.creation import failures_after
from lowtide.domain.lifecycle.plan import plan
from lowtide.domain.lifecycle.record import Record, intend
from lowtide.domain.schedule.desired_state import DesiredState
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot
from tests.unit.contexts import context_with

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LIMIT = "ResourceLimitExceeded: The account-level service limit 'x' is {0} Instances, with current "
USED = LIMIT + "utilization of {0} Instances and a request delta of 1 Instances."
FAILS_LATER = {
    "capacity": "Unable to provision requested ML compute capacity.",
    "unknown": "Request to service failed.",
}
REFUSALS: Mapping[str, LowtideError] = {
    "quota not in use": AwsError(USED.format(0)),
    "quota in use": AwsError(USED.format(1)),
    "missing": AbsentError("Could not find endpoint configuration"),
    "refused": AwsError("CreateEndpoint: TeapotException: short and stout"),
}
KINDS = (*FAILS_LATER, *REFUSALS)
SAVED = Record(Snapshot(NOW, "a", {}, Scaling()))
LASTS_MIN = 2  # a creation that fails later


@dataclass(frozen=True)
class Case:
    kinds: tuple[str, ...]  # of each configuration's failure
    recovers: int  # the place of the one that recovers
    at: int  # the minute of its recovery

    @property
    def configs(self) -> tuple[str, ...]:
        return tuple("abc"[: len(self.kinds)])

    def fails(self, config: str, minute: int) -> str | None:
        place = self.configs.index(config)
        return None if place == self.recovers and minute >= self.at else self.kinds[place]


def tries(case: Case) -> Iterator[tuple[int, str]]:
    """Minute and configuration of each creation that Lowtide makes, until one succeeds."""
    record, endpoint, began = SAVED, Endpoint("e", Status.ABSENT), 0
    for minute in range(200):
        now = NOW + timedelta(minutes=minute)
        if endpoint.status == Status.CREATING and minute == began + LASTS_MIN:
            endpoint = replace(endpoint, status=Status.FAILED, modified_at=now)
        context = context_with(
            managed=ManagedEndpoint(
                "e", Schedule((), ZoneInfo("UTC")), case.configs[0], case.configs[1:]
            ),
            desired=DesiredState(True, "open"),
            endpoint=endpoint,
            record=record,
            now=now,
        )
        match plan(context):
            case Create(config_name=config) as step:
                yield minute, config
                record, kind = intend(record, step, None, now), case.fails(config, minute)
                if kind is None:
                    return
                if kind in REFUSALS:
                    failures = failures_after(REFUSALS[kind], step, context)
                    record = replace(record, failures=failures)
                else:
                    began = minute
                    endpoint = Endpoint(
                        "e", Status.CREATING, config_name=config, created_at=now,
                        failure=FAILS_LATER[kind],
                    )  # fmt: skip
            case Delete() as step:
                record = intend(record, step, endpoint.created_at, now)
                endpoint = Endpoint("e", Status.ABSENT)
    pytest.fail("it was never created")


def expected(case: Case) -> Iterator[tuple[int, str]]:
    """The rule as the documentation has it: docs/understand/wake.md, "Creation"."""
    minute, rounds, growing = 0, 0, (1, 2, 4, 8, 15)
    while True:
        failed = 0
        for config in case.configs:
            yield minute, config
            kind = case.fails(config, minute)
            if kind is None:
                return
            failed = minute + (LASTS_MIN if kind in FAILS_LATER else 0)
            minute = failed + 1  # the next look, or the minute that the clean-up takes
        rounds += 1
        minute = max(minute, failed + pause(case.kinds, growing[min(rounds, 5) - 1]))


def pause(kinds: Sequence[str], growing: int) -> int:
    if set(kinds) == {"quota not in use"}:
        return 15
    short = "quota in use" in kinds or not FAILS_LATER.keys() & set(kinds)
    return min(growing, 4) if short else growing


@pytest.mark.parametrize("length", [1, 2, 3], ids=lambda length: f"{length} configurations")
def test_creations_follow_the_rule(length: int) -> None:
    for kinds, place, minute in product(product(KINDS, repeat=length), range(length), (1, 25)):
        case = Case(kinds, place, minute)
        assert list(tries(case)) == list(expected(case)), case


@pytest.mark.parametrize("kind", KINDS)
def test_after_a_recovery_it_is_created_within_a_quarter_of_an_hour(kind: str) -> None:
    for minute in range(120):
        *_, (created, config) = tries(Case((kind,), 0, minute))
        assert config == "a"
        assert minute <= created <= minute + LASTS_MIN + 15
