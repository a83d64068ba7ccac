"""The roles of the template hold what their functions call, and nothing else.

One story plays all that needs a right. Then each action and each resource of each statement is
taken away: a call of the story must be refused without it, or the template must not have it.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from lowtide_workbench.aws import Cloud
from lowtide_workbench.aws.iam.conditions import listed
from lowtide_workbench.aws.iam.evaluation import Decision, Permissions, Statement, statements
from lowtide_workbench.aws.iam.operations import Right
from lowtide_workbench.aws.lambda_service.sandbox import OwnModules
from lowtide_workbench.aws.protocol import botocore_speed
from lowtide_workbench.aws.protocol.moto_iam import role_policies
from lowtide_workbench.aws.stack import Stack
from lowtide_workbench.demo.endpoint import ALARM, ENDPOINT, STACK, create_endpoint
from tests.fixtures import newer_botocore
from tests.integration.functions.aws_calls import (
    ONE_TYPE,
    copy_config,
    create_config,
    publish_streams,
    put_action,
    set_on_variant,
)
from tests.integration.functions.aws_calls import create_endpoint as create_another
from tests.integration.functions.conftest import (
    EVENING_PAUSE,
    MONDAY_EVENING,
    SCENARIO,
    Town,
)
from tests.integration.hourly import quick
from tests.integration.manual import set_up_all_scaling

ROOT = Path(__file__).parents[3]
TEMPLATE = ROOT / "template.yaml"
CAPACITY = "      capacity: {ml.g6.2xlarge: 10, ml.g6e.2xlarge: 20}\n"
SCALING = f"{CAPACITY}      min: 1\n      max: 6\n      target: 0.75\n      metric: exact\n"
FILE = EVENING_PAUSE.replace(CAPACITY, SCALING).replace("    drain:", "    config: key\n    drain:")
OF_ONE_TYPE = """  - name: one-type
    schedule:
      windows: [{start: "0 20 * * *", stop: "0 19 * * *"}]
    scaling:
      capacity: {ml.g6.2xlarge: 10}
"""
FLOORS = "      min: 1\n      max: 4\n      target: 0.75\n      floors: learned\n"
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
            "Action": "sagemaker:InvokeEndpoint",
            "Resource": "*",
        },
    }
)
LANE = "      fast_lane: true\n"
# Lambda itself uses these rights: to write the log, and to read the queue.
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
LOG = ("logs:CreateLogStream", "logs:PutLogEvents")
QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


@dataclass(slots=True)
class Rights:
    """What each function needed, and the statements of its role."""

    needed: dict[str, list[Right]] = field(default_factory=dict)
    statements: dict[str, list[Statement]] = field(default_factory=dict)

    def refused(self, function: str, allowed: Sequence[Statement]) -> list[Right]:
        permissions = Permissions(allowed)
        return [
            right
            for right in self.needed[function]
            if permissions.decide(*right) is not Decision.ALLOWED
        ]


@pytest.fixture(scope="module")
def rights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rights]:
    with pytest.MonkeyPatch.context() as patched, Cloud(MONDAY_EVENING, quick()) as cloud:
        patched.setattr(botocore_speed, "_service_models", newer_botocore.loader())
        town = _town(cloud, tmp_path_factory.mktemp("file") / "endpoints.yaml")
        asked: dict[str, dict[str, Right]] = {}
        cloud.authorizer.watch(
            lambda role, right: asked.setdefault(role, {}).update({repr(right): right})
        )
        _play(town)
        assert town.stack.failures == []
        rights = Rights()
        for name, role in cloud.roles.items():
            function = name.removeprefix(f"{STACK}-")
            rights.needed[function] = [*asked[role].values(), *_of_lambda(function)]
            policies = role_policies(role)
            assert policies
            rights.statements[function] = [
                s for text in policies.identity for s in statements(text)
            ]
        yield rights


def _town(cloud: Cloud, file: Path) -> Town:
    """With nobody's scaling: the first scalable target of the account is Lowtide's."""
    key = boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
    create_endpoint()
    copy_config("key", KmsKeyId=key)
    create_config("single", ONE_TYPE)
    create_another("one-type", "single")
    cloud.advance(MONDAY_EVENING + timedelta(minutes=15))
    publish_streams(MONDAY_EVENING - timedelta(days=7, hours=18), (24, 15), endpoint="one-type")
    file.write_text(FILE + LANE + OF_ONE_TYPE + FLOORS)
    stack = Stack.deploy(
        cloud,
        TEMPLATE,
        config_path=file,
        name=STACK,
        parameters={"EndpointKmsKeyArns": key, "AlarmNamePattern": ALARM},
        own_modules=OwnModules.WITH_STATE,
    )
    return Town(cloud, stack, file)


def _play(town: Town) -> None:
    """An evening and a night with everything that an endpoint can have."""
    town.pass_minutes(3)
    set_up_all_scaling(SCENARIO)
    put_action("evening-floor", "cron(0 21 ? * * *)", MinCapacity=2)
    newer: Any = newer_botocore.session().client("sagemaker")
    newer.put_endpoint_policy(EndpointName=ENDPOINT, ResourcePolicy=POLICY)
    set_on_variant(DesiredWeight=0.5)
    town.calls(("19:34", 6))
    town.pass_minutes(1)
    for action in ("status", "preview", "explain", "pause", "resume", "auto"):
        town.ask(action)
    town.control(action="status")
    town.ask("sleep", 60)
    for _ in range(3):
        town.show()
        town.pass_minutes(1)
    town.pass_until(lambda: town.status == "Absent")
    town.wake()
    town.pass_minutes(2)
    town.deploy(FILE + OF_ONE_TYPE)
    town.pass_minutes(3)


def _of_lambda(function: str) -> Iterator[Right]:
    arn = "arn:aws:{}:us-east-1:123456789012:{}"
    stream = f"log-group:/aws/lambda/{STACK}-{function}:log-stream:1"
    yield from (Right(action, arn.format("logs", stream), {}) for action in LOG)
    if function == "reconciler":
        queue = arn.format("sqs", f"{STACK}-steps.fifo")
        yield from (Right(action, queue, {}) for action in QUEUE)


def test_each_action_on_each_resource_is_needed_and_nothing_is_missing(rights: Rights) -> None:
    unneeded = [
        (function, statement["Sid"], element)
        for function, policy in rights.statements.items()
        for statement in policy
        if statement["Effect"] == "Allow"
        for element, cut in _cuts(statement)
        if not rights.refused(function, [*(s for s in policy if s is not statement), cut])
    ]
    assert unneeded == []
    missing = {name: rights.refused(name, policy) for name, policy in rights.statements.items()}
    assert missing == {
        "scheduler": [],
        "reconciler": [],
        "publisher": [],
        "control": [],
        "planner": [],
    }


def _cuts(statement: Statement) -> Iterator[tuple[str, Statement]]:
    """Each action and each resource, and the statement without it."""
    for name in ("Action", "Resource"):
        elements = listed(statement[name])
        for element in elements:
            yield element, {**statement, name: [each for each in elements if each != element]}
