"""What rights depend on, read from the services of our own."""

from collections.abc import Mapping
from typing import Protocol

from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.aws.sagemaker.endpoint_configs import EndpointConfigsApi
from lowtide_workbench.aws.sagemaker.hosting import Hosting
from lowtide_workbench.aws.sagemaker.tags import TagsApi


class Scaling(Protocol):
    """Application Auto Scaling."""

    def scales(self, endpoint: str) -> bool: ...

    def has_role(self) -> bool: ...

    def tracks(self, resource: str, policy: str) -> bool: ...


class AccountView:
    def __init__(
        self, hosting: Hosting, configs: EndpointConfigsApi, tags: TagsApi, scaling: Scaling
    ) -> None:
        self._hosting = hosting
        self._configs = configs
        self._tags = tags
        self._scaling = scaling

    def tags(self, arn: str) -> Mapping[str, str]:
        return self._tags.of(arn)

    def configuration_of(self, endpoint: str) -> str | None:
        try:
            return self._hosting.find(endpoint).config.name
        except Refusal:
            return None

    def key_of(self, configuration: str) -> str | None:
        try:
            key: str | None = self._configs.find(configuration).request.get("KmsKeyId")
        except Refusal:
            return None
        return key

    def is_scaled(self, endpoint: str) -> bool:
        try:
            return self._scaling.scales(self._hosting.find(endpoint).name)
        except Refusal:
            return False

    def has_scaling_role(self) -> bool:
        return self._scaling.has_role()

    def tracks(self, resource: str, policy: str) -> bool:
        return self._scaling.tracks(resource, policy)
