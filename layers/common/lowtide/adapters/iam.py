"""What may the reconciler's role do? IAM's policy simulator knows before it is tried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from lowtide.adapters.aws_errors import translated
from lowtide.domain.endpoint.observed import STACK_TAG
from lowtide.domain.errors import AwsError
from lowtide.domain.lifecycle.permissions import NOTHING_DENIED, Rights

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_iam.type_defs import ContextEntryTypeDef

# A role hardly ever loses a right; one that lacks it may get it any minute.
_GOOD_FOR = timedelta(hours=1)
_BAD_FOR = timedelta(minutes=5)
# The resource that an action is asked for: what it is called does not matter to this stack's role,
# and a call for each endpoint would soon be too many for IAM.
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


class RightsCheck:
    """Remembers the answer for as long as a function stays warm, and no longer than an hour.

    Without a role nothing is asked: the stack's owner has switched the check off.
    """

    def __init__(self, client: IAMClient, role_arn: str, stack: str) -> None:
        self._client = client
        self._role_arn = role_arn
        self._context = _context(stack)
        self._answer: _Answer | None = None
        self._asking = Lock()  # IAM takes few such questions: of many threads one asks

    def rights(self, endpoint_arn: str, now: datetime) -> Rights:
        """`endpoint_arn` says in which partition, region and account."""
        if not self._role_arn:
            return NOTHING_DENIED
        with self._asking:
            if self._answer is None or now >= self._answer.until:
                found = self._ask(endpoint_arn)
                good = found == NOTHING_DENIED
                self._answer = _Answer(found, now + (_GOOD_FOR if good else _BAD_FOR))
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
                ResourceArns=[resource],  # of several, newer simulators tell the strictest only
                ContextEntries=self._context,
            )
            for page in pages:
                for result in page["EvaluationResults"]:
                    if result["EvalDecision"] != "allowed":
                        yield result["EvalActionName"]


def _context(stack: str) -> Sequence[ContextEntryTypeDef]:
    """What the conditions of the role ask about; the values are those that the calls will have."""
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
