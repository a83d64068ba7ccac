"""What the reconciler's role may do, as IAM's policy simulator says before it is tried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from lowtide.adapters.aws_errors import translated
from lowtide.domain.endpoint import STACK_TAG
from lowtide.domain.errors import AwsError
from lowtide.domain.lifecycle import NOTHING_DENIED, Rights

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_iam.type_defs import ContextEntryTypeDef

# How long an answer is kept. Roles rarely lose a permission; one that lacks it may get it soon.
_COMPLETE_FOR = timedelta(hours=1)
_INCOMPLETE_FOR = timedelta(minutes=5)
# One resource stands for all: this stack's role does not name single endpoints, and IAM throttles
# a simulation for each.
_NEEDED = (
    (
        "sagemaker:{}:endpoint/lowtide",
        (
            "sagemaker:CreateEndpoint",
            "sagemaker:AddTags",
            "sagemaker:DeleteEndpoint",
            "sagemaker:UpdateEndpointWeightsAndCapacities",
        ),
    ),
    ("sagemaker:{}:endpoint-config/lowtide", ("sagemaker:CreateEndpoint",)),
    (
        "application-autoscaling:{}:scalable-target/lowtide",
        (
            "application-autoscaling:DeregisterScalableTarget",
            "application-autoscaling:RegisterScalableTarget",
            "application-autoscaling:PutScalingPolicy",
            "application-autoscaling:PutScheduledAction",
            "application-autoscaling:TagResource",  # a target with tags is registered with them
        ),
    ),
    ("cloudwatch:{}:alarm:lowtide", ("cloudwatch:PutMetricAlarm",)),
)


@dataclass(frozen=True, slots=True)
class _Answer:
    rights: Rights
    until: datetime


class PermissionsCheck:
    """Asks IAM once an hour and container, not before each delete.

    IAM allows few simulations, and a mass sleep would exceed them. A permission that the role loses
    is therefore noticed up to an hour late: meanwhile an endpoint may be deleted that cannot be
    created again until the permission is back. With a permission missing, IAM is asked again after
    five minutes. An empty `role_arn` turns the check off.
    """

    def __init__(self, client: IAMClient, role_arn: str, stack: str) -> None:
        self._client = client
        self._role_arn = role_arn
        self._context = _context(stack)
        self._answer: _Answer | None = None
        self._lock = Lock()  # of many threads, one asks

    def rights(self, endpoint_arn: str, now: datetime) -> Rights:
        """What the role lacks in the partition, region and account of `endpoint_arn`."""
        if not self._role_arn:
            return NOTHING_DENIED
        with self._lock:
            if self._answer is None or now >= self._answer.until:
                rights = self._ask(endpoint_arn)
                keep_for = _COMPLETE_FOR if rights == NOTHING_DENIED else _INCOMPLETE_FOR
                self._answer = _Answer(rights, now + keep_for)
            return self._answer.rights

    def _ask(self, endpoint_arn: str) -> Rights:
        _, partition, _, region, account, *_ = endpoint_arn.split(":")
        denied: list[str] = []
        try:
            for resource, actions in _NEEDED:
                arn = f"arn:{partition}:{resource.format(f'{region}:{account}')}"
                denied += self._denied(actions, arn)
        except AwsError as error:
            return Rights(unknown=str(error))
        return Rights(denied=tuple(dict.fromkeys(denied)))

    def _denied(self, actions: Sequence[str], resource: str) -> Iterator[str]:
        with translated():
            pages = self._client.get_paginator("simulate_principal_policy").paginate(
                PolicySourceArn=self._role_arn,
                ActionNames=actions,
                ResourceArns=[resource],  # for several, the simulator may return the strictest only
                ContextEntries=self._context,
            )
            for page in pages:
                for result in page["EvaluationResults"]:
                    if result["EvalDecision"] != "allowed":
                        yield result["EvalActionName"]


def _context(stack: str) -> Sequence[ContextEntryTypeDef]:
    """The keys that the conditions of the role use, with the values that the calls will have."""
    values = {
        f"aws:RequestTag/{STACK_TAG}": stack,
        f"aws:ResourceTag/{STACK_TAG}": stack,
        "sagemaker:TaggingAction": "CreateEndpoint",
        "application-autoscaling:service-namespace": "sagemaker",
        "application-autoscaling:scalable-dimension": "sagemaker:variant:DesiredInstanceCount",
    }
    return [
        {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
        for key, value in values.items()
    ]
