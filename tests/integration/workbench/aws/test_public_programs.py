"""Programs as people publish them: notebooks and Lambda functions, in their typical calls.

They know boto3 only. Where they would sleep, the clock of the server is moved on.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.integration.workbench.aws.conftest import OVER_HTTP

pytestmark = OVER_HTTP

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/model:1"
VARIANT = {"VariantName": "AllTraffic", "InstanceType": "ml.g5.xlarge", "InitialInstanceCount": 1}


@pytest.fixture
def boto(account: Any) -> Callable[[str], Any]:
    """boto3.client of a person who has set AWS_ENDPOINT_URL."""
    url, made = account.sagemaker.meta.endpoint_url, boto3.client
    client: Any = made
    return lambda service: client(service, endpoint_url=url)


def execution_role(boto: Callable[[str], Any]) -> str:
    """As SageMaker's SDK makes the role of the models from the role of the notebook."""
    arn = boto("sts").get_caller_identity()["Arn"]
    role, replaced = re.subn(r"^(.+)sts::(\d+):assumed-role/(.+?)/.*$", r"\1iam::\2:role/\3", arn)
    assert replaced == 1
    return role


def waited_for(boto: Callable[[str], Any], sleep: Callable[..., None], name: str) -> str:
    sagemaker = boto("sagemaker")
    status = "Creating"
    for _ in range(60):
        status = sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"]
        if status not in ("Creating", "Updating"):
            break
        sleep(seconds=30)
    return str(status)


def deploy(boto: Callable[[str], Any], sleep: Callable[..., None], **config: Any) -> None:
    sagemaker = boto("sagemaker")
    sagemaker.create_model(
        ModelName="demo",
        ExecutionRoleArn=execution_role(boto),
        PrimaryContainer={"Image": IMAGE, "ModelDataUrl": "s3://models/model.tar.gz"},
    )
    sagemaker.create_endpoint_config(
        EndpointConfigName="demo",
        ProductionVariants=[VARIANT | {"ModelName": "demo"}],
        **config,
    )
    sagemaker.create_endpoint(EndpointName="demo", EndpointConfigName="demo")
    assert waited_for(boto, sleep, "demo") == "InService"


def test_a_notebook_deploys_predicts_and_cleans_up(account: Any, boto: Any) -> None:
    """Predictor.predict with a JSON and a CSV deserializer, a stream, and the clean-up cells."""
    deploy(boto, account.wait)
    runtime = boto("sagemaker-runtime")
    payload = {"inputs": "Hello", "parameters": {"max_new_tokens": 8}}
    answer = runtime.invoke_endpoint(
        EndpointName="demo",
        ContentType="application/json",
        Accept="application/json",
        Body=json.dumps(payload),
    )
    assert json.loads(answer["Body"].read().decode("utf-8")) == payload
    rows = runtime.invoke_endpoint(
        EndpointName="demo", ContentType="text/csv", Accept="text/csv", Body="1,2\n3,4"
    )
    assert [row.split(",") for row in rows["Body"].read().decode().splitlines()][1] == ["3", "4"]
    stream = runtime.invoke_endpoint_with_response_stream(
        EndpointName="demo", ContentType="application/json", Body=json.dumps(payload)
    )["Body"]
    text = b"".join(event["PayloadPart"]["Bytes"] for event in stream)
    assert json.loads(text) == payload
    sagemaker = boto("sagemaker")
    config = sagemaker.describe_endpoint(EndpointName="demo")["EndpointConfigName"]
    models = sagemaker.describe_endpoint_config(EndpointConfigName=config)["ProductionVariants"]
    sagemaker.delete_endpoint(EndpointName="demo")
    sagemaker.delete_endpoint_config(EndpointConfigName=config)
    for model in models:
        sagemaker.delete_model(ModelName=model["ModelName"])
    with pytest.raises(ClientError) as caught:
        runtime.invoke_endpoint(EndpointName="demo", Body=b"{}")
    assert caught.value.response["Error"]["Code"] == "ValidationError"


def test_a_notebook_of_asynchronous_inference_reads_its_answer_from_s3(
    account: Any, boto: Any
) -> None:
    """Upload, scale as AWS's notebook and Deepgram's guide do, invoke at zero, poll S3."""
    s3 = boto("s3")
    s3.create_bucket(Bucket="demo-bucket")
    s3.put_object(Bucket="demo-bucket", Key="in/a.json", Body=b'{"inputs": "Hello"}')
    output = {"S3OutputPath": "s3://demo-bucket/out", "S3FailurePath": "s3://demo-bucket/failed"}
    client = {"MaxConcurrentInvocationsPerInstance": 4}
    deploy(
        boto,
        account.wait,
        AsyncInferenceConfig={"OutputConfig": output, "ClientConfig": client},
    )
    scaling = boto("application-autoscaling")
    target = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "endpoint/demo/variant/AllTraffic",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
    scaling.register_scalable_target(**target, MinCapacity=0, MaxCapacity=5)
    scaling.put_scaling_policy(
        PolicyName="AsyncBacklogTargetTracking",
        **target,
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 5.0,
            "CustomizedMetricSpecification": {
                "MetricName": "ApproximateBacklogSizePerInstance",
                "Namespace": "AWS/SageMaker",
                "Dimensions": [{"Name": "EndpointName", "Value": "demo"}],
                "Statistic": "Average",
            },
            "ScaleInCooldown": 300,
            "ScaleOutCooldown": 300,
        },
    )
    policy = scaling.put_scaling_policy(
        PolicyName="HasBacklogWithoutCapacity-ScalingPolicy",
        **target,
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "MetricAggregationType": "Average",
            "Cooldown": 300,
            "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
        },
    )
    boto("cloudwatch").put_metric_alarm(
        AlarmName="demo-backlog",
        MetricName="HasBacklogWithoutCapacity",
        Namespace="AWS/SageMaker",
        Statistic="Average",
        EvaluationPeriods=2,
        DatapointsToAlarm=2,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="missing",
        Dimensions=[{"Name": "EndpointName", "Value": "demo"}],
        Period=60,
        AlarmActions=[policy["PolicyARN"]],
    )
    account.wait(minutes=40)
    (variant,) = boto("sagemaker").describe_endpoint(EndpointName="demo")["ProductionVariants"]
    assert variant["CurrentInstanceCount"] == 0
    answer = boto("sagemaker-runtime").invoke_endpoint_async(
        EndpointName="demo",
        InputLocation="s3://demo-bucket/in/a.json",
        ContentType="application/json",
        InvocationTimeoutSeconds=3600,
    )
    key = answer["OutputLocation"].removeprefix("s3://demo-bucket/")
    assert read(s3, key, account.wait) == {"inputs": "Hello"}


