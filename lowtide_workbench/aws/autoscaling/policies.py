"""Scaling policies, and the alarms of those that track a target."""

from collections.abc import Mapping
from typing import Any

from lowtide_workbench.aws.autoscaling.base import Document, ScalingApi
from lowtide_workbench.aws.autoscaling.policy_alarms import alarms_of
from lowtide_workbench.aws.autoscaling.state import (
    Policy,
    Target,
)
from lowtide_workbench.aws.autoscaling.validation import (
    LIMITS,
    check_policy,
    is_sagemaker,
    not_found,
)
from lowtide_workbench.aws.autoscaling.views import place
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
        self._read_alarms()
        if policy.tracks:
            self._put_alarms(policy, target)
        target.policies[name] = policy
        return {"PolicyARN": policy.arn, "Alarms": self._alarms_of(policy)}

    def describe_scaling_policies(self, request: Document) -> Document:
        self._read_alarms()
        names, resource = request.get("PolicyNames"), request.get("ResourceId")
        policies = [
            (target, policy)
            for target in self._scaler.targets.values()
            for policy in target.policies.values()
            if is_sagemaker(request) and resource in (None, target.resource)
            if not names or policy.name in names
        ]
        shown, token = page(policies, request, 10, "InvalidNextTokenException")
        return {"ScalingPolicies": [self._policy(*each) for each in shown]} | token

    def delete_scaling_policy(self, request: Document) -> None:
        target = self._scaler.targets.get(request["ResourceId"])
        name = request["PolicyName"]
        if target is None or name not in target.policies:
            raise not_found("No scaling policy found for", request, f", policy name: {name}")
        self._drop(target.policies.pop(name))

    def _new_policy(self, target: Target, request: Mapping[str, Any]) -> Policy:
        if len(target.policies) >= LIMITS["policies"]:
            raise Refusal("LimitExceededException", "Too many scaling policies for this target.")
        name = request["PolicyName"]
        return Policy(
            name=name,
            arn=f"{self._arn('scalingPolicy', target, 'policyName')}/{name}",
            kind=request.get("PolicyType", "StepScaling"),
            config={},
            created=self._clock.seconds(),
            high_alarm=f"TargetTracking-{target.resource}-AlarmHigh-{self._scaler.new_id()}",
            low_alarm=f"TargetTracking-{target.resource}-AlarmLow-{self._scaler.new_id()}",
        )

    def _put_alarms(self, policy: Policy, target: Target) -> None:
        try:
            for request in list(alarms_of(policy, target)):
                self._alarms.put_metric(request)
        except ValueError as error:
            raise invalid(str(error)) from None
        except Refusal as refusal:  # CloudWatch's, of the caller's own metrics
            raise invalid(refusal.message) from None

    def _read_alarms(self) -> None:
        if not self._settings.alarms_readable:
            raise Refusal(
                "FailedResourceAccessException",
                "Failed access to resources required to perform the operation: CloudWatch alarms.",
            )

    def _alarms_of(self, policy: Policy) -> list[Document]:
        calling = self._alarms.calling(policy.arn)
        return [{"AlarmName": name, "AlarmARN": arn} for name, arn in calling]

    def _policy(self, target: Target, policy: Policy) -> Document:
        return place(target) | {
            "PolicyARN": policy.arn,
            "PolicyName": policy.name,
            "PolicyType": policy.kind,
            f"{policy.kind}PolicyConfiguration": policy.config,
            "Alarms": self._alarms_of(policy),
            "CreationTime": policy.created,
        }
