"""Fleets that AWS's published formulas misread, and what scaling then does; beside it Lowtide's.

Each fleet is set up twice: once with the policy that AWS publishes
(facts 1.6), once with one on the figure that Lowtide's own publisher publishes.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import boto3
import pytest

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.lambda_service.sandbox import OwnModules
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.aws.stack import Stack
from lowtide_workbench.fleet.fleet import Fleet
from lowtide_workbench.fleet.pools import Drought

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
NAME, VARIANT = "mixed", "AllTraffic"
SHARE = 0.7  # of the capacity, to aim at; AWS's examples aim at it, too
LONGEST_MINUTES = 25  # the low alarm looks back on 15; new instances may need 5 to be heard
HOURS_S = 10 * 3600.0
TARGET: dict[str, Any] = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": f"endpoint/{NAME}/variant/{VARIANT}",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}

type Verdict = Literal["out", "in", "nothing"]
type Step = tuple[str, int, int]  # instances of a type are added, then so many calls begin


@dataclass(frozen=True, slots=True)
class Published:
    """A formula of AWS: the pools in their order, with the streams an instance holds."""

    capacity: Mapping[str, int]
    expression: str
    target: float


DOC = Published({"ml.g6.2xlarge": 10, "ml.g6e.2xlarge": 20}, "0.5 * m0 + 0.5 * m1", 10.0)
BLOG = Published({"ml.p5.48xlarge": 20, "ml.g6.48xlarge": 8}, "(m0 / 20 + m1 / 8) / 2", SHARE)
NOTEBOOK = Published(
    {"ml.g6.24xlarge": 12, "ml.g5.48xlarge": 16, "ml.g5.12xlarge": 7},
    "(m0 / 12 + m1 / 16 + m2 / 7) / 3",
    SHARE,
)


class Mixed:
    """An endpoint with instance pools, in a cloud where instances come within half a minute."""

    def __init__(self, cloud: Cloud, published: Published):
        self.cloud = cloud
        self._published = published
        self._sagemaker: Any = boto3.client("sagemaker")
        self._autoscaling: Any = boto3.client("application-autoscaling")

    @property
    def fleet(self) -> Fleet:
        fleet = self.cloud.fleet(NAME)
        assert fleet is not None
        return fleet

    @property
    def desired(self) -> int:
        return self.fleet.desired

    def begin(self, steps: tuple[Step, ...]) -> None:
        for instance_type, count, calls in steps:
            self._only(instance_type)
            if self.cloud.status(NAME) == "Absent":
                self._create(count)
            else:
                self._grow(count)
            self._settle()
            self._call(calls)
        self.cloud.droughts.clear()
        self._autoscaling.register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=20)

    def follow_aws(self) -> None:
        types = self._published.capacity
        stats = [_mean_of(f"m{n}", instance_type) for n, instance_type in enumerate(types)]
        formula = {"Id": "load", "Expression": self._published.expression, "ReturnData": True}
        self._follow(self._published.target, {"Metrics": [*stats, formula]})

    def follow_lowtide(self) -> None:
        reference = next(iter(self._published.capacity.values()))
        metric = {
            "Namespace": "Lowtide",
            "MetricName": "WeightedConcurrency",
            "Dimensions": _dimensions(),
            "Statistic": "Average",
        }
        self._follow(SHARE * reference, metric)

    def what_scaling_does(self) -> Verdict:
        """First, if anything."""
        before = self.desired
        for _ in range(LONGEST_MINUTES):
            self.wait(minutes=1)
            if self.desired != before:
                return "out" if self.desired > before else "in"
        return "nothing"

    def wait(self, **span: float) -> None:
        self.cloud.advance(self.cloud.clock.now() + timedelta(**span))

    def _follow(self, target: float, metric: Mapping[str, Any]) -> None:
        self._autoscaling.put_scaling_policy(
            **TARGET,
            PolicyName="follow",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": target,
                "CustomizedMetricSpecification": metric,
                "ScaleOutCooldown": 60,
                "ScaleInCooldown": 300,
            },
        )

    def _only(self, instance_type: str) -> None:
        """No other type is to be had."""
        others = self._published.capacity.keys() - {instance_type}
        self.cloud.droughts.clear()
        self.cloud.droughts.update({each: [Drought(0, float("inf"))] for each in others})

    def _create(self, count: int) -> None:
        self._sagemaker.create_model(
            ModelName="model", ExecutionRoleArn="arn:aws:iam::123456789012:role/execution"
        )
        pools = [
            {"InstanceType": instance_type, "Priority": priority}
            for priority, instance_type in enumerate(self._published.capacity, start=1)
        ]
        variant = {
            "VariantName": VARIANT,
            "ModelName": "model",
            "InitialInstanceCount": count,
            "InstancePools": pools,
            "RoutingConfig": {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"},
        }
        self._sagemaker.create_endpoint_config(
            EndpointConfigName="config", ProductionVariants=[variant]
        )
        self._sagemaker.create_endpoint(
            EndpointName=NAME,
            EndpointConfigName="config",
            Tags=[{"Key": "lowtide:stack", "Value": "lowtide-dev"}],
        )

    def _grow(self, count: int) -> None:
        wanted = {"VariantName": VARIANT, "DesiredInstanceCount": self.desired + count}
        self._sagemaker.update_endpoint_weights_and_capacities(
            EndpointName=NAME, DesiredWeightsAndCapacities=[wanted]
        )

    def _settle(self) -> None:
        for _ in range(30):
            self.wait(seconds=10)
            if self.cloud.status(NAME) == "InService":
                return
        raise AssertionError(f"after five minutes it is {self.cloud.status(NAME)}")

    def _call(self, count: int) -> None:
        """Long ones, which stay where they are: sessions stick to their instance."""
        soon = self.cloud.clock.seconds() + 1
        self.cloud.traffic(NAME, [(soon, HOURS_S)] * count)
        self.wait(seconds=10)


def _dimensions(**more: str) -> list[dict[str, str]]:
    pairs = {"EndpointName": NAME, "VariantName": VARIANT} | more
    return [{"Name": name, "Value": value} for name, value in pairs.items()]


def _mean_of(id_: str, instance_type: str) -> dict[str, Any]:
    metric = {
        "Namespace": "AWS/SageMaker",
        "MetricName": "ConcurrentRequestsPerModel",
        "Dimensions": _dimensions(InstanceType=instance_type),
    }
    return {"Id": id_, "ReturnData": False, "MetricStat": {"Metric": metric, "Stat": "Average"}}


def _deploy(cloud: Cloud, published: Published, file: Path, idle: str) -> None:
    capacity = ", ".join(f"{name}: {streams}" for name, streams in published.capacity.items())
    file.write_text(
        f"timezone: UTC\nmetrics: {{idle: {idle}}}\nendpoints:\n"
        f"  - {{name: {NAME}, schedule: always, scaling: {{capacity: {{{capacity}}}}}}}\n"
    )
    template = Path(__file__).parents[4] / "template.yaml"
    Stack.deploy(cloud, template, config_path=file, own_modules=OwnModules.WITH_STATE)


type Opener = Callable[..., Mixed]


@pytest.fixture
def mixed(tmp_path: Path) -> Iterator[Opener]:
    with ExitStack() as opened:

        def open_one(
            published: Published, *steps: Step, zeros: bool = True, lowtide: bool = False
        ) -> Mixed:
            opened.close()  # one cloud at a time
            settings = CloudSettings(
                capacity=published.capacity,
                provisioning_s=(20.0, 20.0),
                container_start_s=0.0,
                update_s=10.0,
                capacity_error_s=10.0,
                zeros_when_idle=zeros,
            )
            endpoint = Mixed(opened.enter_context(Cloud(START, settings)), published)
            endpoint.begin(steps)
            if lowtide:
                idle = "zeros" if zeros else "silent"
                _deploy(endpoint.cloud, published, tmp_path / "endpoints.yaml", idle)
                endpoint.follow_lowtide()
            else:
                endpoint.follow_aws()
            return endpoint

        yield open_one


# The verdicts of the formulas on many more fleets: tests/unit/domain/load/test_mixed_fleets.py.
FLEETS = [
    pytest.param(NOTEBOOK, [("ml.g6.24xlarge", 2, 24)], "in", "out",
                 id="the preferred pool is full, and the mean with two empty pools is a third"),
    # Streams stick where they are, so a new instance has room while all others are full.
    pytest.param(BLOG, [("ml.g6.48xlarge", 4, 32), ("ml.p5.48xlarge", 1, 6)], "nothing", "out",
                 id="four of five are full, and the new one counts as much as all of them"),
    pytest.param(DOC, [("ml.g6e.2xlarge", 1, 20), ("ml.g6.2xlarge", 5, 25)], "out", "nothing",
                 id="one of six is full, and more are bought though five are half empty"),
    pytest.param(DOC, [("ml.g6e.2xlarge", 1, 20), ("ml.g6.2xlarge", 5, 5)], "out", "in",
                 id="five of six hold one stream each, and more are bought for the sixth"),
    pytest.param(BLOG, [("ml.g6.48xlarge", 1, 8), ("ml.p5.48xlarge", 5, 40)], "nothing", "in",
                 id="a fleet less than half used is kept, for one small full instance"),
]  # fmt: skip


@pytest.mark.parametrize(("published", "steps", "by_aws", "by_lowtide"), FLEETS)
def test_scaling_by_awss_formula_and_by_lowtides_figure(
    mixed: Opener,
    published: Published,
    steps: list[Step],
    by_aws: Verdict,
    by_lowtide: Verdict,
) -> None:
    assert mixed(published, *steps).what_scaling_does() == by_aws
    endpoint = mixed(published, *steps, lowtide=True)
    assert endpoint.what_scaling_does() == by_lowtide
    endpoint.wait(minutes=8)
    assert endpoint.fleet.utilization is not None
    assert endpoint.fleet.utilization <= SHARE


@pytest.mark.parametrize(
    ("zeros", "by_aws"),
    [
        pytest.param(True, ("in", 1), id="reports zeros"),
        # Whether it is silent is not known (facts 2): a setting, which `verify-metrics` finds.
        pytest.param(False, ("nothing", 3), id="is silent"),
    ],
)
def test_lowtide_scales_in_an_idle_fleet_that(
    mixed: Opener, by_aws: tuple[Verdict, int], *, zeros: bool
) -> None:
    idle = ("ml.g6.2xlarge", 3, 0)
    for lowtide, expected in ((False, by_aws), (True, ("in", 1))):
        endpoint = mixed(DOC, idle, zeros=zeros, lowtide=lowtide)
        assert (endpoint.what_scaling_does(), endpoint.desired) == expected
