"""The layer installs what is tested here."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

MEND = "run `make lock`"


def pins(path: Path) -> dict[str, str]:
    """Version by package of a requirements file with hashes."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.fixture(scope="module")
def layer(root: Path) -> dict[str, str]:
    return pins(root / "layers/common/requirements.txt")


def wanted(root: Path) -> list[Requirement]:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [Requirement(text) for text in project["dependencies"]]


def test_the_layer_pins_what_is_installed_for_the_tests(root: Path, layer: dict[str, str]) -> None:
    tested = pins(root / "requirements-dev.txt")
    assert layer == {name: tested.get(name) for name in layer}, MEND


def test_the_layer_holds_every_dependency_of_the_project(root: Path, layer: dict[str, str]) -> None:
    for requirement in wanted(root):
        assert requirement.name in layer, MEND
        assert requirement.specifier.contains(Version(layer[requirement.name])), MEND


def test_boto3_knows_instance_pools(layer: dict[str, str]) -> None:
    assert Version(layer["boto3"]) >= Version("1.43.1")


@pytest.mark.parametrize("file", ["requirements-dev.txt", "layers/common/requirements.txt"])
def test_every_pin_has_its_hashes(root: Path, file: str) -> None:
    entries = re.split(r"\n(?=\S)", (root / file).read_text(encoding="utf-8").strip())
    assert all("--hash=sha256:" in entry for entry in entries), MEND
