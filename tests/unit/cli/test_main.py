"""The commands that the workbench adds to `lowtide`."""

from pathlib import Path

from typer.testing import CliRunner

from lowtide_cli.main import app


def test_where_the_workbench_is_installed_its_commands_are_listed() -> None:
    listed = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "120"}).output
    assert all(description in listed for description in ("Play working days", "Serve the embedded"))


def test_the_demo_names_the_error_of_a_trace(tmp_path: Path) -> None:
    trace = tmp_path / "calls.csv"
    trace.write_text("arrival_s,duration_s\nsoon,60\n")
    result = CliRunner().invoke(app, ["demo", "--trace", str(trace)], env={"COLUMNS": "300"})
    assert result.exit_code == 2
    assert "line 2, arrival_s: found 'soon', expected a number of seconds" in result.output
