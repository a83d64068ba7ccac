"""The rights that each operation needs which Lowtide's functions call, with their sources.

One row an operation. A call of a function without a row here is an error of this table, and raises.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lowtide_workbench.aws.iam import keys, resources
from lowtide_workbench.aws.iam.keys import Keys
from lowtide_workbench.aws.iam.patterns import Context
from lowtide_workbench.aws.iam.request import Request
from lowtide_workbench.aws.iam.resources import Arns

_REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_"
_SAGEMAKER = f"{_REFERENCE}amazonsagemaker.html"
_SAGEMAKER_RIGHTS = "https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html"
_SAGEMAKER_DELETE = (
    "https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-delete-with-scaling.html"
)
_SCALING = f"{_REFERENCE}awsapplicationautoscaling.html"
_SCALING_GUIDE = "https://docs.aws.amazon.com/autoscaling/application/userguide"
_SCALING_RIGHTS = f"{_SCALING_GUIDE}/security_iam_id-based-policy-examples.html"
_SCALING_VALIDATION = f"{_SCALING_GUIDE}/security_iam_permission_validation.html"
_SCALING_TAGS = f"{_SCALING_GUIDE}/resource-tagging-support.html"
_CLOUDWATCH = f"{_REFERENCE}amazoncloudwatch.html"
_DYNAMODB = f"{_REFERENCE}amazondynamodb.html"
_SQS = f"{_REFERENCE}amazonsqs.html"
_IAM = f"{_REFERENCE}awsidentityandaccessmanagementiam.html"
_KMS = f"{_REFERENCE}awskeymanagementservice.html"


class Right(NamedTuple):
    """One question to IAM."""

    action: str
    resource: str
    context: Context


def _no_keys(_: Request) -> Keys:
    return iter(())


@dataclass(frozen=True, slots=True)
class Need:
    """An action on each of the resources, of which there may be none."""

    action: str
    resources: Callable[[Request], Arns]
    source: str
    keys: Callable[[Request], Keys] = _no_keys
    # The caller's rights are asked for on its behalf: AWS answers with this code instead.
    refused_as: str = ""

    def rights(self, request: Request) -> Iterator[Right]:
        found = self.resources(request)
        context = dict(self.keys(request)) if found else {}
        for resource in found:
            yield Right(self.action, resource, context)


def _on_target(action: str) -> Need:
    name = f"application-autoscaling:{action}"
    return Need(name, resources.targets, _SCALING, keys.scalable)


def _validated(
    action: str,
    found: Callable[[Request], Arns],
    of: Callable[[Request], Keys] = _no_keys,
    source: str = _SCALING_VALIDATION,
) -> Need:
    """A right in another service, which Application Auto Scaling validates before it acts. The page
    does not say which ones for which operation: assumed are those that the operation may use."""
    return Need(action, found, source, of, refused_as="ValidationException")


_SCALES_THE_ENDPOINT = (
    _validated("sagemaker:DescribeEndpoint", resources.scaled_endpoint, keys.scaled_endpoint_tags),
    _validated("sagemaker:DescribeEndpointConfig", resources.scaled_configuration),
    _validated(
        "sagemaker:UpdateEndpointWeightsAndCapacities",
        resources.scaled_endpoint,
        keys.scaled_endpoint_tags,
    ),
)
_ON_ENDPOINT = (resources.endpoint, _SAGEMAKER, keys.endpoint_tags)

OPERATIONS: Mapping[str, Sequence[Need]] = {
    "sagemaker:ListEndpoints": (Need("sagemaker:ListEndpoints", resources.everything, _SAGEMAKER),),
    "sagemaker:DescribeEndpoint": (Need("sagemaker:DescribeEndpoint", *_ON_ENDPOINT),),
    "sagemaker:DescribeEndpointConfig": (
        Need("sagemaker:DescribeEndpointConfig", resources.configuration, _SAGEMAKER),
    ),
    "sagemaker:DescribeModel": (Need("sagemaker:DescribeModel", resources.model, _SAGEMAKER),),
    "sagemaker:ListTags": (Need("sagemaker:ListTags", resources.named, _SAGEMAKER),),
    "sagemaker:CreateEndpoint": (
        Need(
            "sagemaker:CreateEndpoint",
            resources.endpoint_and_configuration,
            _SAGEMAKER,
            keys.request_tags,
        ),
        Need(
            "sagemaker:AddTags", resources.endpoint_if_tagged, _SAGEMAKER, keys.tagged_by_creation
        ),
        Need(
            "kms:CreateGrant",
            resources.key_of_configuration,
            _SAGEMAKER_RIGHTS,
            keys.grant_for_sagemaker,
        ),
    ),
    "sagemaker:DeleteEndpoint": (
        Need("sagemaker:DeleteEndpoint", *_ON_ENDPOINT),
        Need(  # no page says with which condition keys: assumed are none
            "application-autoscaling:DeregisterScalableTarget",
            resources.targets_that_are_deregistered,
            _SAGEMAKER_DELETE,
            refused_as="ValidationException",
        ),
    ),
    "sagemaker:UpdateEndpointWeightsAndCapacities": (
        Need("sagemaker:UpdateEndpointWeightsAndCapacities", *_ON_ENDPOINT),
    ),
    "sagemaker:GetEndpointPolicy": (Need("sagemaker:GetEndpointPolicy", *_ON_ENDPOINT),),
    "sagemaker:PutEndpointPolicy": (Need("sagemaker:PutEndpointPolicy", *_ON_ENDPOINT),),
    "application-autoscaling:DescribeScalableTargets": (
        Need("application-autoscaling:DescribeScalableTargets", resources.everything, _SCALING),
    ),
    "application-autoscaling:DescribeScalingPolicies": (
        Need("application-autoscaling:DescribeScalingPolicies", resources.everything, _SCALING),
        Need(
            "cloudwatch:DescribeAlarms",
            resources.all_alarms,
            _SCALING_RIGHTS,
            refused_as="FailedResourceAccessException",
        ),
    ),
    "application-autoscaling:DescribeScheduledActions": (
        Need("application-autoscaling:DescribeScheduledActions", resources.everything, _SCALING),
    ),
    "application-autoscaling:DescribeScalingActivities": (
        Need("application-autoscaling:DescribeScalingActivities", resources.everything, _SCALING),
    ),
    "application-autoscaling:ListTagsForResource": (
        Need("application-autoscaling:ListTagsForResource", resources.named, _SCALING),
    ),
    "application-autoscaling:TagResource": (
        Need("application-autoscaling:TagResource", resources.named, _SCALING, keys.request_tags),
    ),
    "application-autoscaling:RegisterScalableTarget": (
        Need(
            "application-autoscaling:RegisterScalableTarget",
            resources.targets,
            _SCALING,
            keys.scalable_with_tags,
        ),
        Need(
            "application-autoscaling:TagResource",
            resources.targets_if_tagged,
            _SCALING_TAGS,
            keys.request_tags,
        ),
        *_SCALES_THE_ENDPOINT,
        Need("iam:PassRole", resources.passed_role, _SCALING_RIGHTS, keys.passed_to_scaling),
        _validated(
            "iam:CreateServiceLinkedRole",
            resources.role_to_make,
            keys.scaling_role,
            _SCALING_RIGHTS,
        ),
    ),
    "application-autoscaling:PutScalingPolicy": (
        _on_target("PutScalingPolicy"),
        *_SCALES_THE_ENDPOINT,
        _validated("cloudwatch:DescribeAlarms", resources.all_alarms),
        _validated("cloudwatch:PutMetricAlarm", resources.tracking_alarms),
        _validated("cloudwatch:DeleteAlarms", resources.tracking_alarms),
    ),
    "application-autoscaling:DeleteScalingPolicy": (
        _on_target("DeleteScalingPolicy"),
        _validated("cloudwatch:DeleteAlarms", resources.dropped_alarms),
    ),
    "application-autoscaling:PutScheduledAction": (
        _on_target("PutScheduledAction"),
        *_SCALES_THE_ENDPOINT,
    ),
    "application-autoscaling:DeleteScheduledAction": (_on_target("DeleteScheduledAction"),),
    "cloudwatch:GetMetricData": (
        Need("cloudwatch:GetMetricData", resources.everything, _CLOUDWATCH),
    ),
    "cloudwatch:PutMetricData": (
        Need("cloudwatch:PutMetricData", resources.everything, _CLOUDWATCH, keys.namespace),
    ),
    "cloudwatch:DescribeAlarms": (
        Need("cloudwatch:DescribeAlarms", resources.all_alarms, _CLOUDWATCH),
    ),
    "cloudwatch:PutMetricAlarm": (
        Need("cloudwatch:PutMetricAlarm", resources.alarm, _CLOUDWATCH, keys.alarm_actions),
    ),
    "cloudwatch:DeleteAlarms": (Need("cloudwatch:DeleteAlarms", resources.alarms, _CLOUDWATCH),),
    "dynamodb:Query": (Need("dynamodb:Query", resources.table, _DYNAMODB, keys.query),),
    "dynamodb:Scan": (Need("dynamodb:Scan", resources.table, _DYNAMODB, keys.selection),),
    "dynamodb:PutItem": (Need("dynamodb:PutItem", resources.table, _DYNAMODB, keys.written_item),),
    "dynamodb:UpdateItem": (
        Need("dynamodb:UpdateItem", resources.table, _DYNAMODB, keys.changed_item),
    ),
    "dynamodb:DeleteItem": (
        Need("dynamodb:DeleteItem", resources.table, _DYNAMODB, keys.changed_item),
    ),
    "sqs:SendMessage": (Need("sqs:SendMessage", resources.queue, _SQS),),
    "iam:SimulatePrincipalPolicy": (
        Need("iam:SimulatePrincipalPolicy", resources.simulated_role, _IAM),
    ),
    "kms:DescribeKey": (Need("kms:DescribeKey", resources.key, _KMS),),
}
