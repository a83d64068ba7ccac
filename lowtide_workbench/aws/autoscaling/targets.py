"""Scalable targets, and their tags."""

from collections.abc import Mapping
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT, REGION, SCALING_ROLE
from lowtide_workbench.aws.autoscaling.base import Document, ScalingApi
from lowtide_workbench.aws.autoscaling.state import TargetRecord
from lowtide_workbench.aws.autoscaling.validation import (
    LIMITS,
    check_supported,
    check_type,
    endpoint_and_variant,
    is_sagemaker,
    not_found,
)
from lowtide_workbench.aws.autoscaling.views import target_view
from lowtide_workbench.aws.protocol.paging import page
from lowtide_workbench.aws.protocol.refusal import Refusal, invalid

_SUSPENDABLE = (
    "DynamicScalingInSuspended",
    "DynamicScalingOutSuspended",
    "ScheduledScalingSuspended",
)


class ScalableTargets(ScalingApi):
    def scales(self, endpoint: str) -> bool:
        return any(target.endpoint == endpoint for target in self._engine.targets.values())

    def has_role(self) -> bool:
        return self._engine.has_role

    def tracks(self, resource: str, policy: str) -> bool:
        target = self._engine.targets.get(resource)
        found = target.policies.get(policy) if target else None
        return found is not None and found.tracks

    def forget(self, endpoint: str) -> None:
        """Deregisters the endpoint's targets, as DeleteEndpoint does without a word (facts 4)."""
        for target in list(self._engine.targets.values()):
            if target.endpoint == endpoint:
                self._deregister(target)

    def register_scalable_target(self, request: Document) -> Document:
        check_supported(request)
        resource = request["ResourceId"]
        target = self._engine.targets.get(resource) or self._new_target(request)
        smallest = request.get("MinCapacity", target.smallest)
        largest = request.get("MaxCapacity", target.largest)
        self._engine.check_range(target, smallest, largest)
        self._engine.targets[resource] = target
        self._engine.has_role = True
        target.smallest, target.largest = smallest, largest
        target.role = request.get("RoleARN", target.role)
        target.suspended = {**target.suspended, **request.get("SuspendedState", {})}
        target.tags.update(request.get("Tags", {}))
        self._engine.into_range(target, "scalable target was registered", self._clock.seconds())
        return {"ScalableTargetARN": target.arn}

    def describe_scalable_targets(self, request: Document) -> Document:
        wanted = request.get("ResourceIds")
        targets = [
            target
            for resource, target in sorted(self._engine.targets.items())
            if is_sagemaker(request) and (not wanted or resource in wanted)
        ]
        shown, token = page(targets, request, 50, "InvalidNextTokenException")
        return {"ScalableTargets": [target_view(target) for target in shown]} | token

    def deregister_scalable_target(self, request: Document) -> None:
        target = self._engine.targets.get(request["ResourceId"])
        if target is None:
            raise not_found("No scalable target found for service namespace", request)
        self._deregister(target)

    def tag_resource(self, request: Document) -> None:
        self._tagged(request).tags.update(request["Tags"])

    def list_tags_for_resource(self, request: Document) -> Document:
        return {"Tags": self._tagged(request).tags}

    def untag_resource(self, request: Document) -> None:
        tags = self._tagged(request).tags
        for key in request["TagKeys"]:
            tags.pop(key, None)

    def _new_target(self, request: Mapping[str, Any]) -> TargetRecord:
        name, variant = endpoint_and_variant(request["ResourceId"])
        endpoint = self._hosting.find(name)
        if variant not in endpoint.variants:
            raise invalid(f'Could not find variant "{variant}" of endpoint "{endpoint.arn}".')
        if "MinCapacity" not in request or "MaxCapacity" not in request:
            raise invalid("MinCapacity and MaxCapacity are required for a new scalable target.")
        check_type(endpoint.variants[variant].request)
        if len(self._engine.targets) >= LIMITS["targets"]:
            raise Refusal("LimitExceededException", "Too many scalable targets in this Region.")
        prefix = f"arn:aws:application-autoscaling:{REGION}:{ACCOUNT}:scalable-target"
        return TargetRecord(
            resource=request["ResourceId"],
            endpoint=endpoint.name,
            variant=variant,
            arn=f"{prefix}/{self._engine.new_id().replace('-', '')[:32]}",
            role=SCALING_ROLE,
            created=self._clock.seconds(),
            smallest=request["MinCapacity"],
            largest=request["MaxCapacity"],
            suspended=dict.fromkeys(_SUSPENDABLE, False),
        )

    def _deregister(self, target: TargetRecord) -> None:
        del self._engine.targets[target.resource]
        for policy in target.policies.values():
            self._drop(policy)

    def _tagged(self, request: Mapping[str, Any]) -> TargetRecord:
        for target in self._engine.targets.values():
            if target.arn == request["ResourceARN"]:
                return target
        raise Refusal(
            "ResourceNotFoundException",
            f"The tagging request failed because the resource {request['ResourceARN']} "
            "does not exist.",
        )
