"""The ARNs of the resources that a call is about. No ARN: the right is not needed."""

from collections.abc import Sequence

from lowtide_workbench.aws.account import ACCOUNT, REGION, SCALING_ROLE, sagemaker_arn
from lowtide_workbench.aws.iam.request import Request
from lowtide_workbench.aws.protocol.moto_patches import kms_key_of_alias

type Arns = Sequence[str]

_TARGETS = f"arn:aws:application-autoscaling:{REGION}:{ACCOUNT}:scalable-target/*"


def everything(_: Request) -> Arns:
    """Of an operation without resource-level rights."""
    return ["*"]


# SageMaker


def endpoint(request: Request) -> Arns:
    return [sagemaker_arn("endpoint", request["EndpointName"])]


def endpoint_if_tagged(request: Request) -> Arns:
    return endpoint(request) if request.get("Tags") else []


def configuration(request: Request) -> Arns:
    return [sagemaker_arn("endpoint-config", request["EndpointConfigName"])]


def endpoint_and_configuration(request: Request) -> Arns:
    return [*endpoint(request), *configuration(request)]


def model(request: Request) -> Arns:
    return [sagemaker_arn("model", request["ModelName"])]


def named(request: Request) -> Arns:
    """By ResourceArn, of SageMaker, or ResourceARN, of Application Auto Scaling."""
    return [request.get("ResourceArn") or request["ResourceARN"]]


# Application Auto Scaling


def targets(_: Request) -> Arns:
    """A target is named by its endpoint in a request, and by an id in its ARN: users report that
    refusals name all targets."""
    return [_TARGETS]


def targets_if_tagged(request: Request) -> Arns:
    return [_TARGETS] if request.get("Tags") else []


def targets_that_are_deregistered(request: Request) -> Arns:
    return [_TARGETS] if request.account.is_scaled(request["EndpointName"]) else []


def scaled_endpoint(request: Request) -> Arns:
    return [sagemaker_arn("endpoint", _endpoint_of(request))]


def scaled_configuration(request: Request) -> Arns:
    name = request.account.configuration_of(_endpoint_of(request))
    return [sagemaker_arn("endpoint-config", name)] if name else []


def passed_role(request: Request) -> Arns:
    role = request.get("RoleARN")
    return [role] if role else []


def role_to_make(request: Request) -> Arns:
    return [] if request.account.has_scaling_role() else [SCALING_ROLE]


def _endpoint_of(request: Request) -> str:
    """A scalable target is endpoint/NAME/variant/NAME."""
    return str(request["ResourceId"]).split("/")[1]


# CloudWatch


def all_alarms(_: Request) -> Arns:
    return [_alarm("*")]


def alarm(request: Request) -> Arns:
    return [_alarm(request["AlarmName"])]


def alarms(request: Request) -> Arns:
    return [_alarm(name) for name in request["AlarmNames"]]


def tracking_alarms(request: Request) -> Arns:
    """Of a policy that is put; their names end with an id that is made up later."""
    is_tracking = request.get("PolicyType") == "TargetTrackingScaling"
    return _tracking_alarms(request) if is_tracking else []


def dropped_alarms(request: Request) -> Arns:
    """Of a policy that is deleted."""
    is_tracking = request.account.tracks(request["ResourceId"], request["PolicyName"])
    return _tracking_alarms(request) if is_tracking else []


def _tracking_alarms(request: Request) -> Arns:
    name = f"TargetTracking-{request['ResourceId']}-Alarm"
    return [_alarm(f"{name}{end}-0") for end in ("High", "Low")]


def _alarm(name: str) -> str:
    return f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}"


# The others


def table(request: Request) -> Arns:
    name = str(request["TableName"])
    return [name if ":" in name else f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"]


def queue(request: Request) -> Arns:
    return [f"arn:aws:sqs:{REGION}:{ACCOUNT}:{request['QueueUrl'].rpartition('/')[2]}"]


def simulated_role(request: Request) -> Arns:
    return [request["PolicySourceArn"]]


def key(request: Request) -> Arns:
    return _key_arns(request["KeyId"])


def key_of_configuration(request: Request) -> Arns:
    key_id = request.account.key_of(request["EndpointConfigName"])
    return _key_arns(key_id) if key_id else []


def _key_arns(key_id: str) -> Arns:
    """None for an alias that does not exist: KMS says so before it asks for rights (assumed)."""
    arn = key_arn(key_id)
    return [arn] if arn else []


def key_arn(key_id: str) -> str | None:
    """The ARN of a key that is named by its id, an alias, or the ARN of either (facts 5)."""
    name = key_id.rpartition(":")[2]
    if name.startswith("alias/"):
        found = kms_key_of_alias(name)
        if found is None:
            return None
        name = f"key/{found}"
    elif not name.startswith("key/"):
        name = f"key/{name}"
    return f"{key_id.rpartition(':')[0] or f'arn:aws:kms:{REGION}:{ACCOUNT}'}:{name}"
