"""An endpoint through its nights: asleep, awake in time, nothing lost, and what that saved."""

import pytest

from lowtide_workbench.demo.endpoint import ENDPOINT
from tests.integration.functions.aws_calls import delete_endpoint, raised, set_on_variant
from tests.integration.functions.conftest import (
    EVENING_PAUSE,
    Town,
    TownMaker,
    no_capacity,
)

PRICED = EVENING_PAUSE + "prices: {ml.g6.2xlarge: 1.222}\n"
ONE_NIGHT = ["TakeSnapshot", "BeginDrain", "Delete", "Create", "Restore"]


def test_it_sleeps_through_the_night_and_is_there_when_the_window_opens(
    town_with: TownMaker,
) -> None:
    town = town_with(PRICED)
    town.until("Mon 19:45")
    assert town.show()["costs"]["last 7 days"] == {
        "hours_awake": 0.23,  # seen in service at 19:31
        "instance_hours_at_least": {"ml.g6.2xlarge": 0.23},
        "usd_at_least": 0.29,
    }
    town.until("Mon 19:59")
    evening = town.endpoint_state()
    assert len(evening.fields) > 60
    assert town.status == "InService"
    town.until("Mon 20:04")
    assert town.status == "Absent"
    town.until("Mon 21:29")
    assert town.status == "Absent"
    asleep = town.show()
    assert asleep["costs"]["last 7 days"]["hours_awake"] == 0.53
    assert asleep["savings"]["last 7 days"]["hours_asleep"] == 1.42
    assert "cost 0.53 instance-hours (0.65 USD) at least" in asleep["last_steps"][-1]
    town.until("Mon 22:05")
    assert town.differences(evening) == ()
    assert town.steps() == ONE_NIGHT
    assert (raised(), town.stack.failures) == ([], [])
    assert_history(town)


def assert_history(town: Town) -> None:
    history = {entry["step"]: entry for entry in town.history()}
    assert all(entry["ok"] and entry["reason"] for entry in history.values())
    assert {step: entry["ended_s"] for step, entry in history.items()} == {
        "TakeSnapshot": {},
        "BeginDrain": {},
        "Delete": {"awake": 32 * 60, "drain": 2 * 60},
        "Create": {"asleep": 86 * 60},
        "Restore": {"creation": 70},
    }
    # The scalable target's minimum is one, of the first pool's type.
    kept = history["Create"]["kept_hours"]
    assert {name: float(hours) for name, hours in kept.items()} == {"ml.g6.2xlarge": 1.433333}
    assert float(history["Create"]["kept_usd"]) == pytest.approx(86 / 60 * 1.222)
    awake = town.show()
    assert awake["savings"]["last 30 days"]["hours_asleep"] == 1.43
    assert awake["costs"]["last 30 days"]["hours_awake"] == 1.1
    slept = "it was asleep for 1 h 26 min, which saved 1.43 instance-hours (1.75 USD) at least"
    assert slept in awake["last_steps"][-2]


def test_an_end_by_hand_is_not_counted_and_it_comes_back(town_with: TownMaker) -> None:
    town = town_with(PRICED)
    town.until("Mon 19:40")
    town.sleep()
    costs = town.show()["costs"]
    town.wake()
    delete_endpoint()
    town.pass_minutes(2)
    (line,) = [line for line in town.show()["last_steps"] if "Absent: " in line]
    assert "it was deleted, and not by Lowtide (in service since Mon 23 Nov 19:47 EST)" in line
    assert town.show()["costs"] == costs
    town.pass_until(lambda: town.steps() == [*ONE_NIGHT, "Absent", "Create", "Restore"])
    assert town.status in ("InService", "Updating")


def test_a_night_that_goes_wrong_loses_nothing_and_can_be_read(town_with: TownMaker) -> None:
    """Streams outlast their drain; in the evening AWS has no instances for a while."""
    town = town_with(PRICED.replace("20m", "5m"), no_capacity(begins=10, minutes=20))
    set_on_variant(DesiredWeight=0.25)
    town.calls(("19:31", 60), ("19:31", 60))
    town.pass_minutes(3)
    evening = town.endpoint_state()
    town.sleep()
    assert town.cloud.tally(ENDPOINT).cut == 2
    town.wake()
    assert "Failed" in town.statuses()
    assert town.differences(evening) == ()
    steps = [line.split(" ", 2)[2] for line in town.show()["last_steps"]]
    first, drain, delete, create, *rest = steps
    assert first.startswith("TakeSnapshot: ")
    assert "1 scalable target suspended; open streams may last for another 5 min" in drain
    assert "2 streams open at the deadline, after 5 min" in delete
    assert "it was asleep for" in create
    assert any(step.startswith("Delete: ") and "it failed after" in step for step in rest)
    assert rest[-1].startswith("Restore: ")
    assert "the creation took" in rest[-1]


def test_open_streams_delay_the_delete_until_they_end(town: Town) -> None:
    town.calls(("19:31", 10))
    town.pass_minutes(2)
    town.ask("sleep", 30)
    town.until("Mon 19:41")
    assert town.status == "InService"
    town.until("Mon 19:46")
    assert town.status == "Absent"
    assert town.cloud.tally(ENDPOINT).cut == 0
