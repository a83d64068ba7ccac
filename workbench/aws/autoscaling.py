"""Application Auto Scaling's API for sagemaker:variant:DesiredInstanceCount."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from workbench.aws.clock import Clock
from workbench.aws.hosting import Hosting
from workbench.aws.moto_internals import AlarmBook
from workbench.aws.paging import page
from workbench.aws.policy_alarms import alarms_of
from workbench.aws.refusal import Refusal, invalid
from workbench.aws.scaler import Scaler
from workbench.aws.scaling_target import (
    DIMENSION,
    NAMESPACE,
    Activity,
    Policy,
    ScheduledAction,
    Target,
)
from workbench.aws.schedule_expressions import next_run
from workbench.aws.settings import ACCOUNT, REGION

type Document = dict[str, Any]

_SERVICE_ROLE = (
    f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com"
    "/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
)
_LIMITS = {"policies": 50, "actions": 200, "steps": 20}  # of a scalable target
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
        *,
        register_while_creating: bool,
    ) -> None:
        self._hosting = hosting
        self._scaler = scaler
        self._alarms = alarms
        self._clock = clock
        self._register_while_creating = register_while_creating

    def scales(self, endpoint: str) -> bool:
        return any(target.endpoint == endpoint for target in self._scaler.targets.values())

    def forget(self, endpoint: str) -> None:
        """What DeleteEndpoint takes along, silently; the user's own alarms stay."""
        for target in list(self._scaler.targets.values()):
            if target.endpoint == endpoint:
                self._deregister(target)

    def register_scalable_target(self, request: Document) -> Document:
        _supported(request)
        resource = request["ResourceId"]
        target = self._scaler.targets.get(resource)
        if target is None:
            target = self._scaler.targets[resource] = self._new_target(request)
        smallest = request.get("MinCapacity", target.smallest)
        largest = request.get("MaxCapacity", target.largest)
        _check_range(smallest, largest)
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
            if _sagemaker(request) and (not wanted or resource in wanted)
        ]
        shown, token = page(targets, request, 50, "InvalidNextTokenException")
        return {"ScalableTargets": [_target(target) for target in shown]} | token

    def deregister_scalable_target(self, request: Document) -> None:
        target = self._scaler.targets.get(request["ResourceId"])
        if target is None:
            raise _not_found("No scalable target found for", request)
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
        _check_policy(target, policy, request[field])
        policy.config = request[field]
        if policy.tracks:
            self._put_alarms(policy, target)
        target.policies[name] = policy
        return {"PolicyARN": policy.arn, "Alarms": self._alarms_of(policy)}

    def describe_scaling_policies(self, request: Document) -> Document:
        names, resource = request.get("PolicyNames"), request.get("ResourceId")
        policies = [
            (target, policy)
            for target in self._scaler.targets.values()
            for policy in target.policies.values()
            if _sagemaker(request) and resource in (None, target.resource)
            if not names or policy.name in names
        ]
        shown, token = page(policies, request, 10, "InvalidNextTokenException")
        return {"ScalingPolicies": [self._policy(*each) for each in shown]} | token

    def delete_scaling_policy(self, request: Document) -> None:
        target = self._scaler.targets.get(request["ResourceId"])
        name = request["PolicyName"]
        if target is None or name not in target.policies:
            raise _not_found("No scaling policy found for", request, f", policy name: {name}")
        self._drop(target.policies.pop(name))

    def put_scheduled_action(self, request: Document) -> None:
        target = self._registered(request)
        name = request["ScheduledActionName"]
        known = target.actions.get(name)
        if known is None and len(target.actions) >= _LIMITS["actions"]:
            raise Refusal("LimitExceededException", "Too many scheduled actions for this target.")
        if known is not None:
            request = {"Schedule": known.request["Schedule"]} | request
        now = self._clock.now()
        arn = known.arn if known else self._arn("scheduledAction", target, "scheduledActionName")
        first = _first_run(request, now)
        arn = arn if known else f"{arn}/{name}"
        target.actions[name] = ScheduledAction(name, arn, request, now.timestamp(), first)

    def describe_scheduled_actions(self, request: Document) -> Document:
        names, resource = request.get("ScheduledActionNames"), request.get("ResourceId")
        actions = [
            (target, action)
            for target in self._scaler.targets.values()
            for action in target.actions.values()
            if _sagemaker(request) and resource in (None, target.resource)
            if not names or action.name in names
        ]
        shown, token = page(actions, request, 50, "InvalidNextTokenException")
        return {"ScheduledActions": [_action(*each) for each in shown]} | token

    def delete_scheduled_action(self, request: Document) -> None:
        target = self._scaler.targets.get(request["ResourceId"])
        name = request["ScheduledActionName"]
        if target is None or name not in target.actions:
            suffix = f", scheduled action name: {name}"
            raise _not_found("No scheduled action found for", request, suffix)
        del target.actions[name]

    def describe_scaling_activities(self, request: Document) -> Document:
        resource = request.get("ResourceId")
        activities = [
            activity
            for activity in reversed(self._scaler.activities)
            if _sagemaker(request) and resource in (None, activity.resource)
        ]
        shown, token = page(activities, request, 50, "InvalidNextTokenException")
        return {"ScalingActivities": [_activity(each) for each in shown]} | token

    def tag_resource(self, request: Document) -> None:
        self._tagged(request).tags.update(request["Tags"])

    def list_tags_for_resource(self, request: Document) -> Document:
        return {"Tags": self._tagged(request).tags}

    def untag_resource(self, request: Document) -> None:
        tags = self._tagged(request).tags
        for key in request["TagKeys"]:
            tags.pop(key, None)

    def _registered(self, request: Mapping[str, Any]) -> Target:
        _supported(request)
        target = self._scaler.targets.get(request["ResourceId"])
        if target is None:
            raise Refusal(
                "ObjectNotFoundException",
                f"No scalable target registered for namespace: {NAMESPACE}, "
                f"resource ID: {request['ResourceId']}, scalable dimension: {DIMENSION}",
            )
        return target

    def _new_target(self, request: Mapping[str, Any]) -> Target:
        endpoint, variant = _parts(request["ResourceId"])
        found = self._hosting.find(endpoint)
        if variant not in found.variants:
            raise invalid(f'Could not find variant "{variant}" of endpoint "{found.arn}".')
        if found.status == "Creating" and not self._register_while_creating:
            raise invalid(f'Cannot register in-progress endpoint "{found.arn}".')
        if "MinCapacity" not in request or "MaxCapacity" not in request:
            raise invalid("MinCapacity and MaxCapacity are required for a new scalable target.")
        _check_range(request["MinCapacity"], request["MaxCapacity"])
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
        if len(target.policies) >= _LIMITS["policies"]:
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
            pair = alarms_of(policy, target)
        except ValueError as error:
            raise invalid(str(error)) from None
        description = f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy.arn}."
        for alarm in pair:
            self._alarms.put(alarm, description)

    def _alarms_of(self, policy: Policy) -> list[Document]:
        calling = self._alarms.calling(policy.arn)
        return [{"AlarmName": name, "AlarmARN": arn} for name, arn in calling]

    def _policy(self, target: Target, policy: Policy) -> Document:
        return _place(target) | {
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


def _check_range(smallest: int, largest: int) -> None:
    if smallest < 0:
        raise invalid("Minimum capacity cannot be less than 0")
    if largest < smallest:
        raise invalid("Maximum capacity cannot be less than minimum capacity")


def _check_policy(target: Target, policy: Policy, config: Mapping[str, Any]) -> None:
    if len(config.get("StepAdjustments", ())) > _LIMITS["steps"]:
        raise Refusal("LimitExceededException", "Too many step adjustments for this policy.")
    others = [each for each in target.policies.values() if each.tracks and each is not policy]
    for field in ("PredefinedMetricSpecification", "CustomizedMetricSpecification"):
        given = config.get(field) if policy.tracks else None
        if given is not None and any(each.config.get(field) == given for each in others):
            raise invalid(
                "Only one TargetTrackingScaling policy for a given metric specification is allowed."
            )


def _first_run(request: Mapping[str, Any], now: datetime) -> datetime:
    """An at(...) whose time has passed is refused; AWS's wording for it is not known."""
    schedule = request.get("Schedule", "")
    try:
        first = next_run(schedule, request.get("Timezone", "UTC"), now, now)
    except (ValueError, KeyError):
        raise invalid(f"Invalid schedule expression: {schedule}") from None
    if first is None:
        raise invalid(f"Schedule expression has no run in the future: {schedule}")
    return first.astimezone(UTC)


def _parts(resource: str) -> tuple[str, str]:
    match resource.split("/"):
        case ["endpoint", endpoint, "variant", variant]:
            return endpoint, variant
    raise invalid(f"Unsupported service namespace, resource type or scalable dimension: {resource}")


def _sagemaker(request: Mapping[str, Any]) -> bool:
    return request.get("ServiceNamespace") == NAMESPACE


def _supported(request: Mapping[str, Any]) -> None:
    if not _sagemaker(request) or request.get("ScalableDimension") != DIMENSION:
        raise invalid("Unsupported service namespace, resource type or scalable dimension")


def _not_found(what: str, request: Mapping[str, Any], suffix: str = "") -> Refusal:
    return Refusal(
        "ObjectNotFoundException",
        f"{what} service namespace: {NAMESPACE}, resource ID: {request['ResourceId']}, "
        f"scalable dimension: {DIMENSION}{suffix}",
    )


def _place(target: Target) -> Document:
    return {
        "ServiceNamespace": NAMESPACE,
        "ResourceId": target.resource,
        "ScalableDimension": DIMENSION,
    }


def _target(target: Target) -> Document:
    return _place(target) | {
        "MinCapacity": target.smallest,
        "MaxCapacity": target.largest,
        "RoleARN": target.role,
        "CreationTime": target.created,
        "SuspendedState": dict(target.suspended),
        "ScalableTargetARN": target.arn,
    }


_ACTION_FIELDS = ("Schedule", "Timezone", "StartTime", "EndTime", "ScalableTargetAction")


def _action(target: Target, action: ScheduledAction) -> Document:
    kept = {field: action.request[field] for field in _ACTION_FIELDS if field in action.request}
    return (
        _place(target)
        | kept
        | {
            "ScheduledActionName": action.name,
            "ScheduledActionARN": action.arn,
            "CreationTime": action.created,
        }
    )


def _activity(activity: Activity) -> Document:
    document: Document = {
        "ActivityId": activity.id,
        "ServiceNamespace": NAMESPACE,
        "ResourceId": activity.resource,
        "ScalableDimension": DIMENSION,
        "Description": f"Setting desired instance count to {activity.desired}.",
        "Cause": activity.cause,
        "StartTime": activity.started,
        "StatusCode": activity.status,
        "StatusMessage": activity.message
        or f"Successfully set desired instance count to {activity.desired}. "
        "Waiting for change to be fulfilled by sagemaker.",
    }
    return document | ({"EndTime": activity.ended} if activity.ended is not None else {})
