"""How the code is laid out: small folders, packages that say what they hold, thin functions."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ("layers/common", "lowtide_cli", "lowtide_workbench", "functions", "tests")
MOST_FILES = 20  # of a folder
MOST_LINES = 30  # of a function's app.py
PARTS = ("bootstrap", "config", "events", "observability", "settings")

ROOTS = ("lowtide", "lowtide_cli", "lowtide_workbench")
NOTHING = "nothing else of Lowtide"
# For example "May import lowtide.domain, prices and status."
MAY_IMPORT = re.compile(
    rf"May import ({NOTHING}|[a-z_.]+[a-z](?:, [a-z_.]+[a-z])*(?: and [a-z_.]+[a-z])?)(?=[.;:])"
)

FILES = [file for source in SOURCES for file in (ROOT / source).rglob("*.py")]
PACKAGES = [file for file in FILES if file.name == "__init__.py"]
DOMAIN = sorted((ROOT / "layers/common/lowtide/domain").glob("*/__init__.py"))
APPS = sorted((ROOT / "functions").glob("*/app.py"))


def _name(file: Path) -> str:
    return str(file.parent.relative_to(ROOT))


@cache
def _imported(file: Path) -> Sequence[tuple[str, str]]:
    """The modules that `file` imports, and what from each, "" for itself."""
    imported: list[tuple[str, str]] = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom):
            imported += [(node.module or "", alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            imported += [(alias.name, "") for alias in node.names]
    return imported


def test_no_folder_has_more_than_twenty_python_files() -> None:
    counts = Counter(map(_name, FILES))
    assert len(counts) > len(SOURCES)
    assert {folder: count for folder, count in counts.items() if count > MOST_FILES} == {}


def _dotted(package: Path) -> str:
    return ".".join(package.parent.relative_to(ROOT).parts).removeprefix("layers.common.")


def _may_import(package: Path) -> set[str]:
    """What the docstring names: packages and modules in full, or by the name beside the package."""
    docstring = " ".join((ast.get_docstring(ast.parse(package.read_text())) or "").split())
    sentence = MAY_IMPORT.search(docstring)
    assert sentence, f"it does not say what it may import: {docstring}"
    names = [] if sentence[1] == NOTHING else re.split(", | and ", sentence[1])
    beside = _dotted(package).rpartition(".")[0]
    return {name if name.partition(".")[0] in ROOTS else f"{beside}.{name}" for name in names}


def _imports(package: Path) -> Iterator[str]:
    """What the modules of the package, and of those in it, import of Lowtide outside it."""
    for file in package.parent.rglob("*.py"):
        for module, attribute in _imported(file):
            name = f"{module}.{attribute}".removesuffix(".")
            if name.partition(".")[0] in ROOTS and not _is_in(name, _dotted(package)):
                yield name


def _is_in(name: str, package: str) -> bool:
    return f"{name}.".startswith(f"{package}.")


@pytest.mark.parametrize("package", PACKAGES, ids=_name)
def test_a_package_imports_what_its_docstring_says(package: Path) -> None:
    allowed, imports = _may_import(package), set(_imports(package))
    assert {name for name in imports if not any(_is_in(name, each) for each in allowed)} == set()
    assert {each for each in allowed if not any(_is_in(name, each) for name in imports)} == set()


@pytest.mark.parametrize("package", DOMAIN, ids=_name)
def test_other_packages_import_the_public_names_of_a_domain_package(package: Path) -> None:
    """`__init__.py` has all that other packages need of it, and nothing else."""
    face, tests = _dotted(package), ROOT / "tests"
    others = [f for f in FILES if package.parent not in f.parents and tests not in f.parents]
    imports = {each for file in others for each in _imported(file)}
    assert {module for module, _ in imports if module.startswith(f"{face}.")} == set()
    assert set(_exports(package)) == {name for module, name in imports if module == face}


def _exports(package: Path) -> list[str]:
    module = ast.parse(package.read_text())
    assigned = [node for node in module.body if isinstance(node, ast.Assign)]
    names: list[str] = ast.literal_eval(assigned[-1].value)
    return names


@pytest.mark.parametrize("app", APPS, ids=_name)
def test_a_function_only_connects_its_parts_and_its_own_workflow(app: Path) -> None:
    own = ("workflows." + app.parent.name, "workflows.decision_report")
    names = [f"{module}.{name}".partition("lowtide.")[2] for module, name in _imported(app)]
    used = [name for name in names if name and not name.startswith((*PARTS, *own))]
    assert used == []
    assert len(app.read_text().splitlines()) <= MOST_LINES
