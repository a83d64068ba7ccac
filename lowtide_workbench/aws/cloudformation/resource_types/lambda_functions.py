"""AWS::Lambda::Function and AWS::Lambda::LayerVersion."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.cloudformation.resource_types.base import (
    Properties,
    ResourceType,
    chosen,
    client,
    differs,
    retag,
    tag_map,
)

_CONFIGURATION: Mapping[str, Any] = {  # the default of each, for a property that is taken away
    "DeadLetterConfig": {"TargetArn": ""},
    "Description": "",
    "Environment": {"Variables": {}},
    "EphemeralStorage": {"Size": 512},
    "Handler": None,
    "KmsKeyArn": "",
    "Layers": [],
    "LoggingConfig": {"LogFormat": "Text"},
    "MemorySize": 128,
    "Role": None,
    "Runtime": None,
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
}
_CONCURRENCY = "ReservedConcurrentExecutions"


class Function(ResourceType):
    played = frozenset(
        {*_CONFIGURATION, "Architectures", "Code", "FunctionName", "Tags", _CONCURRENCY}
    )
    name_property = "FunctionName"
    set_by_create = played - {_CONCURRENCY}

    def create(self, name: str, properties: Properties) -> str:
        function = str(properties.get("FunctionName", name))
        client("lambda").create_function(
            FunctionName=function,
            Code=_code(properties["Code"]),
            Tags=tag_map(properties),
            **chosen(properties, *_CONFIGURATION, "Architectures"),
        )
        return function

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        functions = client("lambda")
        if differs("Code", new, old) or differs("Architectures", new, old):
            functions.update_function_code(
                FunctionName=physical_id, **_code(new["Code"]), **chosen(new, "Architectures")
            )
        changed = {
            name: new.get(name, default)
            for name, default in _CONFIGURATION.items()
            if differs(name, new, old)
        }
        if changed:
            functions.update_function_configuration(FunctionName=physical_id, **changed)
        if _CONCURRENCY in new and differs(_CONCURRENCY, new, old):
            functions.put_function_concurrency(
                FunctionName=physical_id, **{_CONCURRENCY: new[_CONCURRENCY]}
            )
        elif differs(_CONCURRENCY, new, old):
            functions.delete_function_concurrency(FunctionName=physical_id)
        put, removed = retag(new, old)
        arn = self.attributes(physical_id, new)["Arn"]
        if put:
            functions.tag_resource(Resource=arn, Tags=put)
        if removed:
            functions.untag_resource(Resource=arn, TagKeys=removed)

    def delete(self, physical_id: str, properties: Properties) -> None:
        client("lambda").delete_function(FunctionName=physical_id)

    def attributes(self, physical_id: str, properties: Properties) -> Mapping[str, str]:
        return {"Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{physical_id}"}


class LayerVersion(ResourceType):
    played = frozenset(
        {
            "CompatibleArchitectures",
            "CompatibleRuntimes",
            "Content",
            "Description",
            "LayerName",
            "LicenseInfo",
        }
    )

    def create(self, name: str, properties: Properties) -> str:
        given = chosen(properties, *(self.played - {"LayerName"}))
        layer = properties.get("LayerName", name)
        published = client("lambda").publish_layer_version(LayerName=layer, **given)
        return str(published["LayerVersionArn"])

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        """Nothing: every change makes a new version."""

    def delete(self, physical_id: str, properties: Properties) -> None:
        _, _, _, _, _, _, name, version = physical_id.split(":")
        client("lambda").delete_layer_version(LayerName=name, VersionNumber=int(version))

    def attributes(self, physical_id: str, properties: Properties) -> Mapping[str, str]:
        return {"LayerVersionArn": physical_id}


def _code(code: Properties) -> dict[str, Any]:
    """Code in the template itself, which CloudFormation puts into index.py, or an object of S3."""
    if "ZipFile" not in code:
        return chosen(code, "S3Bucket", "S3Key", "S3ObjectVersion")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", code["ZipFile"])
    return {"ZipFile": packed.getvalue()}
