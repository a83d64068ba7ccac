"""moto's tagging API (resourcegroupstaggingapi) over the tags of our own SageMaker."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol
from unittest.mock import patch

from moto.core.resource_tagging import TaggedResource
from moto.sagemaker.models import SageMakerModelBackend, sagemaker_backends

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.protocol.refusal import Refusal

_KIND = SageMakerModelBackend


class TagStore(Protocol):
    """The tags of resources by ARN, and SageMaker's operations on them."""

    def tagged(self) -> Mapping[str, Mapping[str, str]]: ...
    def add_tags(self, request: dict[str, Any], /) -> object: ...
    def delete_tags(self, request: dict[str, Any], /) -> object: ...


@contextmanager
def sagemaker_tags_of(store: TagStore) -> Iterator[None]:
    """The filters and the pages stay moto's."""
    of_moto = _KIND.iter_tagged_resources

    def resources(backend: SageMakerModelBackend) -> Iterator[TaggedResource]:
        yield from of_moto(backend)
        for arn, tags in store.tagged().items():
            kind = arn.rpartition(":")[2].partition("/")[0]
            yield TaggedResource(arn, dict(tags), f"sagemaker:{kind}")

    def tag(_: SageMakerModelBackend, arn: str, tags: Mapping[str, str]) -> None:
        pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
        _or_failed(store.add_tags, {"ResourceArn": arn, "Tags": pairs})

    def untag(_: SageMakerModelBackend, arn: str, tag_keys: Iterable[str]) -> None:
        _or_failed(store.delete_tags, {"ResourceArn": arn, "TagKeys": list(tag_keys)})

    _ = sagemaker_backends[ACCOUNT][REGION]  # moto lists the resources of backends in use only
    with (
        patch.object(_KIND, "iter_tagged_resources", resources),
        patch.object(_KIND, "tag_resource", tag),
        patch.object(_KIND, "untag_resource", untag),
    ):
        yield


def _or_failed(operation: Any, request: dict[str, Any]) -> None:
    """moto puts the resource into FailedResourcesMap for this exception alone."""
    try:
        operation(request)
    except Refusal as refusal:
        raise NotImplementedError(refusal.message) from refusal
