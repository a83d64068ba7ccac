"""What the reconciler's role may do, as IAM's policy simulator says."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from lowtide.adapters.iam import PermissionsCheck
from lowtide.domain.lifecycle.facts import Rights
from lowtide_workbench.aws.deployment.resources import deploy_policies, deploy_resources
from lowtide_workbench.aws.deployment.template import Template
from lowtide_workbench.aws.protocol.faults import Call, Failed, Fault
from tests.integration.adapters.conftest import NOW, Account

STACK = "lowtide-dev"
ENDPOINT = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/e"
DENIED = Fault(Failed("AccessDenied", "is not authorized", 403), "iam", "SimulatePrincipalPolicy")
ALL_ALLOWED = Rights()


class Iam:
    """The template's roles in the account, and the simulations that were asked for."""

    def __init__(self, account: Account) -> None:
        template = Template.load(Path(__file__).parents[3] / "template.yaml", stack=STACK)
        self.template = deploy_resources(template, STACK)
        deploy_policies(self.template)
        self.account = account
        self.client = boto3.client("iam")
        self.role: str = self.template.known["ReconcilerRole.Arn"]
        self.asked: list[Call] = []
        self.client.meta.events.register(
            "before-call.iam.SimulatePrincipalPolicy",
            lambda **_: self.asked.append(Call("iam", "SimulatePrincipalPolicy")),
        )

    def check(self, role: str | None = None, stack: str = STACK) -> PermissionsCheck:
        return PermissionsCheck(self.client, self.role if role is None else role, stack)

    def statements(self) -> list[Any]:
        name = self.template.known["ReconcilerRole"]
        document: Any = self.client.get_role_policy(RoleName=name, PolicyName="reconciler")
        statements: list[Any] = document["PolicyDocument"]["Statement"]
        return statements

    def put(self, statements: list[Any]) -> None:
        self.client.put_role_policy(
            RoleName=self.template.known["ReconcilerRole"],
            PolicyName="reconciler",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
        )


@pytest.fixture
def iam(account: Account) -> Iam:
    return Iam(account)


def test_the_templates_role_may_do_all_that_is_needed(iam: Iam) -> None:
    assert iam.check().rights(ENDPOINT, NOW) == ALL_ALLOWED


@pytest.mark.parametrize(
    ("without", "denied"),
    [
        pytest.param(
            "DeregisterWithEndpoint", "application-autoscaling:DeregisterScalableTarget",
            id="the delete would be refused",
        ),
        pytest.param("CreateWithTag", "sagemaker:CreateEndpoint", id="nothing could be created"),
        pytest.param("TagAtCreationOnly", "sagemaker:AddTags", id="nothing could be tagged"),
        pytest.param("RestoreAlarms", "cloudwatch:PutMetricAlarm", id="no alarm could be put"),
        pytest.param(
            "RestoreScalingTags", "application-autoscaling:TagResource",
            id="no target that has tags could be registered",
        ),
    ],
)  # fmt: skip
def test_a_right_that_the_role_lacks_is_named(iam: Iam, without: str, denied: str) -> None:
    iam.put([each for each in iam.statements() if each["Sid"] != without])
    assert iam.check().rights(ENDPOINT, NOW) == Rights(denied=(denied,))


def test_a_denial_beats_what_is_allowed(iam: Iam) -> None:
    no = {"Effect": "Deny", "Action": "sagemaker:Create*", "Resource": "*"}
    iam.put([*iam.statements(), no])
    assert iam.check().rights(ENDPOINT, NOW).denied == ("sagemaker:CreateEndpoint",)


def test_the_simulation_has_the_tag_of_the_stack(iam: Iam) -> None:
    denied = iam.check(stack="another").rights(ENDPOINT, NOW).denied
    assert denied == (
        "sagemaker:CreateEndpoint",
        "sagemaker:AddTags",
        "sagemaker:DeleteEndpoint",
        "sagemaker:UpdateEndpointWeightsAndCapacities",
    )


@pytest.mark.parametrize(
    "partition", ["aws", "aws-cn", "aws-us-gov"], ids=["commercial", "China", "GovCloud"]
)
def test_resources_are_named_in_the_partition_of_the_endpoint(iam: Iam, partition: str) -> None:
    asked: list[str] = []
    iam.client.meta.events.register(
        "before-call.iam.SimulatePrincipalPolicy",
        lambda params, **_: asked.append(params["body"]["ResourceArns.member.1"]),
    )
    iam.check().rights(ENDPOINT.replace("arn:aws:", f"arn:{partition}:"), NOW)
    assert {arn.split(":")[1] for arn in asked} == {partition}
    assert {arn.split(":")[4] for arn in asked} == {"123456789012"}


def test_iam_is_asked_once_an_hour_where_nothing_is_denied(iam: Iam) -> None:
    check = iam.check()
    for minutes in (0, 1, 59):
        check.rights(ENDPOINT, NOW + timedelta(minutes=minutes))
    once = len(iam.asked)
    check.rights(ENDPOINT, NOW + timedelta(minutes=60))
    assert len(iam.asked) == 2 * once


def test_iam_is_asked_again_after_five_minutes_where_something_is_denied(iam: Iam) -> None:
    check, whole = iam.check(), iam.statements()
    iam.put(whole[:1])
    assert check.rights(ENDPOINT, NOW).denied
    iam.put(whole)
    assert check.rights(ENDPOINT, NOW + timedelta(minutes=4)).denied
    assert check.rights(ENDPOINT, NOW + timedelta(minutes=5)) == ALL_ALLOWED


def test_where_the_simulation_is_denied_nothing_is_known(iam: Iam) -> None:
    iam.account.cloud.faults.add(DENIED)
    found = iam.check().rights(ENDPOINT, NOW)
    assert found.denied == ()
    assert "AccessDenied" in found.unknown


def test_of_a_role_that_is_absent_nothing_is_known(iam: Iam) -> None:
    gone = iam.check(role="arn:aws:iam::123456789012:role/gone")
    assert "NoSuchEntity" in gone.rights(ENDPOINT, NOW).unknown


def test_without_a_role_nothing_is_asked(iam: Iam) -> None:
    assert iam.check(role="").rights(ENDPOINT, NOW) == ALL_ALLOWED
    assert iam.asked == []
