"""`lowtide check` of one file and of several: as text, as JSON, as annotations."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

from lowtide_cli.main import app
from tests.unit.cli.schedules.conftest import Lowtide

GOOD = """
timezone: America/New_York
endpoints:
  - name: my-endpoint
    schedule:
      windows: [{start: "0 8 * * MON-FRI", stop: "0 20 * * MON-FRI"}]
      closed: [2026-12-24, {from: 2026-12-28, to: 2026-12-31}, {country: US, subdivision: NY}]
      open: [{from: 2026-12-29T10:00, to: 2026-12-29T14:00}]
      ready: after-start
    config: my-config
    scaling:
      capacity: {ml.g6.2xlarge: 10, ml.g6e.2xlarge: 20}
  - name: around-the-clock
    schedule: always
"""
BROKEN = """
timezone: America/New_Yrok
endpoints:
  - name: my endpoint
    schedule: always
  - name: other
    schedule: allways
    drain: {deadline: 35}
"""
WARNED = """
timezone: America/New_York
schedules:
  short: {windows: [{start: "0 8 31 * *", stop: "0 20 * * *"}]}
endpoints:
  - {name: a, schedule: short}
  - {name: b, schedule: short}
"""
SKIPS = "'0 8 31 * *' skips the months without a day 31; write L for the last day of each month"
NO_NAME = "not a name in SageMaker: up to 63 letters, digits and hyphens between them"
NO_DURATION = "not a duration; write for example 90s, 35m, 2h, 1h30m or 3d"
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

GAP = """
        - {start: "0 8 * * *", stop: "0 12 * * *"}
        - {start: "0 13 * * *", stop: "50 13 * * *"}
        - {start: "0 14 * * *", stop: "0 20 * * *"}
