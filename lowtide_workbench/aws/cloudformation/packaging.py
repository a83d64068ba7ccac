"""What `sam build` and `aws cloudformation package` do to a template's local folders, in memory.

Nothing is installed: a layer is what the working tree holds of it, without its third-party wheels.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from lowtide_workbench.aws.cloudformation.resource_types.base import client
from lowtide_workbench.aws.cloudformation.templates.template import Template

_CODE = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}
_BUCKET = "lowtide-workbench-artefacts"
_SKIPPED = frozenset({"__pycache__", "requirements.txt"})


def packaged(path: Path, files: Mapping[str, Path]) -> str:
    """The template at `path`, as text, with each local folder replaced by an object of S3.

    `files` stand in for those of the tree, by their paths beside the template.
    """
    others = {path.parent / name: file for name, file in files.items()}
    document = json.loads(json.dumps(Template(path.read_text(encoding="utf-8")).document))
    client("s3").create_bucket(Bucket=_BUCKET)
    for resource in document["Resources"].values():
        name = _CODE.get(resource["Type"])
        if name is not None and _is_local(resource["Properties"].get(name)):
            folder = path.parent / resource["Properties"][name]
            resource["Properties"][name] = _upload(folder, _prefix(resource), others)
    return json.dumps(document)


def _is_local(location: object) -> bool:
    return isinstance(location, str) and not location.startswith("s3://")


def _prefix(resource: Mapping[str, Any]) -> str:
    """Where the folder is in the artefact: sam build puts a built layer's modules into python/."""
    is_built_layer = "BuildMethod" in resource.get("Metadata", {})
    return "python/" if is_built_layer else ""


def _upload(folder: Path, prefix: str, others: Mapping[Path, Path]) -> str:
    """The location of the folder's archive, whose name is its content's, as by SAM."""
    own = {file: file for file in _files(folder)}
    own |= {place: file for place, file in others.items() if place.is_relative_to(folder)}
    body = _archive(
        tuple(
            (str(file), file.stat().st_mtime_ns, f"{prefix}{place.relative_to(folder)}")
            for place, file in sorted(own.items())
        )
    )
    key = hashlib.md5(body, usedforsecurity=False).hexdigest()
    client("s3").put_object(Bucket=_BUCKET, Key=key, Body=body)
    return f"s3://{_BUCKET}/{key}"


def _files(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not _SKIPPED & set(file.relative_to(folder).parts):
            yield file


@lru_cache(maxsize=64)
def _archive(files: tuple[tuple[str, int, str], ...]) -> bytes:
    """A zip of the files; the same files make the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, _, name in files:
            archive.writestr(zipfile.ZipInfo(name), Path(path).read_bytes())
    return packed.getvalue()
