"""Layers: versions with numbers that only rise."""

from collections.abc import Sequence
from datetime import UTC, datetime

from lowtide_workbench.aws.lambda_service.api.names import layer_arn, layer_name, not_found
from lowtide_workbench.aws.lambda_service.api.packages import package
from lowtide_workbench.aws.lambda_service.api.state import Document, LambdaState, LayerVersion
from lowtide_workbench.aws.protocol.paging import page

_KEPT = ("Description", "CompatibleArchitectures", "CompatibleRuntimes", "LicenseInfo")
_PAGE = 50


class LayersApi:
    operations = frozenset(
        {
            "PublishLayerVersion",
            "GetLayerVersion",
            "GetLayerVersionByArn",
            "ListLayerVersions",
            "ListLayers",
            "DeleteLayerVersion",
        }
    )

    def __init__(self, state: LambdaState) -> None:
        self._state = state

    def publish_layer_version(self, request: Document) -> Document:
        name = layer_name(request["LayerName"])
        unpacked = package(request["Content"])
        number = self._state.layer_numbers.get(name, 0) + 1
        created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        version = LayerVersion(name, number, unpacked, created, request)
        self._state.layer_numbers[name] = number
        self._state.layers.setdefault(name, []).append(version)
        return _with_content(version)

    def get_layer_version(self, request: Document) -> Document:
        return _with_content(self._version(request["LayerName"], request["VersionNumber"]))

    def get_layer_version_by_arn(self, request: Document) -> Document:
        return _with_content(self._state.layer(request["Arn"]))

    def list_layer_versions(self, request: Document) -> Document:
        versions = self._state.layers.get(layer_name(request["LayerName"]), ())
        shown, marker = marked([_view(version) for version in reversed(versions)], request)
        return {"LayerVersions": shown, **marker}

    def list_layers(self, request: Document) -> Document:
        latest = [
            {
                "LayerName": name,
                "LayerArn": layer_arn(name),
                "LatestMatchingVersion": _view(versions[-1]),
            }
            for name, versions in sorted(self._state.layers.items())
            if versions
        ]
        shown, marker = marked(latest, request)
        return {"Layers": shown, **marker}

    def delete_layer_version(self, request: Document) -> Document:
        """Functions that have the version keep it; deleting it twice is no error."""
        versions = self._state.layers.get(layer_name(request["LayerName"]), [])
        versions[:] = [each for each in versions if each.version != request["VersionNumber"]]
        return {}

    def _version(self, layer: str, number: int) -> LayerVersion:
        for version in self._state.layers.get(layer_name(layer), ()):
            if version.version == number:
                return version
        raise not_found("The resource you requested does not exist.")


def marked(items: Sequence[Document], request: Document) -> tuple[Sequence[Document], Document]:
    """One page, and the NextMarker where another follows."""
    paged = {"NextToken": request.get("Marker"), "MaxResults": request.get("MaxItems")}
    shown, token = page(items, paged, _PAGE, "InvalidParameterValueException")
    return shown, {"NextMarker": token["NextToken"]} if token else {}


def _view(version: LayerVersion) -> Document:
    return {
        "LayerVersionArn": version.arn,
        "Version": version.version,
        "CreatedDate": version.created,
        **{name: version.request[name] for name in _KEPT if name in version.request},
    }


def _with_content(version: LayerVersion) -> Document:
    content = {"CodeSha256": version.package.sha256, "CodeSize": version.package.size}
    return {**_view(version), "LayerArn": layer_arn(version.name), "Content": content}
