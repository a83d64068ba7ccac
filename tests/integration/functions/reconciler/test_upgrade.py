"""This release takes over the tables that earlier releases wrote, and nothing is lost."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import pytest

from lowtide_workbench.demo import endpoint_state
from lowtide_workbench.demo.endpoint_state import EndpointState
from tests.fixtures.tables import endpoint
from tests.fixtures.tables.endpoint import FALLBACK_CONFIG
from tests.fixtures.tables.stories import (
    ABSENT_VARIANT,
    ASLEEP,
    BLOCKED,
    DRAINING,
    FAILED,
    KILLED_CREATE,
    KILLED_DELETE,
    LEFT_FILE,
    NEW_YORK,
    PAUSED,
    Story,
    at,
    deploy,
)
from tests.integration.functions.aws_calls import add_stack_tag, policies, suspended
from tests.integration.functions.conftest import Town
from tests.integration.hourly import FILE, UNLISTED

TABLES = Path(endpoint.__file__).parent
RELEASES = sorted(folder.name for folder in TABLES.glob("[0-9]*"))
SHOWN = ("step", "reason", "outcome")  # attributes of an entry that `status` shows


class Upgraded:
    """This release, which has taken over the table and AWS as an earlier one left them."""

    def __init__(
        self, town: Town, before: dict[str, EndpointState], items: list[dict[str, Any]]
    ) -> None:
        self.town = town
        self._before = before  # each variant, as a person set it up
        self._items = items
        self._known = len(town.cloud.statuses)

    def until(self, clock: str) -> str:
        """Lets time pass until then; returns the endpoint's status."""
        self.town.cloud.advance(at(clock))
        return self.town.status

    def changes(self) -> list[tuple[str, str]]:
        """Minute and status of each change since the upgrade."""
        return [
            (f"{moment.astimezone(NEW_YORK):%H:%M}", status)
            for moment, _, status in self.town.cloud.statuses[self._known :]
        ]

    def differences(self) -> list[str]:
        """What is not as a person set it up, but for what the file's scaling adds."""
        now = self.town.cloud.clock.now()
        return [
            difference
            for variant, before in self._before.items()
            for difference in endpoint_state.compare(before, state_of(variant, now)).differences
            if not difference.startswith(("policies.lowtide-", "alarms.lowtide-"))
        ]

    def lost_history(self) -> list[str]:
        """Entries of the earlier release that `status` does not show."""
        lines = self.town.show()["last_steps"]
        return [
            item["item"]["S"]
            for item in self._entries()
            if not any(all(item[name]["S"] in line for name in SHOWN) for line in lines)
        ]

    def hours(self, state: str) -> float:
        """How long it was awake, or asleep, by the entries of the earlier release."""
        ended = (item["ended_s"]["M"].get(state, {"N": "0"}) for item in self._entries())
        return sum(float(lasted["N"]) for lasted in ended) / 3600

    def _entries(self) -> list[dict[str, Any]]:
        return [item for item in self._items if item["item"]["S"].startswith("ledger#")]

    def assert_complete(self) -> None:
        assert self.town.status == "InService"
        assert self.differences() == []
        assert self.lost_history() == []
        assert self.town.stack.failures == []


def state_of(variant: str, now: Any) -> EndpointState:
    return endpoint_state.read(now, endpoint.resource(variant))


type Upgrade = Callable[..., Upgraded]


@pytest.fixture(params=RELEASES)
def upgrade(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Upgrade]:
    """AWS as it was at the end of a story, the table of that release, and this release's stack."""
    with ExitStack() as cleanup:

        def to_this_release(story: Story, file: str | None = None) -> Upgraded:
            cloud = cleanup.enter_context(story.cloud())
            before = {v: state_of(v, cloud.clock.now()) for v in story.variants}
            story.imitate(cloud)
            town = deploy(cloud, file or story.file, tmp_path)
            items = json.loads((TABLES / request.param / f"{story.name}.json").read_text())
            dynamodb: Any = boto3.client("dynamodb")
            for item in items:
                dynamodb.put_item(TableName=town.table.name, Item=item)
            return Upgraded(town, before, items)

        yield to_this_release


def policies_of_the_file(variant: str) -> set[str]:
    return {name for name in policies(variant) if name.startswith("lowtide-")}


