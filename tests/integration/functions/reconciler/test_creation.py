"""Creation that finds a way, and how long it takes."""

from datetime import timedelta
from typing import Any

import boto3
import pytest

from lowtide_workbench.aws.protocol.faults import Failed, Fault
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.demo import endpoint_state
from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT, STACK
from lowtide_workbench.fleet.pools import Drought
from tests.integration.functions.conftest import EVENING_PAUSE, MONDAY_EVENING, Town, TownMaker

SECOND = "my-fallback-config"
WAKE = {"action": "wake", "endpoint": ENDPOINT, "reason": "overtime", "by": "ann"}
QUOTA = Failed("ResourceLimitExceeded", "The account-level service limit 'x' is 0 Instances.")
TWO_CONFIGS = EVENING_PAUSE.replace("    drain:", f"    config: [{CONFIG}, {SECOND}]\n    drain:")


def sagemaker() -> Any:
    return boto3.client("sagemaker")


def dry(minutes: float, **settings: Any) -> CloudSettings:
    """From after the endpoint was set up, nothing of the two types of its configuration."""
    begins = MONDAY_EVENING + timedelta(minutes=20)
    drought = [Drought(begins.timestamp(), (begins + timedelta(minutes=minutes)).timestamp())]
    return CloudSettings(
        droughts={"ml.g6.2xlarge": drought, "ml.g6e.2xlarge": drought},
        capacity_error_s=30,
        **settings,
    )


def create_fallback() -> None:
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": "my-model",
        "InitialInstanceCount": 1,
        "InstanceType": "ml.g5.2xlarge",
    }
    sagemaker().create_endpoint_config(EndpointConfigName=SECOND, ProductionVariants=[variant])


def in_use() -> str:
    return str(sagemaker().describe_endpoint(EndpointName=ENDPOINT)["EndpointConfigName"])


def created_from(town: Town) -> list[str]:
    outcomes = [outcome for step, outcome in town.entries() if step == "Create"]
    return [outcome.split(",")[0].removeprefix("from ") for outcome in outcomes]


def asleep(town: Town) -> None:
    town.until("Mon 20:10")
    assert town.status == "Absent"


def test_without_capacity_the_next_configuration_is_tried_and_the_first_at_the_next_wake(
    town_with: TownMaker,
) -> None:
    town = town_with(TWO_CONFIGS, dry(75))
    create_fallback()
    asleep(town)
    town.control(**WAKE, **{"for": "1h"})
    town.until("Mon 20:40")
    assert created_from(town) == [CONFIG, SECOND]
    assert (town.status, in_use()) == ("InService", SECOND)
    town.control(action="sleep", endpoint=ENDPOINT, reason="done", by="ann", **{"for": "15m"})
    town.until("Mon 20:50")
    assert town.status == "Absent"
    town.until("Mon 21:31")
    assert created_from(town) == [CONFIG, SECOND, CONFIG]


def test_one_configuration_is_tried_again_after_growing_pauses(town_with: TownMaker) -> None:
    town = town_with(settings=dry(600))
    asleep(town)
    town.control(**WAKE, **{"for": "2h"})
    town.until("Mon 21:15")
    waits = {
        line["reason"].partition(":")[0]
        for line in town.said("scheduler")
        if line.get("action") == "Wait" and "the next try is at" in line["reason"]
    }
    assert {"3 creations failed", "4 creations failed"} <= waits  # the clean-up takes the others
    assert 4 <= created_from(town).count(CONFIG) <= 8  # without pauses some sixteen


def test_a_quota_stops_it_until_a_person_asks(town: Town) -> None:
    asleep(town)
    town.cloud.faults.add(Fault(QUOTA, "sagemaker", "CreateEndpoint", "reconciler", times=1))
    town.control(**WAKE, **{"for": "1h"})
    town.until("Mon 20:20")
    assert town.status == "Absent"
    assert town.ledger().count("Create") == 1
    said = town.said("scheduler")
    assert sum(line.get("Refusals", [0])[0] for line in said if "Refusals" in line) >= 5
    following = town.control(action="status", endpoint=ENDPOINT)["next"]
    assert following["action"] == "Refuse"
    assert "The account-level service limit 'x' is 0 Instances" in following["reason"]
    town.control(**WAKE, **{"for": "1h"})
    town.until("Mon 20:36")
    assert town.status == "InService"


