"""What the reconciler's role may do, as IAM's policy simulator says."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from lowtide.adapters.iam import PermissionsCheck
from lowtide.adapters.kms import Keys
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

    def __init__(self, account: Account, **parameters: str) -> None:
        path = Path(__file__).parents[3] / "template.yaml"
        template = Template.load(path, parameters, stack=STACK)
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
        keys = Keys(boto3.client("kms"))
        return PermissionsCheck(self.client, keys, self.role if role is None else role, stack)

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


def test_the_pattern_of_alarm_names_leaves_the_role_what_every_endpoint_needs(
    account: Account,
) -> None:
    assert Iam(account, AlarmNamePattern="prod-*").check().rights(ENDPOINT, NOW) == ALL_ALLOWED


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


@pytest.fixture
def key(account: Account) -> str:
    """The ARN of a key of the account with the alias `alias/voice`."""
    assert account.cloud
    kms: Any = boto3.client("kms")
    arn: str = kms.create_key()["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName="alias/voice", TargetKeyId=arn)
    return arn


FORMS = [
    pytest.param("{arn}", id="the ARN of a key"),
    pytest.param("{id}", id="an id"),
    pytest.param("alias/voice", id="an alias"),
    pytest.param("arn:aws:kms:us-east-1:123456789012:alias/voice", id="the ARN of an alias"),
]


def named(form: str, key: str) -> str:
    return form.format(arn=key, id=key.rpartition("/")[2])


@pytest.mark.parametrize("form", FORMS)
def test_a_key_of_the_parameter_may_be_used(account: Account, key: str, form: str) -> None:
    others = "arn:aws:kms:us-east-1:123456789012:key/another"
    iam = Iam(account, EndpointKmsKeyArns=f"{others},{key}")
    assert iam.check().rights(ENDPOINT, NOW, [named(form, key)]) == ALL_ALLOWED


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({}, id="no key in the parameter"),
        pytest.param(
            {"EndpointKmsKeyArns": "arn:aws:kms:us-east-1:123456789012:key/another"},
            id="another key",
        ),
    ],
)
def test_a_key_that_the_parameter_does_not_name_is_denied(
    account: Account, key: str, parameters: dict[str, str], form: str
) -> None:
    name = named(form, key)
    assert Iam(account, **parameters).check().rights(ENDPOINT, NOW, [name]) == Rights(
        denied=(f"kms:CreateGrant on {name}", f"kms:DescribeKey on {name}")
    )


@pytest.mark.parametrize("form", FORMS)
def test_a_key_that_may_not_be_looked_up_is_denied_also_where_its_arn_is_known(
    account: Account, key: str, form: str
) -> None:
    iam, name = Iam(account, EndpointKmsKeyArns=key), named(form, key)
    account.cloud.faults.add(
        Fault(Failed("AccessDeniedException", "no", 400), "kms", "DescribeKey")
    )
    denied = iam.check().rights(ENDPOINT, NOW, [name]).denied
    assert f"kms:DescribeKey on {name}" in denied


def test_each_key_is_asked_about_once_an_hour(account: Account, key: str) -> None:
    iam = Iam(account, EndpointKmsKeyArns=key)
    check = iam.check()
    check.rights(ENDPOINT, NOW)
    without = len(iam.asked)
    for minutes in (1, 2, 59):
        check.rights(ENDPOINT, NOW + timedelta(minutes=minutes), [key])
    assert len(iam.asked) == without + 1


def test_what_one_key_lacks_is_no_matter_of_an_endpoint_without_it(iam: Iam, key: str) -> None:
    check = iam.check()
    assert check.rights(ENDPOINT, NOW, [key]).denied
    assert check.rights(ENDPOINT, NOW) == ALL_ALLOWED


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        pytest.param("disable_key", "a usable KMS key (alias/voice is Disabled)", id="disabled"),
        pytest.param(
            "schedule_key_deletion",
            "a usable KMS key (alias/voice is PendingDeletion)",
            id="to be deleted",
        ),
    ],
)
def test_a_key_that_cannot_be_used_is_missing(
    account: Account, key: str, change: str, missing: str
) -> None:
    getattr(boto3.client("kms"), change)(KeyId=key.rpartition("/")[2])
    iam = Iam(account, EndpointKmsKeyArns=key)
    assert iam.check().rights(ENDPOINT, NOW, ["alias/voice"]).missing == (missing,)


def test_a_key_that_is_gone_is_missing(iam: Iam) -> None:
    assert iam.check().rights(ENDPOINT, NOW, ["alias/gone"]).missing == ("the KMS key alias/gone",)


def test_where_kms_does_not_answer_nothing_is_known(account: Account, key: str) -> None:
    fault = Failed("KMSInternalException", "try again", 500)
    account.cloud.faults.add(Fault(fault, "kms", "DescribeKey", times=None))
    found = Iam(account, EndpointKmsKeyArns=key).check().rights(ENDPOINT, NOW, [key])
    assert "KMSInternalException" in found.unknown


def test_the_right_to_put_a_policy_is_asked_for_where_there_is_one(iam: Iam) -> None:
    iam.put([each for each in iam.statements() if each["Sid"] != "RestoreResourcePolicy"])
    check = iam.check()
    assert check.rights(ENDPOINT, NOW) == ALL_ALLOWED
    denied = check.rights(ENDPOINT, NOW, (), has_policy=True).denied
    assert denied == ("sagemaker:PutEndpointPolicy",)
