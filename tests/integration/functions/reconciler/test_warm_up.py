"""Creation begins earlier by an endpoint's `warm_up`."""

from lowtide_workbench.demo.endpoint import ENDPOINT
from tests.integration.functions.conftest import EVENING_PAUSE, TownMaker


def test_creation_begins_earlier_by_the_warm_up(town_with: TownMaker) -> None:
    """The window opens at 22:00, and the lead time is 30 minutes without it."""
    town = town_with(EVENING_PAUSE.replace("    drain:", "    warm_up: 20m\n    drain:"))
    town.until("Mon 21:09")
    assert town.status == "Absent"
    lead = town.control(action="status", endpoint=ENDPOINT)["lead_time"]
    assert lead["minutes"] == 50
    assert lead["because"].endswith("; and warm_up, 20 min")
    town.until("Mon 21:12")
    assert town.status in ("Creating", "InService")
