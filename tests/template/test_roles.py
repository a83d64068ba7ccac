"""How the rights of each function are narrowed.

That its role has all that it calls and nothing else is tests/integration/functions/test_rights.py.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from lowtide.adapters.dynamodb.store import Store
from lowtide.domain.errors import AwsError
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.schedule.override import Override, Pause
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot
from lowtide_workbench.aws.iam.evaluation import Decision, Permissions
from tests.template.transformed import Transformed

FUNCTIONS = ("scheduler", "reconciler", "publisher", "control", "planner")
NO_RESOURCE_LEVEL_RIGHTS = {
    "cloudwatch:GetMetricData",
    "cloudwatch:PutMetricData",  # limited by namespace instead
    "sagemaker:ListEndpoints",
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "application-autoscaling:DescribeScheduledActions",
    "application-autoscaling:DescribeScalingActivities",
}
THIS_STACK = "lowtide-dev"
DENIED: Mapping[str, set[str]] = defaultdict(set, reconciler={"AlarmsOnlyScaleAndNotify"})


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def actions(template: Transformed, function: str) -> set[str]:
    return {
        action
        for statement in template.statements(function)
        for action in listed(statement["Action"])
    }


def statements_with(template: Transformed, action: str) -> Iterator[Mapping[str, Any]]:
    for function in FUNCTIONS:
        for statement in template.statements(function):
            if action in listed(statement["Action"]):
                yield statement


@pytest.mark.parametrize("function", FUNCTIONS)
class TestEachRole:
    def test_names_each_action_and_denies_what_is_tested_below(
        self, template: Transformed, function: str
    ) -> None:
        effects = {each["Sid"]: each["Effect"] for each in template.statements(function)}
        assert {sid for sid, effect in effects.items() if effect != "Allow"} == DENIED[function]
        assert not any("*" in action for action in actions(template, function))

    def test_is_wide_only_where_aws_knows_nothing_narrower(
        self, template: Transformed, function: str
    ) -> None:
        statements = template.statements(function)
        wide = [listed(s["Action"]) for s in statements if "*" in listed(s["Resource"])]
        assert {action for each in wide for action in each} <= NO_RESOURCE_LEVEL_RIGHTS

    def test_is_right_in_every_partition_region_and_account(
        self, template: Transformed, function: str
    ) -> None:
        role = template.document["Resources"][f"{function.capitalize()}Role"]["Properties"]
        (policy,) = role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]:
            for resource in listed(statement["Resource"]):
                if "Fn::Sub" in resource:
                    assert resource["Fn::Sub"].startswith("arn:${AWS::Partition}:")
                    assert "${AWS::AccountId}" in resource["Fn::Sub"]

    def test_is_for_one_function_and_for_lambda_alone(
        self, template: Transformed, function: str
    ) -> None:
        role_id = f"{function.capitalize()}Role"
        assert template[f"{function.capitalize()}Function"]["Role"] == f"<{role_id}.Arn>"
        role = template[role_id]
        assert "ManagedPolicyArns" not in role
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}


BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"


@pytest.mark.parametrize(("parameter", "boundary"), [("", None), (BOUNDARY, BOUNDARY)])
def test_every_role_has_the_boundary_that_is_given(
    template: Transformed, parameter: str, boundary: str | None
) -> None:
    roles = template.given(PermissionsBoundaryArn=parameter).of("AWS::IAM::Role")
    assert len(roles) == len(FUNCTIONS) + 1
    assert {role.get("PermissionsBoundary") for role in roles.values()} == {boundary}


def test_one_role_invokes_what_is_scheduled_and_only_for_this_account(
    template: Transformed,
) -> None:
    """Without SourceAccount a schedule of another account could have it invoke."""
    for schedule in template.of("AWS::Scheduler::Schedule").values():
        assert schedule["Target"]["RoleArn"] == "<SchedulesRole.Arn>"
    role = template["SchedulesRole"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    ((statement,),) = (policy["PolicyDocument"]["Statement"] for policy in role["Policies"])
    assert statement["Action"] == "lambda:InvokeFunction"
    functions = ("Scheduler", "Publisher", "Planner")
    assert statement["Resource"] == [f"<{name}Function.Arn>" for name in functions]


def test_iam_may_be_asked_only_where_it_is(template: Transformed) -> None:
    unchecked = template.given(RightsCheck="DISABLED")
    assert "iam:SimulatePrincipalPolicy" not in actions(unchecked, "reconciler")


def test_the_reconciler_deletes_no_item_but_that_scaling_is_suspended(
    template: Transformed,
) -> None:
    deletions = statements_with(template, "dynamodb:DeleteItem")
    assert [statement["Sid"] for statement in deletions] == ["UnmarkSuspended"]


STACK_TAG, SERVICE = "ResourceTag/lowtide:stack", "application-autoscaling:service-namespace"


@pytest.mark.parametrize(
    ("action", "key", "value"),
    [
        pytest.param("sagemaker:DeleteEndpoint", f"aws:{STACK_TAG}", THIS_STACK,
                     id="only endpoints with this stack's tag can be deleted"),
        pytest.param("sagemaker:UpdateEndpointWeightsAndCapacities", f"aws:{STACK_TAG}", THIS_STACK,
                     id="only endpoints with this stack's tag can be resized"),
        pytest.param("sagemaker:PutEndpointPolicy", f"aws:{STACK_TAG}", THIS_STACK,
                     id="only endpoints with this stack's tag can be given a policy"),
        pytest.param("sagemaker:CreateEndpoint", "aws:RequestTag/lowtide:stack", THIS_STACK,
                     id="an endpoint is created with this stack's tag or not at all"),
        pytest.param("sagemaker:AddTags", "sagemaker:TaggingAction", "CreateEndpoint",
                     id="the tag cannot be put on an endpoint that exists"),
        pytest.param("cloudwatch:PutMetricData", "cloudwatch:namespace", "Lowtide",
                     id="metrics go into Lowtide's namespace only"),
        pytest.param("application-autoscaling:RegisterScalableTarget", SERVICE, "sagemaker",
                     id="scalable targets of other services are out of reach"),
        pytest.param("application-autoscaling:DeleteScalingPolicy", SERVICE, "sagemaker",
                     id="policies of other services are out of reach"),
        pytest.param("iam:CreateServiceLinkedRole", "iam:AWSServiceName",
                     "sagemaker.application-autoscaling.amazonaws.com",
                     id="one service-linked role and no other"),
    ],
)  # fmt: skip
def test_a_condition_narrows(template: Transformed, action: str, key: str, value: object) -> None:
    statements = list(statements_with(template, action))
    assert statements
    assert all(each["Condition"]["StringEquals"][key] == value for each in statements)


def test_alarms_are_deleted_only_where_they_are_lowtides_or_a_policys(
    template: Transformed,
) -> None:
    resources = [s["Resource"] for s in statements_with(template, "cloudwatch:DeleteAlarms")]
    names = {resource.rpartition(":alarm:")[2] for resource in resources}
    # Not `lowtide-*`: the alarms that watch Lowtide may begin so, with the name of the stack.
    assert names == {"lowtide-*/fast-lane", "TargetTracking-endpoint/*"}


NOW = datetime(2026, 11, 23, tzinfo=UTC)
OVERRIDE, PAUSE = Override(True, NOW, "", ""), Pause(NOW, "", "")
TABLE = "<Table.Arn>"
TARGET = "arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target/1"
ALARMS = "arn:aws:cloudwatch:us-east-1:123456789012:alarm"
TOPIC = "arn:aws:sns:us-east-1:123456789012:page-me"
POLICY = (
    "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:1:resource/sagemaker/endpoint/e/"
    "variant/v:policyName/p"
)
PUT, UPDATE, DELETE = "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"
DEREGISTER = "application-autoscaling:DeregisterScalableTarget"
NAMESPACE = "application-autoscaling:service-namespace"
PUT_ALARM = "cloudwatch:PutMetricAlarm"
ATTRIBUTES, LEADING = "dynamodb:attributes", "dynamodb:leadingkeys"
ACTIONS = "cloudwatch:alarmactions"


def writing(partition: str, *attributes: str) -> Mapping[str, Any]:
    """The context of a request for an item of the partition that names these attributes."""
    return {LEADING: [partition], ATTRIBUTES: ("endpoint", "item", *attributes)}


def acting(*arns: str) -> Mapping[str, Any]:
    return {ACTIONS: arns}


@pytest.mark.parametrize(
    ("function", "action", "resource", "context", "is_allowed"),
    [
        ("control", UPDATE, TABLE, writing("my-endpoint", "awake", "until"), True),
        ("control", UPDATE, TABLE, writing("#changes", "by"), True),
        ("control", UPDATE, TABLE, writing("#changes", "by", "until"), False),
        ("control", UPDATE, TABLE, writing("#held", "since"), False),
        ("control", UPDATE, TABLE, writing("#deletions", "by"), False),
        ("control", UPDATE, TABLE, {LEADING: ["my-endpoint"]}, False),
        ("control", UPDATE, TABLE, {ATTRIBUTES: ["by"]}, False),
        ("control", PUT, TABLE, writing("my-endpoint", "until"), False),
        ("planner", UPDATE, TABLE, writing("my-endpoint", "floors_plan", "floors_applied"), True),
        ("planner", UPDATE, TABLE, writing("my-endpoint", "floors_history"), True),
        ("planner", UPDATE, TABLE, writing("#changes", "by"), True),
        ("planner", UPDATE, TABLE, writing("my-endpoint", "floors_history", "at"), False),
        ("planner", UPDATE, TABLE, writing("my-endpoint", "expires_at"), False),
        ("planner", UPDATE, TABLE, writing("#held", "floors_plan"), False),
        ("planner", PUT, TABLE, writing("my-endpoint", "floors_plan"), False),
        ("reconciler", PUT, TABLE, writing("my-endpoint", "text", "sha256"), True),
        ("reconciler", DELETE, TABLE, {LEADING: ["#held"]}, True),
        ("reconciler", DELETE, TABLE, {LEADING: ["my-endpoint"]}, False),
        ("reconciler", DELETE, TABLE, {}, False),
        ("reconciler", DEREGISTER, TARGET, {}, True),
        ("reconciler", DEREGISTER, TARGET, {NAMESPACE: ["sagemaker"]}, True),
        ("reconciler", DEREGISTER, TARGET, {NAMESPACE: ["ecs"]}, False),
        ("reconciler", PUT_ALARM, f"{ALARMS}:full", {}, True),
        ("reconciler", PUT_ALARM, f"{ALARMS}:full", acting(TOPIC, POLICY), True),
        ("reconciler", PUT_ALARM, f"{ALARMS}:full", acting("arn:aws:automate:a:ec2:stop"), False),
        ("reconciler", PUT_ALARM, f"{ALARMS}:full", acting(TOPIC, "arn:aws:lambda:a:1:f"), False),
        ("reconciler", PUT_ALARM, f"{ALARMS}:full", acting("arn:aws:ssm:a:1:opsitem:1"), False),
    ],
)  # fmt: skip
def test_a_role_may_do_this_and_not_that(
    template: Transformed,
    function: str,
    action: str,
    resource: str,
    context: Mapping[str, Any],
    is_allowed: bool,
) -> None:
    decision = Permissions(template.statements(function)).decide(action, resource, context)
    assert (decision is Decision.ALLOWED) is is_allowed


class Asked:
    """A table of boto3 that keeps what it is asked to write."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, Mapping[str, Any]]] = []

    def put_item(self, **request: Any) -> None:
        item = request["Item"]
        self.requests.append((PUT, writing(item["endpoint"], *item)))

    def update_item(self, **request: Any) -> None:
        names = request["ExpressionAttributeNames"].values()
        self.requests.append((UPDATE, writing(request["Key"]["endpoint"], *names)))

    def query(self, **_: Any) -> Any:
        return {"Items": []}


