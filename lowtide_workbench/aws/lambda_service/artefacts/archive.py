"""Unpacks the zips of functions and layers, each content once a process."""

import atexit
import hashlib
import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import count
from pathlib import Path

from lowtide_workbench.aws.protocol.refusal import Refusal

LARGEST_UNPACKED = 262_144_000  # bytes, of a function with its layers
_numbers = count(1)


def unpack(content: bytes) -> Path:
    """The folder of a zip; Refusal for what is no zip, or leads out of the folder."""
    folder = _root() / hashlib.sha256(content).hexdigest()[:32]
    if not folder.exists():
        partly = _root() / f"{folder.name}.{next(_numbers)}"
        _extract(content, partly)
        partly.rename(folder)
    return folder


@cache
def merged(layers: Sequence[Path]) -> Path:
    """/opt for these layers: of two files with one path, that of the later layer counts.

    Folders of one layer only are linked, so that layers with the same content share them.
    """
    opt = _root() / f"opt-{next(_numbers)}"
    _merge(opt, layers)
    return opt


@cache
def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*.*") if file.is_file())


@cache
def _root() -> Path:
    root, owner = Path(tempfile.mkdtemp(prefix="lowtide-lambda-")), os.getpid()

    def remove() -> None:
        if os.getpid() == owner:  # a fork of this process uses it, too
            shutil.rmtree(root, ignore_errors=True)

    atexit.register(remove)
    return root


def _extract(content: bytes, folder: Path) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
                message = f"Unzipped size must be smaller than {LARGEST_UNPACKED} bytes"
                raise Refusal("InvalidParameterValueException", message)
            if any(_leads_out(entry.filename) for entry in archive.infolist()):
                raise zipfile.BadZipFile
            archive.extractall(folder)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError):
        message = "Could not unzip uploaded file. Please check your file, then try to upload again."
        raise Refusal("InvalidParameterValueException", message) from None
    folder.mkdir(exist_ok=True)  # of a zip without files


def _leads_out(name: str) -> bool:
    return name.startswith("/") or ".." in name.split("/")


def _merge(target: Path, folders: Iterable[Path]) -> None:
    target.mkdir()
    entries: dict[str, list[Path]] = {}
    for folder in folders:
        for entry in folder.iterdir():
            entries.setdefault(entry.name, []).append(entry)
    for name, found in entries.items():
        if len(found) > 1 and all(entry.is_dir() for entry in found):
            _merge(target / name, found)
        else:
            (target / name).symlink_to(found[-1])
