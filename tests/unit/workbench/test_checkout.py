"""The template is taken from a checkout: the one of the package, or the working folder."""

import shutil
from pathlib import Path

import pytest

from lowtide_workbench import checkout

ROOT = Path(checkout.__file__).parents[1]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder of a person who installed the wheel."""
    monkeypatch.setattr(checkout, "__file__", str(tmp_path / "site/lowtide_workbench/checkout.py"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_checkout_has_its_own() -> None:
    assert checkout.template() == ROOT / "template.yaml"


def test_an_installed_package_takes_that_of_the_working_folder(installed: Path) -> None:
    shutil.copy(ROOT / "template.yaml", installed)
    shutil.copytree(ROOT / "functions", installed / "functions")
    assert checkout.template() == installed / "template.yaml"


def test_another_template_is_not_taken_for_that_of_lowtide(installed: Path) -> None:
    (installed / "template.yaml").write_text("Resources: {}")
    with pytest.raises(checkout.NoCheckoutError, match="change to its root"):
        checkout.template()
