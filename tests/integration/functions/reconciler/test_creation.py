"""Creation that finds a way, and how long it takes."""

from typing import Any

from lowtide_workbench.aws.protocol.faults import Failed, Fault
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT
from tests.integration.functions.aws_calls import (
    ONE_TYPE,
    config_in_use,
    create_config,
    raised,
    sagemaker,
)
from tests.integration.functions.conftest import (
    EVENING_PAUSE,
    Town,
    TownMaker,
    no_capacity,
    pinned,
)

SECOND = "my-fallback-config"
G5 = {**ONE_TYPE, "InstanceType": "ml.g5.2xlarge"}
QUOTA = Failed(
    "ResourceLimitExceeded", "The service limit 'x' is 0, with current utilization of 0."
)
NEWCOMER = f"""
timezone: America/New_York
endpoints:
  - {{name: newcomer, schedule: always, config: {CONFIG}}}
  - {{name: unknown, schedule: always}}
"""
# Absent from 19:35 to 20:20.
SHORT_PAUSE = EVENING_PAUSE.replace('"0 20', '"32 19').replace('"0 22', '"20 20')


def created_from(town: Town) -> list[str]:
    return [each.split(",")[0].removeprefix("from ") for each in town.outcomes("Create")]


def test_without_capacity_the_next_configuration_is_tried_and_the_first_at_the_next_wake(
    town_with: TownMaker,
) -> None:
    town = town_with(pinned(CONFIG, SECOND), no_capacity(begins=5, minutes=30))
    create_config(SECOND, G5)
    town.sleep()
    town.pass_minutes(1)
    town.wake()
    assert created_from(town) == [CONFIG, SECOND]
    assert config_in_use() == SECOND
    town.sleep()
    town.until("Mon 20:06")
    town.wake()
    assert created_from(town) == [CONFIG, SECOND, CONFIG]


def test_one_that_failed_makes_room_for_the_fallback_though_its_configuration_is_gone(
    town_with: TownMaker,
) -> None:
    town = town_with(pinned(CONFIG, SECOND), no_capacity(begins=5, minutes=600))
    create_config(SECOND, G5)
    evening = town.endpoint_state()
    town.sleep()
    town.pass_minutes(1)
    town.ask("wake", 180)
    town.pass_until(lambda: town.status == "Creating")
    sagemaker().delete_endpoint_config(EndpointConfigName=CONFIG)
    town.pass_until(lambda: town.steps()[-1] == "Restore")
    assert created_from(town) == [CONFIG, SECOND]
    changed = town.differences(evening)
    assert changed
    assert all("onfig" in difference for difference in changed)


def test_a_newcomer_that_failed_makes_room_for_another_pin_though_its_own_was_deleted(
    town_with: TownMaker,
) -> None:
    """It was never saved: only its scalable targets name its variants, and it has none."""
    town = town_with(NEWCOMER, no_capacity(begins=-1, minutes=120))
    create_config("repaired", G5)
    town.pass_until(lambda: town.cloud.status("newcomer") == "Creating")
    sagemaker().delete_endpoint_config(EndpointConfigName=CONFIG)
    town.deploy(NEWCOMER.replace(CONFIG, "repaired"))
    town.pass_until(lambda: town.cloud.status("newcomer") == "InService")
    assert "Failed" in town.statuses()


def test_a_quota_stops_it_until_the_next_wake_or_until_a_person_asks(town: Town) -> None:
    town.sleep()
    town.cloud.faults.add(Fault(QUOTA, "sagemaker", "CreateEndpoint", "reconciler", times=2))
    town.ask("wake", 60)
    town.pass_minutes(5)
    assert town.status == "Absent"
    town.ask("sleep", 60)
    town.pass_minutes(2)
    assert town.steps()[-3:] == ["Create", "Refuse", "Forget"]
    town.ask("wake", 60)
    town.pass_minutes(7)
    assert (town.status, town.steps().count("Create")) == ("Absent", 2)
    following = town.show()["next"]
    assert following["action"] == "Refuse"
    assert "The service limit 'x' is 0, with" in following["reason"]
    town.wake()


def test_a_window_that_ends_during_a_creation_loses_nothing_that_was_saved(
    town_with: TownMaker,
) -> None:
    slow = CloudSettings(provisioning_s=(300.0, 300.0), deletion_s=(20.0, 20.0))
    town = town_with(settings=slow)
    evening = town.endpoint_state()
    town.sleep()
    town.ask("wake", 3)
    town.pass_minutes(4)
    assert town.status == "Creating"
    town.ask("sleep", 60)
    town.pass_until(lambda: town.status == "Absent")
    assert town.steps()[3:] == ["Create", "TakeSnapshot", "BeginDrain", "Delete"]
    town.wake()
    assert town.differences(evening) == ()


def test_one_that_never_was_is_created_from_the_pin_and_its_creation_is_learned(
    town_with: TownMaker,
) -> None:
    town = town_with(NEWCOMER, CloudSettings(), LongestCreationMinutes="1")
    town.until("Mon 19:36")
    assert town.cloud.status("newcomer") == "Creating"
    assert "CreatingTooLongAlarm" in raised()
    town.pass_until(lambda: town.cloud.status("newcomer") == "InService")
    town.pass_minutes(2)
    assert town.steps() == ["Create", "Refuse", "Restore"]  # the other one is blocked
    lead = town.control(action="status", endpoint="newcomer")["lead_time"]["because"]
    assert "1 of 3 creations known" in lead
    assert town.control(action="status", endpoint="unknown")["next"] == {
        "action": "Refuse",
        "reason": "nothing was ever saved of it, and the file pins no `config` to create it from",
    }


def remember_creations(town: Town, *seconds: int) -> None:
    key = {"endpoint": ENDPOINT, "item": "now#record"}
    record: Any = town.table.get_item(Key=key)["Item"]
    town.table.put_item(Item=record | {"creations": list(seconds)})


def test_creation_begins_as_early_as_this_endpoints_own_creations_took(
    town_with: TownMaker,
) -> None:
    town = town_with(SHORT_PAUSE)
    town.until("Mon 19:36")
    remember_creations(town, 540, 600, 480)
    assert town.show()["lead_time"] == {
        "minutes": 15.0,
        "because": "90 % of the last 3 creations took 10 min or less; with a margin of 5 min",
    }
    town.until("Mon 20:04")
    assert town.steps()[-1] == "Delete"
    town.until("Mon 20:08")
    assert (town.status, town.steps()[-1]) == ("InService", "Restore")


def test_a_shorter_lead_learned_from_a_creation_does_not_end_it(town_with: TownMaker) -> None:
    town = town_with(SHORT_PAUSE)
    town.until("Mon 19:36")
    remember_creations(town, 300, 300)
    town.until("Mon 20:12")
    lead = town.show()["lead_time"]
    assert "of the last 3 creations" in lead["because"]
    assert lead["minutes"] < 12
    assert town.steps()[-2:] == ["Create", "Restore"]
    assert town.status == "InService"
