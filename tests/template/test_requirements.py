"""The layer installs what is tested here."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

FIX = "run `make lock`"


def pins(path: Path) -> dict[str, str]:
    """Version by package of a requirements file with hashes."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.fixture(scope="module")
def layer(root: Path) -> dict[str, str]:
    return pins(root / "layers/common/requirements.txt")


@pytest.fixture(scope="module")
def pyproject(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def requirements(lines: list[str]) -> dict[str, Requirement]:
    return {requirement.name: requirement for requirement in map(Requirement, lines)}


@pytest.fixture(scope="module")
def group(pyproject: dict[str, Any]) -> dict[str, Requirement]:
    """What the layer asks for."""
    return requirements(pyproject["dependency-groups"]["layer"])


def test_the_layer_pins_what_is_installed_for_the_tests(root: Path, layer: dict[str, str]) -> None:
    tested = pins(root / "requirements-dev.txt")
    assert layer == {name: tested.get(name) for name in layer}, FIX


def test_the_layer_pins_everything_that_its_group_asks_for(
    layer: dict[str, str], group: dict[str, Requirement]
) -> None:
    for name, requirement in group.items():
        assert name in layer, FIX
        assert requirement.specifier.contains(Version(layer[name])), FIX


def test_the_command_and_the_layer_ask_for_the_same_versions(
    pyproject: dict[str, Any], group: dict[str, Requirement]
) -> None:
    command = requirements(pyproject["project"]["dependencies"])
    shared = command.keys() & group.keys()
    assert group.keys() - shared == {"aws-lambda-powertools"}
    assert {command[name] for name in shared} == {group[name] for name in shared}


def test_boto3_knows_instance_pools(layer: dict[str, str]) -> None:
    assert Version(layer["boto3"]) >= Version("1.43.1")


@pytest.mark.parametrize("file", ["requirements-dev.txt", "layers/common/requirements.txt"])
def test_every_pin_has_its_hashes(root: Path, file: str) -> None:
    entries = re.split(r"\n(?=\S)", (root / file).read_text(encoding="utf-8").strip())
    assert all("--hash=sha256:" in entry for entry in entries), FIX
