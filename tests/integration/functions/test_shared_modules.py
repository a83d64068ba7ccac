"""The functions of these tests share most modules of the layer; in Lambda each has its own.

That changes nothing as long as only the modules that a sandbox keeps for itself have state.
"""

import ast
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType

from lowtide_workbench.aws.lambda_service.sandbox import OwnModules
from tests.integration.functions.conftest import Town, TownMaker

LAYER = Path(__file__).parents[3] / "layers/common"
OWN = OwnModules.WITH_STATE.value
SHARED = ("lowtide", "aws_lambda_powertools")


def test_it_sleeps_and_wakes_with_the_modules_as_in_lambda(town_with: TownMaker) -> None:
    town = town_with(own_modules=OwnModules.AS_IN_LAMBDA)
    town.sleep()
    town.wake()
    assert town.steps() == ["TakeSnapshot", "BeginDrain", "Delete", "Create", "Restore"]
    assert town.stack.failures == []


def test_no_shared_module_changes_while_it_sleeps_and_wakes(town: Town) -> None:
    before = dict(_values())
    assert before
    town.sleep()
    town.wake()
    assert dict(_values()) == before


def test_no_shared_module_uses_powertools() -> None:
    """Its loggers and metrics keep what they were given, and the stream that they write to."""
    using = {
        ".".join(path.relative_to(LAYER).with_suffix("").parts)
        for path in LAYER.rglob("*.py")
        for imported in _imports(path)
        if imported.startswith("aws_lambda_powertools")
    }
    assert using
    assert {name for name in using if not name.startswith(OWN)} == set()


def _values() -> Iterator[tuple[str, object]]:
    """Of the names in each shared module: the object, and what a container has in it."""
    for name, module in list(sys.modules.items()):
        if name.startswith(SHARED) and not name.startswith(OWN):
            for variable, value in vars(module).items():
                if variable.startswith("__") or isinstance(value, ModuleType | type | FunctionType):
                    continue
                has_content = isinstance(value, dict | list | set | deque)
                yield f"{name}.{variable}", (id(value), repr(value) if has_content else "")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
