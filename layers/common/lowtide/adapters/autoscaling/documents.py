"""The scaling of an endpoint, read and restored as whole documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lowtide.adapters.autoscaling import reads
from lowtide.adapters.autoscaling.reads import pages, resource_ids
from lowtide.adapters.aws_errors import translated
from lowtide.domain.errors import AbsentError, AwsError
from lowtide.domain.snapshot import (
    Document,
    Documents,
    Scaling,
    action_to_save,
    belongs_to,
    map_actions,
    policy_reference,
    referenced_policy,
    variant_of,
    with_foreign_actions,
)

if TYPE_CHECKING:
    from mypy_boto3_application_autoscaling import ApplicationAutoScalingClient
    from mypy_boto3_cloudwatch import CloudWatchClient

_SERVICE_LINKED = "/aws-service-role/"


class ScalingDocuments:
    """Documents have every field that the matching Put or Register call of boto3 accepts, so that
    fields which AWS adds later are restored, too."""

    def __init__(
        self, autoscaling: ApplicationAutoScalingClient, cloudwatch: CloudWatchClient
    ) -> None:
        self._autoscaling: Any = autoscaling
        self._cloudwatch: Any = cloudwatch

    def read(self, endpoint: str, variants: Iterable[str], alarms: Iterable[str] = ()) -> Scaling:
        """Everything that Application Auto Scaling has for these variants, and the alarms of step
        policies. `alarms` are read, too, where they exist: they may trigger no policy now."""
        resources = resource_ids(endpoint, variants)
        with translated():
            targets = reads.targets(self._autoscaling, resources)
            policies = self._of_each("describe_scaling_policies", resources)
            actions = self._of_each("describe_scheduled_actions", resources)
            return Scaling(
                targets=tuple(self._target(target) for target in targets),
                policies=tuple(self._accepted("PutScalingPolicy", policy) for policy in policies),
                scheduled_actions=tuple(
                    self._accepted("PutScheduledAction", action) for action in actions
                ),
                alarms=self._user_alarms(policies, endpoint, alarms),
            )

    def targets(self, endpoint: str, variants: Iterable[str]) -> Documents:
        """The scalable targets without their tags, which take a call for each target."""
        with translated():
            found = reads.targets(self._autoscaling, resource_ids(endpoint, variants))
        return tuple(self._untagged(target) for target in found)

    def scheduled_actions(self, endpoint: str, variant: str) -> Documents:
        with translated():
            found = self._of_each("describe_scheduled_actions", resource_ids(endpoint, [variant]))
        return tuple(self._accepted("PutScheduledAction", action) for action in found)

    def delete_scheduled_actions(self, actions: Documents) -> tuple[str, ...]:
        """One that is gone already is a success. Returns what AWS refused."""

        def delete(action: Document) -> None:
            keys = ("ScheduledActionName", "ServiceNamespace", "ResourceId", "ScalableDimension")
            with suppress(AbsentError), translated():
                self._autoscaling.delete_scheduled_action(**{key: action[key] for key in keys})

        return tuple(_refusals(delete, actions))

    def scaled_variants(self, endpoint: str) -> tuple[str, ...]:
        """The variants that have a scalable target. Reads the targets of all endpoints: needed only
        where nothing names the variants of this one."""
        with translated():
            found = pages(self._autoscaling, "describe_scalable_targets")
        ids = (str(target["ResourceId"]) for target in found)
        return tuple(variant_of(id_) for id_ in ids if belongs_to(id_, endpoint))

    def put(self, endpoint: str, scaling: Scaling, now: datetime) -> tuple[str, ...]:
        """Puts all documents but those that AWS refuses; returns these refusals."""
        arns: dict[str, str | None] = {}

        def put_policy(policy: Document) -> None:
            reference = policy_reference(policy["ResourceId"], policy["PolicyName"])
            arns[reference] = self._autoscaling.put_scaling_policy(**policy)["PolicyARN"]

        def put_alarm(alarm: Document) -> None:
            """PutMetricAlarm replaces the whole alarm. Endpoints that wake at the same time may
            share it, so that it is read again right before."""
            live = next(iter(reads.alarms(self._cloudwatch, [alarm["AlarmName"]])), {})
            shared = with_foreign_actions(alarm, live, endpoint)
            named = map_actions(shared, lambda a: arns.get(a) or self._arn_of(a, endpoint))
            self._cloudwatch.put_metric_alarm(**named)

        return (
            *_refusals(self._put_target, scaling.targets),
            *_refusals(put_policy, scaling.policies),
            *_refusals(put_alarm, scaling.alarms),
            *_refusals(lambda action: self._put_action(action, now), scaling.scheduled_actions),
        )

    def change_targets(self, changes: Documents) -> tuple[str, ...]:
        """RegisterScalableTarget keeps what a change does not name. Returns what AWS refused."""
        register = self._autoscaling.register_scalable_target
        return tuple(_refusals(lambda change: register(**change), changes))

    def remove(self, scaling: Scaling) -> tuple[str, ...]:
        """Deletes policies, then the alarms that trigger them. Returns what AWS refused."""
        return (
            *_refusals(self._delete_policy, scaling.policies),
            *_refusals(self._delete_alarm, scaling.alarms),
        )

    def _delete_policy(self, policy: Document) -> None:
        keys = ("PolicyName", "ServiceNamespace", "ResourceId", "ScalableDimension")
        with suppress(AbsentError), translated():
            self._autoscaling.delete_scaling_policy(**{key: policy[key] for key in keys})

    def _delete_alarm(self, alarm: Document) -> None:
        with suppress(AbsentError), translated():
            self._cloudwatch.delete_alarms(AlarmNames=[alarm["AlarmName"]])

    def _put_target(self, target: Document) -> None:
        """Registers a target; only tags one that exists: RegisterScalableTarget would not."""
        found = reads.targets(self._autoscaling, [target["ResourceId"]])
        if not found:
            self._autoscaling.register_scalable_target(**target)
        elif tags := target.get("Tags"):
            self._autoscaling.tag_resource(ResourceARN=found[0]["ScalableTargetARN"], Tags=tags)

    def _put_action(self, action: Document, now: datetime) -> None:
        """AWS does not document whether it accepts a StartTime that has passed. Without it the
        effect is the same, but for the phase of a rate."""
        try:
            with translated():
                self._autoscaling.put_scheduled_action(**action)
        except AwsError as error:
            start = action.get("StartTime")
            begun = start is not None and datetime.fromisoformat(str(start)) <= now
            if not begun or type(error) is not AwsError:
                raise
            rest = {key: value for key, value in action.items() if key != "StartTime"}
            self._autoscaling.put_scheduled_action(**rest)

    def _arn_of(self, action: str, endpoint: str) -> str | None:
        """The ARN of a referenced policy, which may not be among those just put. None for the
        policy of another endpoint that is asleep: its own restore adds the action."""
        policy = referenced_policy(action)
        if policy is None:
            return action
        resource, name = policy
        found = pages(
            self._autoscaling, "describe_scaling_policies", ResourceId=resource, PolicyNames=[name]
        )
        if found:
            return str(found[0]["PolicyARN"])
        if not belongs_to(resource, endpoint):
            return None
        msg = f"the policy {name} that it triggers is not there"
        raise AwsError(msg)

    def _of_each(self, operation: str, resources: Sequence[str]) -> list[Document]:
        """Describe calls of policies and actions take one resource id."""
        return [
            document
            for resource in resources
            for document in pages(self._autoscaling, operation, ResourceId=resource)
        ]

    def _accepted(self, operation: str, document: Document) -> Document:
        return _accepted(self._autoscaling, operation, document)

    def _untagged(self, target: Document) -> dict[str, Any]:
        kept = dict(self._accepted("RegisterScalableTarget", target))
        # AWS uses its service-linked role by default; to pass it would need iam:PassRole.
        if _SERVICE_LINKED in kept.get("RoleARN", ""):
            del kept["RoleARN"]
        return kept

    def _target(self, target: Document) -> Document:
        kept = self._untagged(target)
        if arn := target.get("ScalableTargetARN"):
            tags = self._autoscaling.list_tags_for_resource(ResourceARN=arn)["Tags"]
            kept |= {"Tags": tags} if tags else {}
        return kept

    def _user_alarms(
        self, policies: Iterable[Document], endpoint: str, others: Iterable[str]
    ) -> Documents:
        """Application Auto Scaling makes the alarms of target tracking by itself."""
        stepping = [policy for policy in policies if policy["PolicyType"] == "StepScaling"]
        attached = {alarm["AlarmName"] for p in stepping for alarm in p.get("Alarms", [])}
        current = {policy["PolicyARN"] for policy in policies}
        return tuple(
            map_actions(
                _accepted(self._cloudwatch, "PutMetricAlarm", alarm),
                lambda action: action_to_save(action, current, endpoint),
            )
            for alarm in reads.alarms(self._cloudwatch, attached.union(others))
        )


def _accepted(client: Any, operation: str, document: Document) -> Document:
    members = client.meta.service_model.operation_model(operation).input_shape.members
    return {k: v for k, v in document.items() if k in members and v not in (None, "", [])}


def _refusals(call: Callable[[Document], object], documents: Documents) -> Iterator[str]:
    """What AWS refuses, in its words; a refused document does not keep the next away."""
    for document in documents:
        try:
            with translated():
                call(document)
        except AwsError as error:
            yield f"{_name(document)}: {error}"


def _name(document: Mapping[str, Any]) -> str:
    keys = ("PolicyName", "ScheduledActionName", "AlarmName", "ResourceId")
    return next(str(document[key]) for key in keys if key in document)
