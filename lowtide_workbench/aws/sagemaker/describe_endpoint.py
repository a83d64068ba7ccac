"""The answer of DescribeEndpoint."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from lowtide_workbench.aws.sagemaker.endpoint import HostedEndpoint
from lowtide_workbench.aws.sagemaker.endpoint_config_validation import variant_models
from lowtide_workbench.aws.sagemaker.models import pinned
from lowtide_workbench.aws.sagemaker.variant import Generation, HostedVariant

type Document = dict[str, Any]
type Images = Callable[[str], Sequence[str]]  # of a model

_WITHOUT_VARIANTS = ("Creating", "Failed")


def endpoint_view(endpoint: HostedEndpoint, images: Images) -> Document:
    """The endpoint as DescribeEndpoint shows it; the reason of a failed update stays in it."""
    view, status = _View(endpoint, images), endpoint.status
    document: Document = {
        "EndpointName": endpoint.name,
        "EndpointArn": endpoint.arn,
        "EndpointConfigName": endpoint.config.name,
        "EndpointStatus": status,
        "CreationTime": endpoint.created,
        "LastModifiedTime": endpoint.modified,
    }
    if status not in _WITHOUT_VARIANTS:
        document |= view.generation(endpoint.present, pending=False)
    if endpoint.failure:
        document["FailureReason"] = endpoint.failure
    if endpoint.deployment_config:
        document["LastDeploymentConfig"] = endpoint.deployment_config
    if endpoint.deployment is not None and status in ("Creating", "Updating"):
        document["PendingDeploymentSummary"] = view.pending(endpoint.deployment.new)
    if capture := endpoint.config.request.get("DataCaptureConfig"):
        document["DataCaptureConfig"] = _capture(capture)
    for field in ("AsyncInferenceConfig", "ExplainerConfig", "MetricsConfig"):
        if field in endpoint.config.request:
            document[field] = endpoint.config.request[field]
    return document


class _View:
    def __init__(self, endpoint: HostedEndpoint, images: Images) -> None:
        self._endpoint = endpoint
        self._images = images

    def pending(self, generation: Generation) -> Document:
        return {
            "EndpointConfigName": generation.config.name,
            "StartTime": self._endpoint.began,
        } | self.generation(generation, pending=True)

    def generation(self, generation: Generation, *, pending: bool) -> Document:
        """The variants by kind; a kind without variants is left out."""
        kinds = {
            "ProductionVariants": generation.variants,
            "ShadowProductionVariants": generation.shadows,
        }
        return {
            kind: [
                self._variant(name, variant, pending=pending) for name, variant in variants.items()
            ]
            for kind, variants in kinds.items()
            if variants
        }

    def _variant(self, name: str, variant: HostedVariant, *, pending: bool) -> Document:
        request, fleet = variant.request, variant.fleet
        summary: Document = {
            "VariantName": name,
            "CurrentWeight": 0.0 if pending else variant.weight,
            "DesiredWeight": variant.desired_weight,
            "CurrentInstanceCount": len(fleet.live),
            "DesiredInstanceCount": variant.count if pending else fleet.desired,
        }
        if "InstancePools" in request:
            summary["InstancePools"] = [
                {"InstanceType": instance_type, "CurrentInstanceCount": count}
                for instance_type, count in fleet.counts.items()
            ]
        elif pending:
            summary["InstanceType"] = request["InstanceType"]
        if images := self._deployed(variant_models(request)):
            summary["DeployedImages"] = images
        if status := self._status(variant, pending=pending):
            summary["VariantStatus"] = [status]
        for field in ("ManagedInstanceScaling", "RoutingConfig"):
            if field in request:
                summary[field] = request[field]
        return summary

    def _status(self, variant: HostedVariant, *, pending: bool) -> Document | None:
        endpoint, deployment = self._endpoint, self._endpoint.deployment
        if deployment is not None and pending:
            return {"Status": "Creating", "StartTime": endpoint.began}
        if endpoint.status != "Updating" or deployment is not None:
            return None
        desired, current = variant.fleet.desired, len(variant.fleet.live)
        direction = "out" if desired > current else "in"
        message = f"Scaling {direction} desired instance count to {desired}."
        status = {"Status": "Updating", "StartTime": endpoint.began}
        return status | ({"StatusMessage": message} if desired != current else {})

    def _deployed(self, models: Iterable[str]) -> list[Document]:
        return [
            {
                "SpecifiedImage": image,
                "ResolvedImage": pinned(image),
                "ResolutionTime": self._endpoint.created,
            }
            for model in models
            for image in self._images(model)
        ]


def _capture(config: Mapping[str, Any]) -> Document:
    enabled = bool(config.get("EnableCapture", False))
    return {
        "EnableCapture": enabled,
        "CaptureStatus": "Started" if enabled else "Stopped",
        "CurrentSamplingPercentage": config["InitialSamplingPercentage"],
        "DestinationS3Uri": config["DestinationS3Uri"],
        "KmsKeyId": config.get("KmsKeyId", ""),
    }
