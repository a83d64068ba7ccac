"""What blocks a delete, and the snapshot and the drain that lead to it."""

from collections.abc import Mapping, Set
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.observed import Endpoint, Kind, Status
from lowtide.domain.lifecycle.actions import Blocked, Delete, TakeSnapshot
from lowtide.domain.lifecycle.blockers import blocked_by, delete_blockers
from lowtide.domain.lifecycle.creation import configs_to_recreate
from lowtide.domain.lifecycle.facts import Rights
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.schedule.desired_state import DesiredState
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot
from tests.unit.contexts import context_with
from tests.unit.domain.lifecycle.both_stages import STACK, Given, decide

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
OURS = {"lowtide:stack": "lowtide-dev"}
MANAGED = ManagedEndpoint("e", Schedule((), ZoneInfo("UTC")))
NOT_WANTED = context_with(
    managed=MANAGED,
    desired=DesiredState(False, "no window is open"),
    endpoint=Endpoint("e", Status.IN_SERVICE, created_at=NOW - timedelta(hours=9), modified_at=NOW),
    record=Record(),
    stack=STACK,
    now=NOW,
)


def of(
    tags: Mapping[str, str] = OURS,
    kinds: Set[Kind] = frozenset(),
    missing: tuple[str, ...] = (),
    denied: tuple[str, ...] = (),
    unknown: str = "",
    opted_in: bool = False,
) -> Given:
    managed = replace(MANAGED, delete_cloudformation_owned=opted_in)
    rights = Rights(denied, unknown)
    return Given(replace(NOT_WANTED, managed=managed), tags, frozenset(kinds), missing, rights)


def blockers(given: Given) -> Blocked:
    return blocked_by(delete_blockers(given.context, given.deletion_facts))


CLOUDFORMATIONS = OURS | {"aws:cloudformation:stack-name": "voice"}
BLOCKED = {
    "it has no tag": (of(tags={}), "not-tagged", "lowtide:stack=lowtide-dev"),
    "it carries another stack's tag": (
        of(tags={"lowtide:stack": "lowtide-prod"}), "not-tagged", "does not carry",
    ),
    "CloudFormation owns it": (of(tags=CLOUDFORMATIONS), "cloudformation", "stack voice"),
    "it is serverless": (of(kinds={Kind.SERVERLESS}), "serverless", "it is serverless"),
    "it is asynchronous": (of(kinds={Kind.ASYNCHRONOUS}), "asynchronous", "to zero by itself"),
    "it hosts inference components": (
        of(kinds={Kind.COMPONENTS}), "inference-components", "would be lost",
    ),
    "it has a shadow variant": (of(kinds={Kind.SHADOWED}), "shadow-variants", "shadow test"),
    "what it would be created from is gone": (
        of(missing=("model m", "endpoint configuration c")), "missing",
        "model m, endpoint configuration c is missing",
    ),
    "it may not be created again": (
        of(denied=("sagemaker:CreateEndpoint",)), "denied", "lacks sagemaker:CreateEndpoint",
    ),
    "IAM did not answer": (of(unknown="throttled"), "rights-unknown", "it is not known whether"),
}  # fmt: skip


@pytest.mark.parametrize(("given", "code", "reason"), BLOCKED.values(), ids=BLOCKED)
def test_what_blocks_a_delete_blocks_its_snapshot_too(given: Given, code: str, reason: str) -> None:
    action = decide(given)
    assert isinstance(action, Blocked)
    assert action.codes == (code,)
    assert reason in action.reason


@pytest.mark.parametrize(
    "desired", [DesiredState(True, "open"), DesiredState(False, "closed")], ids=["awake", "not"]
)
def test_a_failed_endpoint_is_deleted_though_its_rights_are_unknown(
    desired: DesiredState,
) -> None:
    """It serves no requests: nothing is put at risk. A right that is denied still blocks."""
    saved = Record(Snapshot(NOW, "c", OURS, Scaling()))
    unknown = of(unknown="throttled").with_endpoint(status=Status.FAILED)
    failed = unknown.but(desired=desired, record=saved)
    assert isinstance(decide(failed), Delete)
    denied = decide(failed.but(rights=Rights(("sagemaker:CreateEndpoint",), "throttled")))
    assert isinstance(denied, Blocked)
    assert denied.codes == ("denied",)


def test_all_reasons_are_named_and_each_code_once() -> None:
    action = blockers(of(tags={}, missing=("model m",), denied=("a",), unknown="b"))
    assert action.codes == ("not-tagged", "missing", "denied", "rights-unknown")
    assert action.reason.count(";") == 3


def test_an_endpoint_of_cloudformation_is_deleted_where_its_entry_allows_it() -> None:
    assert isinstance(decide(of(tags=CLOUDFORMATIONS, opted_in=True)), TakeSnapshot)


def test_every_kind_that_is_not_supported_is_blocked_by_name() -> None:
    assert blockers(of(kinds=set(Kind))).codes == tuple(sorted(Kind))


def test_one_configuration_that_is_complete_is_enough() -> None:
    """Where none is, what lacks least is named."""
    given = of()
    for b, reasons in (
        ((), []),
        (("model o",), ["it could not be created again: model o is missing"]),
    ):
        facts = replace(given.deletion_facts, missing={"a": ("model m", "model n"), "b": b})
        assert [blocker.reason for blocker in delete_blockers(given.context, facts)] == reasons


@pytest.mark.parametrize(
    ("status", "pinned", "configs"),
    [
        pytest.param(Status.IN_SERVICE, None, ("in-use",), id="in service: the one in use"),
        pytest.param(Status.IN_SERVICE, "pinned", ("pinned",), id="in service: the one pinned"),
        pytest.param(Status.FAILED, "pinned", ("pinned", "other"), id="failed: all of the file"),
        pytest.param(Status.FAILED, None, ("other",), id="failed: a fallback"),
    ],
)
def test_which_configurations_must_be_complete(
    status: Status, pinned: str | None, configs: tuple[str, ...]
) -> None:
    managed = replace(MANAGED, config_name=pinned, fallback_configs=("other",))
    endpoint = replace(NOT_WANTED.endpoint, status=status, config_name="in-use")
    assert configs_to_recreate(replace(NOT_WANTED, managed=managed, endpoint=endpoint)) == configs
