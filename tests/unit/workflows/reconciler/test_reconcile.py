"""Which step a run of the reconciler takes, and what it answers."""

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.observed import Endpoint, Status
from lowtide.domain.errors import AwsError, BusyError
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import StoredState
from lowtide.domain.schedule.override import Pause
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.snapshot.suspension import SUSPENDED
from lowtide.workflows.decision import Decision
from lowtide.workflows.reconciler.reconcile import reconcile_named
from tests.unit.workflows.fakes import (
    AWAKE,
    IN_SERVICE,
    NOW,
    SAVED,
    STACK,
    TAGS,
    TARGET,
    Aws,
    MadeUp,
    context,
    made_up,
    of,
)
from tests.unit.workflows.reconciler.states import (
    ABSENT,
    DRAINED,
    FREE,
    SINCE,
    TO_CREATE,
    TO_DELETE,
    reconcile,
)

SUSPENDED_TARGET = {**TARGET, "SuspendedState": dict(SUSPENDED)}
OTHER_STACK = Record(replace(SAVED, tags=TAGS | {"lowtide:stack": "lowtide-old"}))
OF_AWS = Record(replace(SAVED, tags=TAGS | {"aws:a": "planted", "AWS:b": "planted"}))


def draining(record: Record = DRAINED, endpoint: Endpoint = IN_SERVICE) -> MadeUp:
    """An AWS in which scaling of the endpoint is suspended."""
    here = made_up(Aws(endpoint, scaling=replace(SAVED.scaling, targets=(SUSPENDED_TARGET,))))
    here.table.memories["e"] = StoredState(record, None)
    return here


def test_scaling_is_resumed_before_the_record_of_the_drain_is_gone() -> None:
    here = draining()
    reconcile(context(AWAKE, DRAINED), here.services)
    resumed = ("change_targets", FREE)
    assert here.aws.did == ["intent", "begun", resumed, "entry", "record", "no sleep", "unmark"]
    assert [record.draining_since for record in here.table.records] == [SINCE, None]


def test_while_aws_is_busy_the_decision_is_to_wait() -> None:
    here = made_up(Aws(fails={"delete": BusyError("throttled")}))
    decided = reconcile(TO_DELETE, here.services)
    assert (decided.action, decided.failed) == ("Wait", False)
    assert decided.reason == "AWS is busy: throttled"


@pytest.mark.parametrize(
    ("record", "config_name", "tags"),
    [
        pytest.param(Record(), "pinned", {"lowtide:stack": STACK}, id="never saved"),
        pytest.param(OTHER_STACK, "in-use", TAGS, id="saved by another stack"),
        pytest.param(OF_AWS, "in-use", TAGS, id="saved with tags that only AWS may set"),
    ],
)
def test_an_endpoint_is_created_with_the_tag_of_this_stack(
    record: Record, config_name: str, tags: dict[str, str]
) -> None:
    given, here = context(AWAKE, record, ABSENT), made_up(Aws(ABSENT))
    managed = replace(given.managed, config_name=None if record.snapshot else "pinned")
    reconcile(replace(given, managed=managed), here.services)
    assert ("create", config_name, tags, {}) in here.aws.did
    (entry,) = here.table.entries
    assert entry.outcome == f"from {config_name}, with {len(tags)} tag{'s' * (len(tags) > 1)}"


class WithoutDeployment(Aws):
    def create(self, *_: Any) -> str:
        return "without its deployment configuration"


def test_the_history_has_what_a_creation_left_out() -> None:
    here = made_up(WithoutDeployment(ABSENT))
    reconcile(TO_CREATE, here.services)
    outcome = "from in-use, without its deployment configuration"
    assert here.table.entries[0].outcome == outcome


def reconciled(here: MadeUp, *listed: ManagedEndpoint) -> Decision:
    return reconcile_named({"endpoint": "e"}, listed, here.services, NOW)


