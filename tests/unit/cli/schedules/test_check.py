"""`lowtide check` of one file and of several: as text, as JSON, as annotations."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

from lowtide_cli.main import app
from tests.unit.cli.schedules.conftest import Lowtide

ODD = """
timezone: America/New_York
schedules:
  short: {windows: [{start: "0 8 31 * *", stop: "0 20 * * *"}]}
endpoints:
  - {name: a, schedule: short, config: my-config}
  - {name: b, schedule: short}
"""
EXCEPTIONS = """
timezone: America/New_York
endpoints:
  - name: a
    schedule:
      windows: [{start: "0 8 * * MON-FRI", stop: "0 20 * * MON-FRI"}]
      closed: [2026-12-24, {from: 2026-12-28, to: 2026-12-31}, {country: US, subdivision: NY}]
      open: [{from: 2026-12-29T10:00, to: 2026-12-29T14:00}]
      ready: after-start
"""
SKIPS = "'0 8 31 * *' skips the months without a day 31; write L for the last day of each month"


def test_warnings_do_not_fail_and_name_all_the_endpoints_once(lowtide: Lowtide, file: Path) -> None:
    file.write_text(ODD)
    result = lowtide("check")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-2:] == [
        f"{file}:6: warning: a, b: {SKIPS}",
        f"{file}: ok, 2 endpoints",
    ]


def test_of_many_endpoints_with_one_warning_three_are_named(lowtide: Lowtide, file: Path) -> None:
    file.write_text(ODD + "  - {name: c, schedule: short}\n  - {name: d, schedule: short}\n")
    assert f"{file}:6: warning: a, b, c and 1 more: {SKIPS}" in lowtide("check").stdout


def test_json_has_warnings_by_endpoint(lowtide: Lowtide, file: Path) -> None:
    file.write_text(ODD)
    result = lowtide("check", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    document = json.loads(result.stdout)
    assert document["errors"] == document["faults"] == []
    assert document["warnings"] == [
        {"file": str(file), "line": line, "endpoint": name, "message": SKIPS}
        for line, name in ((6, "a"), (7, "b"))
    ]
    assert document["endpoints"][0] == {
        "file": str(file),
        "name": "a",
        "timezone": "America/New_York",
        "windows": [{"start": "0 8 31 * *", "stop": "0 20 * * *", "timezone": "America/New_York"}],
        "closed": [],
        "open": [],
        "ready": "at-start",
        "config": "my-config",
        "capacity": None,
    }


def test_json_has_errors_with_line_path_value_and_message(lowtide: Lowtide, file: Path) -> None:
    result = lowtide("check", "--format", "json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["errors"] == [
        {
            "file": str(file),
            "line": 12,
            "path": "endpoints[3].schedule",
            "value": "'offfice'",
            "message": "no schedule has this name; did you mean 'office'?",
        }
    ]
    assert document["faults"] == document["errors"]
    assert [entry["name"] for entry in document["endpoints"]] == [
        "my-endpoint", "early-endpoint", "around-the-clock",
    ]  # fmt: skip


@pytest.fixture
def several(tmp_path: Path) -> list[Path]:
    """A good file, one with an error, one with a warning."""
    texts = {"good": "endpoints: [{name: e, schedule: always}]", "bad": "timezone: X", "odd": ODD}
    paths = [tmp_path / f"{name}.yaml" for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text)
    return paths


def check(paths: list[Path], *options: str) -> Result:
    arguments = ["check", *map(str, paths), *options]
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "80"})


def test_each_of_several_files_gets_its_result(several: list[Path]) -> None:
    good, bad, odd = several
    result = check(several)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0] == f"{good}: ok, 1 endpoint"
    assert lines[1].startswith(f"{bad}:1: error: timezone: 'X': not an IANA time zone")
    assert lines[2:] == [
        f"{bad}: 1 error",
        f"{odd}:6: warning: a, b: {SKIPS}",
        f"{odd}: ok, 2 endpoints",
    ]


@pytest.mark.parametrize(
    ("names", "code"),
    [
        pytest.param(["good", "odd"], 0, id="warnings do not fail"),
        pytest.param(["bad", "good"], 1, id="an error in any file fails"),
        pytest.param(["missing", "bad", "good"], 2, id="a file that cannot be read comes first"),
    ],
)
def test_the_exit_status_is_of_the_worst_file(
    several: list[Path], names: list[str], code: int
) -> None:
    folder = several[0].parent
    result = check([folder / f"{name}.yaml" for name in names])
    assert result.exit_code == code
    assert all(f"{folder / name}.yaml: " in result.stdout for name in names)


def test_annotations_name_file_and_line(several: list[Path]) -> None:
    _, bad, odd = several
    missing = bad.parent / "missing, 100%.yaml"
    result = check([bad, odd, missing], "--format", "github")
    assert result.exit_code == 2
    annotations = [line for line in result.stdout.splitlines() if line.startswith("::")]
    assert annotations[0].startswith(f"::error file={bad},line=1::timezone: 'X': not an IANA")
    assert annotations[1] == f"::warning file={odd},line=6::a, b: {SKIPS}"
    escaped = f"::error file={bad.parent}/missing%2C 100%25.yaml::cannot be read"
    assert annotations[2].startswith(escaped)
    assert "100%.yaml" not in annotations[2]


def test_the_hook_checks_the_shipped_files() -> None:
    (hook,) = YAML(typ="safe").load(Path(".pre-commit-hooks.yaml"))
    paths = [str(path) for path in Path("layers/config").rglob("*.yaml")]
    assert all(re.search(hook["files"], path) for path in paths)
    assert not re.search(hook["files"], "template.yaml")
    command, *arguments = hook["entry"].split()
    assert command == "lowtide"
    result = CliRunner().invoke(app, [*arguments, *paths])
    assert (result.exit_code, result.stdout.count(": ok, ")) == (0, 3)


def test_exceptions_are_shown_in_both_forms(lowtide: Lowtide, file: Path) -> None:
    file.write_text(EXCEPTIONS)
    output = " ".join(lowtide("check").stdout.split())
    assert "closed 2026-12-24 2026-12-28 to 2026-12-31 public holidays, US-NY" in output
    assert "open Tue 29 Dec 10:00 EST to Tue 29 Dec 14:00 EST" in output
    assert "ready after-start" in output
    (entry,) = json.loads(lowtide("check", "--json").stdout)["endpoints"]
    assert entry["closed"] == [
        {"from": "2026-12-24", "to": "2026-12-24"},
        {"from": "2026-12-28", "to": "2026-12-31"},
        {"country": "US", "subdivision": "NY"},
    ]
    assert entry["open"] == [{"from": "2026-12-29T15:00:00Z", "to": "2026-12-29T19:00:00Z"}]
    assert entry["ready"] == "after-start"


def test_the_option_lead_decides_what_is_too_short(lowtide: Lowtide) -> None:
    assert "warning" not in lowtide("check").stdout
    assert "it sleeps for only 5 h from" in lowtide("check", "--lead", "6h").stdout


def test_json_names_a_file_that_cannot_be_read(lowtide: Lowtide, file: Path) -> None:
    file.unlink()
    result = lowtide("check", "--json")
    assert result.exit_code == 2
    (error,) = json.loads(result.stdout)["errors"]
    assert (error["file"], error["line"]) == (str(file), None)
    assert error["message"].startswith("cannot be read: ")


@pytest.mark.parametrize(
    ("scaling", "warned"),
    [
        pytest.param("min: 1, max: 1, target: 0.7", True, id="a policy that can do nothing"),
        pytest.param("min: 2, max: 2", False, id="a fixed count may be meant"),
        pytest.param("min: 1, max: 2, target: 0.7", False, id="a policy with room"),
    ],
)
def test_a_policy_without_room_is_odd(
    lowtide: Lowtide, file: Path, scaling: str, warned: bool
) -> None:
    entry = f"{{name: e, schedule: always, scaling: {{capacity: {{ml.g6.xlarge: 10}}, {scaling}}}}}"
    file.write_text(f"timezone: UTC\nendpoints: [{entry}]")
    output = " ".join(lowtide("check").stdout.split())
    assert ("its policy can never change the count" in output) is warned


TYPES = """
prices:
  ml.g6.2xlarge: 1.2
  ml.g6.2xlrage: 1.2
