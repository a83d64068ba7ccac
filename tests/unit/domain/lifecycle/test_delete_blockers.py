"""What speaks against a delete, and against the drain that leads to it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.observed import Endpoint, Kind, Status
from lowtide.domain.lifecycle.actions import Blocked, Delete, TakeSnapshot
from lowtide.domain.lifecycle.blockers import blocked_by
from lowtide.domain.lifecycle.creation import configs_to_recreate
from lowtide.domain.lifecycle.delete_blockers import delete_blockers
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
    kinds: frozenset[Kind] = frozenset(),
    missing: tuple[str, ...] = (),
    denied: tuple[str, ...] = (),
    unknown: str = "",
    opted_in: bool = False,
) -> Given:
    managed = replace(MANAGED, delete_cloudformation_owned=opted_in)
    rights = Rights(denied, unknown)
    return Given(replace(NOT_WANTED, managed=managed), tags, kinds, missing, rights)


def blockers(given: Given) -> Blocked:
    return blocked_by(delete_blockers(given.context, given.deletion_facts))


CLOUDFORMATIONS = OURS | {"aws:cloudformation:stack-name": "voice"}
REFUSED = [
    pytest.param(of(tags={}), "not-tagged", "lowtide:stack=lowtide-dev", id="it has no tag"),
    pytest.param(
        of(tags={"lowtide:stack": "lowtide-prod"}), "not-tagged", "does not carry",
        id="it carries another stack's tag",
    ),
    pytest.param(
        of(tags=CLOUDFORMATIONS), "cloudformation", "stack voice",
        id="CloudFormation owns it",
    ),
    pytest.param(
        of(kinds=frozenset({Kind.SERVERLESS})), "serverless", "it is serverless",
        id="it is serverless",
    ),
    pytest.param(
        of(kinds=frozenset({Kind.ASYNCHRONOUS})), "asynchronous", "to zero by itself",
        id="it is asynchronous",
    ),
    pytest.param(
        of(kinds=frozenset({Kind.COMPONENTS})), "inference-components", "would be lost",
        id="it hosts inference components",
    ),
    pytest.param(
        of(kinds=frozenset({Kind.SHADOWED})), "shadow-variants", "shadow test",
        id="it has a shadow variant",
    ),
    pytest.param(
        of(missing=("model m", "endpoint configuration c")), "missing",
        "model m, endpoint configuration c is missing",
        id="what it would be created from is gone",
    ),
    pytest.param(
        of(denied=("sagemaker:CreateEndpoint",)), "denied", "lacks sagemaker:CreateEndpoint",
        id="it may not be created again",
    ),
    pytest.param(
        of(unknown="AccessDenied"), "rights-unknown", "it is not known whether",
        id="IAM did not tell",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("given", "kind", "said"), REFUSED)
def test_each_refusal_has_its_kind_and_its_reason(given: Given, kind: str, said: str) -> None:
    action = blockers(given)
    assert action.codes == (kind,)
    assert said in action.reason


@pytest.mark.parametrize(("given", "kind", "said"), REFUSED)
def test_what_must_not_be_deleted_is_not_drained_either(given: Given, kind: str, said: str) -> None:
    action = decide(given)
    assert isinstance(action, Blocked)
    assert (action.codes, said in action.reason) == ((kind,), True)


@pytest.mark.parametrize(
    "desired", [DesiredState(True, "open"), DesiredState(False, "closed")], ids=["awake", "not"]
)
def test_a_failed_one_is_cleaned_up_though_iam_cannot_say_whether_it_could_be_put_back(
    desired: DesiredState,
) -> None:
    """It serves nobody: nothing is put at risk. A right that is denied still is a reason."""
    saved = Record(Snapshot(NOW, "c", OURS, Scaling()))
    unknown = of(unknown="throttled").with_endpoint(status=Status.FAILED)
    failed = unknown.but(desired=desired, record=saved)
    assert isinstance(decide(failed), Delete)
    denied = decide(failed.but(rights=Rights(("sagemaker:CreateEndpoint",), "throttled")))
    assert isinstance(denied, Blocked)
    assert denied.codes == ("denied",)


def test_all_reasons_are_told_at_once_and_each_kind_once() -> None:
    action = blockers(of(tags={}, missing=("model m",), denied=("a",), unknown="b"))
    assert action.codes == ("not-tagged", "missing", "denied", "rights-unknown")
    assert action.reason.count(";") == 3


def test_without_an_objection_its_end_begins() -> None:
    assert blockers(of()).reason == ""
    assert isinstance(decide(of()), TakeSnapshot)


def test_one_that_cloudformation_owns_is_deleted_where_its_entry_says_so() -> None:
    assert blockers(of(tags=CLOUDFORMATIONS, opted_in=True)).reason == ""


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_that_is_told_apart_is_refused_by_name(kind: Kind) -> None:
    assert blockers(of(kinds=frozenset({kind}))).codes == (kind,)


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        pytest.param({"a": ("model m",), "b": ()}, None, id="one of two can be created"),
        pytest.param(
            {"a": ("model m", "model n"), "b": ("model o",)}, "model o is missing",
            id="none can: what lacks least is named",
        ),
    ],
)  # fmt: skip
def test_one_configuration_that_is_complete_is_enough(
    missing: Mapping[str, tuple[str, ...]], reason: str | None
) -> None:
    given = of()
    facts = replace(given.deletion_facts, missing=missing)
    reasons = [blocker.reason for blocker in delete_blockers(given.context, facts)]
    assert reasons == ([f"it could not be created again: {reason}"] if reason else [])


@pytest.mark.parametrize(
    ("status", "pinned", "configs"),
    [
        pytest.param(Status.IN_SERVICE, None, ("in-use",), id="in service: the one in use"),
        pytest.param(Status.IN_SERVICE, "pinned", ("pinned",), id="in service: the one pinned"),
        pytest.param(Status.FAILED, "pinned", ("pinned", "other"), id="failed: all of the file"),
        pytest.param(Status.FAILED, None, ("other",), id="failed: a fallback"),
    ],
)
def test_which_configurations_count(
    status: Status, pinned: str | None, configs: tuple[str, ...]
) -> None:
    managed = replace(MANAGED, config_name=pinned, fallback_configs=("other",))
    endpoint = replace(NOT_WANTED.endpoint, status=status, config_name="in-use")
    assert configs_to_recreate(replace(NOT_WANTED, managed=managed, endpoint=endpoint)) == configs