def read(s3: Any, key: str, sleep: Callable[..., None]) -> Any:
    for _ in range(80):
        try:
            return json.load(s3.get_object(Bucket="demo-bucket", Key=key)["Body"])
        except s3.exceptions.NoSuchKey:
            sleep(seconds=15)
    raise AssertionError("no answer")


def test_a_function_that_stops_by_tag_at_night_and_starts_in_the_morning(
    account: Any, boto: Any
) -> None:
    """A scheduler as in many accounts: it finds by tag, and creates from the last configuration."""
    deploy(boto, account.wait)
    arn = boto("sagemaker").describe_endpoint(EndpointName="demo")["EndpointArn"]
    boto("sagemaker").add_tags(
        ResourceArn=arn, Tags=[{"Key": "AutoStop", "Value": "yes"}, {"Key": "team", "Value": "ml"}]
    )
    names = stop(boto)
    assert names == ["demo"]
    account.wait(minutes=10)
    assert stop(boto) == []
    start(boto, names)
    start(boto, names)
    assert waited_for(boto, account.wait, "demo") == "InService"
    answer = boto("sagemaker-runtime").invoke_endpoint(EndpointName="demo", Body=b"{}")
    assert answer["InvokedProductionVariant"] == "AllTraffic"


def stop(boto: Callable[[str], Any]) -> list[str]:
    names = []
    for arn in tagged(boto):
        name = arn.rsplit("/", 1)[1]
        status = boto("sagemaker").describe_endpoint(EndpointName=name)["EndpointStatus"]
        if status == "InService":
            boto("sagemaker").delete_endpoint(EndpointName=name)
            names.append(name)
    return names


def tagged(boto: Callable[[str], Any]) -> Iterator[str]:
    pages = boto("resourcegroupstaggingapi").get_paginator("get_resources")
    for page in pages.paginate(
        ResourceTypeFilters=["sagemaker:endpoint"],
        TagFilters=[{"Key": "AutoStop", "Values": ["yes"]}],
    ):
        yield from (mapping["ResourceARN"] for mapping in page["ResourceTagMappingList"])


def start(boto: Callable[[str], Any], names: list[str]) -> None:
    sagemaker = boto("sagemaker")
    for name in names:
        try:
            sagemaker.describe_endpoint(EndpointName=name)
        except ClientError as error:
            if "Could not find" not in error.response["Error"]["Message"]:
                raise
            sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)


def test_a_notebook_of_autoscaling_checks_its_quota_and_watches_its_activities(
    account: Any, boto: Any
) -> None:
    pages = boto("service-quotas").get_paginator("list_service_quotas")
    (quota,) = [
        quota["Value"]
        for page in pages.paginate(ServiceCode="sagemaker")
        for quota in page["Quotas"]
        if quota["QuotaName"] == "ml.g5.xlarge for endpoint usage"
    ]
    assert quota >= 2
    deploy(boto, account.wait)
    scaling = boto("application-autoscaling")
    target = {"ServiceNamespace": "sagemaker", "ResourceId": "endpoint/demo/variant/AllTraffic"}
    dimension = {"ScalableDimension": "sagemaker:variant:DesiredInstanceCount"}
    scaling.register_scalable_target(**target, **dimension, MinCapacity=1, MaxCapacity=2)
    put = scaling.put_scaling_policy(
        PolicyName="Invocations-ScalingPolicy",
        **target,
        **dimension,
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 10.0,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
            },
        },
    )
    alarms = boto("cloudwatch").describe_alarms(
        AlarmNames=[alarm["AlarmName"] for alarm in put["Alarms"]]
    )
    assert len(alarms["MetricAlarms"]) == 2
    scaling.put_scheduled_action(
        ScheduledActionName="morning",
        Schedule="cron(30 12 ? * MON-FRI *)",
        ScalableTargetAction={"MinCapacity": 2, "MaxCapacity": 2},
        **target,
        **dimension,
    )
    account.wait(hours=1)
    assert waited_for(boto, account.wait, "demo") == "InService"
    (variant,) = boto("sagemaker").describe_endpoint(EndpointName="demo")["ProductionVariants"]
    assert variant["CurrentInstanceCount"] == 2
    (activity,) = scaling.describe_scaling_activities(**target)["ScalingActivities"]
    assert activity["StatusCode"] == "Successful"
