"""What the reconciler's role may do, as IAM's policy simulator says before it is tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from lowtide.adapters.aws_errors import translated
from lowtide.domain.endpoint import STACK_TAG
from lowtide.domain.errors import AwsError
from lowtide.domain.lifecycle import NOTHING_DENIED, KmsKey, Rights

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_iam.type_defs import ContextEntryTypeDef

# How long an answer is kept. Roles rarely lose a permission; one that lacks it may get it soon.
_COMPLETE_FOR = timedelta(hours=1)
_INCOMPLETE_FOR = timedelta(minutes=5)
# One resource stands for all: this stack's role does not name single endpoints, and IAM throttles
# a simulation for each.
type _Needed = tuple[tuple[str, tuple[str, ...]], ...]
_NEEDED: _Needed = (
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
    ("cloudwatch:{}:alarm:lowtide-endpoint/fast-lane", ("cloudwatch:PutMetricAlarm",)),
)


_OF_A_POLICY: _Needed = (("sagemaker:{}:endpoint/lowtide", ("sagemaker:PutEndpointPolicy",)),)
_ALWAYS, _WITH_POLICY = "every endpoint", "an endpoint with a resource policy"
_GROUPS = {_ALWAYS: _NEEDED, _WITH_POLICY: _OF_A_POLICY}
# Of the caller of CreateEndpoint, where the configuration names a KMS key.
_OF_A_KEY = ("kms:CreateGrant", "kms:DescribeKey")


class Keys(Protocol):
    def find(self, key_id: str, endpoint_arn: str) -> KmsKey: ...


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

    def __init__(self, client: IAMClient, keys: Keys, role_arn: str, stack: str) -> None:
        self._client = client
        self._keys = keys
        self._role_arn = role_arn
        self._stack = stack
        # By KMS key; of all endpoints, and of those with a resource policy, by these names:
        self._answers: dict[str, _Answer] = {}
        self._lock = Lock()  # of many threads, one asks

    def rights(
        self,
        endpoint_arn: str,
        now: datetime,
        kms_keys: Iterable[str] = (),
        has_policy: bool = False,
    ) -> Rights:
        """What the role lacks in the partition, region and account of `endpoint_arn`, of the keys
        that its configurations name, and to put its resource policy back."""
        if not self._role_arn:
            return NOTHING_DENIED
        with self._lock:
            asked = (_ALWAYS, *([_WITH_POLICY] if has_policy else []), *kms_keys)
            return _joined([self._known(each, endpoint_arn, now) for each in asked])

    def _known(self, key: str, endpoint_arn: str, now: datetime) -> Rights:
        answer = self._answers.get(key)
        if answer is None or now >= answer.until:
            rights = self._ask(key, endpoint_arn)
            keep_for = _COMPLETE_FOR if rights == NOTHING_DENIED else _INCOMPLETE_FOR
            answer = self._answers[key] = _Answer(rights, now + keep_for)
        return answer.rights

    def _ask(self, key: str, endpoint_arn: str) -> Rights:
        try:
            if key in _GROUPS:
                return self._of_endpoints(endpoint_arn, _GROUPS[key])
            return self._of_key(key, endpoint_arn)
        except AwsError as error:
            return Rights(unknown=str(error))

    def _of_endpoints(self, endpoint_arn: str, needed: _Needed) -> Rights:
        _, partition, _, region, account, *_ = endpoint_arn.split(":")
        denied: list[str] = []
        for resource, actions in needed:
            arn = f"arn:{partition}:{resource.format(f'{region}:{account}')}"
            denied += self._denied(actions, arn, region)
        return Rights(denied=tuple(dict.fromkeys(denied)))

    def _of_key(self, key_id: str, endpoint_arn: str) -> Rights:
        """Only IAM policies are simulated: a key's own policy may refuse what they allow, or allow
        the role what they do not name."""
        key, region = self._keys.find(key_id, endpoint_arn), endpoint_arn.split(":")[3]
        if not key.arn and key.readable:
            return Rights(missing=(key.missing,))
        lacking = self._denied(_OF_A_KEY, key.arn, region) if key.arn else _OF_A_KEY
        unreadable = () if key.readable else ("kms:DescribeKey",)
        denied = dict.fromkeys(f"{action} on {key_id}" for action in (*lacking, *unreadable))
        return Rights(denied=tuple(denied), missing=(key.missing,) if key.missing else ())

    def _denied(self, actions: Sequence[str], resource: str, region: str) -> Iterator[str]:
        with translated():
            pages = self._client.get_paginator("simulate_principal_policy").paginate(
                PolicySourceArn=self._role_arn,
                ActionNames=actions,
                ResourceArns=[resource],  # for several, the simulator may return the strictest only
                ContextEntries=_context(self._stack, region),
            )
            for page in pages:
                for result in page["EvaluationResults"]:
                    if result["EvalDecision"] != "allowed":
                        yield result["EvalActionName"]


def _joined(parts: Sequence[Rights]) -> Rights:
    return Rights(
        denied=tuple(dict.fromkeys(action for part in parts for action in part.denied)),
        unknown=next((part.unknown for part in parts if part.unknown), ""),
        missing=tuple(key for part in parts for key in part.missing),
    )


def _context(stack: str, region: str) -> Sequence[ContextEntryTypeDef]:
    """The keys that the conditions of the role use, with the values that the calls will have."""
    values = {
        f"aws:RequestTag/{STACK_TAG}": stack,
        f"aws:ResourceTag/{STACK_TAG}": stack,
        "sagemaker:TaggingAction": "CreateEndpoint",
        "application-autoscaling:service-namespace": "sagemaker",
        "application-autoscaling:scalable-dimension": "sagemaker:variant:DesiredInstanceCount",
        "kms:ViaService": f"sagemaker.{region}.amazonaws.com",
    }
    entries: list[ContextEntryTypeDef] = [
        {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
        for key, value in values.items()
    ]
    of_service = "kms:GrantIsForAWSResource"
    return [
        *entries,
        {"ContextKeyName": of_service, "ContextKeyValues": ["true"], "ContextKeyType": "boolean"},
    ]
