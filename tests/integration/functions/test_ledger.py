"""What a night leaves behind in the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest

from tests.integration.functions.conftest import EVENING_PAUSE
from workbench.demo.endpoint import ENDPOINT

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
    assert ended["Delete"] == {"awake": 48 * 60, "drain": 2 * 60}
    assert ended["Create"] == {"asleep": 87 * 60}
    assert 5 * 60 <= ended["Restore"]["creation"] <= 12 * 60  # instances take 5 to 10 minutes here
    for entry in found.values():
        assert entry["ok"]
        assert entry["reason"]


def test_a_sleep_saves_what_would_have_stayed_at_least(town_with: TownMaker) -> None:
    """The scalable target's minimum is one, of the first pool's type."""
    town = town_with(PRICED)
    town.until("Mon 22:10")
    created = ledger(town)["Create"]
    assert {k: float(v) for k, v in created["saved_hours"].items()} == {"ml.g6.2xlarge": 1.45}
    assert float(created["saved_usd"]) == pytest.approx(1.45 * 1.222)


def test_without_a_price_only_hours_are_told(town: Town) -> None:
    town.until("Mon 22:10")
    created = ledger(town)["Create"]
    assert float(created["saved_hours"]["ml.g6.2xlarge"]) == 1.45
    assert created["saved_usd"] is None


def test_status_tells_the_last_steps_and_what_was_saved(town_with: TownMaker) -> None:
    town = town_with(PRICED)
    town.until("Mon 21:03")
    asleep = town.control(action="status", endpoint=ENDPOINT)
    assert asleep["savings"]["last 7 days"] == {
        "hours_asleep": 1.0,
        "instance_hours_at_least": {"ml.g6.2xlarge": 1.0},
        "usd_at_least": 1.22,
    }
    town.until("Mon 22:10")
    awake = town.control(action="status", endpoint=ENDPOINT)
    assert awake["savings"]["last 7 days"]["hours_asleep"] == 1.45
    assert awake["savings"]["last 7 days"] == awake["savings"]["last 30 days"]
    assert "it was asleep for 1 h 27 min" in awake["last_steps"][-2]
