"""A snapshot may only touch the endpoint that it belongs to."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from lowtide.domain.snapshot.absent_variants import for_current_config, for_other_configs
from lowtide.domain.snapshot.alarm_actions import taken_over
from lowtide.domain.snapshot.ownership import not_own, without_foreign
from lowtide.domain.snapshot.policy_reference import policy_reference
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot

NOW = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
KEY = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/e/variant/v",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
OWN = policy_reference("endpoint/e/variant/v", "jump")
THEIRS = policy_reference("endpoint/other/variant/v", "jump")
POLICY_ARN = "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:4711:resource/"
ACCOUNT = "123456789012"
TOPIC = "arn:aws:sns:us-east-1:123456789012:on-call"


def of(**fields: Any) -> dict[str, Any]:
    return KEY | fields


def alarm(*actions: str, **fields: Any) -> dict[str, Any]:
    return {"AlarmName": "full", "AlarmActions": list(actions)} | fields


def saved(**scaling: Any) -> Snapshot:
    return Snapshot(NOW, "c", {}, Scaling(**scaling))


OWNED = {
    "nothing": saved(),
    "its own target": saved(targets=(of(MinCapacity=1),)),
    "of a variant that its configuration does not have": (
        saved(targets=({"ResourceId": "endpoint/e/variant/gone"},))
    ),
    "an alarm of its own policy": saved(alarms=(alarm(OWN),)),
    "that also notifies a topic": saved(alarms=(alarm(OWN, TOPIC),)),
    "in any state": saved(alarms=(alarm(OWN, OKActions=[TOPIC], InsufficientDataActions=[TOPIC]),)),
    "in any partition": saved(alarms=(alarm(OWN, TOPIC.replace("arn:aws:", "arn:aws-us-gov:")),)),
    "that another endpoint shares": saved(alarms=(alarm(OWN, THEIRS),)),
    "that has the ARN of its own policy, which is gone": (
        saved(alarms=(alarm(OWN, f"{POLICY_ARN}sagemaker/{KEY['ResourceId']}:policyName/x"),))
    ),
}  # fmt: skip


@pytest.mark.parametrize("snapshot", OWNED.values(), ids=OWNED)
def test_what_belongs_to_an_endpoint(snapshot: Snapshot) -> None:
    assert not_own(snapshot, "e", ACCOUNT) == ()


FOREIGN = {
    "another endpoint": ("ResourceId", "endpoint/other/variant/v"),
    "one whose name begins alike": ("ResourceId", "endpoint/e2/variant/v"),
    "no variant": ("ResourceId", "endpoint/e/variant/"),
    "more than a variant": ("ResourceId", "endpoint/e/variant/v/variant/v"),
    "a name in another case": ("ResourceId", "endpoint/E/variant/v"),
    "nothing": ("ResourceId", None),
    "another service": ("ServiceNamespace", "dynamodb"),
    "another dimension": ("ScalableDimension", "sagemaker:variant:DesiredProvisionedConcurrency"),
}


@pytest.mark.parametrize("kind", ["targets", "policies", "scheduled_actions"])
@pytest.mark.parametrize(("field", "value"), FOREIGN.values(), ids=FOREIGN)
def test_a_document_of_anything_else_is_foreign(kind: str, field: str, value: object) -> None:
    (found,) = not_own(saved(**{kind: (of(**{field: value}),)}), "e", ACCOUNT)
    assert found.endswith("is not of this endpoint")


ACTIONS = {
    "terminate instances": "arn:aws:automate:us-east-1:ec2:terminate",
    "stop instances": (
        "arn:aws:swf:us-east-1:123456789012:action/actions/AWS_EC2.InstanceId.Stop/1.0"
    ),
    "run a function": "arn:aws:lambda:us-east-1:123456789012:function:f",
    "Systems Manager": "arn:aws:ssm:us-east-1:123456789012:opsitem:1",
    "newer ones": "arn:aws:aiops:us-east-1:123456789012:investigation-group/1",
    "a policy of another endpoint": f"{POLICY_ARN}sagemaker/endpoint/other/variant/v:policyName/x",
    "a policy of ECS": f"{POLICY_ARN}ecs/service/c/s:policyName/x",
    "what only begins like a topic": "arn:aws:sns",
    "a topic of another account": TOPIC.replace(ACCOUNT, "999999999999"),
}  # fmt: skip


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
@pytest.mark.parametrize("state", ["AlarmActions", "OKActions", "InsufficientDataActions"])
def test_an_alarm_that_acts_on_anything_else_is_foreign(state: str, action: str) -> None:
    own = {"AlarmName": "full", "AlarmActions": [OWN]}
    acting = own | {state: [*own.get(state, []), action]}
    assert not_own(saved(alarms=(acting,)), "e", ACCOUNT) == (
        f"the alarm full acts on {action}"[:200],
    )


GONE = f"{POLICY_ARN}sagemaker/{KEY['ResourceId']}:policyName/x"


@pytest.mark.parametrize(
    "actions",
    [
        pytest.param([], id="no action at all"),
        pytest.param([TOPIC], id="a topic alone"),
        pytest.param([THEIRS, TOPIC], id="policies of other endpoints"),
        pytest.param([GONE], id="a policy that is gone"),
    ],
)
def test_an_alarm_that_triggers_no_policy_of_the_endpoint_is_foreign(actions: list[str]) -> None:
    (found,) = not_own(saved(alarms=(alarm(*actions),)), "e", ACCOUNT)
    assert found == "the alarm full triggers no policy of this endpoint"


ARN = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:endpoint/e"
LETS_IN = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
    "Action": "sagemaker:InvokeEndpoint",
    "Resource": ARN,
}


def with_statement(**changed: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [LETS_IN | changed]})


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param("", id="none"),
        pytest.param(with_statement(), id="that lets in another account"),
        pytest.param(json.dumps({"Statement": LETS_IN}), id="with one statement, not a list"),
        pytest.param(with_statement(Resource=[ARN]), id="with its ARN in a list"),
        pytest.param(with_statement(Resource=ARN.replace("/e", "/E")), id="in another case"),
        pytest.param(
            with_statement(Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o"}}),
            id="for anyone on a condition",
        ),
        pytest.param(with_statement(Effect="Deny", Principal="*"), id="that denies it to anyone"),
        pytest.param(with_statement(Resource="*"), id="of *, which is the endpoint it is put on"),
    ],
)
def test_a_resource_policy_of_the_endpoint_is_its_own(policy: str) -> None:
    assert not_own(replace(saved(), resource_policy=policy), "e", ACCOUNT) == ()


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        pytest.param("junk", "not a JSON policy", id="no JSON"),
        pytest.param("7", "not a JSON policy", id="no object"),
        pytest.param("[" * 100_000, "not a JSON policy", id="nested without end"),
        pytest.param("{}", "not a JSON policy", id="no statement"),
        pytest.param('{"Statement": 1, "Statement": [{}]}', "not a JSON policy", id="a key twice"),
        pytest.param('{"Statement": [7]}', "a statement of", id="a statement that is none"),
        pytest.param(with_statement(NotResource=ARN), "a statement of", id="all other resources"),
        pytest.param(with_statement(Resource=[]), "is about []", id="no resource"),
        pytest.param(with_statement(Resource=[ARN, f"{ARN}2"]), "is about [", id="one more"),
        pytest.param(with_statement(Resource=ARN.replace("/e", "/*")), "is about", id="wildcard"),
        pytest.param(
            with_statement(Resource=ARN.replace(ACCOUNT, "9" * 12)), "is about",
            id="the same name in another account",
        ),
        pytest.param(with_statement(Principal="*"), "lets anyone in", id="anyone"),
        pytest.param(with_statement(Principal={"AWS": ["9" * 12, "*"]}), "lets anyone in",
                     id="anyone beside an account"),
        pytest.param(with_statement(Principal="*", Condition={}), "lets anyone in",
                     id="anyone on an empty condition"),
    ],
)  # fmt: skip
def test_a_resource_policy_of_more_than_the_endpoint_is_foreign(policy: str, why: str) -> None:
    planted = replace(saved(), resource_policy=policy)
    (found,) = not_own(planted, "e", ACCOUNT)
    assert why in found
    assert without_foreign(planted, "e", ACCOUNT) == saved()


def test_the_next_snapshot_keeps_no_foreign_alarm() -> None:
    both = saved(alarms=(alarm(OWN, TOPIC), alarm(OWN, "arn:aws:sns:us-east-1:9:theirs")))
    kept = without_foreign(both, "e", ACCOUNT)
    assert kept == saved(alarms=(alarm(OWN, TOPIC),))


METRIC = {"Namespace": "N", "MetricName": "M", "Dimensions": [{"Name": "d", "Value": "v"}]}
QUERY = {"Id": "m", "MetricStat": {"Metric": METRIC}}
MATHS = [QUERY, {"Id": "e", "Expression": "m / 2"}]


@pytest.mark.parametrize(
    ("live", "before", "names"),
    [
        pytest.param(METRIC, METRIC, (), id="the same metric"),
        pytest.param(METRIC | {"Namespace": "X"}, METRIC, ("full",), id="another namespace"),
        pytest.param(METRIC | {"Dimensions": []}, METRIC, ("full",), id="other dimensions"),
        pytest.param({"Metrics": MATHS}, METRIC, (), id="the metric is in an expression now"),
        pytest.param({"Metrics": MATHS[1:]}, METRIC, ("full",), id="another expression"),
        pytest.param(METRIC | {"Namespace": "X", "AlarmActions": [OWN]}, METRIC, (),
                     id="another metric, and it triggers the endpoint"),
    ],
)  # fmt: skip
def test_an_alarm_of_the_same_name_with_another_metric_is_not_the_saved_one(
    live: dict[str, Any], before: dict[str, Any], names: tuple[str, ...]
) -> None:
    assert taken_over((alarm() | live,), (alarm(OWN) | before,), "e") == names
    assert taken_over((), (alarm(OWN) | before,), "e") == ()


@pytest.mark.parametrize("junk", ["text", 7, None, ["list"]], ids=repr)
def test_what_is_not_a_document_is_foreign(junk: Any) -> None:
    assert len(not_own(saved(targets=(junk,), alarms=(junk,)), "e", ACCOUNT)) == 2


def test_a_hostile_snapshot_does_not_flood_the_log() -> None:
    many = tuple({"ResourceId": f"endpoint/{'x' * 9_000}/variant/{n}"} for n in range(90))
    found = not_own(saved(policies=many), "e", ACCOUNT)
    assert found[-1] == "and 85 more"
    assert sum(map(len, found)) < 1_100


@pytest.mark.parametrize(("field", "value"), list(FOREIGN.values())[:5], ids=list(FOREIGN)[:5])
def test_no_part_of_a_snapshot_has_documents_of_others(field: str, value: object) -> None:
    own, theirs = of(MinCapacity=1), of(**{field: value})
    acting = alarm(OWN, "arn:aws:automate:us-east-1:ec2:stop")
    mixed = saved(targets=(own, theirs), policies=(theirs,), alarms=(acting, alarm(THEIRS)))
    part = for_current_config(mixed, "e", ["v"])
    assert part.scaling == Scaling(targets=(own,))
    other = for_other_configs(replace(mixed, variants=()), "e", [])
    assert other.scaling == Scaling(targets=(own,))
