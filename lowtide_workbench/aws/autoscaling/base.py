"""What Application Auto Scaling's operations share."""

from collections.abc import Mapping
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.autoscaling.engine import Scaler
from lowtide_workbench.aws.autoscaling.state import (
    DIMENSION,
    NAMESPACE,
    Policy,
    Target,
)
from lowtide_workbench.aws.autoscaling.validation import (
    supported,
)
from lowtide_workbench.aws.cloudwatch.alarm_store import AlarmBook
from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.aws.sagemaker.hosting import Hosting
from lowtide_workbench.aws.settings import Settings
from lowtide_workbench.aws.virtual_time.clock import Clock

type Document = dict[str, Any]


class ScalingApi:
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

    def _registered(self, request: Mapping[str, Any]) -> Target:
        supported(request)
        target = self._scaler.targets.get(request["ResourceId"])
        lag = self._settings.registration_lag_s
        if target is None or self._clock.seconds() < target.created + lag:
            raise Refusal(
                "ObjectNotFoundException",
                f"No scalable target registered for namespace: {NAMESPACE}, "
                f"resource ID: {request['ResourceId']}, scalable dimension: {DIMENSION}",
            )
        return target

    def _arn(self, kind: str, target: Target, last: str) -> str:
        where = f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:{kind}:{self._scaler.new_id()}"
        return f"{where}:resource/{NAMESPACE}/{target.resource}:{last}"

    def _drop(self, policy: Policy) -> None:
        """Target tracking takes its alarms along; step scaling only its action from the user's."""
        if policy.tracks:
            self._alarms.delete([policy.high_alarm, policy.low_alarm])
        self._alarms.drop_action(policy.arn)
