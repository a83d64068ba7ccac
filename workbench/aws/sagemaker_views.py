"""What DescribeEndpoint says."""

from collections.abc import Mapping
from typing import Any

from workbench.aws.endpoint import Endpoint, Variant

type Document = dict[str, Any]


def described(endpoint: Endpoint) -> Document:
    """Variants appear once there is something to see: not while Creating, not after it failed."""
    document: Document = {
        "EndpointName": endpoint.name,
        "EndpointArn": endpoint.arn,
        "EndpointConfigName": endpoint.config.name,
        "EndpointStatus": endpoint.status,
        "CreationTime": endpoint.created,
        "LastModifiedTime": endpoint.modified,
    }
    if endpoint.status not in ("Creating", "Failed"):
        document["ProductionVariants"] = [
            _variant(name, variant) for name, variant in endpoint.variants.items()
        ]
    if endpoint.failure and endpoint.status in ("Failed", "RollingBack"):
        document["FailureReason"] = endpoint.failure
    if endpoint.deployment:
        document["LastDeploymentConfig"] = endpoint.deployment
    if capture := endpoint.config.request.get("DataCaptureConfig"):
        document["DataCaptureConfig"] = _capture(capture)
    for field in ("AsyncInferenceConfig", "ExplainerConfig", "MetricsConfig"):
        if field in endpoint.config.request:
            document[field] = endpoint.config.request[field]
    return document


def _variant(name: str, variant: Variant) -> Document:
    summary: Document = {
        "VariantName": name,
        "CurrentWeight": variant.weight,
        "DesiredWeight": variant.weight,
        "CurrentInstanceCount": len(variant.fleet.live),
        "DesiredInstanceCount": variant.fleet.desired,
    }
    if "InstancePools" in variant.request:
        summary["InstancePools"] = [
            {"InstanceType": instance_type, "CurrentInstanceCount": count}
            for instance_type, count in variant.fleet.counts.items()
        ]
    if "RoutingConfig" in variant.request:
        summary["RoutingConfig"] = variant.request["RoutingConfig"]
    return summary


def _capture(config: Mapping[str, Any]) -> Document:
    enabled = bool(config.get("EnableCapture", False))
    return {
        "EnableCapture": enabled,
        "CaptureStatus": "Started" if enabled else "Stopped",
        "CurrentSamplingPercentage": config["InitialSamplingPercentage"],
        "DestinationS3Uri": config["DestinationS3Uri"],
        "KmsKeyId": config.get("KmsKeyId", ""),
    }
