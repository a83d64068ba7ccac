"""A cloud, and the few things the tests use. Everything goes through boto3."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.model import OperationModel
from botocore.validate import ParamValidator

from lowtide_workbench.aws import Cloud, CloudSettings
from lowtide_workbench.aws.protocol.request_validation import problems
from lowtide_workbench.server.event_loop import EventLoop
from lowtide_workbench.server.gateway import Gateway
from lowtide_workbench.server.listener import bind, serving

if TYPE_CHECKING:
    from mypy_boto3_application_autoscaling import ApplicationAutoScalingClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_sagemaker import SageMakerClient

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
NAME = "My-Endpoint"
POOLS = [
    {"InstanceType": "ml.g6.2xlarge", "Priority": 1},
    {"InstanceType": "ml.g6e.2xlarge", "Priority": 2},
]
TARGET: dict[str, Any] = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": f"endpoint/{NAME}/variant/AllTraffic",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}


class Account:
    """boto3's clients, and the steps that nearly every story begins with."""

    def __init__(self, cloud: Cloud, session: boto3.Session, url: str | None) -> None:
        self.cloud = cloud
        self.name = NAME
        self.target = TARGET
        self.sagemaker: SageMakerClient = session.client("sagemaker", endpoint_url=url)
        self.autoscaling: ApplicationAutoScalingClient = session.client(
            "application-autoscaling", endpoint_url=url
        )
        self.cloudwatch: CloudWatchClient = session.client("cloudwatch", endpoint_url=url)

    def configure(self, *, name: str = "config", count: int = 1, **fields: Any) -> None:
        variant: dict[str, Any] = {
            "VariantName": "AllTraffic",
            "ModelName": "model",
            "InitialInstanceCount": count,
            "InstancePools": POOLS,
            "VariantInstanceProvisionTimeoutInSeconds": 600,
            "RoutingConfig": {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"},
        } | fields
        wanted: Any = {key: value for key, value in variant.items() if value is not None}
        self.model()
        self.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[wanted])

    def model(self, name: str = "model") -> None:
        if any(
            each["ModelName"] == name
            for each in self.sagemaker.list_models(NameContains=name)["Models"]
        ):
            return
        self.sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn="arn:aws:iam::123456789012:role/model",
            PrimaryContainer={"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/model:1"},
        )

    def create(self, **fields: Any) -> None:
        self.sagemaker.create_endpoint(
            **({"EndpointName": NAME, "EndpointConfigName": "config"} | fields)
        )

    def delete(self) -> None:
        self.sagemaker.delete_endpoint(EndpointName=NAME)

    def scale(self, count: int) -> None:
        self.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName=NAME,
            DesiredWeightsAndCapacities=[
                {"VariantName": "AllTraffic", "DesiredInstanceCount": count}
            ],
        )

    def in_service(self, count: int = 1) -> None:
        """A new endpoint, brought to InService."""
        self.configure(count=count)
        self.create()
        self.wait(minutes=15)
        assert self.status == "InService"

    def register(self, smallest: int = 1, largest: int = 4, **fields: Any) -> str:
        wanted: Any = TARGET | {"MinCapacity": smallest, "MaxCapacity": largest} | fields
        return self.autoscaling.register_scalable_target(**wanted)["ScalableTargetARN"]

    def track(self, metric: str = "Load", goal: float = 0.7, **fields: Any) -> dict[str, Any]:
        """A target-tracking policy on a metric of the test's own."""
        config = {
            "TargetValue": goal,
            "CustomizedMetricSpecification": {
                "MetricName": metric,
                "Namespace": "Test",
                "Dimensions": [{"Name": "EndpointName", "Value": NAME}],
                "Statistic": "Average",
            },
        } | fields
        wanted: Any = TARGET | {
            "PolicyName": f"track-{metric}",
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": {
                key: value for key, value in config.items() if value is not None
            },
        }
        return dict(self.autoscaling.put_scaling_policy(**wanted))

    def step_policy(self, *steps: dict[str, float], **fields: Any) -> str:
        """One more instance, by default, where the steps do not differ."""
        config = {
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": steps or [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
            "Cooldown": 60,
        } | fields
        wanted: Any = TARGET | {
            "PolicyName": "step",
            "PolicyType": "StepScaling",
            "StepScalingPolicyConfiguration": config,
        }
        return self.autoscaling.put_scaling_policy(**wanted)["PolicyARN"]

    def schedule(self, expression: str, name: str = "more", **fields: Any) -> None:
        wanted: Any = TARGET | {"ScheduledActionName": name, "Schedule": expression} | fields
        self.autoscaling.put_scheduled_action(**wanted)

    @property
    def range(self) -> tuple[int, int] | None:
        """The minimum and maximum of the only scalable target."""
        targets = self.autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker")
        ranges = [(each["MinCapacity"], each["MaxCapacity"]) for each in targets["ScalableTargets"]]
        return ranges[0] if ranges else None

    def alarm(self, name: str = "high", action: str | None = None, **fields: Any) -> None:
        """An alarm of one minute on the test's metric; None leaves a field out."""
        wanted: Any = {
            "AlarmName": name,
            "Namespace": "Test",
            "MetricName": "Load",
            "Dimensions": [{"Name": "EndpointName", "Value": NAME}],
            "Statistic": "Average",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 0.5,
            "ComparisonOperator": "GreaterThanThreshold",
            "AlarmActions": [action] if action else [],
        } | fields
        given: Any = {key: value for key, value in wanted.items() if value is not None}
        self.cloudwatch.put_metric_alarm(**given)

    @property
    def alarms(self) -> dict[str, Any]:
        """By name."""
        found = self.cloudwatch.describe_alarms()["MetricAlarms"]
        return {each["AlarmName"]: each for each in found}

    @property
    def alarm_states(self) -> dict[str, str]:
        return {name: alarm["StateValue"] for name, alarm in self.alarms.items()}

    def sessions(self, *sessions: tuple[float, float]) -> None:
        """Each by its arrival, in seconds from now, and its duration."""
        now = self.cloud.clock.seconds()
        self.cloud.traffic(NAME, [(now + arrival, duration) for arrival, duration in sessions])

    def publish_each_minute(
        self, value: Callable[[datetime], float | None], metric: str = "Load"
    ) -> None:
        """None publishes nothing, as a publisher that cannot read its inputs does."""

        def publish(now: datetime) -> None:
            reading = value(now)
            if reading is not None:
                self.put(reading, metric, now - timedelta(minutes=1))

        self.cloud.every(timedelta(minutes=1), publish)

    def put(
        self, value: float, metric: str = "Load", at: datetime | None = None, **fields: Any
    ) -> None:
        datum: Any = {
            "MetricName": metric,
            "Dimensions": [{"Name": "EndpointName", "Value": NAME}],
            "Timestamp": at or self.cloud.clock.now(),
            "Value": value,
        } | fields
        self.cloudwatch.put_metric_data(Namespace="Test", MetricData=[datum])

    def wait(self, **span: float) -> None:
        self.cloud.advance(self.cloud.clock.now() + timedelta(**span))

    def wait_for(self, status: str) -> None:
        for _ in range(360):
            if self.status == status:
                return
            self.wait(seconds=10)
        raise AssertionError(f"still {self.status}, not {status}, after an hour")

    @property
    def status(self) -> str:
        return self.cloud.status(NAME)

    @property
    def described(self) -> dict[str, Any]:
        return dict(self.sagemaker.describe_endpoint(EndpointName=NAME))

    @property
    def desired(self) -> int:
        return int(self.described["ProductionVariants"][0]["DesiredInstanceCount"])

    @property
    def activities(self) -> list[dict[str, Any]]:
        """Newest first."""
        found = self.autoscaling.describe_scaling_activities(ServiceNamespace="sagemaker")
        return [dict(each) for each in found["ScalingActivities"]]


