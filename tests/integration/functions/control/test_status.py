"""What `status` shows of endpoints that left the file."""

from datetime import datetime, timedelta

from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import Sleep
from lowtide.domain.schedule.override import Override
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot
from lowtide_workbench.demo.endpoint import ENDPOINT
from tests.integration.functions.aws_calls import create_endpoint
from tests.integration.functions.conftest import EVENING_PAUSE, Town


def remember(town: Town, name: str) -> datetime:
    """As if it had been in the file yesterday."""
    since = town.cloud.clock.now() - timedelta(hours=20)
    town.store.save_snapshot(name, Snapshot(since, "old-config", {}, Scaling()))
    town.store.save_record(name, Record(), None, since)
    town.store.save_sleep(name, Sleep(since, {"ml.g6.2xlarge": 1}))
    return since


def test_those_that_left_the_file_are_listed_with_what_would_wake_them(town: Town) -> None:
    since = remember(town, "asleep")
    remember(town, "awake")
    create_endpoint("awake")
    now = town.cloud.clock.now()
    for name, hours in (("overridden", 2), ("over", -1)):
        override = Override(True, now + timedelta(hours=hours), "a test", "ann")
        town.store.save_override(name, override)
    town.pass_minutes(10)
    answer = town.control(action="status")
    assert [each["endpoint"] for each in answer["endpoints"]] == [ENDPOINT]
    unlisted = {each["endpoint"]: each for each in answer["unlisted"]}
    assert unlisted["asleep"] == {
        "endpoint": "asleep",
        "status": "Absent",
        "note": "not in the file any more: left as it is; asleep since "
        f"{since:%Y-%m-%d %H:%M}Z, "
        "saved with configuration old-config: put it back on the list to wake it, or create it "
        "by hand from old-config",
        "unfinished": None,
    }
    awake = unlisted["awake"]
    assert awake["note"] == "not in the file any more: left as it is; it is InService"
    without_effect = "a test; without effect while the file does not list the endpoint"
    assert without_effect in unlisted["overridden"]["override"]
    assert "nothing was saved of it" in unlisted["overridden"]["note"]
    assert "override" not in unlisted["over"]
    town.deploy(f"{EVENING_PAUSE}  - {{name: asleep, schedule: no-such-schedule}}\n")
    answer = town.control(action="status")
    assert [error.partition(":")[0] for error in answer["errors"]] == ["endpoints[1].schedule"]
    broken = "the file has no entry of it without errors: left as it is; asleep"
    assert answer["unlisted"][0]["note"].startswith(broken)
