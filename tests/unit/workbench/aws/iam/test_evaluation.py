"""Policies against truth that is written by hand, after IAM's user guide.

Its pages: reference_policies_elements_condition_operators, reference_policies_evaluation-logic,
reference_policies_condition-single-vs-multi-valued-context-keys, reference_policies_variables.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.iam.access_control import IAMPolicy, PermissionResult

from lowtide_workbench.aws.iam.evaluation import Decision, Permissions

BUCKET, OBJECT = "arn:aws:s3:::music", "arn:aws:s3:::music/a/song"


def statement(
    effect: str = "Allow", action: Any = "s3:GetObject", resource: Any = "*", **more: Any
) -> Mapping[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def without(name: str, **more: Any) -> Mapping[str, Any]:
    return {key: value for key, value in {**statement(), **more}.items() if key != name}


ALLOW, DENY = statement(), statement("Deny")
READS = statement(action="s3:Get*")


@pytest.mark.parametrize(
    ("identity", "boundary", "decision"),
    [
        pytest.param([], None, Decision.NOT_ALLOWED, id="without a statement nothing is allowed"),
        pytest.param([ALLOW], None, Decision.ALLOWED, id="an allow is enough"),
        pytest.param([ALLOW, DENY], None, Decision.DENIED, id="a deny beats any allow"),
        pytest.param([DENY, ALLOW], None, Decision.DENIED, id="in any order"),
        pytest.param([ALLOW], [ALLOW], Decision.ALLOWED, id="policy and boundary both allow"),
        pytest.param([ALLOW], [], Decision.OUTSIDE_BOUNDARY, id="the boundary must allow as well"),
        pytest.param([], [ALLOW], Decision.NOT_ALLOWED, id="a boundary grants nothing by itself"),
        pytest.param([ALLOW], [ALLOW, DENY], Decision.DENIED_BY_BOUNDARY,
                     id="a boundary may deny"),
        pytest.param([READS], None, Decision.ALLOWED, id="an action may end with a wildcard"),
        pytest.param([statement(action="S3:getobject")], None, Decision.ALLOWED,
                     id="an action has no case"),
        pytest.param([statement(action="s3:Get?bject")], None, Decision.ALLOWED,
                     id="a question mark is any one character"),
        pytest.param([statement(action="s3:GetObject?")], None, Decision.NOT_ALLOWED,
                     id="a question mark is not none"),
        pytest.param([statement(action=["s3:Put*", "s3:Get*"])], None, Decision.ALLOWED,
                     id="one of several actions"),
        pytest.param([without("Action", NotAction="s3:Put*")], None, Decision.ALLOWED,
                     id="all actions but others"),
        pytest.param([without("Action", NotAction=["s3:*"])], None, Decision.NOT_ALLOWED,
                     id="all actions but this one"),
        pytest.param([statement(resource=[BUCKET, f"{BUCKET}/*"])], None, Decision.ALLOWED,
                     id="a wildcard in a resource spans slashes"),
        pytest.param([statement(resource=BUCKET)], None, Decision.NOT_ALLOWED,
                     id="a resource is matched in full"),
        pytest.param([statement(resource=OBJECT.upper())], None, Decision.NOT_ALLOWED,
                     id="a resource has a case"),
        pytest.param([without("Resource", NotResource=f"{BUCKET}/b/*")], None, Decision.ALLOWED,
                     id="all resources but others"),
        pytest.param([without("Resource", NotResource=f"{BUCKET}/a/*")], None,
                     Decision.NOT_ALLOWED, id="all resources but this one"),
        pytest.param([statement(resource=f"{BUCKET}/${{aws:PrincipalTag/team}}/*")], None,
                     Decision.ALLOWED, id="a variable in a resource"),
        pytest.param([statement(resource=f"{BUCKET}/${{aws:username}}/*")], None,
                     Decision.NOT_ALLOWED, id="a variable without a value matches nothing"),
        pytest.param([statement(resource=f"{BUCKET}/${{aws:username, 'a'}}/*")], None,
                     Decision.ALLOWED, id="the default of a variable"),
        pytest.param([statement(resource=f"{BUCKET}/a/${{*}}")], None, Decision.NOT_ALLOWED,
                     id="an escaped asterisk is an asterisk"),
    ],
)  # fmt: skip
def test_a_decision(
    identity: Sequence[Any], boundary: Sequence[Any] | None, decision: Decision
) -> None:
    context = {"aws:principaltag/team": ["a"]}
    assert Permissions(identity, boundary).decide("s3:GetObject", OBJECT, context) is decision


NO: Mapping[str, Sequence[str]] = {}
A, B, AB = {"k": ["a"]}, {"k": ["b"]}, {"k": ["a", "b"]}
TEN, NOON = {"k": ["10"]}, {"k": ["2026-11-23T12:00:00Z"]}
ARN = {"k": ["arn:aws:sns:us-east-1:123456789012:page:me"]}


@pytest.mark.parametrize(
    ("operator", "wanted", "context", "is_met"),
    [
        pytest.param("StringEquals", "a", A, True, id="equal"),
        pytest.param("StringEquals", "A", A, False, id="equality has a case"),
        pytest.param("StringEquals", ["b", "a"], A, True, id="any of the policy's values"),
        pytest.param("StringEquals", "a*", {"k": ["ab"]}, False, id="no wildcards in equality"),
        pytest.param("StringEquals", "a", NO, False, id="a missing key is not equal"),
        pytest.param("StringEquals", "${aws:x}", A | {"aws:x": ["a"]}, True, id="a variable"),
        pytest.param("StringEquals", "${aws:x}", A, False, id="a variable without a value"),
        pytest.param("StringNotEquals", ["b", "a"], A, False, id="none of the policy's values"),
        pytest.param("StringNotEquals", "b", A, True, id="another value"),
        pytest.param("StringNotEquals", "a", NO, True, id="a missing key meets a negation"),
        pytest.param("StringEqualsIgnoreCase", "A", A, True, id="equal in any case"),
        pytest.param("StringNotEqualsIgnoreCase", "A", A, False, id="not equal in any case"),
        pytest.param("StringLike", "a*", A, True, id="a wildcard is also nothing"),
        pytest.param("StringLike", "?", A, True, id="one character"),
        pytest.param("StringLike", "b*", A, False, id="another beginning"),
        pytest.param("StringNotLike", "a*", A, False, id="not like"),
        pytest.param("StringNotLike", "a*", NO, True, id="not like, without the key"),
        pytest.param("StringEqualsIfExists", "a", NO, True, id="if it exists: it does not"),
        pytest.param("StringEqualsIfExists", "a", B, False, id="if it exists: it does"),
        pytest.param("StringNotEqualsIfExists", "a", NO, True, id="a negation, if it exists"),
        pytest.param("Bool", "true", {"k": ["True"]}, True, id="a boolean has no case"),
        pytest.param("Bool", True, {"k": ["true"]}, True, id="a boolean of JSON"),
        pytest.param("Bool", "false", NO, False, id="a missing boolean is not false"),
        pytest.param("BoolIfExists", "false", NO, True, id="unless only if it exists"),
        pytest.param("Null", "true", NO, True, id="null: the key is missing"),
        pytest.param("Null", "false", NO, False, id="not null, but missing"),
        pytest.param("Null", "false", A, True, id="not null, and there"),
        pytest.param("Null", True, A, False, id="null, but there"),
        pytest.param("NumericEquals", 10, TEN, True, id="a number of JSON"),
        pytest.param("NumericEquals", "10.0", TEN, True, id="numbers, not texts"),
        pytest.param("NumericNotEquals", "10", TEN, False, id="the same number"),
        pytest.param("NumericLessThan", "10", TEN, False, id="ten is not less than ten"),
        pytest.param("NumericLessThanEquals", "10", TEN, True, id="but at most ten"),
        pytest.param("NumericGreaterThan", "9", TEN, True, id="ten is more than nine"),
        pytest.param("NumericGreaterThanEquals", "11", TEN, False, id="and not at least eleven"),
        pytest.param("NumericLessThan", "10", A, False, id="a text is no number"),
        pytest.param("DateEquals", "2026-11-23T13:00:00+01:00", NOON, True, id="one instant"),
        pytest.param("DateNotEquals", "2026-11-23T12:00:00Z", NOON, False, id="not another one"),
        pytest.param("DateLessThan", "2026-11-23T12:00:01Z", NOON, True, id="before"),
        pytest.param("DateLessThanEquals", "2026-11-23", NOON, False, id="a date is its midnight"),
        pytest.param("DateGreaterThan", "1700000000", NOON, True, id="after, in seconds"),
        pytest.param("DateGreaterThanEquals", "2026-11-23T12:00:00Z", NOON, True, id="from then"),
        pytest.param("ArnLike", "arn:aws:sns:*:*:page:*", ARN, True, id="the ARN's parts"),
        pytest.param("ArnLike", "arn:aws:*:me", ARN, False, id="no wildcard spans two parts"),
        pytest.param("ArnEquals", "arn:aws:sns:*:*:page:me", ARN, True, id="the same as like"),
        pytest.param("ArnNotLike", "arn:aws:sqs:*:*:*", ARN, True, id="another service's ARN"),
        pytest.param("ArnNotEquals", "arn:aws:sns:*:*:*", ARN, False, id="not this service's"),
        pytest.param("ForAllValues:StringEquals", ["a", "b", "c"], AB, True, id="all are known"),
        pytest.param("ForAllValues:StringEquals", ["a"], AB, False, id="one is not known"),
        pytest.param("ForAllValues:StringEquals", ["a"], NO, True, id="all of none"),
        pytest.param("ForAllValues:StringNotEquals", ["c"], AB, True, id="none is forbidden"),
        pytest.param("ForAllValues:StringNotEquals", ["b"], AB, False, id="one is forbidden"),
        pytest.param("ForAnyValue:StringEquals", ["b", "c"], AB, True, id="one is known"),
        pytest.param("ForAnyValue:StringEquals", ["c"], AB, False, id="none is known"),
        pytest.param("ForAnyValue:StringEquals", ["a"], NO, False, id="any of none"),
        pytest.param("ForAnyValue:StringNotLike", ["a*"], AB, True, id="one is unlike"),
        pytest.param("ForAnyValue:StringNotLike", ["a*", "b*"], AB, False, id="none is unlike"),
        pytest.param("ForAnyValue:StringNotLike", ["a*"], NO, False, id="unlike, of none"),
    ],
)  # fmt: skip
def test_a_condition(
    operator: str, wanted: Any, context: Mapping[str, Sequence[str]], *, is_met: bool
) -> None:
    for key in ("k", "K"):  # condition keys have no case
        policy = statement(Condition={operator: {key: wanted}})
        decision = Permissions([policy]).decide("s3:GetObject", OBJECT, context)
        assert (decision is Decision.ALLOWED) is is_met


@pytest.mark.parametrize(
    ("condition", "context", "is_met"),
    [
        pytest.param({"StringEquals": {"k": "a", "j": "b"}}, A, False, id="each key"),
        pytest.param({"StringEquals": {"k": "a"}, "Null": {"j": "true"}}, A, True,
                     id="each operator"),
        pytest.param({"StringEquals": {"k": "a"}, "Null": {"k": "true"}}, A, False,
                     id="not one of two operators"),
    ],
)  # fmt: skip
def test_all_of_a_condition_must_be_met(
    condition: Any, context: Mapping[str, Sequence[str]], *, is_met: bool
) -> None:
    decision = Permissions([statement(Condition=condition)]).decide("s3:GetObject", "*", context)
    assert (decision is Decision.ALLOWED) is is_met


def test_an_operator_that_is_not_played_allows_nothing_and_denies() -> None:
    condition = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    allow, deny = (statement(effect, Condition=condition) for effect in ("Allow", "Deny"))
    assert Permissions([allow]).decide("s3:GetObject", "*", {}) is Decision.NOT_ALLOWED
    assert Permissions([ALLOW, deny]).decide("s3:GetObject", "*", {}) is Decision.DENIED


ACTIONS = st.sampled_from(("s3:*", "s3:Get*", "s3:GetObject", "s3:P*", "*", "sqs:*"))
RESOURCES = st.sampled_from(("*", BUCKET, f"{BUCKET}*", f"{BUCKET}/*", OBJECT))
STATEMENTS = st.builds(statement, st.sampled_from(("Allow", "Deny")), ACTIONS, RESOURCES)


@given(st.lists(STATEMENTS, min_size=1, max_size=4), st.sampled_from((BUCKET, OBJECT)))
def test_actions_resources_and_effects_are_read_as_moto_reads_them(
    policy: list[Any], resource: str
) -> None:
    """moto knows no conditions."""
    document = json.dumps({"Version": "2012-10-17", "Statement": policy})
    by_moto = IAMPolicy({"policy_document": document}).is_action_permitted("s3:GetObject", resource)
    decision = Permissions.of_documents([document], None).decide("s3:GetObject", resource, {})
    assert decision is _DECISIONS[by_moto]


_DECISIONS = {
    PermissionResult.PERMITTED: Decision.ALLOWED,
    PermissionResult.DENIED: Decision.DENIED,
    PermissionResult.NEUTRAL: Decision.NOT_ALLOWED,
}
