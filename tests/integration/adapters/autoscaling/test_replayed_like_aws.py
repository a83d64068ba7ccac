"""A range that scheduled actions would have given a target is what AWS gives it (facts 3.8)."""

from datetime import timedelta
from typing import Any

import boto3
import pytest

from lowtide.adapters.autoscaling.documents import ScalingDocuments
from lowtide.domain.snapshot.policy_reference import variant_of
from lowtide.domain.snapshot.replayed_ranges import replayed
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
    case("a start to come", (1, 2), action(AT_14, HIGH, StartTime=NOW + DAY)),
    case("an end before it would fire", (1, 2), action(AT_14, HIGH, EndTime=NOW + HOUR)),
    case("a rate from its start", (3, 5), action("rate(2 hours)", HIGH, StartTime=NOW + HOUR)),
    case(
        "a rate that has ended", (1, 1),
        action("rate(2 hours)", HIGH, StartTime=NOW + HOUR, EndTime=NOW + 2 * HOUR),
        action("cron(30 14 * * ? *)", LOW),
    ),
]  # fmt: skip
VARIANTS = [f"v{number}" for number, _ in enumerate(CASES)]  # SageMaker allows ten


@pytest.fixture(scope="module")
def ranges() -> dict[str, list[tuple[int, int]]]:
    """The range of each case, which has a variant: as AWS has it at UNTIL, and as replayed."""
    quick = CloudSettings(provisioning_s=(0.0, 0.0), container_start_s=0.0, update_s=0.0)
    with Cloud(NOW, quick) as cloud:
        account = Account(cloud, boto3.Session())
        account.configure(*({"VariantName": name, "InstancePools": POOLS} for name in VARIANTS))
        account.in_service()
        autoscaling: Any = account.autoscaling
        for name, each in zip(VARIANTS, CASES, strict=True):
            autoscaling.register_scalable_target(**target(name, MinCapacity=1, MaxCapacity=2))
            for number, put in enumerate(each.values[0]):
                put = target(name, ScheduledActionName=f"a{number}", **put)
                autoscaling.put_scheduled_action(**put)
        adapter = ScalingDocuments(account.autoscaling, account.cloudwatch)
        saved, since = adapter.read(NAME, VARIANTS), cloud.clock.now()
        cloud.advance(UNTIL)
        live = adapter.read(NAME, VARIANTS)
    found: dict[str, list[tuple[int, int]]] = {str(each.id): [] for each in CASES}
    for each in (*live.targets, *replayed(saved, since, UNTIL).targets):
        case = CASES[VARIANTS.index(variant_of(each["ResourceId"]))]
        found[str(case.id)].append((each["MinCapacity"], each["MaxCapacity"]))
    return found


@pytest.mark.parametrize(("actions", "expected"), CASES)
def test_the_range_after_some_hours(
    ranges: dict[str, list[tuple[int, int]]],
    request: pytest.FixtureRequest,
    actions: object,
    expected: tuple[int, int],
) -> None:
    del actions
    assert ranges[request.node.callspec.id] == [expected, expected]
