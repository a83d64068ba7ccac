"""What speaks against a delete, and against the drain that leads to it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.observed import Endpoint, Kind, Status
from lowtide.domain.lifecycle.actions import Delete, Refuse, TakeSnapshot
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.delete_blockers import refusals, refuse
from lowtide.domain.lifecycle.permissions import Rights
from lowtide.domain.lifecycle.plan import plan
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.load.reading import MissingReading
from lowtide.domain.schedule.desired_state import DesiredState
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
OURS = {"lowtide:stack": "lowtide-dev"}
MANAGED = ManagedEndpoint("e", Schedule((), ZoneInfo("UTC")))
SPEAKS_FOR_NOTHING = Context(
    managed=MANAGED,
    desired=DesiredState(False, "no window is open"),
    endpoint=Endpoint(
        "e", Status.IN_SERVICE, created_at=NOW - timedelta(hours=9), modified_at=NOW, tags=OURS
    ),
    record=Record(),
    stack="lowtide-dev",
    now=NOW,
    streams=MissingReading("not-draining", "it does not drain yet"),
)


def of(
    tags: Mapping[str, str] = OURS,
    kinds: frozenset[Kind] = frozenset(),
    missing: tuple[str, ...] = (),
    denied: tuple[str, ...] = (),
    unknown: str = "",
    opted_in: bool = False,
) -> Context:
    given = SPEAKS_FOR_NOTHING
    return replace(
        given,
        managed=replace(MANAGED, delete_cloudformation_owned=opted_in),
        endpoint=replace(given.endpoint, tags=tags, kinds=kinds),
        missing=missing,
        rights=Rights(denied, unknown),
    )


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
        of(unknown="AccessDenied"), "rights-unknown", "nobody can say", id="nobody knows",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("given", "kind", "said"), REFUSED)
def test_each_refusal_has_its_kind_and_its_reason(given: Context, kind: str, said: str) -> None:
    action = refuse(given)
    assert action.kinds == (kind,)
    assert said in action.reason
    assert refusals(given) == (action.reason,)


@pytest.mark.parametrize(("given", "kind", "said"), REFUSED)
def test_what_must_not_be_deleted_is_not_drained_either(
    given: Context, kind: str, said: str
) -> None:
    action = plan(given)
    assert isinstance(action, Refuse)
    assert (action.kinds, said in action.reason) == ((kind,), True)


@pytest.mark.parametrize(
    "desired", [DesiredState(True, "open"), DesiredState(False, "closed")], ids=["awake", "not"]
)
def test_a_failed_one_is_cleaned_up_though_iam_cannot_say_whether_it_could_be_put_back(
    desired: DesiredState,
) -> None:
    """It serves nobody: nothing is put at risk. A right that is denied still is a reason."""
    saved = Record(Snapshot(NOW, "c", OURS, Scaling()))
    unknown = of(unknown="throttled")
    endpoint = replace(unknown.endpoint, status=Status.FAILED)
    failed = replace(unknown, endpoint=endpoint, desired=desired, record=saved)
    assert isinstance(plan(failed), Delete)
    denied = plan(replace(failed, rights=Rights(("sagemaker:CreateEndpoint",), "throttled")))
    assert isinstance(denied, Refuse)
    assert denied.kinds == ("denied",)


def test_all_reasons_are_told_at_once_and_each_kind_once() -> None:
    action = refuse(of(tags={}, missing=("model m",), denied=("a",), unknown="b"))
    assert action.kinds == ("not-tagged", "missing", "denied", "rights-unknown")
    assert action.reason.count(";") == 3


def test_without_an_objection_its_end_begins() -> None:
    assert refusals(of()) == ()
    assert isinstance(plan(of()), TakeSnapshot)


def test_one_that_cloudformation_owns_is_deleted_where_its_entry_says_so() -> None:
    assert refusals(of(tags=CLOUDFORMATIONS, opted_in=True)) == ()


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_that_is_told_apart_is_refused_by_name(kind: Kind) -> None:
    assert refuse(of(kinds=frozenset({kind}))).kinds == (kind,)
