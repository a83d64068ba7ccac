"""`mode: observe`: everything is decided and reported, nothing is changed, no alarm goes off."""

from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT
from tests.integration.functions.aws_calls import raised
from tests.integration.functions.conftest import EVENING_PAUSE, TownMaker

PRICES = {"ml.g6.2xlarge": 1.0, "ml.g6e.2xlarge": 2.0}
PRICED = "prices: {ml.g6.2xlarge: 1.0, ml.g6e.2xlarge: 2.0}"
OBSERVED = f"mode: observe\n{PRICED}{EVENING_PAUSE}"


def test_an_observed_endpoint_is_told_about_and_left_as_it_is(town_with: TownMaker) -> None:
    """By its schedule it would be deleted at 20:00."""
    town = town_with(OBSERVED)
    before = town.endpoint_state()
    town.until("Mon 20:20")
    assert town.status == "InService"
    assert not town.differences(before)
    assert (town.steps(), raised()) == ([], [])
    shown = town.show()
    assert (shown["desired_state"], shown["blocked"]) == ("asleep", None)
    assert shown["paused"].startswith("`mode` is observe, so nothing is changed; with `manage`: ")
    assert "TakeSnapshot" in shown["paused"]
    saved = shown["would_save"]["last 7 days"]
    hours = saved["instance_hours_at_least"]
    assert saved["hours_asleep"] == 7 * 2
    assert saved["usd_at_least"] == round(sum(PRICES[name] * hours[name] for name in hours), 2)


def test_one_that_is_absent_is_not_created_and_another_is_managed_beside_it(
    town_with: TownMaker,
) -> None:
    managed = EVENING_PAUSE.replace(f"name: {ENDPOINT}", f"name: {ENDPOINT}\n    mode: manage", 1)
    absent = f"  - {{name: absent, schedule: always, config: {CONFIG}}}\n"
    town = town_with(f"mode: observe{managed}{absent}")
    town.until("Mon 20:40")
    assert town.status == "Absent"
    assert town.cloud.status("absent") == "Absent"
    assert raised() == []
