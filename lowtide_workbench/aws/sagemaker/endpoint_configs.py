"""Endpoint configurations: their API, and the pools and rules of the fleets they make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lowtide_workbench.aws.account import sagemaker_arn
from lowtide_workbench.aws.protocol.refusal import invalid
from lowtide_workbench.aws.sagemaker.endpoint_config_validation import check_config, models_of
from lowtide_workbench.aws.sagemaker.listings import NAMED, listed
from lowtide_workbench.aws.sagemaker.models import ModelsApi
from lowtide_workbench.aws.sagemaker.tags import TagsApi
from lowtide_workbench.aws.settings import CloudSettings, RemovedWork
from lowtide_workbench.aws.virtual_time.clock import VirtualClock
from lowtide_workbench.fleet.fleet import Removal, Routing, Rules
from lowtide_workbench.fleet.pools import InstancePool, Procurement, Window

type Document = dict[str, Any]


@dataclass(slots=True)
class EndpointConfig:
    name: str
    arn: str
    created: float
    request: Document  # of CreateEndpointConfig; Describe returns it

    @property
    def asynchronous(self) -> bool:
        return "AsyncInferenceConfig" in self.request

    def removal(self, settings: CloudSettings) -> Removal:
        """What happens to the sessions or jobs on an instance that is removed."""
        finished = settings.asynchronous.removed_work is RemovedWork.FINISHED
        return Removal.DRAIN if finished or not self.asynchronous else Removal.CUT


class EndpointConfigsApi:
    operations = frozenset(
        {
            "CreateEndpointConfig",
            "DeleteEndpointConfig",
            "DescribeEndpointConfig",
            "ListEndpointConfigs",
        }
    )

    def __init__(
        self, settings: CloudSettings, clock: VirtualClock, models: ModelsApi, tags: TagsApi
    ) -> None:
        self._configs: dict[str, EndpointConfig] = {}
        self._settings = settings
        self._clock = clock
        self._models = models
        self._tags = tags

    def find(self, name: str) -> EndpointConfig:
        """The configuration of that name; ValidationException without one."""
        config = self._configs.get(name)
        if config is None:
            config_arn = sagemaker_arn("endpoint-config", name)
            raise invalid(f'Could not find endpoint configuration "{config_arn}".')
        return config

    def create_endpoint_config(self, request: Document) -> Document:
        name = request["EndpointConfigName"]
        config_arn = sagemaker_arn("endpoint-config", name)
        if any(known.lower() == name.lower() for known in self._configs):
            raise invalid(f'Cannot create already existing endpoint configuration "{config_arn}".')
        check_config(request)
        if self._settings.models_must_exist:
            for model in models_of(request):
                self._models.find(model)
        if "AsyncInferenceConfig" in request and not self._settings.asynchronous.marketplace:
            self._check_packages(request)
        self._tags.begin(config_arn, request.pop("Tags", ()))
        self._configs[name] = EndpointConfig(name, config_arn, self._clock.seconds(), request)
        return {"EndpointConfigArn": config_arn}

    def _check_packages(self, request: Document) -> None:
        """Refuses packages of other accounts, with AWS's text (facts A10a)."""
        if any(self._models.is_from_marketplace(model) for model in models_of(request)):
            raise invalid(
                "Marketplace images are not supported when specifying an AsyncInferenceConfig."
            )

    def describe_endpoint_config(self, request: Document) -> Document:
        config = self.find(request["EndpointConfigName"])
        document: Document = {"EnableNetworkIsolation": False} | config.request | _summary(config)
        for kind in ("ProductionVariants", "ShadowProductionVariants"):
            if kind in document:
                document[kind] = [
                    {"InitialVariantWeight": 1.0, **variant} for variant in document[kind]
                ]
        return document

    def list_endpoint_configs(self, request: Document) -> Document:
        shown, token = listed(request, list(self._configs.values()), NAMED)
        return {"EndpointConfigs": [_summary(config) for config in shown]} | token

    def delete_endpoint_config(self, request: Document) -> None:
        """Not refused while in use: the endpoint stays, but cannot be updated any more."""
        config = self.find(request["EndpointConfigName"])
        del self._configs[config.name]
        self._tags.end(config.arn)


def _summary(config: EndpointConfig) -> Document:
    return {
        "EndpointConfigName": config.name,
        "EndpointConfigArn": config.arn,
        "CreationTime": config.created,
    }


def pools_of(variant: Mapping[str, Any], settings: CloudSettings) -> list[InstancePool]:
    alone: Sequence[Document] = [{"InstanceType": variant.get("InstanceType"), "Priority": 1}]
    return [
        InstancePool(
            pool["InstanceType"],
            pool["Priority"],
            settings.capacity.get(pool["InstanceType"], settings.default_capacity),
        )
        for pool in variant.get("InstancePools") or alone
    ]


def rules_of(variant: Mapping[str, Any], settings: CloudSettings) -> Rules:
    strategy = variant.get("RoutingConfig", {}).get("RoutingStrategy", "RANDOM")
    counts_streams = strategy == "LEAST_OUTSTANDING_REQUESTS"
    return Rules(
        routing=Routing.LEAST_OUTSTANDING_REQUESTS if counts_streams else Routing.RANDOM,
        provisioning_s=settings.provisioning_s,
        procurement=_procurement(variant, settings),
        droughts=settings.droughts,
    )


def _procurement(variant: Mapping[str, Any], settings: CloudSettings) -> Procurement:
    """Without pools there is one type, which is waited for until the time-out (facts 5)."""
    timeout = variant.get(
        "VariantInstanceProvisionTimeoutInSeconds", settings.provisioning_timeout_s
    )
    window = Window.TOTAL if variant.get("InstancePools") else Window.PER_POOL
    return Procurement(timeout, window, settings.capacity_error_s)