type OpenAccount = Callable[[CloudSettings], Account]


OWN_SERVICES = ("sagemaker", "application-autoscaling")


def refusal(call: Callable[[], object]) -> tuple[str, str]:
    """The code and the message of the error that `call` must raise."""
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def check_response(
    operation_model: OperationModel, response_dict: dict[str, Any], **_: object
) -> None:
    """Every answer of our own services is held against botocore's model of it."""
    shape = operation_model.output_shape
    if response_dict["status_code"] >= 300 or shape is None:
        return
    answer = json.loads(response_dict["body"])
    report = ParamValidator().validate(answer, shape)
    found = [*problems(shape, answer), *filter(None, [report.generate_report()])]
    assert not found, f"{operation_model.name}: {found}"


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """One for all: to read botocore's models is what takes time. Checks every response."""
    session = boto3.Session()
    session.events.register("after-call", _is_what_the_model_says)
    for service in OWN_SERVICES:
        session.events.register(f"before-parse.{service}", check_response)
    return session


def _is_what_the_model_says(parsed: Any, model: OperationModel, **_: object) -> None:
    """botocore itself checks what is sent, and lets pass whatever comes back."""
    answer = {key: value for key, value in parsed.items() if key != "ResponseMetadata"}
    if "Error" not in answer and model.output_shape is not None:
        report = ParamValidator().validate(answer, model.output_shape)
        assert not report.has_errors(), f"{model.name}: {report.generate_report()}"


# For what is asked of a server. HTTP adds only a way in and out, so each operation and each kind of
# error takes it once; all else is tested in process.
OVER_HTTP = pytest.mark.parametrize(
    "over_http",
    [pytest.param(True, id="over HTTP", marks=pytest.mark.allow_hosts(["127.0.0.1"]))],
    indirect=True,
)


@pytest.fixture
def over_http(request: pytest.FixtureRequest) -> bool:
    """False unless the test is marked; over HTTP it steps the clock of the server's cloud."""
    return bool(getattr(request, "param", False))


@pytest.fixture
def open_account(session: boto3.Session, *, over_http: bool) -> Iterator[OpenAccount]:
    """For stories that need settings of their own."""
    with ExitStack() as opened:

        def enter(settings: CloudSettings) -> Account:
            cloud = opened.enter_context(Cloud(START, settings))
            url = opened.enter_context(_served(cloud)) if over_http else None
            return Account(cloud, session, url)

        yield enter


@contextmanager
def _served(cloud: Cloud) -> Iterator[str]:
    with EventLoop() as turns, bind(0) as bound:
        gateway = Gateway(turns, [cloud.dispatcher], afterwards=lambda: None)
        with serving(gateway, bound) as url:
            yield url


@pytest.fixture
def account(open_account: OpenAccount) -> Account:
    return open_account(CloudSettings())
