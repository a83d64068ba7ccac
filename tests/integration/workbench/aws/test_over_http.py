"""A server answers each operation, and refuses each kind of error, as the cloud in process does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.model import OperationModel

from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.aws.autoscaling.api import ApplicationAutoScaling
from lowtide_workbench.aws.cloudwatch.alarms_api import AlarmsApi
from lowtide_workbench.aws.cloudwatch.metrics_api import MetricsApi
from lowtide_workbench.aws.protocol.request_validation import problems, service_model
from lowtide_workbench.aws.sagemaker.endpoint_configs import EndpointConfigsApi
from lowtide_workbench.aws.sagemaker.endpoints_api import EndpointsApi
from lowtide_workbench.aws.sagemaker.models import ModelsApi
from lowtide_workbench.aws.sagemaker.tags import TagsApi
from lowtide_workbench.aws.settings import Quotas
from tests.integration.workbench.aws.conftest import (
    NAME,
    OVER_HTTP,
    START,
    TARGET,
    Account,
    OpenAccount,
    refusal,
)

ARN = "arn:aws:sagemaker:us-east-1:123456789012"
HOUR = {"StartTime": START, "EndTime": START + timedelta(hours=1)}


def answered(client: Any) -> set[str]:
    """The operations that are answered without an error from now on."""
    names: set[str] = set()

    def note(parsed: Any, model: OperationModel, **_: object) -> None:
        if "Error" not in parsed:
            names.add(model.name)

    client.meta.events.register("after-call", note)
    return names


@OVER_HTTP
def test_sagemaker_answers_each_operation(account: Account) -> None:
    """The client of conftest holds each answer against botocore's model."""
    call: Any = account.sagemaker
    names, of, arn = answered(call), {"EndpointName": NAME}, f"{ARN}:endpoint/my-endpoint"
    account.in_service()
    account.scale(2)
    call.describe_endpoint(**of)
    account.wait_for("InService")
    account.configure(name="other")
    call.update_endpoint(**of, EndpointConfigName="other")
    call.describe_endpoint(**of)
    account.wait_for("InService")
    call.add_tags(ResourceArn=arn, Tags=[{"Key": "a", "Value": "b"}])
    assert call.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "b"}]
    call.delete_tags(ResourceArn=arn, TagKeys=["a"])
    first, second = (call.list_endpoints()["ResponseMetadata"] for _ in range(2))
    assert first["RequestId"] != second["RequestId"]
    call.list_endpoint_configs()
    call.describe_endpoint_config(EndpointConfigName="other")
    call.describe_model(ModelName="model")
    account.delete()
    call.describe_endpoint(**of)
    call.delete_endpoint_config(EndpointConfigName="config")
    call.delete_model(ModelName="model")
    services = (EndpointsApi, EndpointConfigsApi, ModelsApi, TagsApi)
    assert names == {name for service in services for name in service.operations}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({}, id="a member that must be there is not"),
        pytest.param({"EndpointArn": "arn"}, id="an ARN too short"),
    ],
)
def test_an_answer_against_the_model_is_noticed(answer: dict[str, Any]) -> None:
    shape = service_model("sagemaker").operation_model("CreateEndpoint").output_shape
    assert shape is not None
    assert list(problems(shape, answer))


@OVER_HTTP
def test_application_auto_scaling_answers_each_operation(account: Account) -> None:
    account.in_service()
    client: Any = account.autoscaling
    names = answered(client)
    arn = account.register()
    account.track()
    account.schedule("rate(1 day)")
    client.tag_resource(ResourceARN=arn, Tags={"team": "voice"})
    assert client.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"team": "voice"}
    client.untag_resource(ResourceARN=arn, TagKeys=["team"])
    of = {"ServiceNamespace": "sagemaker"}
    assert len(client.describe_scalable_targets(**of)["ScalableTargets"]) == 1
    assert len(client.describe_scaling_policies(**of)["ScalingPolicies"]) == 1
    assert len(client.describe_scheduled_actions(**of)["ScheduledActions"]) == 1
    client.describe_scaling_activities(**of)
    client.delete_scheduled_action(**TARGET, ScheduledActionName="more")
    client.delete_scaling_policy(**TARGET, PolicyName="track-Load")
    client.deregister_scalable_target(**TARGET)
    assert client.describe_scalable_targets(**of)["ScalableTargets"] == []
    assert names == ApplicationAutoScaling.operations


