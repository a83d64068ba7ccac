"""How the code is laid out: small folders, packages that say what they hold, thin functions."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ("layers/common", "lowtide_cli", "lowtide_workbench", "functions", "tests")
MOST_FILES = 20  # of a folder
MOST_LINES = 35  # of a function's app.py
PARTS = ("bootstrap", "config", "events", "observability", "settings")

FILES = [file for source in SOURCES for file in (ROOT / source).rglob("*.py")]
PACKAGES = [file for file in FILES if file.name == "__init__.py"]
APPS = sorted((ROOT / "functions").glob("*/app.py"))


def _name(file: Path) -> str:
    return str(file.parent.relative_to(ROOT))


def imports_of_lowtide(file: Path) -> Iterator[str]:
    """The modules below lowtide that `file` imports, without `lowtide.`"""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "lowtide":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lowtide."):
            yield str(node.module).removeprefix("lowtide.")


def test_no_folder_has_more_than_twenty_python_files() -> None:
    counts = Counter(map(_name, FILES))
    assert len(counts) > len(SOURCES)
    assert {folder: count for folder, count in counts.items() if count > MOST_FILES} == {}


@pytest.mark.parametrize("package", PACKAGES, ids=_name)
def test_a_package_says_in_two_lines_what_it_holds_and_what_it_may_import(package: Path) -> None:
    docstring = ast.get_docstring(ast.parse(package.read_text())) or ""
    lines = [line for line in docstring.splitlines() if line]
    assert len(lines) >= 2
    assert "import" in docstring


@pytest.mark.parametrize("app", APPS, ids=_name)
def test_a_function_only_connects_its_parts_and_its_own_workflow(app: Path) -> None:
    own = ("workflows." + app.parent.name, "workflows.decision_report")
    foreign = [
        name
        for name in imports_of_lowtide(app)
        if name.partition(".")[0] not in PARTS and not name.startswith(own)
    ]
    assert foreign == []
    assert len(app.read_text().splitlines()) <= MOST_LINES
