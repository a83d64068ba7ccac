"""AWS's answers to the publisher: endpoints in service with three pools each."""

from datetime import datetime

from lowtide_workbench.benchmarks.harness.answers import Answers, Document

CAPACITY = {"ml.g6.2xlarge": 10, "ml.g6e.2xlarge": 20, "ml.g5.2xlarge": 8}
_LONG_AGO = 1_700_000_000.0
_LIVE, _STREAMS = 2, 4.5


def describe_endpoint(request: Document) -> Document:
    name = request["EndpointName"]
    pools = [{"InstanceType": t, "CurrentInstanceCount": _LIVE} for t in CAPACITY]
    count = _LIVE * len(CAPACITY)
    return {
        "EndpointName": name,
        "EndpointArn": f"arn:aws:sagemaker:us-east-1:123456789012:endpoint/{name}",
        "EndpointConfigName": f"{name}-config",
        "EndpointStatus": "InService",
        "CreationTime": _LONG_AGO,
        "LastModifiedTime": _LONG_AGO,
        "ProductionVariants": [
            {
                "VariantName": "AllTraffic",
                "CurrentWeight": 1.0,
                "DesiredWeight": 1.0,
                "CurrentInstanceCount": count,
                "DesiredInstanceCount": count,
                "InstancePools": pools,
            }
        ],
    }


def describe_endpoint_config(request: Document) -> Document:
    name = request["EndpointConfigName"]
    pools = [{"InstanceType": t, "Priority": rank} for rank, t in enumerate(CAPACITY, start=1)]
    return {
        "EndpointConfigName": name,
        "EndpointConfigArn": f"arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/{name}",
        "CreationTime": _LONG_AGO,
        "ProductionVariants": [
            {
                "VariantName": "AllTraffic",
                "ModelName": "model",
                "InitialInstanceCount": 1,
                "InstancePools": pools,
            }
        ],
    }


def get_metric_data(request: Document) -> Document:
    """A data point for every period of each query."""
    start, end = _seconds(request["StartTime"]), _seconds(request["EndTime"])
    results = []
    for query in request["MetricDataQueries"]:
        times = list(range(start, end, query["MetricStat"]["Period"]))[::-1]
        results.append(
            {
                "Id": query["Id"],
                "Label": "ConcurrentRequestsPerModel",
                "Timestamps": times,
                "Values": [_STREAMS] * len(times),
                "StatusCode": "Complete",
            }
        )
    return {"MetricDataResults": results, "Messages": []}


def put_metric_data(_request: Document) -> Document:
    return {}


ANSWERS: Answers = {
    "DescribeEndpoint": describe_endpoint,
    "DescribeEndpointConfig": describe_endpoint_config,
    "GetMetricData": get_metric_data,
    "PutMetricData": put_metric_data,
}


def _seconds(value: float | str) -> int:
    return int(
        value if isinstance(value, int | float) else datetime.fromisoformat(value).timestamp()
    )
