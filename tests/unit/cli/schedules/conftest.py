"""A file with the schedules that the commands are asked about."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lowtide_cli.main import app

FILE = """
timezone: America/New_York
schedules:
  office: {windows: [{start: "0 8 * * MON-FRI", stop: "0 20 * * MON-FRI"}]}
  early: {windows: [{start: "0 1 * * *", stop: "0 20 * * *"}]}
endpoints:
  - name: my-endpoint
    schedule: office
    scaling: {capacity: {ml.g6.2xlarge: 10, ml.g6e.2xlarge: 20}}
  - {name: early-endpoint, schedule: early}
  - {name: around-the-clock, schedule: always}
  - {name: broken, schedule: offfice}
"""

type Lowtide = Callable[..., Result]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "dev.yaml"
    path.write_text(FILE)
    return path


@pytest.fixture
def lowtide(file: Path) -> Lowtide:
    """Runs a command on the file; `stdout` and `stderr` are apart."""

    def run(command: str, *options: str) -> Result:
        env = {"COLUMNS": "100"}
        return CliRunner().invoke(app, [command, str(file), *options], env=env)

    return run