def requests_of(write: Callable[[Store], None]) -> list[tuple[str, Mapping[str, Any]]]:
    table = Asked()
    write(Store(cast("Any", table)))
    return table.requests


def save(snapshot: Snapshot) -> Callable[[Store], None]:
    """The version, and then what is in force; the table gives back neither."""

    def write(store: Store) -> None:
        with suppress(AwsError):
            store.save_snapshot("e", snapshot)

    return write


CONTROLS: Mapping[str, Callable[[Store], None]] = {
    "an override": lambda store: store.save_override("e", OVERRIDE),
    "the end of an override": lambda store: store.replace_override("e", OVERRIDE, OVERRIDE),
    "a pause": lambda store: store.save_pause("e", PAUSE),
    "the end of a pause": lambda store: store.end_pause("e", NOW),
    "that it was asked": lambda store: store.save_asked("e", NOW),
}
OF_OTHERS: Mapping[str, Callable[[Store], None]] = {
    "a record": lambda store: store.save_record("e", Record(), None, NOW),
    "a snapshot": save(Snapshot(NOW, "config", {}, Scaling())),
    "a mark of suspended scaling": lambda store: store.mark_suspended("e", NOW),
}


@pytest.fixture
def control_may(template: Transformed) -> Callable[[str, Mapping[str, Any]], bool]:
    decide = Permissions(template.statements("control")).decide
    return lambda action, context: decide(action, TABLE, context) is Decision.ALLOWED


