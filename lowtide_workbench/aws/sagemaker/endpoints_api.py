"""SageMaker's API of endpoints and of their resource policies."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from lowtide_workbench.aws.protocol.refusal import Refusal, invalid
from lowtide_workbench.aws.sagemaker.deployments import check_policy
from lowtide_workbench.aws.sagemaker.describe_endpoint import endpoint_view
from lowtide_workbench.aws.sagemaker.endpoint import HostedEndpoint
from lowtide_workbench.aws.sagemaker.endpoint_configs import EndpointConfigsApi
from lowtide_workbench.aws.sagemaker.hosting import Hosting, refused
from lowtide_workbench.aws.sagemaker.listings import Order, listed, within
from lowtide_workbench.aws.sagemaker.models import ModelsApi
from lowtide_workbench.aws.sagemaker.status import DELETABLE, UPDATABLE
from lowtide_workbench.aws.sagemaker.variant import Generation, VariantChange
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.aws.virtual_time.clock import VirtualClock

type Document = dict[str, Any]

_LONGEST_POLICY = 20_480
NO_DEREGISTER = (
    "An Application AutoScaling scalable target exists for a variant being deleted, and the IAM "
    "identity used to invoke DeleteEndpoint does not have "
    "application-autoscaling:DeregisterScalableTarget permission to deregister the scalable target."
)


class Scaling(Protocol):
    """The scalable targets of an endpoint, which DeleteEndpoint deregisters (facts 4)."""

    def scales(self, endpoint: str) -> bool: ...

    def forget(self, endpoint: str) -> None: ...


class EndpointsApi:
    operations = frozenset(
        {
            "CreateEndpoint",
            "DeleteEndpoint",
            "DescribeEndpoint",
            "ListEndpoints",
            "UpdateEndpoint",
            "UpdateEndpointWeightsAndCapacities",
        }
    )

    def __init__(
        self,
        hosting: Hosting,
        configs: EndpointConfigsApi,
        models: ModelsApi,
        scaling: Scaling,
        clock: VirtualClock,
        settings: CloudSettings,
    ) -> None:
        self._hosting = hosting
        self._configs = configs
        self._models = models
        self._scaling = scaling
        self._clock = clock
        self._settings = settings

    def create_endpoint(self, request: Document) -> Document:
        config = self._configs.find(request["EndpointConfigName"])
        deployment = request.get("DeploymentConfig")
        check_policy(deployment or {}, whole=1)
        now, tags = self._clock.seconds(), request.get("Tags", ())
        endpoint = self._hosting.create(request["EndpointName"], config, tags, deployment, now)
        return {"EndpointArn": endpoint.arn}

    def describe_endpoint(self, request: Document) -> Document:
        return endpoint_view(self._hosting.find(request["EndpointName"]), self._models.images)

    def list_endpoints(self, request: Document) -> Document:
        endpoints = [
            endpoint
            for endpoint in self._hosting.endpoints.values()
            if request.get("StatusEquals") in (None, endpoint.status)
            and within(endpoint.modified, request, "LastModifiedTime")
        ]
        shown, token = listed(request, endpoints, _ORDER)
        return {"Endpoints": [_summary(endpoint) for endpoint in shown]} | token

    def update_endpoint(self, request: Document) -> Document:
        endpoint = self._hosting.find(request["EndpointName"])
        config = self._configs.find(request["EndpointConfigName"])
        if endpoint.status not in UPDATABLE:
            raise refused(endpoint)
        self._configs.find(endpoint.config.name)  # AWS needs the old one, too
        if endpoint.asynchronous is not config.asynchronous:  # facts A10c, in our words
            change = "removed from" if endpoint.asynchronous else "added to"
            raise invalid(f"AsyncInferenceConfig parameter cannot be {change} this endpoint.")
        new = self._hosting.generation(endpoint.name, config)
        if self._scaling.scales(endpoint.name):
            _check_scaled(endpoint, new)
        if request.get("RetainAllVariantProperties"):
            _retain(endpoint, new, request.get("ExcludeRetainedVariantProperties", ()))
        deployment = request.get("DeploymentConfig")
        if request.get("RetainDeploymentConfig"):
            deployment = deployment or dict(endpoint.deployment_config)
        check_policy(deployment or {}, min(variant.count for variant in new.variants.values()))
        self._hosting.update(endpoint, new, deployment, self._clock.seconds())
        return {"EndpointArn": endpoint.arn}

    def update_endpoint_weights_and_capacities(self, request: Document) -> Document:
        changes = {
            change["VariantName"]: VariantChange(
                change.get("DesiredWeight"), change.get("DesiredInstanceCount")
            )
            for change in request["DesiredWeightsAndCapacities"]
        }
        if len(changes) < len(request["DesiredWeightsAndCapacities"]):
            raise invalid("Production variant names must be unique in DesiredWeightsAndCapacities.")
        now = self._clock.seconds()
        return {"EndpointArn": self._hosting.change(request["EndpointName"], changes, now).arn}

    def delete_endpoint(self, request: Document) -> None:
        endpoint = self._hosting.find(request["EndpointName"])
        if endpoint.status not in DELETABLE:
            raise refused(endpoint)
        if self._scaling.scales(endpoint.name) and not self._settings.may_deregister:
            raise invalid(NO_DEREGISTER)
        self._scaling.forget(endpoint.name)
        endpoint.delete(self._clock.seconds())


class EndpointPoliciesApi:
    """Resource policies (facts 5); the wording of rejections is ours."""

    operations = frozenset({"DeleteEndpointPolicy", "GetEndpointPolicy", "PutEndpointPolicy"})

    def __init__(self, hosting: Hosting) -> None:
        self._hosting = hosting

    def put_endpoint_policy(self, request: Document) -> Document:
        endpoint, policy = self._find(request), request["ResourcePolicy"]
        if endpoint.status in ("Deleting", "Failed"):
            raise invalid(f'Cannot attach a policy to endpoint "{endpoint.arn}".')
        if len(policy) > _LONGEST_POLICY or not policy.isascii():
            raise invalid(f"ResourcePolicy must be at most {_LONGEST_POLICY} ASCII characters.")
        if not _is_policy(policy):
            raise invalid("ResourcePolicy is not a valid JSON policy.")
        endpoint.policy = policy
        return {"EndpointArn": endpoint.arn}

    def get_endpoint_policy(self, request: Document) -> Document:
        endpoint = self._find(request)
        if not endpoint.policy:
            raise invalid(f'Endpoint "{endpoint.arn}" does not have a policy.')
        return {
            "EndpointName": endpoint.name,
            "EndpointArn": endpoint.arn,
            "ResourcePolicy": endpoint.policy,
        }

    def delete_endpoint_policy(self, request: Document) -> None:
        self._find(request).policy = ""

    def _find(self, request: Document) -> HostedEndpoint:
        try:
            return self._hosting.find(request["EndpointName"])
        except Refusal as refusal:
            raise Refusal("ResourceNotFound", refusal.message) from None


def _is_policy(text: str) -> bool:
    try:
        policy = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(policy, dict) and isinstance(policy.get("Statement"), dict | list)


def _summary(endpoint: HostedEndpoint) -> Document:
    """One line of ListEndpoints."""
    return {
        "EndpointName": endpoint.name,
        "EndpointArn": endpoint.arn,
        "CreationTime": endpoint.created,
        "LastModifiedTime": endpoint.modified,
        "EndpointStatus": endpoint.status,
    }


_ORDER: Order[HostedEndpoint] = {
    "CreationTime": lambda endpoint: endpoint.created,
    "Name": lambda endpoint: endpoint.name,
    "Status": lambda endpoint: endpoint.status,
}


def _check_scaled(endpoint: HostedEndpoint, new: Generation) -> None:
    """Refuses to drop a variant, or its types, while any variant of the endpoint is registered."""
    lost = [
        name
        for name, variant in endpoint.variants.items()
        if name not in new.variants or set(new.variants[name].types) != set(variant.types)
    ]
    if lost:
        raise invalid(
            f'The variant(s) "[{", ".join(lost)}]" must be deregistered as scalable targets with '
            "AWS Auto Scaling before they can be removed or have their instance type updated."
        )


def _retain(
    endpoint: HostedEndpoint, new: Generation, excluded: Sequence[Mapping[str, str]]
) -> None:
    """Keeps counts and weights of the variants, except for the excluded properties."""
    not_retained = {item["VariantPropertyType"] for item in excluded}
    for name in endpoint.variants.keys() & new.variants.keys():
        before, variant = endpoint.variants[name], new.variants[name]
        if "DesiredInstanceCount" not in not_retained:
            variant.count = before.fleet.desired
        if "DesiredWeight" not in not_retained:
            variant.weight = variant.desired_weight = before.desired_weight