def test_a_quota_stops_it_until_the_next_wake(town: Town) -> None:
    asleep(town)
    town.cloud.faults.add(Fault(QUOTA, "sagemaker", "CreateEndpoint", "reconciler", times=1))
    town.control(**WAKE, **{"for": "5m"})
    town.until("Mon 20:20")
    assert town.ledger()[-3:] == ["Create", "Refuse", "Forget"]
    town.until("Mon 21:45")
    assert town.status == "InService"


def test_a_window_that_ends_during_a_creation_costs_nothing_that_was_saved(town: Town) -> None:
    town.until("Mon 19:59")
    evening = endpoint_state.read(town.cloud.clock.now())
    asleep(town)
    town.control(**WAKE, **{"for": "3m"})
    town.until("Mon 20:35")
    assert town.status == "Absent"
    assert town.ledger()[3:] == ["Create", "TakeSnapshot", "BeginDrain", "Delete"]
    town.until("Mon 21:45")
    assert (
        endpoint_state.compare(evening, endpoint_state.read(town.cloud.clock.now())).differences
        == ()
    )


NEWCOMER = """
timezone: America/New_York
endpoints:
  - {name: newcomer, schedule: always, config: my-deepgram-endpoint-config}
  - {name: nobody, schedule: always}
"""


def test_an_endpoint_that_never_was_is_created_from_the_pin_and_its_creation_learned(
    town_with: TownMaker,
) -> None:
    town = town_with(NEWCOMER)
    town.until("Mon 19:45")
    assert town.cloud.status("newcomer") == "InService"
    assert town.ledger() == ["Create", "Refuse", "Restore"]  # the other one is blocked
    assert "1 of 3 creations known" in town.control(action="status", endpoint="newcomer")["lead"][
        "because"
    ]  # fmt: skip
    following = town.control(action="status", endpoint="nobody")["next"]
    assert following == {
        "action": "Refuse",
        "reason": "nothing was ever saved of it, and the file pins no `config` to create it from",
    }


def test_creation_begins_as_early_as_this_endpoints_own_creations_took(town: Town) -> None:
    scheduler = next(s for s in town.stack.template.functions() if s.name == "scheduler")
    table: Any = boto3.resource("dynamodb").Table(scheduler.environment["LOWTIDE_TABLE"])
    asleep(town)
    key = {"endpoint": ENDPOINT, "item": "now#record"}
    record = table.get_item(Key=key)["Item"]
    table.put_item(Item=record | {"creations": [540, 600, 480]})
    assert town.control(action="status", endpoint=ENDPOINT)["lead"] == {
        "minutes": 15.0,
        "because": ("90 % of the last 3 creations took 10 min or less; with a margin of 5 min"),
    }
    town.until("Mon 21:44")
    assert town.ledger()[-1] == "Delete"
    town.until("Mon 21:59")
    assert (town.status, town.ledger()[-1]) == ("InService", "Restore")
    assert len(table.get_item(Key=key)["Item"]["creations"]) == 4


def test_a_shorter_lead_learned_from_a_creation_does_not_end_it(town: Town) -> None:
    scheduler = next(s for s in town.stack.template.functions() if s.name == "scheduler")
    table: Any = boto3.resource("dynamodb").Table(scheduler.environment["LOWTIDE_TABLE"])
    asleep(town)
    record = table.get_item(Key={"endpoint": ENDPOINT, "item": "now#record"})["Item"]
    table.put_item(Item=record | {"creations": [300, 300]})
    town.until("Mon 21:30")
    before = len(town.ledger())
    town.until("Mon 21:58")
    lead = town.control(action="status", endpoint=ENDPOINT)["lead"]
    assert "of the last 3 creations" in lead["because"]
    assert lead["minutes"] < 20
    assert town.ledger()[before - 1 :] in (["Create", "Restore"], ["Delete", "Create", "Restore"])
    assert town.status == "InService"


@pytest.mark.parametrize(
    ("longest", "state"),
    [
        pytest.param("60", "OK", id="a usual creation raises no alarm"),
        pytest.param("1", "ALARM", id="one that lasts too long raises an alarm"),
    ],
)
def test_creating_for_too_long_is_said_to_an_alarm(
    town_with: TownMaker, longest: str, state: str
) -> None:
    town = town_with(NEWCOMER, LongestCreationMinutes=longest)
    town.until("Mon 19:36")
    assert town.cloud.status("newcomer") == "Creating"
    cloudwatch: Any = boto3.client("cloudwatch")
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[f"{STACK}-CreatingTooLongAlarm"])[
        "MetricAlarms"
    ]
    assert alarm["StateValue"] == state