@OVER_HTTP
def test_cloudwatch_answers_each_operation(account: Account) -> None:
    client: Any = account.cloudwatch
    names = answered(client)
    account.put(2.0)
    account.alarm()
    (alarm,) = client.describe_alarms(AlarmNames=["high"])["MetricAlarms"]
    of = {"Namespace": "Test", "MetricName": "Load"}
    assert client.describe_alarms_for_metric(**of, Dimensions=alarm["Dimensions"])[
        "MetricAlarms"
    ] == [alarm]
    client.set_alarm_state(AlarmName="high", StateValue="ALARM", StateReason="a test")
    client.disable_alarm_actions(AlarmNames=["high"])
    client.enable_alarm_actions(AlarmNames=["high"])
    arn = alarm["AlarmArn"]
    client.tag_resource(ResourceARN=arn, Tags=[{"Key": "team", "Value": "voice"}])
    assert client.list_tags_for_resource(ResourceARN=arn)["Tags"] == [
        {"Key": "team", "Value": "voice"}
    ]
    client.untag_resource(ResourceARN=arn, TagKeys=["team"])
    client.delete_alarms(AlarmNames=["high"])
    account.wait(minutes=5)
    (metric,) = client.list_metrics(**of)["Metrics"]
    statistics = {"Dimensions": metric["Dimensions"], "Period": 60, "Statistics": ["Average"]}
    points = client.get_metric_statistics(**of, **HOUR, **statistics)["Datapoints"]
    assert [point["Average"] for point in points] == [2.0]
    query = {"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Average"}}
    (found,) = client.get_metric_data(**HOUR, MetricDataQueries=[query])["MetricDataResults"]
    assert found["Values"] == [2.0]
    assert names == (MetricsApi.operations | AlarmsApi.operations) - {"PutCompositeAlarm"}


REFUSED: dict[str, tuple[str, Callable[[Any], object]]] = {
    "what is not there": (
        "ValidationException",
        lambda account: account.sagemaker.describe_endpoint(EndpointName="absent"),
    ),
    "more than the quota": (
        "ResourceLimitExceeded",
        lambda account: (account.configure(count=2), account.create()),
    ),
    "a target that is not registered": (
        "ObjectNotFoundException",
        lambda account: account.autoscaling.deregister_scalable_target(**TARGET),
    ),
    "tags of what is not there": (
        "ResourceNotFoundException",
        lambda account: account.autoscaling.list_tags_for_resource(
            ResourceARN="arn:aws:application-autoscaling:us-east-1:123456789012:"
            "scalable-target/0ec5d1a9"
        ),
    ),
    "a token that was never given": (
        "InvalidNextTokenException",
        lambda account: account.autoscaling.describe_scalable_targets(
            ServiceNamespace="sagemaker", NextToken="made-up"
        ),
    ),
    "an alarm that is not there": (
        "ResourceNotFound",
        lambda account: account.cloudwatch.set_alarm_state(
            AlarmName="absent", StateValue="OK", StateReason="a test"
        ),
    ),
    "a composite alarm": (
        "ValidationError",
        lambda account: account.cloudwatch.put_composite_alarm(AlarmName="a", AlarmRule="ALARM(b)"),
    ),
    "a token of CloudWatch that was never given": (
        "InvalidNextToken",
        lambda account: account.cloudwatch.describe_alarms(NextToken="made-up"),
    ),
    "a metric without a statistic": (
        "InvalidParameterCombination",
        lambda account: account.cloudwatch.get_metric_statistics(
            Namespace="Test", MetricName="Load", Period=60, **HOUR
        ),
    ),
    "a value that is no number": (
        "InvalidParameterValue",
        lambda account: account.put(float("nan")),
    ),
}


@OVER_HTTP
@pytest.mark.parametrize(("code", "call"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_has_its_code_and_a_message(
    open_account: OpenAccount, code: str, call: Callable[[Any], object]
) -> None:
    account = open_account(CloudSettings(quotas=Quotas(instances=1)))
    found, message = refusal(lambda: call(account))
    assert found == code
    assert message
