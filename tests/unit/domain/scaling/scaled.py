"""An endpoint `e` with a variant `v` whose scaling the file keeps."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.metering import Capacities, Metering
from lowtide.domain.endpoint.scaling_policy import ManagedScaling, ScalingPolicy
from lowtide.domain.scaling.desired import Types, desired_documents
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.snapshot.snapshot import Scaling

G6, G6E = "ml.g6.2xlarge", "ml.g6e.2xlarge"
MIXED: Types = {"v": (G6, G6E)}
ONE_TYPE: Types = {"v": (G6,)}
KEY = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/e/variant/v",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
POLICY = ScalingPolicy(
    0.75, "weighted", timedelta(seconds=60), timedelta(minutes=5), fast_lane=False
)


def scaled(**changes: Any) -> ManagedEndpoint:
    """One to four instances; `changes` are of the policy."""
    return ManagedEndpoint(
        "e",
        Schedule((), ZoneInfo("UTC")),
        metering=Metering(Capacities({G6: 10, G6E: 20}, G6)),
        scaling=ManagedScaling(1, 4, replace(POLICY, **changes)),
    )


def stepped(types: Types) -> Scaling:
    return desired_documents(scaled(fast_lane=True), types)