@pytest.mark.parametrize(
    ("here", "action", "unmarked"),
    [
        pytest.param(draining(), "EndDrain", True, id="draining: its scaling is resumed"),
        pytest.param(
            draining(endpoint=of(Status.UPDATING)), "Paused", False,
            id="draining and Updating: its scaling is resumed later",
        ),
        pytest.param(draining(Record(SAVED)), "Paused", True, id="not draining: left as it is"),
    ],
)  # fmt: skip
def test_an_endpoint_that_left_the_file_is_known_while_scaling_may_be_suspended(
    here: MadeUp, action: str, *, unmarked: bool
) -> None:
    assert reconciled(here).action == action
    assert (("change_targets", FREE) in here.aws.did) == (action == "EndDrain")
    assert ("unmark" in here.aws.did) == unmarked


FOREIGN_TARGET = {**TARGET, "ResourceId": "endpoint/other/variant/v"}
OF_OTHERS = replace(SAVED, scaling=replace(SAVED.scaling, targets=(TARGET, FOREIGN_TARGET)))


@pytest.mark.parametrize("paused", [None, Pause(NOW, "by hand", "ann")])
@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize(
    ("record", "tags", "code", "why"),
    [
        pytest.param(
            DRAINED, {"team": "voice"}, "not-tagged", "does not carry the tag",
            id="without the tag of the stack",
        ),
        pytest.param(
            replace(DRAINED, snapshot=OF_OTHERS), TAGS, "foreign-snapshot", "endpoint/other",
            id="saved is scaling of another endpoint",
        ),
    ],
)  # fmt: skip
def test_a_drain_that_only_the_table_knows_of_changes_no_scaling(
    record: Record, tags: dict[str, str], code: str, why: str, *, listed: bool, paused: Pause | None
) -> None:
    """Whoever can write to the table could name any endpoint in it."""
    here = draining(record)
    here.aws.own_tags = tags
    here.table.memories["e"] = StoredState(record, None, paused)
    always = ManagedEndpoint("e", Schedule((), ZoneInfo("UTC")))
    decided = reconciled(here, *[always] * listed)
    assert (decided.blocked, decided.blocker_codes) == (True, (code,))
    assert why in decided.reason
    assert why in here.table.blocked[-1]
    assert here.aws.did == ["entry"]


def test_an_alarm_or_a_policy_of_others_does_not_keep_scaling_suspended() -> None:
    """A person may have added it during the drain. Resuming scaling touches neither."""
    alarm = {"AlarmName": "a", "AlarmActions": ["arn:aws:lambda:us-east-1:1:function:f"]}
    scaling = replace(SAVED.scaling, alarms=(alarm,))
    saved = replace(SAVED, scaling=scaling, resource_policy="{}")
    here = draining(replace(DRAINED, snapshot=saved))
    assert reconciled(here).action == "EndDrain"
    assert ("change_targets", FREE) in here.aws.did


def test_an_endpoint_that_left_the_file_is_known_while_aws_refuses_to_resume_its_scaling() -> None:
    here = draining()
    here.aws.refuses = ("v: no",)
    assert reconciled(here).failed
    assert "unmark" not in here.aws.did


def test_an_error_is_a_failed_decision() -> None:
    """The next minute decides anew: the message is done with."""
    here = made_up()
    here.table.unreadable = AwsError("Query: denied")
    listed = [replace(TO_DELETE.managed, name=name) for name in ("other", "e")]
    assert reconciled(here, *listed) == Decision("e", "Failed", "Query: denied", failed=True)


def test_an_unforeseen_error_is_a_failed_decision() -> None:
    """Raised, the message would hide for minutes, and the endpoint's others behind it."""

    class Unforeseen(Aws):
        def observe(self, _: str) -> Endpoint:
            raise KeyError("ResourceId")

    decided = reconciled(made_up(Unforeseen()), context(AWAKE, Record()).managed)
    assert decided == Decision("e", "Failed", "KeyError: 'ResourceId'", failed=True)
