"""Each member that botocore has for a document of a snapshot survives being saved and put back.

The members are those of the installed botocore: one that AWS adds is tested with the next botocore.
What cannot be put is named here, with its reason.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

import pytest
from botocore import xform_name
from botocore.model import ServiceModel, StructureShape

from lowtide.adapters.autoscaling.documents import ScalingDocuments
from lowtide.adapters.dynamodb.snapshot_item import from_json
from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot, to_json
from lowtide_workbench.aws import Cloud, CloudSettings
from tests.fixtures.newer_botocore import loader
from tests.fixtures.newer_botocore import session as newer_session
from tests.integration.adapters.conftest import NAME, NOW, Account, target
from tests.integration.adapters.shapes import Path, depth, leaves, value_at, with_leaf

CANNOT_BE_PUT = {
    "PutMetricAlarm.Tags.Key": "an alarm outlives the endpoint, and so do its tags",
    "PutMetricAlarm.Tags.Value": "an alarm outlives the endpoint, and so do its tags",
    "RegisterScalableTarget.RoleARN": "AWS gives targets of SageMaker its service-linked role",
    "PutScalingPolicy.PredictiveScalingPolicyConfiguration": "AWS has none for SageMaker",
    "UpdateEndpointWeightsAndCapacities.DesiredWeightsAndCapacities.ServerlessUpdateConfig": (
        "no serverless endpoint is deleted"
    ),
}
KEY = target()
TARGET = KEY | {"MinCapacity": 1, "MaxCapacity": 4}
STEP = KEY | {
    "PolicyName": "jump",
    "PolicyType": "StepScaling",
    "StepScalingPolicyConfiguration": {
        "AdjustmentType": "ChangeInCapacity",
        "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
    },
}
METRIC = {"Namespace": "Test", "MetricName": "Load"}
TRACK = KEY | {"PolicyName": "track", "PolicyType": "TargetTrackingScaling"}
PREDEFINED = TRACK | {
    "TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": 7.5,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
        },
    }
}
CUSTOMIZED = TRACK | {
    "TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": 7.5,
        "CustomizedMetricSpecification": METRIC | {"Statistic": "Average"},
    }
}
STAT = {"Metric": METRIC, "Stat": "Average"}
BY_MATH = (
    {"Id": "m1", "MetricStat": STAT, "ReturnData": False},
    {"Id": "e1", "Expression": "m1 / 2", "ReturnData": True},
)


def queried(*metrics: Mapping[str, Any]) -> dict[str, Any]:
    customized = {"CustomizedMetricSpecification": {"Metrics": list(metrics)}}
    return TRACK | {"TargetTrackingScalingPolicyConfiguration": {"TargetValue": 7.5} | customized}


ACTION = KEY | {
    "ScheduledActionName": "floor",
    "Schedule": "cron(45 7 ? * MON-FRI *)",
    "Timezone": "America/New_York",
    "ScalableTargetAction": {"MinCapacity": 2},
}
CONDITION = {
    "AlarmName": "full",
    "EvaluationPeriods": 3,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "ignore",
}
ON_METRIC = CONDITION | METRIC | {"Statistic": "Average", "Period": 60}
ON_PERCENTILE = CONDITION | METRIC | {"ExtendedStatistic": "p90", "Period": 60}
QUERY = {"Id": "m1", "MetricStat": STAT | {"Period": 60}, "ReturnData": True}
ON_MATH = CONDITION | {"Metrics": [QUERY]}
ON_EXPRESSION = CONDITION | {
    "Metrics": [
        {"Id": "e1", "Expression": "m1 / 2", "Period": 60, "ReturnData": True},
        QUERY | {"ReturnData": False},
    ]
}
ON_BAND = ON_EXPRESSION | {"ThresholdMetricId": "e1"}
PROMQL = {"AlarmName": "full", "EvaluationCriteria": {"PromQLCriteria": {"Query": "up == 0"}}}
WEIGHT = {"VariantName": "AllTraffic", "DesiredWeight": 0.5, "DesiredInstanceCount": 2}


@cache
def models(service: str) -> ServiceModel:
    return ServiceModel(loader().load_service_model(service, "service-2"), service)


class Operation(NamedTuple):
    """`bases` are valid requests; a member is added to the first that knows its part."""

    service: str
    name: str
    bases: tuple[Mapping[str, Any], ...]

    @property
    def shape(self) -> StructureShape:
        shape = models(self.service).operation_model(self.name).input_shape
        assert isinstance(shape, StructureShape)
        return shape

    def request_with(self, path: Path) -> dict[str, Any]:
        """Of the bases, that one which has most of the path already."""
        nearest = max(self.bases, key=lambda base: depth(base, path))
        return with_leaf(nearest, self.shape, path)


OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation("application-autoscaling", "RegisterScalableTarget", (TARGET,)),
        Operation(
            "application-autoscaling",
            "PutScalingPolicy",
            (STEP, PREDEFINED, CUSTOMIZED, queried(*BY_MATH), queried(*BY_MATH[::-1])),
        ),
        Operation("application-autoscaling", "PutScheduledAction", (ACTION,)),
        Operation(
            "cloudwatch",
            "PutMetricAlarm",
            (ON_METRIC, ON_PERCENTILE, ON_EXPRESSION, ON_MATH, ON_BAND, PROMQL),
        ),
    )
}


def paths(operation: Operation) -> list[Path]:
    names = [".".join((operation.name, *path)) for path in leaves(operation.shape)]
    left_out = tuple(CANNOT_BE_PUT)
    kept = (name for name in names if name not in left_out and not name.startswith(left_out))
    return [tuple(name.split("."))[1:] for name in kept]


def cases() -> Iterator[Any]:
    for name, operation in OPERATIONS.items():
        for path in paths(operation):
            yield pytest.param(name, path, id=".".join((name, *path)))


FAST = CloudSettings(
    provisioning_s=(0.0, 0.0), container_start_s=0.0, update_s=0.0, deletion_s=(0.0, 0.0)
)


@pytest.fixture(scope="module")
def shared() -> Iterator[Account]:
    """One account for all members: nothing of one is left for the next."""
    with Cloud(NOW, FAST) as cloud:
        account = Account(cloud, newer_session())
        account.configure()
        account.in_service()
        yield account


def put(account: Account, operation: str, request: dict[str, Any]) -> None:
    autoscaling: Any = account.autoscaling
    cloudwatch: Any = account.cloudwatch
    if operation != "RegisterScalableTarget":
        autoscaling.register_scalable_target(**TARGET)
    if operation != "PutMetricAlarm":
        getattr(autoscaling, xform_name(operation))(**request)
        return
    arn = autoscaling.put_scaling_policy(**STEP)["PolicyARN"]
    actions = {"AlarmActions", "OKActions", "InsufficientDataActions"} & request.keys()
    topics = {kind: ["arn:aws:sns:us-east-1:123456789012:on-call"] for kind in actions}
    cloudwatch.put_metric_alarm(**request | topics | {"AlarmActions": [arn]})


def remove(account: Account) -> None:
    account.autoscaling.deregister_scalable_target(**KEY)
    account.cloudwatch.delete_alarms(AlarmNames=["full"])


def documents(operation: str, scaling: Scaling) -> list[Any]:
    kinds = {
        "RegisterScalableTarget": scaling.targets,
        "PutScalingPolicy": scaling.policies,
        "PutScheduledAction": scaling.scheduled_actions,
        "PutMetricAlarm": scaling.alarms,
    }
    return list(kinds[operation])


@pytest.mark.parametrize(("operation", "path"), list(cases()))
def test_a_member_survives(shared: Account, operation: str, path: Path) -> None:
    request = OPERATIONS[operation].request_with(path)
    adapter = ScalingDocuments(shared.autoscaling, shared.cloudwatch)
    put(shared, operation, request)
    saved = Snapshot(NOW, "config", {}, adapter.read(NAME, ["AllTraffic"]))
    remove(shared)
    kept = from_json(to_json(saved))
    refused = adapter.put(NAME, kept.scaling, NOW)
    live = Snapshot(NOW, "config", {}, adapter.read(NAME, ["AllTraffic"]))
    remove(shared)
    assert refused == ()
    assert to_json(live) == to_json(saved)
    found = value_at(documents(operation, live.scaling), path)
    assert found
    if path[0] not in ("AlarmActions", "OKActions", "InsufficientDataActions"):
        assert value_at(request, path)[0] in found


def blue_green(kind: str, size: str) -> dict[str, Any]:
    routing = {"Type": kind, "WaitIntervalInSeconds": 60, size: SHARE}
    return CREATE | {
        "DeploymentConfig": {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}}
    }


SHARE = {"Type": "CAPACITY_PERCENT", "Value": 20}
CREATE = {"EndpointName": NAME, "EndpointConfigName": "config"}
ROLLING = CREATE | {
    "DeploymentConfig": {
        "RollingUpdatePolicy": {"MaximumBatchSize": SHARE, "WaitIntervalInSeconds": 60}
    }
}
CREATION = Operation(
    "sagemaker",
    "CreateEndpoint",
    (blue_green("CANARY", "CanarySize"), blue_green("LINEAR", "LinearStepSize"), ROLLING),
)
WEIGHTS = Operation(
    "sagemaker",
    "UpdateEndpointWeightsAndCapacities",
    ({"EndpointName": NAME, "DesiredWeightsAndCapacities": [WEIGHT]},),
)
POLICIES = Operation(
    "sagemaker",
    "PutEndpointPolicy",
    ({"EndpointName": NAME, "ResourcePolicy": '{"Statement": []}'},),
)
TAGS = Operation("sagemaker", "AddTags", ())


def advance(account: Account) -> None:
    for _ in range(6):
        account.cloud.advance(account.cloud.clock.now() + timedelta(seconds=10))


def recreated(account: Account, saved: Snapshot) -> Snapshot:
    """What is saved of the endpoint that is created again from `saved`, and restored."""
    endpoints = Endpoints(account.sagemaker)
    kept = from_json(to_json(saved))
    endpoints.delete(NAME)
    advance(account)
    assert endpoints.create(NAME, "config", kept.tags, kept.deployment) == ""
    advance(account)
    if kept.resource_policy:
        endpoints.put_policy(NAME, kept.resource_policy)
    fields = ("VariantName", "DesiredWeight", "DesiredInstanceCount")
    changes = [{field: variant[field] for field in fields} for variant in kept.variants]
    endpoints.put_variants(NAME, changes)
    advance(account)
    return saved_now(account)


def saved_now(account: Account) -> Snapshot:
    endpoints = Endpoints(account.sagemaker)
    seen = endpoints.observe(NAME)
    deployment, variants = endpoints.deployed(seen)
    return Snapshot(
        NOW,
        "config",
        endpoints.tags(seen.arn),
        Scaling(),
        deployment=deployment,
        variants=variants,
        resource_policy=endpoints.policy(NAME) or "",
    )


@pytest.mark.parametrize("path", paths(CREATION), ids=".".join)
def test_a_member_of_a_creation_survives(shared: Account, path: Path) -> None:
    request = CREATION.request_with(path)
    shared.sagemaker.delete_endpoint(EndpointName=NAME)
    advance(shared)
    shared.sagemaker.create_endpoint(**request)
    advance(shared)
    saved = saved_now(shared)
    live = recreated(shared, saved)
    assert to_json(live) == to_json(saved)
    if path[0] == "DeploymentConfig":
        assert value_at(request, path)[0] in value_at(live.deployment, path[1:])
    if path[0] == "Tags":
        assert live.tags == {tag["Key"]: tag["Value"] for tag in request["Tags"]}


def test_weights_counts_and_the_policy_survive(shared: Account) -> None:
    (weights,), (policy,) = WEIGHTS.bases, POLICIES.bases
    sagemaker: Any = shared.sagemaker
    sagemaker.update_endpoint_weights_and_capacities(**weights)
    sagemaker.put_endpoint_policy(**policy)
    advance(shared)
    saved = saved_now(shared)
    assert WEIGHT.items() <= saved.variants[0].items()
    live = recreated(shared, saved)
    assert to_json(live) == to_json(saved)
    assert live.resource_policy == policy["ResourcePolicy"]


WEIGHT_FIELDS = {f"DesiredWeightsAndCapacities.{field}" for field in WEIGHT}


@pytest.mark.parametrize(
    ("operation", "known"),
    [
        pytest.param(WEIGHTS, {"EndpointName", *WEIGHT_FIELDS}, id="weights and counts"),
        pytest.param(POLICIES, {"EndpointName", "ResourcePolicy"}, id="the resource policy"),
        pytest.param(TAGS, {"ResourceArn", "Tags.Key", "Tags.Value"}, id="tags"),
    ],
)
def test_what_is_saved_field_by_field_has_no_other_members(
    operation: Operation, known: set[str]
) -> None:
    """Of these the adapters take single fields: a new one has to be thought about."""
    assert {".".join(path) for path in paths(operation)} == known


@pytest.mark.parametrize("name", CANNOT_BE_PUT)
def test_what_cannot_be_put_is_a_member(name: str) -> None:
    operation, _, path = name.partition(".")
    known = {WEIGHTS.name: WEIGHTS, **OPERATIONS}[operation]
    names = {".".join(leaf) for leaf in leaves(known.shape)}
    assert any(leaf == path or leaf.startswith(f"{path}.") for leaf in names)
