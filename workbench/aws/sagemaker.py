"""SageMaker hosting's API: endpoint configurations, endpoints and their tags. Models are moto's."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from workbench.aws.clock import Clock
from workbench.aws.endpoint import DELETABLE, Change, Endpoint
from workbench.aws.endpoint_configs import EndpointConfig, check_variant
from workbench.aws.hosting import Hosting, arn
from workbench.aws.paging import page
from workbench.aws.refusal import invalid
from workbench.aws.sagemaker_views import described

type Document = dict[str, Any]

_NO_DEREGISTER = (
    "An Application AutoScaling scalable target exists for a variant being deleted, and the IAM "
    "identity used to invoke DeleteEndpoint does not have "
    "application-autoscaling:DeregisterScalableTarget permission to deregister the scalable target."
)


class Scaling(Protocol):
    """What Application Auto Scaling knows of an endpoint, and forgets when it is deleted."""

    def scales(self, endpoint: str) -> bool: ...

    def forget(self, endpoint: str) -> None: ...


class SageMaker:
    operations = frozenset(
        {
            "AddTags",
            "CreateEndpoint",
            "CreateEndpointConfig",
            "DeleteEndpoint",
            "DeleteEndpointConfig",
            "DeleteTags",
            "DescribeEndpoint",
            "DescribeEndpointConfig",
            "ListEndpointConfigs",
            "ListEndpoints",
            "ListTags",
            "UpdateEndpoint",
            "UpdateEndpointWeightsAndCapacities",
        }
    )

    def __init__(
        self, hosting: Hosting, scaling: Scaling, clock: Clock, *, may_deregister: bool
    ) -> None:
        self._hosting = hosting
        self._scaling = scaling
        self._clock = clock
        self._may_deregister = may_deregister

    def create_endpoint_config(self, request: Document) -> Document:
        name = request["EndpointConfigName"]
        where = arn("endpoint-config", name)
        if name in self._hosting.configs:
            raise invalid(f'Cannot create already existing endpoint configuration "{where}".')
        for variant in request["ProductionVariants"]:
            check_variant(variant)
        self._hosting.tags[where] = _tags(request.pop("Tags", ()))
        config = EndpointConfig(name, where, self._clock.seconds(), request)
        self._hosting.configs[name] = config
        return {"EndpointConfigArn": where}

    def describe_endpoint_config(self, request: Document) -> Document:
        config = self._hosting.config(request["EndpointConfigName"])
        return config.request | {
            "EndpointConfigArn": config.arn,
            "CreationTime": config.created,
            "EnableNetworkIsolation": config.request.get("EnableNetworkIsolation", False),
        }

    def list_endpoint_configs(self, request: Document) -> Document:
        configs = _listed(request, list(self._hosting.configs.values()), _CONFIG_ORDER)
        shown, token = page(configs, request, size=10)
        summaries = [
            {
                "EndpointConfigName": config.name,
                "EndpointConfigArn": config.arn,
                "CreationTime": config.created,
            }
            for config in shown
        ]
        return {"EndpointConfigs": summaries} | token

    def delete_endpoint_config(self, request: Document) -> None:
        config = self._hosting.config(request["EndpointConfigName"])
        del self._hosting.configs[config.name]
        self._hosting.tags.pop(config.arn, None)

    def create_endpoint(self, request: Document) -> Document:
        config = self._hosting.config(request["EndpointConfigName"])
        name = request["EndpointName"]
        tags = _tags(request.get("Tags", ()))
        deployment = request.get("DeploymentConfig")
        endpoint = self._hosting.create(name, config, tags, deployment, self._clock.seconds())
        return {"EndpointArn": endpoint.arn}

    def describe_endpoint(self, request: Document) -> Document:
        return described(self._hosting.find(request["EndpointName"]))

    def list_endpoints(self, request: Document) -> Document:
        endpoints = _listed(request, list(self._hosting.endpoints.values()), _ENDPOINT_ORDER)
        status = request.get("StatusEquals")
        wanted = [each for each in endpoints if status in (None, each.status)]
        shown, token = page(wanted, request, size=10)
        summaries = [
            {
                "EndpointName": endpoint.name,
                "EndpointArn": endpoint.arn,
                "CreationTime": endpoint.created,
                "LastModifiedTime": endpoint.modified,
                "EndpointStatus": endpoint.status,
            }
            for endpoint in shown
        ]
        return {"Endpoints": summaries} | token

    def update_endpoint(self, request: Document) -> None:
        """Not played: better said than half done."""
        endpoint = self._hosting.find(request["EndpointName"])
        self._hosting.config(request["EndpointConfigName"])
        raise invalid(f'The embedded AWS does not play UpdateEndpoint ("{endpoint.arn}").')

    def update_endpoint_weights_and_capacities(self, request: Document) -> Document:
        changes = {
            each["VariantName"]: Change(each.get("DesiredWeight"), each.get("DesiredInstanceCount"))
            for each in request["DesiredWeightsAndCapacities"]
        }
        now = self._clock.seconds()
        return {"EndpointArn": self._hosting.change(request["EndpointName"], changes, now).arn}

    def delete_endpoint(self, request: Document) -> None:
        endpoint = self._hosting.find(request["EndpointName"])
        if endpoint.status not in DELETABLE:
            raise invalid(f'Cannot update in-progress endpoint "{endpoint.arn}".')
        if self._scaling.scales(endpoint.name) and not self._may_deregister:
            raise invalid(_NO_DEREGISTER)
        self._scaling.forget(endpoint.name)
        endpoint.delete(self._clock.seconds())

    def add_tags(self, request: Document) -> Document:
        tags = self._tags_of(request["ResourceArn"])
        tags.update(_tags(request["Tags"]))
        return {"Tags": _listed_tags(tags)}

    def list_tags(self, request: Document) -> Document:
        tags = _listed_tags(self._tags_of(request["ResourceArn"]))
        shown, token = page(tags, request, size=50)
        return {"Tags": shown} | token

    def delete_tags(self, request: Document) -> None:
        tags = self._tags_of(request["ResourceArn"])
        for key in request["TagKeys"]:
            tags.pop(key, None)

    def _tags_of(self, resource: str) -> dict[str, str]:
        where = resource.lower()
        known = {each.arn for each in self._hosting.endpoints.values()}
        known |= {each.arn for each in self._hosting.configs.values()}
        if where not in known:
            raise invalid(f'Could not find resource "{resource}".')
        return self._hosting.tags.setdefault(where, {})


def _tags(given: Sequence[Mapping[str, str]]) -> dict[str, str]:
    for tag in given:
        if tag["Key"].lower().startswith("aws:"):
            raise invalid("aws: prefixed tag key names are not allowed for external use.")
    return {tag["Key"]: tag["Value"] for tag in given}


def _listed_tags(tags: Mapping[str, str]) -> list[Document]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


type _Order[T] = Mapping[str, Callable[[T], Any]]

_CONFIG_ORDER: _Order[EndpointConfig] = {
    "CreationTime": lambda config: config.created,
    "Name": lambda config: config.name,
}
_ENDPOINT_ORDER: _Order[Endpoint] = {
    "CreationTime": lambda endpoint: endpoint.created,
    "Name": lambda endpoint: endpoint.name,
    "Status": lambda endpoint: endpoint.status,
}


def _listed[T: (Endpoint, EndpointConfig)](
    request: Mapping[str, Any], items: list[T], order: _Order[T]
) -> list[T]:
    """Newest first, unless asked otherwise."""
    part = request.get("NameContains", "")
    key = order[request.get("SortBy", "CreationTime")]
    backwards = request.get("SortOrder", "Descending") == "Descending"
    return sorted((each for each in items if part in each.name), key=key, reverse=backwards)
