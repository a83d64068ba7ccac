"""Compares the distributions in a folder with those of this process, which stands in for them.

The wheels of a layer are built for Lambda's processor and are not imported here. This process has
the same distributions, so that their modules may be its own if the versions are the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

_OWN_SUFFIX = EXTENSION_SUFFIXES[0]  # the one that names Python's version and the processor
# What Lambda's Python runtimes bring along, so that no layer needs to have it.
RUNTIME = frozenset({"boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six"}) | {
    "urllib3"
}
RUNTIME_MODULES = frozenset({"boto3", "botocore", "jmespath", "dateutil", "s3transfer", "six"}) | {
    "urllib3"
}
# As the environment markers of a function's requirements are read.
_LAMBDA = {
    "python_version": "3.13",
    "python_full_version": "3.13.0",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "os_name": "posix",
    "platform_machine": "aarch64",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "extra": "",
}


@dataclass(frozen=True, slots=True)
class Distribution:
    name: str
    version: str
    modules: frozenset[str]  # of the top level
    files: frozenset[str]
    requires: Sequence[str]  # names of distributions


@cache
def distributions(folder: Path) -> Mapping[str, Distribution]:
    """The distributions that were installed into the folder, by name."""
    found = (_read(each) for each in metadata.distributions(path=[str(folder)]))
    return {each.name: each for each in found}


def modules(folder: Path) -> frozenset[str]:
    """The modules that a distribution in the folder has."""
    return frozenset(name for each in distributions(folder).values() for name in each.modules)


@cache
def problems(folder: Path) -> tuple[str, ...]:
    """What this process cannot stand in for, and what the folder's distributions lack."""
    return tuple(_problems(folder))


def _problems(folder: Path) -> Iterator[str]:
    known = distributions(folder)
    for name, each in known.items():
        here = _version_here(name)
        if here != each.version:
            has = f"{here} is installed here" if here else "it is not installed here"
            yield f"{name} {each.version} cannot be run, {has}"
        for required in each.requires:
            if required not in known and required not in RUNTIME:
                yield f"No module named {required!r}, which {name} requires"
    owned = {file for each in known.values() for file in each.files}
    for library in folder.rglob("*.so"):
        path = library.relative_to(folder).as_posix()
        if path not in owned and not library.name.endswith(_OWN_SUFFIX):
            yield f"{path} is built for another processor, and no distribution has it"


def _read(found: metadata.Distribution) -> Distribution:
    files = frozenset(file.as_posix() for file in found.files or ())
    tops = (file.partition("/")[0] for file in files if file.endswith((".py", ".so")))
    return Distribution(
        canonicalize_name(found.metadata["Name"]),
        found.version,
        frozenset(top.partition(".")[0] for top in tops if not top.endswith((".dist-info", "..")))
        - {""},
        files,
        tuple(_required(found.requires or ())),
    )


def _required(requirements: Sequence[str]) -> Iterator[str]:
    for text in requirements:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        if requirement.marker is None or requirement.marker.evaluate(_LAMBDA):
            yield canonicalize_name(requirement.name)


@cache
def _version_here(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
