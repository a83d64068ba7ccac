"""A range that scheduled actions would have given a target is what AWS gives it (facts 3.8)."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import batched
from typing import Any

import boto3
import pytest

from lowtide.adapters.autoscaling.documents import ScalingDocuments
from lowtide.domain.snapshot.replayed_ranges import replayed
from lowtide.domain.snapshot.snapshot import Scaling
from lowtide_workbench.aws import Cloud, CloudSettings
from tests.integration.adapters.conftest import NAME, NOW, POOLS, Account, target

LOW, HIGH = {"MinCapacity": 1, "MaxCapacity": 1}, {"MinCapacity": 3, "MaxCapacity": 5}
DAY, HOUR = timedelta(days=1), timedelta(hours=1)  # NOW is a Monday, 12:00 UTC
UNTIL = NOW + 4 * HOUR
AT_14 = "cron(0 14 * * ? *)"
AT_15 = "cron(0 15 * * ? *)"


def action(schedule: str, sides: dict[str, int], **fields: Any) -> dict[str, Any]:
    return {"Schedule": schedule, "ScalableTargetAction": sides} | fields


def case(id_: str, expected: tuple[int, int], *actions: dict[str, Any]) -> Any:
    return pytest.param(actions, expected, id=id_)


CASES = [
    case("both sides", (3, 5), action(AT_14, HIGH)),
    case("the minimum", (2, 2), action(AT_14, {"MinCapacity": 2})),
    case("the maximum", (1, 9), action(AT_14, {"MaxCapacity": 9})),
    case("a minimum above the maximum: the range stays", (1, 2), action(AT_14, {"MinCapacity": 4})),
    case("a maximum below the minimum: the range stays", (1, 2), action(AT_14, {"MaxCapacity": 0})),
    case(
        "a minimum that an earlier maximum makes possible", (4, 6),
        action(AT_14, {"MaxCapacity": 6}), action(AT_15, {"MinCapacity": 4}),
    ),
    case(
        "a minimum before the maximum that would make it possible", (1, 6),
        action(AT_15, {"MaxCapacity": 6}), action(AT_14, {"MinCapacity": 4}),
    ),
    case("a start that has passed by then", (3, 5), action(AT_14, HIGH, StartTime=NOW + HOUR)),
    case("a start to come", (1, 2), action(AT_14, HIGH, StartTime=NOW + DAY)),
    case("an end before it would fire", (1, 2), action(AT_14, HIGH, EndTime=NOW + HOUR)),
    case(
        "the later one has not started", (3, 5),
        action(AT_14, HIGH), action(AT_15, LOW, StartTime=NOW + DAY),
    ),
    case("a rate from its start", (3, 5), action("rate(2 hours)", HIGH, StartTime=NOW + HOUR)),
    case(
        "a rate whose start is to come", (1, 2),
        action("rate(2 hours)", HIGH, StartTime=NOW + 8 * HOUR),
    ),
    case(
        "a rate that has ended", (1, 1),
        action("rate(2 hours)", HIGH, StartTime=NOW + HOUR, EndTime=NOW + 2 * HOUR),
        action("cron(30 14 * * ? *)", LOW),
    ),
    case("Monday", (3, 5), action("cron(0 14 ? * 2 *)", HIGH)),
    case("Saturday", (1, 2), action("cron(0 14 ? * L *)", HIGH)),
    case(
        "once, in a time zone", (3, 5),
        action("at(2026-11-23T09:00:00)", HIGH, Timezone="America/New_York"),
    ),
]  # fmt: skip


NUMBERED = [pytest.param(n, each.values[1], id=each.id) for n, each in enumerate(CASES)]


@pytest.fixture(scope="module")
def ranges() -> list[tuple[Scaling, Scaling]]:
    """The target of each case: as AWS has it at UNTIL, and as replayed."""
    return [pair for batch in batched(CASES, 10) for pair in played(batch)]


def played(cases: Sequence[Any]) -> Iterator[tuple[Scaling, Scaling]]:
    """Each case is a variant of an endpoint, which has ten at most."""
    quick = CloudSettings(provisioning_s=(0.0, 0.0), container_start_s=0.0, update_s=0.0)
    names = [f"v{number}" for number, _ in enumerate(cases)]
    with Cloud(NOW, quick) as cloud:
        account = Account(cloud, boto3.Session())
        account.configure(*({"VariantName": name, "InstancePools": POOLS} for name in names))
        account.in_service()
        autoscaling: Any = account.autoscaling
        for name, each in zip(names, cases, strict=True):
            autoscaling.register_scalable_target(**target(name, MinCapacity=1, MaxCapacity=2))
            for number, put in enumerate(each.values[0]):
                autoscaling.put_scheduled_action(
                    **target(name, ScheduledActionName=f"a{number}", **put)
                )
        adapter = ScalingDocuments(account.autoscaling, account.cloudwatch)
        saved, since = [adapter.read(NAME, [name]) for name in names], cloud.clock.now()
        cloud.advance(UNTIL)
        for name, scaling in zip(names, saved, strict=True):
            yield adapter.read(NAME, [name]), replayed(scaling, since, UNTIL)


@pytest.mark.parametrize(("number", "expected"), NUMBERED)
def test_the_range_after_some_hours(
    ranges: list[tuple[Scaling, Scaling]], number: int, expected: tuple[int, int]
) -> None:
    for scaling in ranges[number]:
        (found,) = scaling.targets
        assert (found["MinCapacity"], found["MaxCapacity"]) == expected
