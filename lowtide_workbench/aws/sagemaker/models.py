"""SageMaker's models, of which only the names and images matter here."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT, sagemaker_arn
from lowtide_workbench.aws.protocol.refusal import invalid
from lowtide_workbench.aws.sagemaker.listings import NAMED, listed
from lowtide_workbench.aws.sagemaker.tags import TagsApi
from lowtide_workbench.aws.virtual_time.clock import VirtualClock

type Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class HostedModel:
    name: str
    arn: str
    created: float
    request: Document

    @property
    def containers(self) -> Sequence[Document]:
        first = self.request.get("PrimaryContainer")
        return [first] if first else self.request.get("Containers", [])

    @property
    def images(self) -> Sequence[str]:
        """The images of its containers; a model package does not show its own."""
        return [container["Image"] for container in self.containers if "Image" in container]


class ModelsApi:
    operations = frozenset({"CreateModel", "DeleteModel", "DescribeModel", "ListModels"})

    def __init__(self, clock: VirtualClock, tags: TagsApi) -> None:
        self._models: dict[str, HostedModel] = {}
        self._clock = clock
        self._tags = tags

    def find(self, name: str) -> HostedModel:
        if name not in self._models:
            raise invalid(f'Could not find model "{sagemaker_arn("model", name)}".')
        return self._models[name]

    def images(self, name: str) -> Sequence[str]:
        return self._models[name].images if name in self._models else ()

    def is_from_marketplace(self, name: str) -> bool:
        """Whether one of its model packages is another account's; False for an absent model."""
        containers = self._models[name].containers if name in self._models else ()
        packages = [container.get("ModelPackageName", "") for container in containers]
        return any(p.startswith("arn:") and f":{ACCOUNT}:" not in p for p in packages)

    def create_model(self, request: Document) -> Document:
        name = request["ModelName"]
        model_arn = sagemaker_arn("model", name)
        if any(known.lower() == name.lower() for known in self._models):
            raise invalid(f'Cannot create already existing model "{model_arn}".')
        self._tags.begin(model_arn, request.pop("Tags", ()))
        self._models[name] = HostedModel(name, model_arn, self._clock.seconds(), request)
        return {"ModelArn": model_arn}

    def describe_model(self, request: Document) -> Document:
        model = self.find(request["ModelName"])
        return {"EnableNetworkIsolation": False} | model.request | _summary(model)

    def list_models(self, request: Document) -> Document:
        shown, token = listed(request, list(self._models.values()), NAMED)
        return {"Models": [_summary(model) for model in shown]} | token

    def delete_model(self, request: Document) -> None:
        model = self.find(request["ModelName"])
        del self._models[model.name]
        self._tags.end(model.arn)


def _summary(model: HostedModel) -> Document:
    return {"ModelName": model.name, "ModelArn": model.arn, "CreationTime": model.created}


def pinned(image: str) -> str:
    """The image by its digest, as SageMaker pins it when it deploys."""
    repository = image.partition("@")[0].rsplit(":", 1)[0]
    return f"{repository}@sha256:{hashlib.sha256(image.encode()).hexdigest()}"
