"""What a night leaves behind in the ledger."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from lowtide_workbench.aws.protocol.faults import Effect, Failed, Fault, Killed, ResponseLost
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.demo.endpoint import ENDPOINT
from lowtide_workbench.fleet.pools import Drought
from tests.integration.functions.conftest import EVENING_PAUSE, MONDAY_EVENING

if TYPE_CHECKING:
    from tests.integration.functions.conftest import Town, TownMaker

PRICED = EVENING_PAUSE + "prices: {ml.g6.2xlarge: 1.222}\n"


def ledger(town: Town) -> dict[str, Any]:
    """The last entry of each step."""
    scheduler = next(s for s in town.stack.template.functions() if s.name == "scheduler")
    table = boto3.resource("dynamodb").Table(scheduler.environment["LOWTIDE_TABLE"])
    items: list[Any] = table.scan()["Items"]
    entries = sorted((i for i in items if i["item"].startswith("ledger#")), key=lambda i: i["item"])
    return {entry["step"]: entry for entry in entries}


def test_each_step_says_what_it_ended_and_how_long_that_was(town_with: TownMaker) -> None:
    town = town_with(PRICED)
    town.until("Mon 22:10")
    found = ledger(town)
    ended = {step: entry["ended_s"] for step, entry in found.items()}
    assert ended["TakeSnapshot"] == ended["BeginDrain"] == {}
    assert ended["Delete"] == {"awake": 32 * 60, "drain": 2 * 60}  # seen at 19:31
    assert ended["Create"] == {"asleep": 85 * 60}  # gone at 20:05
    assert 5 * 60 <= ended["Restore"]["creation"] <= 12 * 60  # instances take 5 to 10 minutes here
    for entry in found.values():
        assert entry["ok"]
        assert entry["reason"]


def test_a_sleep_saves_what_would_have_stayed_at_least(town_with: TownMaker) -> None:
    """The scalable target's minimum is one, of the first pool's type."""
    town = town_with(PRICED)
    town.until("Mon 22:10")
    created = ledger(town)["Create"]
    assert {k: float(v) for k, v in created["kept_hours"].items()} == {"ml.g6.2xlarge": 1.416667}
    assert float(created["kept_usd"]) == pytest.approx(85 / 60 * 1.222)


def test_without_a_price_only_hours_are_told(town: Town) -> None:
    town.until("Mon 22:10")
    for step, hours in (("Create", 85 / 60), ("Delete", 32 / 60)):
        entry = ledger(town)[step]
        assert float(entry["kept_hours"]["ml.g6.2xlarge"]) == pytest.approx(hours)
        assert entry["kept_usd"] is None
    deleted = town.control(action="status", endpoint=ENDPOINT)["last_steps"][2]
    assert "it was awake for 32 min, which cost 0.53 instance-hours at least" in deleted


def test_status_tells_what_being_awake_cost_so_far_and_after_it_ended(
    town_with: TownMaker,
) -> None:
    """Seen in service at 19:31, deleted at 20:03, created again at 21:30, and soon in service."""
    town = town_with(PRICED)
    town.until("Mon 19:45")
    first = town.control(action="status", endpoint=ENDPOINT)["costs"]["last 7 days"]
    assert first == {
        "hours_awake": 0.23,
        "instance_hours_at_least": {"ml.g6.2xlarge": 0.23},
        "usd_at_least": 0.29,
    }
    town.until("Mon 21:00")
    asleep = town.control(action="status", endpoint=ENDPOINT)
    assert asleep["costs"]["last 7 days"]["hours_awake"] == 0.53
    assert "cost 0.53 instance-hours (0.65 USD) at least" in asleep["last_steps"][-1]
    town.until("Mon 22:30")
    again = town.control(action="status", endpoint=ENDPOINT)["costs"]["last 30 days"]
    assert again["hours_awake"] == again["instance_hours_at_least"]["ml.g6.2xlarge"]
    assert 0.53 + 0.8 <= again["hours_awake"] <= 0.53 + 0.92  # instances take 5 to 10 minutes here


def test_an_end_by_hand_is_not_in_the_books(town_with: TownMaker) -> None:
    town = town_with(PRICED)
    town.until("Mon 19:40")
    boto3.client("sagemaker").delete_endpoint(EndpointName=ENDPOINT)
    town.until("Mon 19:45")
    assert town.control(action="status", endpoint=ENDPOINT)["last_steps"][0].endswith(
        "Absent: it was deleted, and not by Lowtide (in service since Mon 23 Nov 19:31 EST)"
    )
    town.until("Mon 20:05")
    costs = town.control(action="status", endpoint=ENDPOINT)["costs"]["last 7 days"]
    assert costs == {"hours_awake": 0.0, "instance_hours_at_least": {}, "usd_at_least": None}


def test_a_night_that_goes_wrong_can_be_read(town_with: TownMaker) -> None:
    """Streams outlast their drain; in the evening AWS has no instances for a while."""
    dry = [
        Drought(
            (MONDAY_EVENING + timedelta(hours=2)).timestamp(),
            (MONDAY_EVENING + timedelta(hours=2.5)).timestamp(),
        )
    ]
    town = town_with(PRICED, CloudSettings(droughts={"ml.g6.2xlarge": dry, "ml.g6e.2xlarge": dry}))
    town.calls(("19:59", 30), ("19:59", 30))
    town.until("Mon 22:30")
    told = town.control(action="status", endpoint=ENDPOINT)["last_steps"]
    steps = [line.split(" ", 2)[2] for line in told]
    first, drain, delete, create, *rest = steps
    assert first.startswith("TakeSnapshot: ")
    assert "1 scalable target suspended; open streams may last for another 20 min" in drain
    assert "2 streams open at the deadline, after 20 min" in delete
    assert "it was asleep for" in create
    assert any(step.startswith("Delete: ") and "it failed after" in step for step in rest)
    assert rest[-1].startswith("Restore: ")
    assert "the creation took" in rest[-1]


def test_a_step_that_fails_in_the_same_way_each_minute_is_told_once(town: Town) -> None:
    for nth, why in ((1, "no"), (4, "still no")):
        refused = Failed("ValidationException", why)
        town.cloud.faults.add(Fault(refused, "sagemaker", "DeleteEndpoint", nth=nth, times=3))
    town.until("Mon 20:15")
    assert town.status == "Absent"
    deletes = [outcome for step, outcome in town.entries() if step == "Delete"]
    assert [outcome.rpartition(": ")[2] for outcome in deletes] == [
        "no", "still no", "everything is saved",
    ]  # fmt: skip


def test_a_delete_that_may_not_read_the_scaling_once_more_is_told(town: Town) -> None:
    town.calls(("19:59", 8))
    town.until("Mon 20:04")
    denied = Failed("AccessDeniedException", "not yours")
    reading = ("application-autoscaling", "DescribeScalingPolicies", "reconciler")
    town.cloud.faults.add(Fault(denied, *reading, times=None))
    town.until("Mon 20:20")
    assert town.status == "InService"
    assert [step for step, _ in town.entries()] == ["TakeSnapshot", "BeginDrain", "Delete"]
    told = town.control(action="status", endpoint=ENDPOINT)["last_steps"][-1]
    assert "(failed: DescribeScalingPolicies: AccessDeniedException: not yours)" in told


def figures(town: Town) -> list[dict[str, Any]]:
    told = ("at", "step", "reason", "ended_s", "kept_hours", "kept_usd")
    found = ledger(town)
    return [{each: found[step][each] for each in told} for step in ("Delete", "Create")]


@pytest.mark.parametrize(
    ("effect", "asleep_s"),
    [
        pytest.param(ResponseLost(), 85 * 60, id="the answers are lost"),
        # Nobody looks before its message comes again, six minutes later.
        pytest.param(Killed(), 85 * 60 - 250, id="the runs are killed"),
    ],
)
def test_a_delete_and_a_creation_whose_run_never_heard_of_them_are_told_as_the_others(
    town_with: TownMaker, effect: Effect, asleep_s: int
) -> None:
    town = town_with(PRICED)
    for operation in ("DeleteEndpoint", "CreateEndpoint"):
        town.cloud.faults.add(Fault(effect, "sagemaker", operation, "reconciler"))
    town.until("Mon 22:10")
    assert len(town.cloud.faults.hits) == 2
    assert Counter(town.ledger()) == {
        "TakeSnapshot": 1, "BeginDrain": 1, "Delete": 1, "Create": 1, "Restore": 1,
    }  # fmt: skip
    deleted, created = figures(town)
    assert {**deleted["ended_s"]} == {"awake": 32 * 60, "drain": 2 * 60}
    assert float(deleted["kept_usd"]) == pytest.approx(32 / 60 * 1.222)
    assert {**created["ended_s"]} == {"asleep": asleep_s}
    assert float(created["kept_usd"]) == pytest.approx(asleep_s / 3600 * 1.222)
    savings = town.control(action="status", endpoint=ENDPOINT)["savings"]["last 7 days"]
    assert savings["hours_asleep"] == round(asleep_s / 3600, 2)


def test_status_tells_the_last_steps_and_what_was_saved(town_with: TownMaker) -> None:
    town = town_with(PRICED)
    town.until("Mon 21:03")
    asleep = town.control(action="status", endpoint=ENDPOINT)
    assert asleep["savings"]["last 7 days"] == {
        "hours_asleep": 0.97,
        "instance_hours_at_least": {"ml.g6.2xlarge": 0.97},
        "usd_at_least": 1.18,
    }
    town.until("Mon 22:10")
    awake = town.control(action="status", endpoint=ENDPOINT)
    assert awake["savings"]["last 7 days"]["hours_asleep"] == 1.42
    assert awake["savings"]["last 7 days"] == awake["savings"]["last 30 days"]
    slept = "it was asleep for 1 h 25 min, which saved 1.42 instance-hours (1.73 USD) at least"
    assert slept in awake["last_steps"][-2]
