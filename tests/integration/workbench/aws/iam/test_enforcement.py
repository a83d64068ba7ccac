"""What a function may do is what its role allows, with all that AWS asks for in its name."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from lowtide_workbench.aws import Cloud
from lowtide_workbench.aws.iam.operations import OPERATIONS
from lowtide_workbench.aws.lambda_service.function import Function, FunctionError
from lowtide_workbench.aws.lambda_service.handler import Configuration
from tests.integration.workbench.aws.conftest import START, TARGET, Account

CODE = """
import boto3
from botocore.exceptions import ClientError

def lambda_handler(event, context):
    session = boto3.Session(region_name="us-east-1") if event.get("own") else boto3
    try:
        getattr(session.client(event["service"]), event["operation"])(**event["arguments"])
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["Error"]["Message"]]
    return []
"""
ENDPOINT, OTHER = {"EndpointName": "mine"}, {"EndpointName": "other"}
TAGGED, PLAIN, DOOMED = ({"EndpointName": name} for name in ("tagged", "plain", "doomed"))
CONFIG, ENCRYPTED = {"EndpointConfigName": "config"}, {"EndpointConfigName": "encrypted"}
SAGEMAKER = "arn:aws:sagemaker:us-east-1:123456789012"
PRESENT, ABSENT = f"{SAGEMAKER}:endpoint/mine", f"{SAGEMAKER}:endpoint/other"
TAGS = [{"Key": "team", "Value": "voice"}]
RESOURCE = {**TARGET, "ResourceId": "endpoint/mine/variant/AllTraffic"}
RANGE = {**RESOURCE, "MinCapacity": 1, "MaxCapacity": 2}
TRACKING = {
    **RESOURCE,
    "PolicyName": "track",
    "PolicyType": "TargetTrackingScaling",
    "TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": 1.0,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
        },
    },
}
METRICS = {"Namespace": "Test", "MetricData": [{"MetricName": "Load", "Value": 1.0}]}
USER = "User: arn:aws:sts::123456789012:assumed-role/worker/lowtide-worker is not authorized to "
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def allow(*actions: str, on: str = "*", **condition: Any) -> Mapping[str, Any]:
    more = {"Condition": condition} if condition else {}
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **more}


def deny(*actions: str, **condition: Any) -> Mapping[str, Any]:
    return {**allow(*actions, **condition), "Effect": "Deny"}


def all_but(*actions: str) -> list[Mapping[str, Any]]:
    return [{"Effect": "Allow", "NotAction": list(actions), "Resource": "*"}]


def no_right(action: str, on: str = "") -> str:
    where = f" on resource: {on}" if on else ""
    reason = f"because no identity-based policy allows the {action} action"
    return f"{USER}perform: {action}{where} {reason}"


class Worker:
    """A function under a role, in an account with an endpoint `mine`, tagged team=voice."""

    def __init__(self, cloud: Cloud, folder: Path) -> None:
        (folder / "worker").mkdir()
        (folder / "worker/app.py").write_text(CODE)
        self.cloud = cloud
        self.account = Account(cloud, boto3.Session(), None)
        self.iam: Any = boto3.client("iam")
        role = self.iam.create_role(RoleName="worker", AssumeRolePolicyDocument="{}")["Role"]
        self.role = role["Arn"]
        cloud.roles["worker"] = self.role
        self._function = Function(
            "worker", Configuration(folder / "worker"), function_name="lowtide-worker"
        )
        self._set_up()

    def _set_up(self) -> None:
        kms: Any = boto3.client("kms")
        self.key = kms.create_key()["KeyMetadata"]["Arn"]
        self.account.configure()
        variants: Any = [{**self._variant(), "InstanceType": "ml.g5.xlarge"}]
        self.account.sagemaker.create_endpoint_config(
            EndpointConfigName="encrypted", ProductionVariants=variants, KmsKeyId=self.key
        )
        for name in ("mine", "doomed"):
            self.account.create(EndpointName=name, Tags=TAGS)
        self.account.wait(minutes=15)

    def _variant(self) -> Mapping[str, Any]:
        return {"VariantName": "AllTraffic", "ModelName": "model", "InitialInstanceCount": 1}

    def may(self, *statements: Mapping[str, Any], boundary: Any = None) -> None:
        document = {"Version": "2012-10-17", "Statement": list(statements) or [deny("none:None")]}
        self.iam.put_role_policy(
            RoleName="worker", PolicyName="p", PolicyDocument=json.dumps(document)
        )
        if boundary:
            self.iam.put_role_permissions_boundary(
                RoleName="worker", PermissionsBoundary=self.policy("boundary", boundary)
            )

    def policy(self, name: str, statement: Mapping[str, Any]) -> str:
        """The ARN of a managed policy."""
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        made = self.iam.create_policy(PolicyName=name, PolicyDocument=document)
        return str(made["Policy"]["Arn"])

    def call(self, service: str, operation: str, **arguments: Any) -> list[str]:
        """The code and the message of an error; nothing, if it was done."""
        return self.invoke(service=service, operation=operation, arguments=arguments)

    def invoke(self, **event: Any) -> list[str]:
        result: list[str] = self._function.invoke(event)
        return result


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """One for all tests: each says what it may."""
    with Cloud(START) as cloud:
        yield Worker(cloud, tmp_path_factory.mktemp("functions"))


EXPLICIT = (
    f"{USER}perform: sagemaker:DescribeEndpoint on resource: {PRESENT} with an explicit deny in an "
    "identity-based policy"
)
SM, AAS, CW = "sagemaker", "application-autoscaling", "cloudwatch"
DENIED, INVALID = "AccessDeniedException", "ValidationException"
DEREGISTER = "application-autoscaling:DeregisterScalableTarget"
CREATE = {"sagemaker:CreateEndpoint", "sagemaker:AddTags"}
OF_TEAM = allow("sagemaker:DeleteEndpoint", StringEquals={"aws:ResourceTag/team": "voice"})


@pytest.mark.parametrize(
    ("statements", "service", "operation", "arguments", "refused"),
    [
        pytest.param([], SM, "describe_endpoint", ENDPOINT,
                     (DENIED, no_right("sagemaker:DescribeEndpoint", PRESENT)),
                     id="without a policy nothing is allowed"),
        pytest.param([], SM, "list_endpoints", {}, (DENIED, no_right("sagemaker:ListEndpoints")),
                     id="an operation about no resource names none"),
        pytest.param([allow("sagemaker:Describe*", on=PRESENT)], SM,
                     "describe_endpoint", ENDPOINT, None, id="its endpoint is allowed"),
        pytest.param([allow("sagemaker:Describe*", on=PRESENT)], SM,
                     "describe_endpoint", OTHER,
                     (DENIED, no_right("sagemaker:DescribeEndpoint", ABSENT)),
                     id="another is not, whether it exists or not"),
        pytest.param([ALL, deny("sagemaker:Describe*")], SM, "describe_endpoint", ENDPOINT,
                     (DENIED, EXPLICIT),
                     id="an explicit deny"),
        pytest.param([allow(*CREATE)], SM, "create_endpoint", {**TAGGED, **CONFIG, "Tags": TAGS},
                     None, id="an endpoint with tags"),
        pytest.param(all_but("sagemaker:AddTags"), SM, "create_endpoint", {**PLAIN, **CONFIG}, None,
                     id="an endpoint without tags needs no right to add them"),
        pytest.param(all_but("sagemaker:AddTags"), SM, "create_endpoint",
                     {**OTHER, **CONFIG, "Tags": TAGS},
                     (DENIED, no_right("sagemaker:AddTags", ABSENT)),
                     id="one with tags does"),
        pytest.param([allow(*CREATE, on=f"{SAGEMAKER}:endpoint/*")], SM, "create_endpoint",
                     {**OTHER, **CONFIG},
                     (DENIED, no_right("sagemaker:CreateEndpoint",
                                       f"{SAGEMAKER}:endpoint-config/config")),
                     id="CreateEndpoint is also about the configuration"),
        pytest.param([allow(*CREATE, StringEquals={"aws:RequestTag/team": "text"})], SM,
                     "create_endpoint", {**OTHER, **CONFIG, "Tags": TAGS},
                     (DENIED, no_right("sagemaker:CreateEndpoint", ABSENT)),
                     id="a condition on the tags of a request"),
        pytest.param([OF_TEAM], SM, "delete_endpoint", DOOMED,
                     None, id="a condition on the tags of an endpoint"),
        pytest.param([OF_TEAM], SM, "delete_endpoint", OTHER,
                     (DENIED, no_right("sagemaker:DeleteEndpoint", ABSENT)),
                     id="an endpoint that does not exist has no tags"),
        pytest.param(all_but("sagemaker:UpdateEndpointWeightsAndCapacities"), AAS,
                     "register_scalable_target", RANGE,
                     (INVALID, no_right("sagemaker:UpdateEndpointWeightsAndCapacities",
                                        PRESENT)),
                     id="who registers a target must be able to resize its endpoint"),
        pytest.param(all_but("iam:CreateServiceLinkedRole"), AAS, "register_scalable_target", RANGE,
                     (INVALID, no_right(
                         "iam:CreateServiceLinkedRole",
                         "arn:aws:iam::123456789012:role/aws-service-role/sagemaker."
                         "application-autoscaling.amazonaws.com/"
                         "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint")),
                     id="the first target of an account needs the service-linked role"),
        pytest.param(all_but("application-autoscaling:TagResource"), AAS,
                     "register_scalable_target", {**RANGE, "Tags": {"team": "voice"}},
                     (DENIED, no_right("application-autoscaling:TagResource",
                                       "arn:aws:application-autoscaling:us-east-1:123456789012:"
                                       "scalable-target/*")),
                     id="a target with tags needs the right to tag"),
        pytest.param(all_but("cloudwatch:DescribeAlarms"), AAS, "describe_scaling_policies",
                     {"ServiceNamespace": "sagemaker"},
                     ("FailedResourceAccessException",
                      no_right("cloudwatch:DescribeAlarms",
                               "arn:aws:cloudwatch:us-east-1:123456789012:alarm:*")),
                     id="policies are shown with their alarms"),
        pytest.param([allow("cloudwatch:PutMetricData",
                            StringEquals={"cloudwatch:namespace": "Test"})],
                     CW, "put_metric_data", METRICS, None, id="metrics of one namespace"),
        pytest.param([allow("cloudwatch:PutMetricData",
                            StringEquals={"cloudwatch:namespace": "Lowtide"})],
                     CW, "put_metric_data", METRICS,
                     (DENIED, no_right("cloudwatch:PutMetricData")),
                     id="metrics of another"),
        pytest.param([], "iam", "simulate_principal_policy",
                     {"PolicySourceArn": "arn:aws:iam::123456789012:role/worker",
                      "ActionNames": ["sqs:SendMessage"]},
                     ("AccessDenied", no_right("iam:SimulatePrincipalPolicy",
                                               "arn:aws:iam::123456789012:role/worker")),
                     id="IAM's own error has another code"),
    ],
)  # fmt: skip
def test_a_call(
    worker: Worker,
    statements: list[Any],
    service: str,
    operation: str,
    arguments: Mapping[str, Any],
    refused: tuple[str, str] | None,
) -> None:
    worker.may(*statements)
    assert worker.call(service, operation, **arguments) == list(refused or ())


def test_attached_policies_and_the_permissions_boundary_count(worker: Worker) -> None:
    worker.may(allow("sqs:SendMessage"))
    everything = worker.policy("all", ALL)
    worker.iam.attach_role_policy(RoleName="worker", PolicyArn=everything)
    assert worker.call(SM, "describe_endpoint", **ENDPOINT) == []
    worker.may(ALL, boundary=allow("sagemaker:ListEndpoints"))
    assert worker.call(SM, "list_endpoints") == []
    reason = "because no permissions boundary allows the sagemaker:DescribeEndpoint action"
    assert worker.call(SM, "describe_endpoint", **ENDPOINT)[1].endswith(reason)
    worker.iam.delete_role_permissions_boundary(RoleName="worker")
    worker.iam.detach_role_policy(RoleName="worker", PolicyArn=everything)


@pytest.mark.parametrize(
    ("event", "why"),
    [
        pytest.param({"operation": "list_models"}, "sagemaker:ListModels: no row in lowtide_work",
                     id="an operation without a row"),
        pytest.param({"operation": "list_endpoints", "own": True}, "by a session of its own",
                     id="a client that nothing is known of"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_not_let_through(
    worker: Worker, event: Mapping[str, Any], why: str
) -> None:
    worker.may(ALL)
    with pytest.raises(FunctionError, match=f"UnknownOperationError.*{why}"):
        worker.invoke(service="sagemaker", arguments={}, **event)


def test_people_may_do_everything(worker: Worker) -> None:
    worker.may(deny("*"))
    assert worker.account.sagemaker.describe_endpoint(EndpointName="mine")


def test_the_rights_that_depend_on_what_is_there(worker: Worker) -> None:
    worker.may(*all_but("kms:CreateGrant", DEREGISTER, "cloudwatch:PutMetricAlarm"))
    assert worker.call(SM, "create_endpoint", **OTHER, **ENCRYPTED) == [
        DENIED, no_right("kms:CreateGrant", worker.key),
    ]  # fmt: skip
    worker.account.autoscaling.register_scalable_target(**RANGE)
    code, message = worker.call(AAS, "put_scaling_policy", **TRACKING)
    assert code == INVALID
    assert "cloudwatch:PutMetricAlarm on resource" in message
    assert f"alarm:TargetTracking-{RESOURCE['ResourceId']}-AlarmHigh-" in message
    code, message = worker.call(SM, "delete_endpoint", **ENDPOINT)
    assert code == INVALID
    assert f"does not have {DEREGISTER} permission to deregister" in message
    assert worker.account.cloud.status("mine") == "InService"
    worker.may(ALL, deny("cloudwatch:DeleteAlarms", "iam:CreateServiceLinkedRole"))
    assert worker.call(AAS, "register_scalable_target", **RANGE) == []  # the role is there
    worker.account.autoscaling.put_scaling_policy(**TRACKING)
    name = {"PolicyName": TRACKING["PolicyName"]}
    code, message = worker.call(AAS, "delete_scaling_policy", **RESOURCE, **name)
    assert "cloudwatch:DeleteAlarms on resource" in message
    worker.may(ALL)
    assert worker.call(SM, "delete_endpoint", **ENDPOINT) == []


def test_every_right_of_the_table_has_a_page_of_aws_as_its_source() -> None:
    sources = {need.source for needs in OPERATIONS.values() for need in needs}
    assert all(source.startswith("https://docs.aws.amazon.com/") for source in sources)
    assert all(action == needs[0].action for action, needs in OPERATIONS.items())