type May = Callable[[str, Mapping[str, Any]], bool]


@pytest.mark.parametrize("write", CONTROLS.values(), ids=CONTROLS)
def test_control_may_write_what_it_was_asked(
    write: Callable[[Store], None], control_may: May
) -> None:
    requests = requests_of(write)
    assert len(requests) == 3  # the first and the last are the mark
    assert all(control_may(*request) for request in requests)


@pytest.mark.parametrize("write", OF_OTHERS.values(), ids=OF_OTHERS)
def test_control_may_write_nothing_else(write: Callable[[Store], None], control_may: May) -> None:
    """Neither whole nor, which would damage it as well, one attribute of it."""
    requests = requests_of(write)
    assert requests
    for action, context in requests:
        partition = context[LEADING][0]
        assert not control_may(action, context)
        for name in set(context[ATTRIBUTES]) - {"endpoint", "item"}:
            assert not control_may(UPDATE, writing(partition, name)), name


@pytest.mark.parametrize(
    ("name", "is_allowed"),
    [
        pytest.param("prod-full", True, id="an alarm that the pattern names"),
        pytest.param("finance", False, id="no other alarm of the account"),
        pytest.param("lowtide-e/fast-lane", True, id="that of the fast lane"),
        pytest.param("TargetTracking-endpoint/e/variant/v-AlarmHigh-1", True, id="those of AWS"),
    ],
)
def test_a_pattern_limits_which_alarms_the_reconciler_may_write(
    root: Path, name: str, is_allowed: bool
) -> None:
    template = Transformed(root / "template.yaml", AlarmNamePattern="prod-*")
    statements = [s for s in template.statements("reconciler") if s["Sid"] in PUTS_ALARMS]
    decision = Permissions(statements).decide(PUT_ALARM, f"{ALARMS}:{name}", {})
    assert (decision is Decision.ALLOWED) is is_allowed


PUTS_ALARMS = ("RestoreAlarms", "AlarmsOnlyScaleAndNotify")
