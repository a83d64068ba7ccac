"""What a function's own modules import, and its artefact lacks."""

import ast
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from lowtide_workbench.aws.lambda_service.artefacts.distributions import RUNTIME_MODULES


def missing(
    folders: Sequence[Path], own: frozenset[str], third_party: frozenset[str]
) -> Iterator[str]:
    """Modules that this process might lend, and Lambda would not find.

    Imports in a `try` or under TYPE_CHECKING may fail, and are left out.
    """
    known = own | third_party | RUNTIME_MODULES | sys.stdlib_module_names
    sources = {
        source
        for folder in folders
        for name in own - third_party
        for source in _sources(folder, name)
    }
    needed = {name for source in sources for name in _imports(source)}
    for name in sorted(needed - known):
        yield f"No module named {name!r}"


def _sources(folder: Path, module: str) -> Iterator[Path]:
    if (single := folder / f"{module}.py").exists():
        yield single
    yield from (folder / module).rglob("*.py")


@cache
def _imports(source: Path) -> frozenset[str]:
    try:
        tree = ast.parse(source.read_bytes())
    except SyntaxError:  # Lambda finds out when it imports the module
        return frozenset()
    return frozenset(_needed(tree.body))


def _needed(body: Sequence[ast.stmt]) -> Iterator[str]:
    for node in body:
        match node:
            case ast.Import(names=names):
                yield from (alias.name.partition(".")[0] for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.partition(".")[0]
            case ast.Try() | ast.TryStar():
                pass
            case ast.If() if "TYPE_CHECKING" in ast.unparse(node.test):
                yield from _needed(node.orelse)
            case _:
                blocks = (getattr(node, name, []) for name in ("body", "orelse", "finalbody"))
                yield from (name for block in blocks for name in _needed(block))
