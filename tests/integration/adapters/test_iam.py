"""What the reconciler's role may do, as IAM's policy simulator says."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from lowtide.adapters.iam import PermissionsCheck
from lowtide.adapters.kms import Keys
from lowtide.domain.lifecycle.facts import NOTHING_DENIED, KmsKey, Rights
from lowtide_workbench.aws import Cloud
from lowtide_workbench.aws.cloudformation.deploy import deploy
from lowtide_workbench.aws.protocol.faults import Failed, Fault
from tests.integration.adapters.conftest import NOW

TEMPLATE = Path(__file__).parents[3] / "template.yaml"
STACK = "lowtide-dev"
ENDPOINT = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/e"
KEY = "arn:aws:kms:us-east-1:123456789012:key/"
DENIED = Failed("AccessDeniedException", "is not authorized", 403)


class Iam:
    """The template's roles in an account, and keys: the role may use `key`, but not `other`."""

    def __init__(self, cloud: Cloud) -> None:
        self.faults = cloud.faults
        self.kms: Any = boto3.client("kms")
        self.key, self.other = self._create_key("alias/voice"), self._create_key("alias/other")
        parameters = {
            "Environment": "dev",
            "EndpointKmsKeyArns": f"{KEY}absent,{self.key}",
            "AlarmNamePattern": "prod-*",
        }
        deployed = deploy(cloud, TEMPLATE, parameters, STACK)
        self.client = boto3.client("iam")
        self.role = deployed.physical_ids["ReconcilerRole"]
        self.role_arn = self.client.get_role(RoleName=self.role)["Role"]["Arn"]
        document: Any = self.client.get_role_policy(RoleName=self.role, PolicyName="reconciler")
        self.statements: list[Any] = document["PolicyDocument"]["Statement"]
        self.asked: list[str] = []  # the resource of each simulation
        self.client.meta.events.register(
            "before-call.iam.SimulatePrincipalPolicy",
            lambda params, **_: self.asked.append(params["body"]["ResourceArns.member.1"]),
        )

    def _create_key(self, alias: str) -> str:
        arn: str = self.kms.create_key()["KeyMetadata"]["Arn"]
        self.kms.create_alias(AliasName=alias, TargetKeyId=arn)
        return arn

    def check(self, role: str | None = None, stack: str = STACK) -> PermissionsCheck:
        role = self.role_arn if role is None else role
        return PermissionsCheck(self.client, Keys(self.kms), role, stack)

    def put(self, statements: list[Any]) -> None:
        document = {"Version": "2012-10-17", "Statement": statements}
        self.client.put_role_policy(
            RoleName=self.role, PolicyName="reconciler", PolicyDocument=json.dumps(document)
        )

    def without(self, sid: str) -> list[Any]:
        return [each for each in self.statements if each["Sid"] != sid]


@pytest.fixture(scope="module")
def deployed() -> Iterator[Iam]:
    with Cloud(NOW) as cloud:
        yield Iam(cloud)


@pytest.fixture
def iam(deployed: Iam) -> Iterator[Iam]:
    """With the statements of the template and no faults."""
    deployed.asked.clear()
    yield deployed
    deployed.faults.clear()
    deployed.put(deployed.statements)


def test_the_template_allows_all_that_is_needed_with_a_pattern_of_alarm_names(
    iam: Iam,
) -> None:
    assert iam.check().rights(ENDPOINT, NOW, [iam.key], has_policy=True) == NOTHING_DENIED
    assert {tuple(arn.split(":")[1:5:3]) for arn in iam.asked} == {("aws", "123456789012")}


@pytest.mark.parametrize(
    ("sid", "denied"),
    [
        ("DeregisterWithEndpoint", "application-autoscaling:DeregisterScalableTarget"),
        ("CreateWithTag", "sagemaker:CreateEndpoint"),
        ("TagAtCreationOnly", "sagemaker:AddTags"),
        ("RestoreAlarms", "cloudwatch:PutMetricAlarm"),
        ("RestoreScalingTags", "application-autoscaling:TagResource"),
    ],
)
def test_an_action_that_the_role_lacks_is_named(iam: Iam, sid: str, denied: str) -> None:
    iam.put(iam.without(sid))
    assert iam.check().rights(ENDPOINT, NOW) == Rights(denied=(denied,))


def test_a_denial_beats_what_is_allowed(iam: Iam) -> None:
    no = {"Effect": "Deny", "Action": "sagemaker:Create*", "Resource": "*"}
    iam.put([*iam.statements, no])
    assert iam.check().rights(ENDPOINT, NOW).denied == ("sagemaker:CreateEndpoint",)


def test_a_resource_policy_needs_an_action_of_its_own(iam: Iam) -> None:
    iam.put(iam.without("RestoreResourcePolicy"))
    check = iam.check()
    assert check.rights(ENDPOINT, NOW) == NOTHING_DENIED
    denied = check.rights(ENDPOINT, NOW, has_policy=True).denied
    assert denied == ("sagemaker:PutEndpointPolicy",)


def test_the_simulation_has_the_tag_of_the_stack(iam: Iam) -> None:
    denied = iam.check(stack="another").rights(ENDPOINT, NOW).denied
    assert denied == (
        "sagemaker:CreateEndpoint",
        "sagemaker:AddTags",
        "sagemaker:DeleteEndpoint",
        "sagemaker:UpdateEndpointWeightsAndCapacities",
    )


