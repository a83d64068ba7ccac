"""Application Auto Scaling's part of an endpoint, read and put back as whole documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lowtide.adapters.aws_errors import translated
from lowtide.domain.errors import AwsError
from lowtide.domain.snapshot import Document, Scaling, policy_reference, referenced_policy

if TYPE_CHECKING:
    from mypy_boto3_application_autoscaling import ApplicationAutoScalingClient
    from mypy_boto3_cloudwatch import CloudWatchClient

_SAGEMAKER = "sagemaker"
_SERVICE_LINKED = "/aws-service-role/"


class ScalingDocuments:
    """Keeps every field that the matching Put or Register call accepts, known here or not."""

    def __init__(
        self, autoscaling: ApplicationAutoScalingClient, cloudwatch: CloudWatchClient
    ) -> None:
        self._autoscaling: Any = autoscaling
        self._cloudwatch: Any = cloudwatch

    def read(self, endpoint: str, variants: Iterable[str]) -> Scaling:
        resources = [f"endpoint/{endpoint}/variant/{variant}" for variant in variants]
        if not resources:  # an empty list of ids would ask for everybody's targets
            return Scaling()
        with translated():
            targets = self._pages("describe_scalable_targets", ResourceIds=resources)
            policies = self._of_each("describe_scaling_policies", resources)
            actions = self._of_each("describe_scheduled_actions", resources)
            return Scaling(
                targets=tuple(self._target(target) for target in targets),
                policies=tuple(self._accepted("PutScalingPolicy", policy) for policy in policies),
                scheduled_actions=tuple(
                    self._accepted("PutScheduledAction", action) for action in actions
                ),
                alarms=self._user_alarms(policies),
            )

    def put(self, scaling: Scaling) -> tuple[str, ...]:
        """Everything that can be put is; returns what AWS refused, in its words."""
        arns: dict[str, str] = {}

        def put_policy(policy: Document) -> None:
            reference = policy_reference(policy["ResourceId"], policy["PolicyName"])
            arns[reference] = self._autoscaling.put_scaling_policy(**policy)["PolicyARN"]

        def arn_of(action: str) -> str:
            return arns.get(action) or self._arn_of(action)

        def put_alarm(alarm: Document) -> None:
            self._cloudwatch.put_metric_alarm(**_with_actions(alarm, arn_of))

        calls: tuple[tuple[Callable[[Document], object], tuple[Document, ...]], ...] = (
            (lambda d: self._autoscaling.register_scalable_target(**d), scaling.targets),
            (put_policy, scaling.policies),
            (lambda d: self._autoscaling.put_scheduled_action(**d), scaling.scheduled_actions),
            (put_alarm, scaling.alarms),
        )
        attempts = [_refusal(call, document) for call, documents in calls for document in documents]
        return tuple(refusal for refusal in attempts if refusal)

    def _arn_of(self, action: str) -> str:
        """A policy may be there already when its alarm is put."""
        policy = referenced_policy(action)
        if policy is None:
            return action
        resource, name = policy
        found = self._pages("describe_scaling_policies", ResourceId=resource, PolicyNames=[name])
        if not found:
            msg = f"the policy {name} that it triggers is not there"
            raise AwsError(msg)
        return str(found[0]["PolicyARN"])

    def _pages(self, operation: str, **arguments: object) -> list[Document]:
        paginator = self._autoscaling.get_paginator(operation)
        key = paginator.result_keys[0].expression
        pages = paginator.paginate(ServiceNamespace=_SAGEMAKER, **arguments)
        return [item for page in pages for item in page[key]]

    def _of_each(self, operation: str, resources: Sequence[str]) -> list[Document]:
        return [item for r in resources for item in self._pages(operation, ResourceId=r)]

    def _accepted(self, operation: str, document: Document) -> Document:
        return _accepted(self._autoscaling, operation, document)

    def _target(self, target: Document) -> Document:
        kept = dict(self._accepted("RegisterScalableTarget", target))
        # The service-linked role is AWS's own default; passing it back would need iam:PassRole.
        if _SERVICE_LINKED in kept.get("RoleARN", ""):
            del kept["RoleARN"]
        if arn := target.get("ScalableTargetARN"):
            tags = self._autoscaling.list_tags_for_resource(ResourceARN=arn)["Tags"]
            kept |= {"Tags": tags} if tags else {}
        return kept

    def _user_alarms(self, policies: Iterable[Document]) -> tuple[Document, ...]:
        """Target tracking makes its own alarms; those of step scaling are the user's."""
        stepping = [policy for policy in policies if policy["PolicyType"] == "StepScaling"]
        names = sorted({alarm["AlarmName"] for p in stepping for alarm in p.get("Alarms", [])})
        if not names:
            return ()
        references = {
            p["PolicyARN"]: policy_reference(p["ResourceId"], p["PolicyName"]) for p in policies
        }
        pages = self._cloudwatch.get_paginator("describe_alarms").paginate(AlarmNames=names)
        alarms = [alarm for page in pages for alarm in page["MetricAlarms"]]
        return tuple(
            _with_actions(
                _accepted(self._cloudwatch, "PutMetricAlarm", alarm), lambda a: references.get(a, a)
            )
            for alarm in alarms
        )


def _accepted(client: Any, operation: str, document: Document) -> Document:
    members = client.meta.service_model.operation_model(operation).input_shape.members
    return {k: v for k, v in document.items() if k in members and v not in (None, "", [])}


def _with_actions(alarm: Document, rename: Callable[[str], str]) -> Document:
    lists = ("AlarmActions", "OKActions", "InsufficientDataActions")
    renamed = {key: [rename(action) for action in alarm[key]] for key in lists if key in alarm}
    return {**alarm, **renamed}


def _refusal(call: Callable[[Document], object], document: Document) -> str | None:
    try:
        with translated():
            call(document)
    except AwsError as error:
        return f"{_name(document)}: {error}"
    return None


def _name(document: Mapping[str, Any]) -> str:
    keys = ("PolicyName", "ScheduledActionName", "AlarmName", "ResourceId")
    return next(str(document[key]) for key in keys if key in document)