endpoints:
  - name: e
    schedule: always
    scaling:
      capacity:
        ml.g6.2xlarge: 10
        ml.g4.xlarge: 10
        ml.x99.medium: 10
"""


def test_instance_types_that_are_not_known_are_odd_with_the_nearest_name(
    lowtide: Lowtide, file: Path
) -> None:
    file.write_text(TYPES)
    result = lowtide("check", "--json")
    assert result.exit_code == 0
    no_type = "is not an instance type that is known here"
    assert json.loads(result.stdout)["warnings"] == [
        {"file": str(file), "line": line, "endpoint": endpoint, "message": message}
        for line, endpoint, message in (
            (4, None, f"'ml.g6.2xlrage' {no_type}; did you mean 'ml.g6.2xlarge'?"),
            (11, "e", f"'ml.g4.xlarge' {no_type}; did you mean 'ml.g4dn.xlarge'?"),
            (12, "e", f"'ml.x99.medium' {no_type}; is it newer than this installation?"),
        )
    ]
    assert f"{file}:4: warning: prices: 'ml.g6.2xlrage'" in lowtide("check").stdout


def test_the_types_of_sagemaker_are_loaded_only_by_check() -> None:
    program = (
        "import sys; from lowtide import config;"
        "assert not config.parse(sys.argv[1]).errors; print('botocore' in sys.modules)"
    )
    done = subprocess.run(  # noqa: S603 - this very interpreter
        [sys.executable, "-c", program, TYPES], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
