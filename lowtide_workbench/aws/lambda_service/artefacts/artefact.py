"""What one function runs: its code, /opt, and which modules of them it imports for itself."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

from lowtide_workbench.aws.lambda_service.artefacts.archive import merged
from lowtide_workbench.aws.lambda_service.artefacts.distributions import modules, problems
from lowtide_workbench.aws.lambda_service.artefacts.imports import missing

POWERTOOLS = "aws_lambda_powertools"  # keeps state, so each sandbox has its own
APP = "app"  # the module of functions/*
_FIRST_PARTY = (APP, "lowtide")  # never those of this process


@dataclass(frozen=True)
class Artefact:
    code: Path
    opt: Path | None  # without layers there is none

    @classmethod
    @cache
    def of(cls, code: Path, layers: tuple[Path, ...]) -> "Artefact":
        """The one of a process for this code and these layers, in their order."""
        return cls(code, merged(layers) if layers else None)

    @property
    def paths(self) -> Sequence[str]:
        """Where modules are found, in the order of Lambda's sys.path."""
        return [str(self.code), *([str(self.opt / "python")] if self.opt else [])]

    @cached_property
    def third_party(self) -> frozenset[str]:
        """The modules that a distribution in the artefact has; this process lends its own."""
        return frozenset(name for path in self.paths for name in modules(Path(path)))

    @cached_property
    def own(self) -> tuple[str, ...]:
        """The modules that each sandbox imports for itself."""
        present = {name for path in self.paths for name in _top_level(Path(path))}
        return tuple(
            sorted({*_FIRST_PARTY, POWERTOOLS, *(present - self.third_party)} - {"__pycache__"})
        )

    @cached_property
    def problem(self) -> str | None:
        """Why this process cannot run it as Lambda would; None if it can.

        A zip without any distribution is one made from the working tree: all that it lacks is
        lent by this process.
        """
        found = [each for path in self.paths for each in problems(Path(path))]
        if self.third_party:
            paths = [Path(path) for path in self.paths]
            found += missing(paths, frozenset(self.own), self.third_party)
        return "; ".join(found) or None

    def has_our(self, package: str) -> bool:
        """Whether the package in the artefact is, byte for byte, that of this process."""
        return any(_same_package(Path(path) / package) for path in self.paths)

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        """The variables with the paths below /opt and /var/task as they are on this machine."""
        places = {"/opt": self.opt, "/var/task": self.code}
        return {name: _placed(value, places) for name, value in variables.items()}

    def finder(self, own: Sequence[str]) -> "Finder":
        """Finds the modules of `own` in the artefact."""
        lent = frozenset() if self.third_party else frozenset({POWERTOOLS})
        return Finder(frozenset(own), self.paths, lent)


class Finder:
    """Finds a sandbox's own modules in its artefact only, and leaves all others to Python."""

    def __init__(self, own: frozenset[str], paths: Sequence[str], lent: frozenset[str]) -> None:
        self._own = own
        self._paths = paths
        self._lent = lent

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if path is not None or name not in self._own:
            return None
        spec = PathFinder.find_spec(name, self._paths, target)
        if spec is None and name not in self._lent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return spec


def _top_level(folder: Path) -> set[str]:
    if not folder.is_dir():
        return set()
    names = (
        entry.name.partition(".")[0]
        for entry in folder.iterdir()
        if entry.is_dir() or entry.suffix in (".py", ".so")
    )
    return {name for name in names if name.isidentifier() and name not in sys.stdlib_module_names}


@cache
def _same_package(folder: Path) -> bool:
    spec = PathFinder.find_spec(folder.name)
    if spec is None or spec.origin is None:
        return False
    return _sources(folder) == _sources(Path(spec.origin).parent) != {}


def _sources(folder: Path) -> Mapping[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*.py")}


def _placed(value: str, places: Mapping[str, Path | None]) -> str:
    for place, folder in places.items():
        if folder is not None and (value == place or value.startswith(f"{place}/")):
            return str(folder) + value.removeprefix(place)
    return value
