"""Scaling policies, and the alarms of target tracking."""

from collections.abc import Mapping
from typing import Any

from lowtide_workbench.aws.autoscaling.base import Document, ScalingApi
from lowtide_workbench.aws.autoscaling.policy_alarms import alarms_of
from lowtide_workbench.aws.autoscaling.state import PolicyRecord, TargetRecord
from lowtide_workbench.aws.autoscaling.validation import (
    LIMITS,
    check_policy,
    is_sagemaker,
    not_found,
)
from lowtide_workbench.aws.autoscaling.views import target_key
from lowtide_workbench.aws.protocol.paging import page
from lowtide_workbench.aws.protocol.refusal import Refusal, invalid


class ScalingPolicies(ScalingApi):
    def put_scaling_policy(self, request: Document) -> Document:
        target = self._registered(request)
        name = request["PolicyName"]
        policy = target.policies.get(name) or self._new_policy(target, request)
        kind = request.get("PolicyType", "StepScaling")
        if kind != policy.kind:
            raise invalid("You cannot change the policy type of an existing scaling policy.")
        field = f"{kind}PolicyConfiguration"
        if field not in request:
            raise invalid(f"{field} is required for policy type {kind}.")
        check_policy(target, policy, request[field])
        policy.config = request[field]
        if policy.tracks:
            self._put_alarms(policy, target)
        target.policies[name] = policy
        return {"PolicyARN": policy.arn, "Alarms": self._alarms_of(policy)}

    def describe_scaling_policies(self, request: Document) -> Document:
        names, resource = request.get("PolicyNames"), request.get("ResourceId")
        policies = [
            (target, policy)
            for target in self._engine.targets.values()
            for policy in target.policies.values()
            if is_sagemaker(request) and resource in (None, target.resource)
            if not names or policy.name in names
        ]
        shown, token = page(policies, request, 10, "InvalidNextTokenException")
        views = [self._view(target, policy) for target, policy in shown]
        return {"ScalingPolicies": views} | token

    def delete_scaling_policy(self, request: Document) -> None:
        target = self._engine.targets.get(request["ResourceId"])
        name = request["PolicyName"]
        if target is None or name not in target.policies:
            raise not_found(
                "No scaling policy found for service namespace", request, f", policy name: {name}"
            )
        self._drop(target.policies.pop(name))

    def _new_policy(self, target: TargetRecord, request: Mapping[str, Any]) -> PolicyRecord:
        if len(target.policies) >= LIMITS["policies"]:
            raise Refusal("LimitExceededException", "Too many scaling policies for this target.")
        name = request["PolicyName"]
        return PolicyRecord(
            name=name,
            arn=f"{self._arn('scalingPolicy', target, 'policyName')}/{name}",
            kind=request.get("PolicyType", "StepScaling"),
            config={},
            created=self._clock.seconds(),
            high_alarm=f"TargetTracking-{target.resource}-AlarmHigh-{self._engine.new_id()}",
            low_alarm=f"TargetTracking-{target.resource}-AlarmLow-{self._engine.new_id()}",
        )

    def _put_alarms(self, policy: PolicyRecord, target: TargetRecord) -> None:
        """Puts both alarms; CloudWatch's refusals of a customized metric become AWS's own."""
        try:
            for request in list(alarms_of(policy, target)):
                self._alarms.put(request)
        except ValueError as error:
            raise invalid(str(error)) from None
        except Refusal as refusal:
            raise invalid(refusal.message) from None

    def _alarms_of(self, policy: PolicyRecord) -> list[Document]:
        alarms = self._alarms.with_action(policy.arn)
        return [{"AlarmName": alarm.name, "AlarmARN": alarm.arn} for alarm in alarms]

    def _view(self, target: TargetRecord, policy: PolicyRecord) -> Document:
        return target_key(target.resource) | {
            "PolicyARN": policy.arn,
            "PolicyName": policy.name,
            "PolicyType": policy.kind,
            f"{policy.kind}PolicyConfiguration": policy.config,
            "Alarms": self._alarms_of(policy),
            "CreationTime": policy.created,
        }
