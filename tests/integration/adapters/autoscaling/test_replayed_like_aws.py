"""A range that scheduled actions would have given a target is what AWS gives it (facts 3.8)."""

from datetime import timedelta
from typing import Any

import pytest

from lowtide.adapters.autoscaling.documents import ScalingDocuments
from lowtide.domain.snapshot.replayed_ranges import replayed
from lowtide_workbench.aws import CloudSettings
from tests.integration.adapters.conftest import NAME, NOW, OpenAccount

KEY: dict[str, Any] = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": f"endpoint/{NAME}/variant/AllTraffic",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
LOW, HIGH = {"MinCapacity": 1, "MaxCapacity": 1}, {"MinCapacity": 3, "MaxCapacity": 5}
DAY = timedelta(days=1)  # NOW is a Monday, 12:00 UTC
HOUR = timedelta(hours=1)


def action(schedule: str, sides: dict[str, int], **fields: Any) -> dict[str, Any]:
    return {"Schedule": schedule, "ScalableTargetAction": sides} | fields


@pytest.mark.parametrize(
    ("actions", "smallest_and_largest"),
    [
        pytest.param([action("cron(0 14 * * ? *)", HIGH)], (3, 5), id="both sides"),
        pytest.param([action("cron(0 14 * * ? *)", {"MinCapacity": 2})], (2, 2), id="the minimum"),
        pytest.param([action("cron(0 14 * * ? *)", {"MaxCapacity": 9})], (1, 9), id="the maximum"),
        pytest.param(
            [action("cron(0 14 * * ? *)", {"MinCapacity": 4})], (1, 2),
            id="a minimum above the maximum: the range stays",
        ),
        pytest.param(
            [action("cron(0 14 * * ? *)", {"MaxCapacity": 0})], (1, 2),
            id="a maximum below the minimum: the range stays",
        ),
        pytest.param(
            [
                action("cron(0 14 * * ? *)", {"MaxCapacity": 6}),
                action("cron(0 15 * * ? *)", {"MinCapacity": 4}),
            ],
            (4, 6), id="a minimum that an earlier maximum makes possible",
        ),
        pytest.param(
            [
                action("cron(0 15 * * ? *)", {"MaxCapacity": 6}),
                action("cron(0 14 * * ? *)", {"MinCapacity": 4}),
            ],
            (1, 6), id="a minimum that comes too early for it",
        ),
        pytest.param(
            [action("cron(0 14 * * ? *)", HIGH, StartTime=NOW + 1 * HOUR)], (3, 5),
            id="a start that has passed by then",
        ),
        pytest.param(
            [action("cron(0 14 * * ? *)", HIGH, StartTime=NOW + DAY)], (1, 2),
            id="a start to come",
        ),
        pytest.param(
            [action("cron(0 14 * * ? *)", HIGH, EndTime=NOW + 1 * HOUR)], (1, 2),
            id="an end before it would fire",
        ),
        pytest.param(
            [
                action("cron(0 14 * * ? *)", HIGH),
                action("cron(0 15 * * ? *)", LOW, StartTime=NOW + DAY),
            ],
            (3, 5), id="the later one has not started",
        ),
        pytest.param(
            [action("rate(2 hours)", HIGH, StartTime=NOW + 1 * HOUR)], (3, 5),
            id="a rate from its start",
        ),
        pytest.param(
            [action("rate(2 hours)", HIGH, StartTime=NOW + 8 * HOUR)], (1, 2),
            id="a rate whose start is to come",
        ),
        pytest.param(
            [
                action("rate(2 hours)", HIGH, StartTime=NOW + 1 * HOUR, EndTime=NOW + 2 * HOUR),
                action("cron(30 14 * * ? *)", LOW),
            ],
            (1, 1), id="a rate that has ended",
        ),
        pytest.param([action("cron(0 14 ? * 2 *)", HIGH)], (3, 5), id="Monday"),
        pytest.param([action("cron(0 14 ? * L *)", HIGH)], (1, 2), id="Saturday"),
        pytest.param(
            [action("at(2026-11-23T09:00:00)", HIGH, Timezone="America/New_York")], (3, 5),
            id="once, in a time zone",
        ),
    ],
)  # fmt: skip
def test_the_range_after_some_hours(
    open_account: OpenAccount,
    actions: list[dict[str, Any]],
    smallest_and_largest: tuple[int, int],
) -> None:
    quick = CloudSettings(provisioning_s=(0.0, 0.0), container_start_s=0.0, update_s=0.0)
    account = open_account(quick)
    account.configure()
    account.in_service()
    autoscaling: Any = account.autoscaling
    autoscaling.register_scalable_target(**KEY, MinCapacity=1, MaxCapacity=2)
    for number, each in enumerate(actions):
        autoscaling.put_scheduled_action(**KEY, ScheduledActionName=f"a{number}", **each)
    adapter = ScalingDocuments(account.autoscaling, account.cloudwatch)
    saved, since = adapter.read(NAME, ["AllTraffic"]), account.cloud.clock.now()
    until = NOW + 4 * HOUR
    account.cloud.advance(until)
    (live,) = adapter.read(NAME, ["AllTraffic"]).targets
    (expected,) = replayed(saved, since, until).targets
    assert (live["MinCapacity"], live["MaxCapacity"]) == smallest_and_largest
    assert (expected["MinCapacity"], expected["MaxCapacity"]) == smallest_and_largest
