"""The dependencies and helpers that all operations of Application Auto Scaling share."""

from collections.abc import Mapping
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.autoscaling.engine import ScalingEngine
from lowtide_workbench.aws.autoscaling.state import NAMESPACE, PolicyRecord, TargetRecord
from lowtide_workbench.aws.autoscaling.validation import check_supported, not_found
from lowtide_workbench.aws.cloudwatch.alarm_store import AlarmStore
from lowtide_workbench.aws.sagemaker.hosting import Hosting
from lowtide_workbench.aws.virtual_time.clock import VirtualClock

type Document = dict[str, Any]


class ScalingApi:
    def __init__(
        self,
        hosting: Hosting,
        engine: ScalingEngine,
        alarms: AlarmStore,
        clock: VirtualClock,
    ) -> None:
        self._hosting = hosting
        self._engine = engine
        self._alarms = alarms
        self._clock = clock

    def _registered(self, request: Mapping[str, Any]) -> TargetRecord:
        check_supported(request)
        target = self._engine.targets.get(request["ResourceId"])
        if target is None:
            raise not_found("No scalable target registered for namespace", request)
        return target

    def _arn(self, kind: str, target: TargetRecord, last: str) -> str:
        prefix = f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:{kind}:{self._engine.new_id()}"
        return f"{prefix}:resource/{NAMESPACE}/{target.resource}:{last}"

    def _drop(self, policy: PolicyRecord) -> None:
        """Deletes the alarms of target tracking; a step policy's alarm loses only its action."""
        if policy.tracks:
            self._alarms.delete([policy.high_alarm, policy.low_alarm])
        self._alarms.drop_action(policy.arn)
