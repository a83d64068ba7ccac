"""One that failed in an open window makes room for the next try, whatever became of its origin."""

from datetime import timedelta
from typing import Any

import boto3

from lowtide_workbench.aws.protocol.faults import Fault, Throttled
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.demo import endpoint_state
from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT
from lowtide_workbench.fleet.pools import Drought
from tests.integration.functions.conftest import EVENING_PAUSE, MONDAY_EVENING, TownMaker
from tests.integration.functions.reconciler.test_creation import (
    NEWCOMER,
    SECOND,
    TWO_CONFIGS,
    WAKE,
    asleep,
    create_fallback,
    created_from,
    dry,
)


def sagemaker() -> Any:
    return boto3.client("sagemaker")


def test_one_is_cleaned_up_though_iam_cannot_be_asked(town_with: TownMaker) -> None:
    town = town_with(settings=dry(40))
    asleep(town)
    town.deploy(EVENING_PAUSE)  # new environments: none remembers what IAM said in the evening
    simulate = Fault(Throttled(), "iam", "SimulatePrincipalPolicy", times=None)
    town.cloud.faults.add(simulate)
    town.control(**WAKE, **{"for": "1h"})
    town.until("Mon 20:40")
    assert (town.status, created_from(town)) == ("InService", [CONFIG] * 3)
    assert town.ledger()[-1] == "Restore"
    assert "Refuse" not in town.ledger()


def test_one_whose_configuration_was_deleted_makes_room_for_the_fallback(
    town_with: TownMaker,
) -> None:
    town = town_with(TWO_CONFIGS, dry(600))
    create_fallback()
    town.until("Mon 19:59")
    evening = endpoint_state.read(town.cloud.clock.now())
    asleep(town)
    town.control(**WAKE, **{"for": "3h"})
    while town.status != "Creating":
        town.cloud.advance(town.cloud.clock.now() + timedelta(minutes=1))
    sagemaker().delete_endpoint_config(EndpointConfigName=CONFIG)
    town.until("Mon 20:50")
    assert (town.status, created_from(town)) == ("InService", [CONFIG, SECOND])
    morning = endpoint_state.read(town.cloud.clock.now())
    changed = endpoint_state.compare(evening, morning).differences
    assert changed
    assert all("onfig" in difference for difference in changed)


def test_a_fallback_that_failed_is_tried_again_though_the_first_was_deleted(
    town_with: TownMaker,
) -> None:
    town = town_with(TWO_CONFIGS, dry(100))
    first = sagemaker().describe_endpoint_config(EndpointConfigName=CONFIG)
    sagemaker().create_endpoint_config(
        EndpointConfigName=SECOND, ProductionVariants=first["ProductionVariants"]
    )
    asleep(town)
    sagemaker().delete_endpoint_config(EndpointConfigName=CONFIG)
    town.control(**WAKE, **{"for": "3h"})
    town.until("Mon 22:00")
    assert town.status == "InService"
    assert sagemaker().describe_endpoint(EndpointName=ENDPOINT)["EndpointConfigName"] == SECOND


def test_a_newcomer_that_failed_makes_room_for_another_pin_though_its_own_was_deleted(
    town_with: TownMaker,
) -> None:
    """It was never saved: what scales it tells its variants, and nothing does."""
    begins = MONDAY_EVENING + timedelta(minutes=14)
    drought = [Drought(begins.timestamp(), (begins + timedelta(hours=2)).timestamp())]
    droughts = {"ml.g6.2xlarge": drought, "ml.g6e.2xlarge": drought}
    town = town_with(NEWCOMER, CloudSettings(droughts=droughts, capacity_error_s=30))
    sagemaker().create_endpoint_config(
        EndpointConfigName="repaired",
        ProductionVariants=[
            {
                "VariantName": "AllTraffic",
                "ModelName": "my-model",
                "InitialInstanceCount": 1,
                "InstanceType": "ml.g5.2xlarge",
            }
        ],
    )
    while town.cloud.status("newcomer") != "Creating":
        town.cloud.advance(town.cloud.clock.now() + timedelta(minutes=1))
    sagemaker().delete_endpoint_config(EndpointConfigName=CONFIG)
    town.deploy(NEWCOMER.replace(CONFIG, "repaired"))
    town.until("Mon 20:40")
    assert "Failed" in town.statuses()
    assert town.cloud.status("newcomer") == "InService"
