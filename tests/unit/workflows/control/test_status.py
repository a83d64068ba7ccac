"""Parts of a status: what cannot be read, as of when scaling is shown, rounded numbers."""

from datetime import timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.observed import Endpoint, Pool, Status, Variant
from lowtide.domain.errors import DeniedError
from lowtide.domain.history.entry import Entry
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.schedule.lead_time import LeadTime
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot
from lowtide.workflows.control.preview import lead_time_as_json
from lowtide.workflows.control.scaling_status import scaling_status
from lowtide.workflows.control.spending import costs_and_savings
from lowtide.workflows.control.status import status_of_all
from tests.unit.workflows.fakes import ASLEEP, MINUTE, NOW, Aws, context, made_up, of

SERVING = of(Status.IN_SERVICE, variants=(Variant("v", (Pool("ml.g6.2xlarge", 1),)),))
ABSENT = Endpoint("e", Status.ABSENT)


class Views:
    """An Application Auto Scaling in which nothing is set up."""

    def targets(self, *_: object) -> tuple[()]:
        return ()

    policies = activities = targets

    def alarms(self, _: object) -> dict[str, Any]:
        return {}


def test_an_endpoint_that_cannot_be_read_has_the_reason_in_its_place() -> None:
    here = made_up()
    here.table.unreadable = DeniedError("not authorized")
    here.table.endpoints = lambda: {"left"}  # type: ignore[attr-defined]
    managed = ManagedEndpoint("e", Schedule((), ZoneInfo("UTC")))
    answer = status_of_all((managed,), (), here.services, NOW)
    assert answer["endpoints"] == [{"endpoint": "e", "error": "not authorized"}]
    assert answer["unlisted"] == [{"endpoint": "left", "error": "not authorized"}]


@pytest.mark.parametrize(
    ("record", "endpoint", "shown"),
    [
        pytest.param(Record(), SERVING, "as it is now", id="while it serves"),
        pytest.param(
            Record(draining_since=NOW - MINUTE, suspended=True),
            SERVING,
            "as it is now; Lowtide has suspended it while the endpoint drains",
            id="while it drains",
        ),
        pytest.param(
            Record(draining_since=NOW - MINUTE),
            SERVING,
            "as it is now",
            id="drains, and nothing was there to suspend",
        ),
        pytest.param(
            Record(suspended=True), SERVING, "as it is now", id="suspended, and does not drain"
        ),
        pytest.param(
            Record(restore_pending=True),
            SERVING,
            "as it is now; not all of what was saved is verified yet",
            id="before everything is verified",
        ),
        pytest.param(
            Record(snapshot=Snapshot(NOW - 5 * MINUTE, "in-use", {}, Scaling())),
            ABSENT,
            "as it was saved Mon 23 Nov 20:25 UTC; it is restored at the next wake",
            id="while it sleeps",
        ),
        pytest.param(
            Record(), ABSENT, "not known: it is Absent, and nothing is saved", id="never there"
        ),
    ],
)
def test_scaling_is_shown_as_of_when_it_is_known(
    record: Record, endpoint: Endpoint, shown: str
) -> None:
    answer = scaling_status(context(ASLEEP, record, endpoint), cast("Any", Views()))
    assert answer["shown"] == shown


def test_hours_and_money_are_rounded_to_hundredths() -> None:
    third, hours = timedelta(minutes=20), {"ml.g6.2xlarge": 2 / 3}
    awake = Entry(
        NOW - MINUTE, "Delete", "closed", "done", ended={"awake": third}, kept_hours=hours,
        kept_usd=4 / 3,
    )  # fmt: skip
    here = made_up(Aws(ABSENT))
    answer = costs_and_savings([awake], context(ASLEEP, Record(), ABSENT), here.services)
    assert answer["costs"]["last 7 days"] == {
        "hours_awake": 0.33,
        "instance_hours_at_least": {"ml.g6.2xlarge": 0.67},
        "usd_at_least": 1.33,
    }


def test_a_lead_time_is_rounded_to_a_tenth_of_a_minute() -> None:
    lead_time = LeadTime(timedelta(minutes=35, seconds=20), "the default")
    assert lead_time_as_json(lead_time) == {"minutes": 35.3, "because": "the default"}
