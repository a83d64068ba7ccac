"""What a deploy with other parameters, or under another name, does with the endpoints."""

from pathlib import Path

from lowtide.domain.lifecycle.record import Record
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot
from lowtide_workbench.aws.lambda_service.sandbox import OwnModules
from lowtide_workbench.aws.stack import Stack
from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT
from tests.integration.functions.aws_calls import (
    ALL_SUSPENDED,
    NOT_SUSPENDED,
    SCALED,
    raised,
    suspend,
    suspended,
)
from tests.integration.functions.conftest import EVENING_PAUSE, TownMaker

TEMPLATE = Path(__file__).parents[3] / "template.yaml"

WITHOUT_ENDPOINTS = "endpoints: []\n"


def test_while_schedules_are_disabled_a_drain_is_ended_and_nothing_else_is_done(
    town_with: TownMaker,
) -> None:
    """By the schedule it would be snapshot, drained and deleted at 20:00."""
    town = town_with(SchedulesState="DISABLED")
    now = town.cloud.clock.now()
    saved = SCALED | {"MinCapacity": 1, "MaxCapacity": 6, "SuspendedState": NOT_SUSPENDED}
    town.store.save_snapshot(ENDPOINT, Snapshot(now, CONFIG, {}, Scaling(targets=(saved,))))
    town.store.save_record(ENDPOINT, Record(draining_since=now, suspended=True), None, now)
    town.store.mark_suspended(ENDPOINT, now)
    suspend(ALL_SUSPENDED)
    town.pass_minutes(3)
    assert suspended() == NOT_SUSPENDED
    town.until("Mon 21:00")
    assert town.steps() == ["EndDrain"]
    assert town.status == "InService"


def test_bounds_that_contradict_each_other_raise_an_alarm_and_stop_nothing(
    town_with: TownMaker,
) -> None:
    town = town_with(ShortestLeadMinutes="70")
    town.pass_minutes(5)
    assert raised() == ["AttentionAlarm"]
    (fault, *_) = town.logged("scheduler", message="config fault")
    assert fault["fault"].startswith("ShortestLeadMinutes: 70.0: more than LongestLeadMinutes")
    town.until("Mon 20:15")
    assert town.status == "Absent"


def test_another_stack_takes_the_table_over_and_wakes_what_sleeps(
    town_with: TownMaker, tmp_path: Path
) -> None:
    """The old one stands for a stack that was deleted: its file names no endpoint any more."""
    town = town_with()
    evening = town.endpoint_state()
    town.until("Mon 20:15")
    assert town.status == "Absent"
    town.deploy(WITHOUT_ENDPOINTS)
    file = tmp_path / "taken-over.yaml"
    file.write_text(EVENING_PAUSE)
    Stack.deploy(
        town.cloud,
        TEMPLATE,
        config_path=file,
        name="lowtide-new",
        parameters={"ExistingTableName": town.table.name},
        own_modules=OwnModules.WITH_STATE,
    )
    town.until("Mon 22:10")
    assert town.status == "InService"
    tag, *others = town.differences(evening)
    assert "lowtide-new" in tag
    assert others == []
