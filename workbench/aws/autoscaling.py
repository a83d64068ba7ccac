"""Application Auto Scaling's API for sagemaker:variant:DesiredInstanceCount."""

from collections.abc import Mapping
from typing import Any

from workbench.aws.alarm_book import AlarmBook
from workbench.aws.autoscaling_checks import (
    LIMITS,
    check_policy,
    check_range,
    check_type,
    first_run,
    is_sagemaker,
    not_found,
    parts,
    supported,
)
from workbench.aws.autoscaling_views import action_view, activity_view, place, target_view
from workbench.aws.clock import Clock
from workbench.aws.hosting import Hosting
from workbench.aws.paging import page
from workbench.aws.policy_alarms import alarms_of
from workbench.aws.refusal import Refusal, invalid
from workbench.aws.scaler import Scaler
from workbench.aws.scaling_target import (
    DIMENSION,
    NAMESPACE,
    Policy,
    ScheduledAction,
    Target,
)
from workbench.aws.settings import ACCOUNT, REGION, Settings

type Document = dict[str, Any]

_SERVICE_ROLE = (
    f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com"
    "/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
)
_SUSPENDABLE = (
    "DynamicScalingInSuspended",
    "DynamicScalingOutSuspended",
    "ScheduledScalingSuspended",
)


class ApplicationAutoScaling:
    operations = frozenset(
        {
            "DeleteScalingPolicy",
            "DeleteScheduledAction",
            "DeregisterScalableTarget",
            "DescribeScalableTargets",
            "DescribeScalingActivities",
            "DescribeScalingPolicies",
            "DescribeScheduledActions",
            "ListTagsForResource",
            "PutScalingPolicy",
            "PutScheduledAction",
            "RegisterScalableTarget",
            "TagResource",
            "UntagResource",
        }
    )

    def __init__(
        self,
        hosting: Hosting,
        scaler: Scaler,
        alarms: AlarmBook,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._hosting = hosting
        self._scaler = scaler
        self._alarms = alarms
        self._clock = clock
        self._settings = settings

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

    def put_scheduled_action(self, request: Document) -> None:
        target = self._registered(request)
        name = request["ScheduledActionName"]
        known = target.actions.get(name)
        if known is None and len(target.actions) >= LIMITS["actions"]:
            raise Refusal("LimitExceededException", "Too many scheduled actions for this target.")
        if known is not None:
            request = {"Schedule": known.request["Schedule"]} | request
        now = self._clock.now()
        arn = known.arn if known else self._arn("scheduledAction", target, "scheduledActionName")
        first = first_run(request, now)
        arn = arn if known else f"{arn}/{name}"
        target.actions[name] = ScheduledAction(name, arn, request, now.timestamp(), first)

    def describe_scheduled_actions(self, request: Document) -> Document:
        names, resource = request.get("ScheduledActionNames"), request.get("ResourceId")
        actions = [
            (target, action)
            for target in self._scaler.targets.values()
            for action in target.actions.values()
            if is_sagemaker(request) and resource in (None, target.resource)
            if not names or action.name in names
        ]
        shown, token = page(actions, request, 50, "InvalidNextTokenException")
        return {"ScheduledActions": [action_view(*each) for each in shown]} | token

    def delete_scheduled_action(self, request: Document) -> None:
        target = self._scaler.targets.get(request["ResourceId"])
        name = request["ScheduledActionName"]
        if target is None or name not in target.actions:
            suffix = f", scheduled action name: {name}"
            raise not_found("No scheduled action found for", request, suffix)
        del target.actions[name]

    def describe_scaling_activities(self, request: Document) -> Document:
        activities = [
            activity
            for activity in self._scaler.log.since(self._clock.seconds(), request.get("ResourceId"))
            if is_sagemaker(request)
            if activity.not_scaled is None or request.get("IncludeNotScaledActivities")
        ]
        shown, token = page(activities, request, 50, "InvalidNextTokenException")
        return {"ScalingActivities": [activity_view(each) for each in shown]} | token

    def tag_resource(self, request: Document) -> None:
        self._tagged(request).tags.update(request["Tags"])

    def list_tags_for_resource(self, request: Document) -> Document:
        return {"Tags": self._tagged(request).tags}

    def untag_resource(self, request: Document) -> None:
        tags = self._tagged(request).tags
        for key in request["TagKeys"]:
            tags.pop(key, None)

    def _registered(self, request: Mapping[str, Any]) -> Target:
        supported(request)
        target = self._scaler.targets.get(request["ResourceId"])
        if target is None:
            raise Refusal(
                "ObjectNotFoundException",
                f"No scalable target registered for namespace: {NAMESPACE}, "
                f"resource ID: {request['ResourceId']}, scalable dimension: {DIMENSION}",
            )
        return target

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

    def _arn(self, kind: str, target: Target, last: str) -> str:
        where = f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:{kind}:{self._scaler.new_id()}"
        return f"{where}:resource/{NAMESPACE}/{target.resource}:{last}"

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

    def _deregister(self, target: Target) -> None:
        del self._scaler.targets[target.resource]
        for policy in target.policies.values():
            self._drop(policy)
        if not self._settings.activities_survive:
            self._scaler.log.forget(target.resource)

    def _drop(self, policy: Policy) -> None:
        """Target tracking takes its alarms along; step scaling only its action from the user's."""
        if policy.tracks:
            self._alarms.delete([policy.high_alarm, policy.low_alarm])
        self._alarms.drop_action(policy.arn)

    def _tagged(self, request: Mapping[str, Any]) -> Target:
        for target in self._scaler.targets.values():
            if target.arn == request["ResourceARN"]:
                return target
        raise Refusal(
            "ResourceNotFoundException",
            f"The tagging request failed because the resource {request['ResourceARN']} "
            "does not exist.",
        )
