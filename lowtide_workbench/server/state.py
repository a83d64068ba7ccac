"""A cloud in a file: the clock, our services and moto's.

It is a pickle, so reading one runs what it says: load only files that you saved yourself.
"""

import copyreg
import pickle
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from threading import RLock
from typing import Any

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.protocol.moto_patches import backends_in_use, put_backend

_FORMAT = 1
_KIND = b"lowtide-aws-state"

type Place = tuple[str, str, str]  # service, account, region


class StateError(ValueError):
    """A file that cannot be loaded: says which, what was found and what would do."""


@dataclass(frozen=True, slots=True)
class Saved:
    cloud: Cloud
    backends: Mapping[Place, bytes]  # each a pickle of its own, since moto cannot pickle them all

    def unpack(self) -> None:
        """Inside `with cloud:`, which begins with moto's services empty."""
        for place, pickled in self.backends.items():
            put_backend(*place, pickle.loads(pickled))  # noqa: S301 (see above)


def is_state(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_KIND)) == _KIND


def save(cloud: Cloud, path: Path) -> tuple[str, ...]:
    """Returns the services of moto that were left out, because they cannot be pickled."""
    kept: dict[Place, bytes] = {}
    left_out: set[str] = set()
    for service, account, region, backend in backends_in_use():
        try:
            kept[service, account, region] = _pickled(backend)
        except (TypeError, AttributeError, pickle.PicklingError):
            left_out.add(service)
    half = path.with_name(f"{path.name}.part")
    half.write_bytes(_header() + _pickled(Saved(cloud, kept)))
    half.replace(path)
    return tuple(sorted(left_out))


def load(path: Path) -> Saved:
    try:
        found, _, pickled = path.read_bytes().partition(b"\n")
    except OSError as error:
        raise StateError(f"{path}: cannot be read: {error.strerror}") from error
    if not found.startswith(_KIND):
        raise StateError(f"{path}: is no saved state of `lowtide aws`")
    if found + b"\n" != _header():
        raise StateError(
            f"{path}: was saved by another version: found {found.decode(errors='replace')!r}, "
            f"expected {_header().decode().strip()!r}"
        )
    try:
        saved: Saved = pickle.loads(pickled)  # noqa: S301 (see above)
    except Exception as error:
        raise StateError(f"{path}: is damaged: {error}") from error
    return saved


def _header() -> bytes:
    """What reads a pickle must know the classes that it was made of."""
    python = ".".join(platform.python_version_tuple()[:2])
    versions = f"lowtide-{version('lowtide')}-{_code()} moto-{version('moto')} python-{python}"
    return _KIND + f" {_FORMAT} {versions}\n".encode()


def _pickled(value: object) -> bytes:
    buffer = BytesIO()
    pickler = pickle.Pickler(buffer)
    pickler.dispatch_table = {**copyreg.dispatch_table, type(RLock()): _new_lock}
    pickler.dump(value)
    return buffer.getvalue()


def _new_lock(lock: object) -> tuple[Any, tuple[()]]:
    """SQS keeps locks; nobody holds one while state is saved."""
    del lock
    return RLock, ()


def _code() -> str:
    """Of the classes that a pickle names: a version number stands still while they change."""
    root = Path(__file__).parents[1]
    parts = (p for folder in ("aws", "fleet", "server") for p in (root / folder).glob("*.py"))
    return sha256(b"".join(part.read_bytes() for part in sorted(parts))).hexdigest()[:12]