def test_resources_are_named_in_the_partition_of_the_endpoint(iam: Iam) -> None:
    iam.check().rights(ENDPOINT.replace("arn:aws:", "arn:aws-cn:"), NOW)
    assert {arn.split(":")[1] for arn in iam.asked} == {"aws-cn"}


def test_iam_is_asked_once_an_hour_where_nothing_is_denied(iam: Iam) -> None:
    check, asked = iam.check(), []
    for minutes, keys in ((0, []), (1, [iam.key]), (59, [iam.key]), (60, [])):
        check.rights(ENDPOINT, NOW + timedelta(minutes=minutes), keys)
        asked.append(len(iam.asked))
    all_of_endpoints = asked[0]
    assert asked == [all_of_endpoints + more for more in (0, 1, 1, 1 + all_of_endpoints)]


def test_iam_is_asked_again_after_five_minutes_where_something_is_denied(iam: Iam) -> None:
    check = iam.check()
    iam.put(iam.statements[:1])
    assert check.rights(ENDPOINT, NOW).denied
    iam.put(iam.statements)
    assert check.rights(ENDPOINT, NOW + timedelta(minutes=4)).denied
    assert check.rights(ENDPOINT, NOW + timedelta(minutes=5)) == NOTHING_DENIED


@pytest.mark.parametrize(
    ("fault", "role", "unknown"),
    [
        pytest.param(DENIED, None, "AccessDenied", id="no permission to simulate"),
        pytest.param(None, f"{ENDPOINT}:role/gone", "NoSuchEntity", id="the role is absent"),
    ],
)
def test_without_an_answer_the_rights_are_unknown(
    iam: Iam, fault: Failed | None, role: str | None, unknown: str
) -> None:
    if fault:
        iam.faults.add(Fault(fault, "iam", "SimulatePrincipalPolicy"))
    found = iam.check(role).rights(ENDPOINT, NOW)
    assert found.denied == ()
    assert unknown in found.unknown


def test_without_a_role_nothing_is_asked(iam: Iam) -> None:
    assert iam.check(role="").rights(ENDPOINT, NOW) == NOTHING_DENIED
    assert iam.asked == []


ALIAS_ARN = "arn:aws:kms:us-east-1:123456789012:alias/voice"


@pytest.mark.parametrize(
    ("form", "arn_is_known"),
    [
        pytest.param("{arn}", True, id="the ARN of a key"),
        pytest.param("{id}", True, id="an id"),
        pytest.param("alias/voice", False, id="an alias"),
        pytest.param(ALIAS_ARN, False, id="the ARN of an alias"),
    ],
)
def test_a_key_is_found_by_any_name_and_its_arn_mostly_also_without_permission(
    iam: Iam, form: str, *, arn_is_known: bool
) -> None:
    keys, name = Keys(iam.kms), form.format(arn=iam.key, id=iam.key.rpartition("/")[2])
    assert keys.find(name, ENDPOINT) == KmsKey(iam.key)
    iam.faults.add(Fault(DENIED, "kms", "DescribeKey"))
    assert keys.find(name, ENDPOINT) == KmsKey(iam.key if arn_is_known else "", readable=False)


def test_a_key_that_the_role_may_not_use_is_denied_for_its_endpoints_alone(iam: Iam) -> None:
    check = iam.check()
    assert check.rights(ENDPOINT, NOW, ["alias/other"]) == Rights(
        denied=("kms:CreateGrant on alias/other", "kms:DescribeKey on alias/other")
    )
    assert check.rights(ENDPOINT, NOW) == NOTHING_DENIED


@pytest.mark.parametrize(
    ("name", "denied"),
    [
        pytest.param("{arn}", ("kms:DescribeKey",), id="by its ARN"),
        pytest.param("alias/voice", ("kms:CreateGrant", "kms:DescribeKey"), id="by an alias"),
    ],
)
def test_a_key_that_cannot_be_read_is_denied(iam: Iam, name: str, denied: tuple[str, ...]) -> None:
    iam.faults.add(Fault(DENIED, "kms", "DescribeKey"))
    name = name.format(arn=iam.key)
    found = iam.check().rights(ENDPOINT, NOW, [name])
    assert found == Rights(denied=tuple(f"{action} on {name}" for action in denied))


def test_where_kms_does_not_answer_the_rights_are_unknown(iam: Iam) -> None:
    failed = Failed("KMSInternalException", "try again", 500)
    iam.faults.add(Fault(failed, "kms", "DescribeKey", times=None))
    found = iam.check().rights(ENDPOINT, NOW, [iam.key])
    assert "KMSInternalException" in found.unknown


def test_a_key_that_is_absent_or_disabled_is_missing(iam: Iam) -> None:
    iam.kms.disable_key(KeyId=iam.key.rpartition("/")[2])
    found = iam.check().rights(ENDPOINT, NOW, ["alias/absent", iam.key])
    iam.kms.enable_key(KeyId=iam.key.rpartition("/")[2])
    assert found.missing == (
        "the KMS key alias/absent", f"a usable KMS key ({iam.key} is Disabled)",
    )  # fmt: skip
