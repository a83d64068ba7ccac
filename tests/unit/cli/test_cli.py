"""`lowtide check`: what people see before they deploy a file."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lowtide_cli.main import app

GOOD = """
timezone: America/New_York
endpoints:
  - name: my-endpoint
    schedule:
      windows: [{start: "0 8 * * MON-FRI", stop: "0 20 * * MON-FRI"}]
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
NO_NAME = "not a name in SageMaker: up to 63 letters, digits and hyphens between them"
NO_DURATION = "not a duration; write for example 90s, 35m, 2h, 1h30m or 3d"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "dev.yaml"


def check(file: Path) -> Result:
    return CliRunner().invoke(app, ["check", str(file)], env={"COLUMNS": "80"})


def words(result: Result) -> str:
    return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", result.output).split())


def test_a_good_file_is_shown_as_a_table(file: Path) -> None:
    file.write_text(GOOD)
    result = CliRunner().invoke(app, ["check", str(file)])
    assert result.exit_code == 0
    assert words(result) == (
        "my-endpoint "
        "awake 0 8 * * MON-FRI to 0 20 * * MON-FRI, America/New_York "
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


def test_every_error_has_its_line_its_path_its_value_and_what_would_be_valid(file: Path) -> None:
    file.write_text(BROKEN)
    result = check(file)
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


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("x[/red]", id="what ends a style is a value like any other"),
        pytest.param("x[red]", id="what begins a style is not swallowed"),
    ],
)
def test_brackets_in_a_value_are_shown_as_they_are(file: Path, value: str) -> None:
    file.write_text(f'endpoints: [{{name: "{value}", schedule: always}}]')
    result = check(file)
    assert result.exit_code == 1
    assert f"endpoints[0].name: '{value}': not a name in SageMaker" in result.output


def test_brackets_in_a_key_are_shown_as_they_are(file: Path) -> None:
    file.write_text(
        'endpoints: [{name: e, schedule: always, scaling: {capacity: {"x[/red]": 10}}}]'
    )
    result = check(file)
    assert result.exit_code == 1
    assert "'x[/red]': not an instance type" in result.output


def test_a_missing_file_is_no_error_of_its_contents(file: Path) -> None:
    result = check(file)
    assert result.exit_code == 2
    assert result.output.startswith(f"{file}: error: cannot be read: ")
    assert "No such file or directory" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"endpoints: \xff\xfe", id="a file that is not text"),
        pytest.param(None, id="a folder"),
    ],
)
def test_what_cannot_be_read_is_named(file: Path, content: bytes | None) -> None:
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    result = check(file)
    assert result.exit_code == 2
    assert "cannot be read" in result.output


@pytest.mark.parametrize(
    "arguments",
    [pytest.param(["--help"], id="asked for help"), pytest.param([], id="asked for nothing")],
)
def test_help_lists_the_commands(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "120"})
    text = words(result)
    assert re.search(r"check .*Name everything that is wrong with each file", text)
    assert re.search(r"demo .*Play working days of calls", text)


def test_the_demo_says_what_is_wrong_with_a_trace(tmp_path: Path) -> None:
    trace = tmp_path / "calls.csv"
    trace.write_text("arrival_s,duration_s\nsoon,60\n")
    result = CliRunner().invoke(app, ["demo", "--trace", str(trace)], env={"COLUMNS": "300"})
    assert result.exit_code == 2
    assert "line 2, arrival_s: found 'soon', expected a number of seconds" in result.output