""".lstrip("\n")


@pytest.fixture
def several(tmp_path: Path) -> list[Path]:
    """A good file, one with an error, one with a warning."""
    texts = {"good": "endpoints: [{name: e, schedule: always}]", "bad": "timezone: X"}
    paths = []
    for name, text in (texts | {"warned": WARNED}).items():
        paths.append(tmp_path / f"{name}.yaml")
        paths[-1].write_text(text)
    return paths


def check(paths: list[Path], *options: str) -> Result:
    arguments = ["check", *map(str, paths), *options]
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "80"})


def checked(text: str, file: Path, lowtide: Lowtide, *options: str) -> Result:
    file.write_text(text)
    return lowtide("check", *options)


def document(text: str, file: Path, lowtide: Lowtide) -> Any:
    result = checked(text, file, lowtide, "--json")
    assert result.stderr == ""
    return json.loads(result.stdout)


def test_a_file_without_errors_is_shown_as_a_table(lowtide: Lowtide, file: Path) -> None:
    result = checked(GOOD, file, lowtide)
    assert result.exit_code == 0
    assert " ".join(result.output.split()) == (
        "my-endpoint "
        "awake 0 8 * * MON-FRI to 0 20 * * MON-FRI, America/New_York "
        "closed 2026-12-24 2026-12-28 to 2026-12-31 public holidays, US-NY "
        "open Tue 29 Dec 10:00 EST to Tue 29 Dec 14:00 EST "
        "ready after-start: its creation begins when a window opens "
        "created from my-config "
        "capacity ml.g6.2xlarge: 10 streams ml.g6e.2xlarge: 20 streams "
        "published WeightedConcurrency, every 60 seconds "
        "scaling as you set it up: without min and max Lowtide manages no scaling "
        "around-the-clock "
        "awake always "
        "created from the configuration last in use "
        "capacity none given: not measured "
        f"{file}: ok, 2 endpoints"
    )


def test_json_has_the_endpoints(lowtide: Lowtide, file: Path) -> None:
    assert document(GOOD, file, lowtide)["endpoints"][0] == {
        "file": str(file),
        "name": "my-endpoint",
        "timezone": "America/New_York",
        "windows": [
            {"start": "0 8 * * MON-FRI", "stop": "0 20 * * MON-FRI", "timezone": "America/New_York"}
        ],
        "closed": [
            {"from": "2026-12-24", "to": "2026-12-24"},
            {"from": "2026-12-28", "to": "2026-12-31"},
            {"country": "US", "subdivision": "NY"},
        ],
        "open": [{"from": "2026-12-29T15:00:00Z", "to": "2026-12-29T19:00:00Z"}],
        "ready": "after-start",
        "config": "my-config",
        "capacity": {"ml.g6.2xlarge": 10, "ml.g6e.2xlarge": 20},
    }


def test_each_error_has_its_line_its_path_its_value_and_what_is_valid(
    lowtide: Lowtide, file: Path
) -> None:
    result = checked(BROKEN, file, lowtide)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        (
            f"{file}:2: error: timezone: 'America/New_Yrok': "
            "not an IANA time zone; did you mean 'America/New_York'?"
        ),
        f"{file}:4: error: endpoints[0].name: 'my endpoint': {NO_NAME}",
        f"{file}:8: error: endpoints[1].drain.deadline: 35: {NO_DURATION}",
        (
            f"{file}:7: error: endpoints[1].schedule: 'allways': "
            "no schedule has this name; did you mean 'always'?"
        ),
        f"{file}: 4 errors",
    ]


def test_json_has_the_errors_and_the_endpoints_without_one(lowtide: Lowtide, file: Path) -> None:
    result = lowtide("check", "--format", "json")
    assert result.exit_code == 1
    answer = json.loads(result.stdout)
    assert answer["errors"] == [
        {
            "file": str(file),
            "line": 12,
            "path": "endpoints[3].schedule",
            "value": "'offfice'",
            "message": "no schedule has this name; did you mean 'office'?",
        }
    ]
    names = [entry["name"] for entry in answer["endpoints"]]
    assert names == ["my-endpoint", "early-endpoint", "around-the-clock"]


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        pytest.param("name: 'x[/red]'", "'x[/red]': not a name", id="the end of a style"),
        pytest.param("name: 'x[red]'", "'x[red]': not a name", id="the begin of a style"),
        pytest.param("name: e, scaling: {capacity: {'x[/red]': 1}}", "'x[/red]': not an instance",
                     id="in a key"),
    ],
)  # fmt: skip
def test_brackets_are_no_markup(lowtide: Lowtide, file: Path, entry: str, error: str) -> None:
    assert error in checked(f"endpoints: [{{schedule: always, {entry}}}]", file, lowtide).output


@pytest.mark.parametrize("options", [(), ("--json",)])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"endpoints: \xff\xfe", id="a file that is not text"),
        pytest.param(None, id="no such file"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    lowtide: Lowtide, file: Path, content: bytes | None, options: tuple[str, ...]
) -> None:
    file.unlink() if content is None else file.write_bytes(content)
    result = lowtide("check", *options)
    assert result.exit_code == 2
    if options:
        (error,) = json.loads(result.stdout)["errors"]
        assert (error["file"], error["line"]) == (str(file), None)
        assert error["message"].startswith("cannot be read: ")
    else:
        assert result.stdout.startswith(f"{file}: error: cannot be read: ")


@pytest.mark.parametrize(
    ("more", "names"),
    [
        pytest.param("", "a, b", id="two endpoints"),
        pytest.param("  - {name: c, schedule: short}\n  - {name: d, schedule: short}\n",
                     "a, b, c and 1 more", id="of four endpoints three are named"),
    ],
)  # fmt: skip
def test_a_warning_is_shown_once_and_does_not_fail(
    lowtide: Lowtide, file: Path, more: str, names: str
) -> None:
    result = checked(WARNED + more, file, lowtide)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-2] == f"{file}:4: warning: {names}: {SKIPS}"


def test_json_has_a_warning_for_each_endpoint(lowtide: Lowtide, file: Path) -> None:
    answer = document(WARNED, file, lowtide)
    assert answer["errors"] == []
    assert answer["warnings"] == [
        {"file": str(file), "line": 4, "endpoint": name, "message": SKIPS} for name in ("a", "b")
    ]


@pytest.mark.parametrize(
    ("scaling", "warned"),
    [
        pytest.param("min: 1, max: 1, target: 0.7", True, id="a policy that can do nothing"),
        pytest.param("min: 2, max: 2", False, id="a fixed count may be meant"),
        pytest.param("min: 1, max: 2, target: 0.7", False, id="a policy with room"),
    ],
)
def test_a_policy_without_room_is_warned_of(
    lowtide: Lowtide, file: Path, scaling: str, warned: bool
) -> None:
    entry = f"{{name: e, schedule: always, scaling: {{capacity: {{ml.g6.xlarge: 10}}, {scaling}}}}}"
    output = " ".join(checked(f"endpoints: [{entry}]", file, lowtide).stdout.split())
    assert ("its policy can never change the count" in output) is warned


def test_unknown_instance_types_are_warned_of_with_the_nearest_name(
    lowtide: Lowtide, file: Path
) -> None:
    unknown = "is not an instance type that is known here"
    assert document(TYPES, file, lowtide)["warnings"] == [
        {"file": str(file), "line": line, "endpoint": endpoint, "message": message}
        for line, endpoint, message in (
            (4, None, f"'ml.g6.2xlrage' {unknown}; did you mean 'ml.g6.2xlarge'?"),
            (11, "e", f"'ml.g4.xlarge' {unknown}; did you mean 'ml.g4dn.xlarge'?"),
            (12, "e", f"'ml.x99.medium' {unknown}; is it newer than this installation?"),
        )
    ]
    assert f"{file}:4: warning: prices: 'ml.g6.2xlrage'" in lowtide("check").stdout


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(
            f"schedules:\n  day:\n    windows:\n{GAP}endpoints: [{{name: e, schedule: day}}]", 6,
            id="of a schedule with a name",
        ),
        pytest.param(
            f"endpoints:\n  - name: e\n    schedule:\n      windows:\n{GAP}", 7,
            id="of the entry's own schedule",
        ),
    ],
)  # fmt: skip
def test_a_gap_has_the_line_of_the_window_before_it(
    lowtide: Lowtide, file: Path, text: str, line: int
) -> None:
    (warning,) = document(f"timezone: UTC\n{text}", file, lowtide)["warnings"]
    assert warning["message"].startswith("it sleeps for only 10 min from ")
    assert warning["line"] == line


def test_lead_decides_what_is_too_short(lowtide: Lowtide) -> None:
    assert "warning" not in lowtide("check").stdout
    assert "it sleeps for only 5 h from" in lowtide("check", "--lead", "6h").stdout


def test_each_of_several_files_has_its_result(several: list[Path]) -> None:
    good, bad, warned = several
    lines = check(several).stdout.splitlines()
    assert lines[0] == f"{good}: ok, 1 endpoint"
    assert lines[1].startswith(f"{bad}:1: error: timezone: 'X': not an IANA time zone")
    assert lines[2:] == [
        f"{bad}: 1 error",
        f"{warned}:4: warning: a, b: {SKIPS}",
        f"{warned}: ok, 2 endpoints",
    ]


@pytest.mark.parametrize(
    ("names", "code"),
    [
        pytest.param(["good", "warned"], 0, id="warnings do not fail"),
        pytest.param(["bad", "good"], 1, id="an error in any file fails"),
        pytest.param(["missing", "bad", "good"], 2, id="a file that cannot be read comes first"),
    ],
)
def test_the_exit_code_is_that_of_the_worst_file(
    several: list[Path], names: list[str], code: int
) -> None:
    assert check([several[0].with_stem(name) for name in names]).exit_code == code


def test_annotations_name_file_and_line(several: list[Path]) -> None:
    _, bad, warned = several
    missing = bad.with_stem("missing, 100%")
    result = check([bad, warned, missing], "--format", "github")
    assert result.exit_code == 2
    annotations = [line for line in result.stdout.splitlines() if line.startswith("::")]
    assert annotations[0].startswith(f"::error file={bad},line=1::timezone: 'X': not an IANA")
    assert annotations[1] == f"::warning file={warned},line=4::a, b: {SKIPS}"
    escaped = f"::error file={bad.parent}/missing%2C 100%25.yaml::cannot be read"
    assert annotations[2].startswith(escaped)
    assert "100%.yaml" not in annotations[2]


def test_annotations_show_control_characters_as_their_escapes(tmp_path: Path) -> None:
    file = tmp_path / "\x1b[2J.yaml"
    file.write_text(r"""{endpoints: [], "\e]52;c;eA==\a": 1, "a\rb": 2}""")
    shown = check([file], "--format", "github").stdout
    assert all(line.isprintable() for line in shown.split("\n"))
    assert all(escape in shown for escape in (r"\x1b]52;c;eA==\x07", r"\x1b[2J.yaml", "a%0Db"))


def test_the_hook_checks_the_shipped_files() -> None:
    (hook,) = YAML(typ="safe").load(Path(".pre-commit-hooks.yaml"))
    paths = [str(path) for path in Path("layers/config").rglob("*.yaml")]
    assert all(re.search(hook["files"], path) for path in paths)
    assert not re.search(hook["files"], "template.yaml")
    command, *arguments = hook["entry"].split()
    assert command == "lowtide"
    result = CliRunner().invoke(app, [*arguments, *paths])
    assert (result.exit_code, result.stdout.count(": ok, ")) == (0, 3)
