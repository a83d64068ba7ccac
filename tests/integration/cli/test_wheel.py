"""The wheel, installed beside nothing but what it depends on without extras."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lowtide_cli.main import WORKBENCH

ROOT = Path(__file__).parents[3]
PYTHON_3_12 = ROOT / ".venv" / "python3.12" / "bin" / "python"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
NAMED = ("dev.yaml", "--endpoint", "my-endpoint")
FILE = """
timezone: America/New_York
endpoints:
  - name: my-endpoint
    schedule: {windows: [{start: "0 8 * * MON-FRI", stop: "0 20 * * MON-FRI"}]}
    scaling: {capacity: {ml.g6.2xlarge: 10}}
"""

type Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module", params=["this Python", "Python 3.12"])
def run(
    request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> Run:
    """Runs the installed `lowtide` outside the checkout; no other package can be imported."""
    home, site = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("site")
    (home / "dev.yaml").write_text(FILE, encoding="utf-8")
    python, path = sys.executable, str(site)
    if request.param == "this Python":
        for name in sorted(closure(needed(requires(wheel)))):
            link(distribution(name), site)
    else:
        python, dependencies = python_3_12()
        path = os.pathsep.join((path, dependencies))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", str(site), str(wheel)], check=True)  # noqa: S603
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHONPATH": path,
        "PYTHONDONTWRITEBYTECODE": "1",
        "COLUMNS": "80",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",  # else boto3 looks for credentials by network
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [python, "-S", str(site / "bin" / "lowtide"), *arguments]
        return subprocess.run(  # noqa: S603
            command, cwd=home, env=environment, capture_output=True, text=True, check=False
        )

    return run


def python_3_12() -> tuple[str, str]:
    """Returns the older Python that the command runs on, and the folder of its dependencies."""
    if not PYTHON_3_12.exists():
        pytest.skip("`make pytest` found no python3.12 to install the dependencies for")
    ask = [str(PYTHON_3_12), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    answer = subprocess.run(ask, check=True, capture_output=True, text=True)  # noqa: S603
    return str(PYTHON_3_12), answer.stdout.strip()


def requires(wheel: Path) -> list[str]:
    with ZipFile(wheel) as archive:
        path = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return re.findall(r"^Requires-Dist: (.*)$", archive.read(path).decode(), re.MULTILINE)


def needed(lines: list[str], extra: str = "") -> Iterator[str]:
    """The names that a distribution requires with `extra`."""
    for requirement in map(Requirement, lines):
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement.name


def closure(names: Iterator[str]) -> set[str]:
    """`names` and all that they depend on."""
    waiting, known = list(names), set[str]()
    while waiting:
        name = waiting.pop()
        if name not in known:
            known.add(name)
            waiting.extend(needed(distribution(name).requires or []))
    return known


def link(installed: Distribution, site: Path) -> None:
    """Makes what this environment has of a distribution importable from `site`."""
    tops = {file.parts[0] for file in installed.files or () if file.parts[0] != ".."}
    for top in tops - {"bin", "__pycache__"}:
        if not (site / top).exists():
            (site / top).symlink_to(Path(str(installed.locate_file(top))))


def test_the_wheel_has_no_other_top_level_packages(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    packages = {top for top in tops if not top.endswith(".dist-info")}
    assert packages == {"lowtide", "lowtide_cli", "lowtide_workbench"}


EXTRA = "install 'lowtide[workbench]'"
CREDENTIALS = "Unable to locate credentials"
WEEK = ("--from", "2026-11-23", "--to", "2026-11-30")


@pytest.mark.parametrize(
    ("arguments", "code", "output"),
    [
        (("--version",), 0, f"lowtide {VERSION}"),
        (("--show-completion", "bash"), 0, "complete -o default -F"),
        (("schema",), 0, '"title": "What Lowtide manages"'),
        (("check", "dev.yaml"), 0, "dev.yaml: ok, 1 endpoint"),
        (("preview", *NAMED, *WEEK), 0, "60 h awake of 168 h, at least $73.32"),
        (("explain", *NAMED, "--at", "2026-11-23T09:00"), 0, "09:00 EST: my-endpoint is awake"),
        (("status",), 2, CREDENTIALS),
        (("rehearse", "e"), 2, CREDENTIALS),
        (("verify-metrics", "--endpoint", "e"), 2, CREDENTIALS),
        (("demo", "--days", "1"), 2, EXTRA),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_without_extras(run: Run, arguments: tuple[str, ...], code: int, output: str) -> None:
    result = run(*arguments)
    assert result.returncode == code, result.stderr
    assert output in " ".join((result.stdout + result.stderr).split())


def test_commands_that_are_not_installed_are_not_listed(run: Run) -> None:
    listed = run("--help").stdout
    assert "check" in listed
    assert "demo" not in listed


def test_the_workbench_is_offered_where_all_that_its_extra_asks_for_is(wheel: Path) -> None:
    extra = set(needed(requires(wheel), "workbench")) - set(needed(requires(wheel)))
    distributions = packages_distributions()
    looked_for = {canonicalize_name(distributions[package][0]) for package in WORKBENCH}
    assert looked_for == {canonicalize_name(name) for name in extra}