def test_asleep_it_wakes_in_time_with_everything(upgrade: Upgrade) -> None:
    """Its override lasts until 23:12. Without it, the creation would begin at 23:10, by the lead
    time that the earlier release learned; without that lead time, at 23:16."""
    upgraded = upgrade(ASLEEP)
    status = upgraded.town.show()
    assert status["costs"]["last 7 days"]["hours_awake"] == round(upgraded.hours("awake"), 2)
    assert status["savings"]["last 7 days"]["hours_asleep"] == pytest.approx(
        upgraded.hours("asleep") + 2 / 60, abs=0.01
    )
    assert upgraded.lost_history() == []
    assert upgraded.until("23:20") == "InService"
    assert upgraded.changes()[0] == ("23:12", "Creating")
    assert upgraded.differences() == []
    assert upgraded.town.stack.failures == []
    for variant in ASLEEP.variants:
        assert policies_of_the_file(variant) == {"lowtide-fast-lane", "lowtide-target-tracking"}


def test_what_its_last_configuration_had_no_place_for_is_back_with_the_first(
    upgrade: Upgrade,
) -> None:
    upgraded = upgrade(ABSENT_VARIANT)
    upgraded.until("21:20")
    upgraded.assert_complete()


def test_draining_it_is_deleted_at_its_deadline_and_wakes_as_a_person_had_set_it_up(
    upgrade: Upgrade,
) -> None:
    upgraded = upgrade(DRAINING)
    assert suspended() == endpoint.SUSPENDED_BY_LOWTIDE
    upgraded.until("20:20")
    assert upgraded.changes()[:2] == [("20:05", "Deleting"), ("20:05", "Absent")]
    assert suspended() == endpoint.OWN_SUSPENDED
    upgraded.assert_complete()


def test_off_the_file_while_it_drained_it_gets_its_scaling_back(upgrade: Upgrade) -> None:
    """Back in the file it sleeps and wakes as before."""
    upgraded = upgrade(LEFT_FILE, UNLISTED)
    upgraded.until("20:06")
    assert suspended() == endpoint.OWN_SUSPENDED
    assert (upgraded.changes(), upgraded.differences()) == ([], [])
    upgraded.town.deploy(FILE)
    assert upgraded.until("20:13") == "Absent"
    upgraded.until("20:20")
    upgraded.assert_complete()


def test_a_delete_whose_run_was_killed_is_in_the_history_and_it_wakes(upgrade: Upgrade) -> None:
    upgraded = upgrade(KILLED_DELETE)
    assert upgraded.until("20:06") == "Absent"
    assert upgraded.town.steps() == ["TakeSnapshot", "BeginDrain", "Delete"]
    upgraded.until("20:20")
    upgraded.assert_complete()


def test_a_creation_whose_run_was_killed_is_in_the_history_and_is_completed(
    upgrade: Upgrade,
) -> None:
    upgraded = upgrade(KILLED_CREATE)
    upgraded.until("20:20")
    assert [status for _, status in upgraded.changes()].count("Creating") == 0
    assert upgraded.town.steps().count("Create") == 1
    upgraded.assert_complete()


def test_blocked_it_stays_until_the_reason_is_gone(upgrade: Upgrade) -> None:
    upgraded = upgrade(BLOCKED)
    upgraded.until("20:04")
    assert upgraded.changes() == []
    status = upgraded.town.show()
    assert "does not carry the tag" in status["blocked"]
    add_stack_tag()
    assert upgraded.until("20:10") == "Absent"
    upgraded.until("20:20")
    upgraded.assert_complete()


def test_after_a_creation_without_capacity_the_fallback_is_tried_at_once(
    upgrade: Upgrade,
) -> None:
    upgraded = upgrade(FAILED)
    assert upgraded.until("20:22") == "InService"
    assert upgraded.changes()[0] == ("20:18", "Creating")
    before, after = endpoint.CONFIG, FALLBACK_CONFIG
    assert upgraded.differences() == [f"endpoint.EndpointConfigName: {before} became {after}"]
    assert upgraded.lost_history() == []


def test_paused_it_stays_until_a_person_resumes(upgrade: Upgrade) -> None:
    upgraded = upgrade(PAUSED)
    upgraded.until("20:05")
    assert upgraded.changes() == []
    upgraded.town.ask("resume")
    assert upgraded.until("20:12") == "Absent"
    upgraded.until("20:20")
    upgraded.assert_complete()
