"""Scalable targets, and their tags."""

from collections.abc import Mapping
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.autoscaling.base import Document, ScalingApi
from lowtide_workbench.aws.autoscaling.state import (
    Target,
)
from lowtide_workbench.aws.autoscaling.validation import (
    LIMITS,
    check_range,
    check_type,
    is_sagemaker,
    not_found,
    parts,
    supported,
)
from lowtide_workbench.aws.autoscaling.views import target_view
from lowtide_workbench.aws.protocol.paging import page
from lowtide_workbench.aws.protocol.refusal import Refusal, invalid

_SERVICE_ROLE = (
    f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com"
    "/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
)
_SUSPENDABLE = (
    "DynamicScalingInSuspended",
    "DynamicScalingOutSuspended",
    "ScheduledScalingSuspended",
)


class ScalableTargets(ScalingApi):
    def scales(self, endpoint: str) -> bool:
        return any(target.endpoint == endpoint for target in self._scaler.targets.values())

    def forget(self, endpoint: str) -> None:
        """What DeleteEndpoint takes along, silently; the user's own alarms stay."""
        for target in list(self._scaler.targets.values()):
            if target.endpoint == endpoint:
                self._deregister(target)

    def register_scalable_target(self, request: Document) -> Document:
        supported(request)
        resource = request["ResourceId"]
        target = self._scaler.targets.get(resource)
        if target is None:
            target = self._scaler.targets[resource] = self._new_target(request)
        smallest = request.get("MinCapacity", target.smallest)
        largest = request.get("MaxCapacity", target.largest)
        check_range(smallest, largest)
        target.smallest, target.largest = smallest, largest
        target.role = request.get("RoleARN", target.role)
        target.suspended = {**target.suspended, **request.get("SuspendedState", {})}
        target.tags.update(request.get("Tags", {}))
        self._scaler.into_range(target, "scalable target was registered", self._clock.seconds())
        return {"ScalableTargetARN": target.arn}

    def describe_scalable_targets(self, request: Document) -> Document:
        wanted = request.get("ResourceIds")
        targets = [
            target
            for resource, target in sorted(self._scaler.targets.items())
            if is_sagemaker(request) and (not wanted or resource in wanted)
        ]
        shown, token = page(targets, request, 50, "InvalidNextTokenException")
        return {"ScalableTargets": [target_view(target) for target in shown]} | token

    def deregister_scalable_target(self, request: Document) -> None:
        target = self._scaler.targets.get(request["ResourceId"])
        if target is None:
            raise not_found("No scalable target found for", request)
        self._deregister(target)

    def tag_resource(self, request: Document) -> None:
        self._tagged(request).tags.update(request["Tags"])

    def list_tags_for_resource(self, request: Document) -> Document:
        return {"Tags": self._tagged(request).tags}

    def untag_resource(self, request: Document) -> None:
        tags = self._tagged(request).tags
        for key in request["TagKeys"]:
            tags.pop(key, None)

    def _new_target(self, request: Mapping[str, Any]) -> Target:
        endpoint, variant = parts(request["ResourceId"])
        found = self._hosting.find(endpoint)
        if variant not in found.variants:
            raise invalid(f'Could not find variant "{variant}" of endpoint "{found.arn}".')
        if found.status == "Creating" and not self._settings.register_while_creating:
            raise invalid(f'Cannot register in-progress endpoint "{found.arn}".')
        if "MinCapacity" not in request or "MaxCapacity" not in request:
            raise invalid("MinCapacity and MaxCapacity are required for a new scalable target.")
        check_range(request["MinCapacity"], request["MaxCapacity"])
        check_type(found.variants[variant].request)
        if len(self._scaler.targets) >= LIMITS["targets"]:
            raise Refusal("LimitExceededException", "Too many scalable targets in this Region.")
        where = f"arn:aws:application-autoscaling:{REGION}:{ACCOUNT}:scalable-target"
        return Target(
            resource=request["ResourceId"],
            endpoint=found.name,
            variant=variant,
            arn=f"{where}/{self._scaler.new_id().replace('-', '')[:32]}",
            role=_SERVICE_ROLE,
            created=self._clock.seconds(),
            smallest=request["MinCapacity"],
            largest=request["MaxCapacity"],
            suspended=dict.fromkeys(_SUSPENDABLE, False),
        )

    def _deregister(self, target: Target) -> None:
        del self._scaler.targets[target.resource]
        for policy in target.policies.values():
            self._drop(policy)
        if not self._settings.activities_survive:
            self._scaler.log.forget(target.resource)

    def _tagged(self, request: Mapping[str, Any]) -> Target:
        for target in self._scaler.targets.values():
            if target.arn == request["ResourceARN"]:
                return target
        raise Refusal(
            "ResourceNotFoundException",
            f"The tagging request failed because the resource {request['ResourceARN']} "
            "does not exist.",
        )
